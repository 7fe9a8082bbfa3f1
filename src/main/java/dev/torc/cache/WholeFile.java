package dev.torc.cache;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.zip.CRC32C;

/**
 * Files beside the database that are written as one and read as one, with a checksum. They save
 * work and hold nothing that could not be found again, so they are not forced to the disk: one that
 * is missing, torn or damaged is as good as none. What they hold is their owners' business.
 */
public final class WholeFile {

  /** How many bytes an owner leaves free at the beginning, for the checksum and the length. */
  public static final int FREE = Long.BYTES;

  private WholeFile() {}

  /**
   * All bytes of a file, the first {@link #FREE} included; null where there is none that is whole.
   */
  public static byte[] read(Path file) {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (IOException none) {
      return null;
    }
    return bytes.length > FREE && ByteBuffer.wrap(bytes).getLong() == sum(bytes) ? bytes : null;
  }

  /**
   * Writes a file under a lock that its owner holds; the first {@link #FREE} bytes are set here.
   */
  public static void write(Path file, byte[] bytes) throws IOException {
    ByteBuffer.wrap(bytes).putLong(sum(bytes));
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    try {
      Files.write(fresh, bytes);
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      Files.deleteIfExists(fresh);
      throw e;
    }
  }

  private static long sum(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, FREE, bytes.length - FREE);
    return crc.getValue() << 32 | bytes.length;
  }
}
