package dev.torc.base.digests;

import dev.torc.base.digests.Stamp.FileKind;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import org.apache.commons.codec.digest.DigestUtils;

/** A SHA-256 value, and for a product whether it is executable. {@link Hasher} reads files. */
public final class Digest implements Comparable<Digest> {

  public static final int LENGTH = 32;

  private static final byte[] DIGITS = "0123456789abcdef".getBytes(StandardCharsets.ISO_8859_1);

  /** One instance per thread, because creating one takes longer than hashing a short text. */
  private static final ThreadLocal<MessageDigest> SHA256 =
      ThreadLocal.withInitial(DigestUtils::getSha256Digest);

  private final byte[] bytes;
  private final boolean executable;
  private String digits; // null until asked for; many records name the same file

  private Digest(byte[] bytes, boolean executable) {
    this.bytes = bytes;
    this.executable = executable;
  }

  public static Digest of(byte[] bytes) {
    if (bytes.length != LENGTH) {
      throw new IllegalArgumentException("a digest has 32 bytes, not " + bytes.length);
    }
    return new Digest(bytes.clone(), false);
  }

  public static Digest ofBytes(byte[] bytes) {
    return new Digest(SHA256.get().digest(bytes), false);
  }

  public static Digest ofText(String text) {
    return ofBytes(text.getBytes(StandardCharsets.UTF_8));
  }

  public static Digest ofHex(String hex) {
    return of(HexFormat.of().parseHex(hex));
  }

  public Digest executable() {
    return new Digest(bytes, true);
  }

  /** Returns whether this is the digest of an executable product; false for other files. */
  public boolean isExecutable() {
    return executable;
  }

  public byte[] bytes() {
    return bytes.clone();
  }

  /** Returns 64 hexadecimal digits, followed by {@code executable} for an executable product. */
  public String hex() {
    return executable ? digits().concat(" executable") : digits();
  }

  /** Avoids the JDK's hex loop, which most calls would run before it is compiled. */
  private String digits() {
    String known = digits;
    if (known != null) {
      return known;
    }
    byte[] text = new byte[2 * LENGTH];
    for (int i = 0; i < LENGTH; i++) {
      text[2 * i] = DIGITS[bytes[i] >> 4 & 15];
      text[2 * i + 1] = DIGITS[bytes[i] & 15];
    }
    return digits = new String(text, StandardCharsets.ISO_8859_1);
  }

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
   * A digest, and the stamp that its file had when it was read. The digest is null if the path was
   * not a file. {@code safe} means that, when reading began, the file was outside the {@linkplain
   * DigestMemo#RACY racy window} and not open for writing. Only then does an equal stamp in a later
   * build mean equal bytes.
   */
  public record KnownDigest(Stamp stamp, Digest digest, boolean safe) {

    /** Returns the digest of the file as a product, which includes the executable bit. */
    public Digest product() {
      return digest != null && stamp.kind() == FileKind.FILE && stamp.executable()
          ? digest.executable()
          : digest;
    }
  }
}
