package dev.torc.hash;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * A SHA-256 value: 32 bytes, and for a product whether it is an executable file, compared by
 * content. It computes nothing; {@link Hasher} does.
 */
public final class Digest implements Comparable<Digest> {

  /** Length in bytes. */
  public static final int LENGTH = 32;

  private static final byte[] DIGITS = "0123456789abcdef".getBytes(StandardCharsets.ISO_8859_1);

  /** Kept for each thread: making one takes longer than hashing a short text. */
  private static final ThreadLocal<MessageDigest> SHA256 =
      ThreadLocal.withInitial(DigestUtils::getSha256Digest);

  private final byte[] bytes;
  private final boolean executable;

  private Digest(byte[] bytes, boolean executable) {
    this.bytes = bytes;
    this.executable = executable;
  }

  /** Wraps a copy of 32 bytes. */
  public static Digest of(byte[] bytes) {
    if (bytes.length != LENGTH) {
      throw new IllegalArgumentException("a digest has 32 bytes, not " + bytes.length);
    }
    return new Digest(bytes.clone(), false);
  }

  public static Digest ofBytes(byte[] bytes) {
    return new Digest(SHA256.get().digest(bytes), false);
  }

  /** Returns the digest of a text's UTF-8 bytes. */
  public static Digest ofText(String text) {
    return ofBytes(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Parses 64 hexadecimal digits. */
  public static Digest ofHex(String hex) {
    return of(HexFormat.of().parseHex(hex));
  }

  /** Returns the digest of an executable product with the same bytes. */
  public Digest executable() {
    return new Digest(bytes, true);
  }

  /**
   * Returns whether it is the digest of an executable product; digests of other files do not tell.
   */
  public boolean isExecutable() {
    return executable;
  }

  public byte[] bytes() {
    return bytes.clone();
  }

  /** Returns all 64 hexadecimal digits, and a word behind them for an executable product. */
  public String hex() {
    return executable ? digits().concat(" executable") : digits();
  }

  /** Writes hex in a loop of its own: most calls come before any loop of the JDK is compiled. */
  private String digits() {
    byte[] text = new byte[2 * LENGTH];
    for (int i = 0; i < LENGTH; i++) {
      text[2 * i] = DIGITS[bytes[i] >> 4 & 15];
      text[2 * i + 1] = DIGITS[bytes[i] & 15];
    }
    return new String(text, StandardCharsets.ISO_8859_1);
  }

  /** Returns the first seven digits, for people. */
  @Override
  public String toString() {
    return digits().substring(0, 7);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Digest that
        && executable == that.executable
        && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public int compareTo(Digest other) {
    int order = Arrays.compareUnsigned(bytes, other.bytes);
    return order != 0 ? order : Boolean.compare(executable, other.executable);
  }

  /**
   * A digest together with the stamp that its file had when it was read.
   *
   * @param digest null where the stamp is not that of a file; such a value is never stored
   * @param safe whether the file was outside the racy window, and not open for writing, when
   *     reading began: only then may an equal stamp stand for equal bytes in a later build
   */
  public record KnownDigest(Stamp stamp, Digest digest, boolean safe) {

    /** Returns the digest of a file by which it counts as a product: with its executable bit. */
    public Digest product() {
      return digest != null && stamp.kind() == Stamp.FileKind.FILE && stamp.executable()
          ? digest.executable()
          : digest;
    }
  }
}
