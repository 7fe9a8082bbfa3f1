package dev.torc.hash;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.apache.commons.codec.digest.DigestUtils;

/** A SHA-256 value: 32 bytes, compared by content. How it is computed is not its business. */
public final class Digest implements Comparable<Digest> {

  /** Length in bytes. */
  public static final int LENGTH = 32;

  private static final byte[] DIGITS = "0123456789abcdef".getBytes(StandardCharsets.ISO_8859_1);

  private final byte[] bytes;

  private Digest(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Wraps a copy of 32 bytes. */
  public static Digest of(byte[] bytes) {
    if (bytes.length != LENGTH) {
      throw new IllegalArgumentException("a digest has 32 bytes, not " + bytes.length);
    }
    return new Digest(bytes.clone());
  }

  /** The digest of some bytes. */
  public static Digest ofBytes(byte[] bytes) {
    return new Digest(DigestUtils.sha256(bytes));
  }

  /** The digest of a text's UTF-8 bytes. */
  public static Digest ofText(String text) {
    return new Digest(DigestUtils.sha256(text));
  }

  /** Parses 64 hexadecimal digits. */
  public static Digest ofHex(String hex) {
    return of(HexFormat.of().parseHex(hex));
  }

  /** A copy of the 32 bytes. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** All 64 hexadecimal digits. Most calls come before any loop of the JDK's is compiled. */
  public String hex() {
    byte[] text = new byte[2 * LENGTH];
    for (int i = 0; i < LENGTH; i++) {
      text[2 * i] = DIGITS[bytes[i] >> 4 & 15];
      text[2 * i + 1] = DIGITS[bytes[i] & 15];
    }
    return new String(text, StandardCharsets.ISO_8859_1);
  }

  /** The first seven digits, for people. */
  @Override
  public String toString() {
    return hex().substring(0, 7);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Digest that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public int compareTo(Digest other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }
}
