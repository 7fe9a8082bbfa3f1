package dev.torc.core.memory;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * The note in every commit: its number, its time in milliseconds since 1970, and the id of the
 * boot. If the machine crashed later, files written shortly before the crash may have lost their
 * bytes but not their stamps.
 */
record CommitNote(long transaction, long time, String boot) {

  private static final int SUM = Integer.BYTES;

  byte[] bytes() {
    byte[] name = boot.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes = ByteBuffer.allocate(SUM + 2 * Long.BYTES + name.length);
    bytes.position(SUM).putLong(transaction).putLong(time).put(name);
    return bytes.putInt(0, sum(bytes.array())).array();
  }

  /** Reads a note; null if it is missing or fails its checksum. */
  static CommitNote of(byte[] bytes) {
    if (bytes == null || bytes.length < SUM + 2 * Long.BYTES) {
      return null;
    }
    ByteBuffer from = ByteBuffer.wrap(bytes);
    if (from.getInt() != sum(bytes)) {
      return null;
    }
    long transaction = from.getLong();
    long time = from.getLong();
    int at = from.position();
    return new CommitNote(
        transaction, time, new String(bytes, at, bytes.length - at, StandardCharsets.UTF_8));
  }

  private static int sum(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, SUM, bytes.length - SUM);
    return (int) crc.getValue();
  }
}
