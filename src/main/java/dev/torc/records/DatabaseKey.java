package dev.torc.records;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * How a name becomes a key of the database: its UTF-8 bytes where they are few enough (LMDB takes
 * 511), otherwise their beginning and their SHA-256, and then the record holds the whole name. So
 * keys stand in the order of their names' bytes, but for long names that begin alike.
 */
final class DatabaseKey {

  /** Bytes; longer names are shortened, and a shortened key has one byte more than this. */
  private static final int MOST = 480;

  private static final int LONG = MOST + 1;

  private DatabaseKey() {}

  static byte[] of(String name) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    if (bytes.length == 0) {
      return new byte[1]; // LMDB takes no empty key, and no name holds a NUL
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

  /** Returns whether a record under this key begins with its whole name. */
  static boolean shortened(byte[] key) {
    return key.length == LONG;
  }

  /** Returns the name of a key that is not {@link #shortened}. */
  static String name(byte[] key) {
    return key.length == 1 && key[0] == 0 ? "" : new String(key, StandardCharsets.UTF_8);
  }

  static long number(byte[] key) {
    return ByteBuffer.wrap(key).getLong();
  }

  /** The named trees of the database. Their ordinals are part of every record's checksum. */
  enum RecordTree {
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
