package dev.torc.core.memory;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * Turns a name into a key of the database: its UTF-8 bytes. A long name's key is the beginning of
 * its bytes and their SHA-256, because LMDB allows at most 511 bytes; the record then holds the
 * full name. So keys sort like the bytes of their names, except for long names with the same
 * beginning.
 */
public final class DatabaseKey {

  /** Bytes of the longest name that is not shortened; a shortened key has one byte more. */
  private static final int MOST = 480;

  private static final int LONG = MOST + 1;

  private DatabaseKey() {}

  public static byte[] of(String name) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    if (bytes.length == 0) {
      return new byte[1]; // LMDB allows no empty key, and no name contains a NUL
    }
    if (bytes.length <= MOST) {
      return bytes;
    }
    byte[] sum = DigestUtils.sha256(bytes);
    byte[] key = Arrays.copyOf(bytes, LONG);
    System.arraycopy(sum, 0, key, LONG - sum.length, sum.length);
    return key;
  }

  static byte[] of(long number) {
    return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
  }

  static byte[] of(long first, long second) {
    return ByteBuffer.allocate(2 * Long.BYTES).putLong(first).putLong(second).array();
  }

  static boolean shortened(byte[] key) {
    return key.length == LONG;
  }

  static String name(byte[] key) {
    return key.length == 1 && key[0] == 0 ? "" : new String(key, StandardCharsets.UTF_8);
  }

  static long number(byte[] key) {
    return ByteBuffer.wrap(key).getLong();
  }

  /** The trees of the database. Checksums contain their ordinals, so new ones must come last. */
  public enum RecordTree {
    STAMPS,
    RESULTS,
    DETAILS,
    OWNED,
    LISTS,
    BUILDS,
    DATA,
    EVENTS,
    ATTEMPTS,
    SERIES,
    STORED,
    STORED_NAMES;

    byte[] key() {
      return name().getBytes(StandardCharsets.UTF_8);
    }
  }
}
