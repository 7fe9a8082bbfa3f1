package dev.torc.base.bytes;

import dev.torc.base.posix.OwnFile;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Reads and writes files beside the database that have a checksum and are always replaced as a
 * whole. They only save work, and their content can be computed again. So they are not forced to
 * the disk, and an incomplete or damaged file counts as missing. A file may have more parts with
 * their own checksums, for data that is rarely read.
 */
public final class CheckedFile {

  /** Bytes that the caller leaves free at the beginning of a part, for checksum and length. */
  public static final int FREE = Long.BYTES;

  /** Bytes of one read or write. The channel allocates the same amount of memory for it. */
  private static final int PIECE = 1 << 18;

  private static final byte[] NOTHING = {};

  private CheckedFile() {}

  /**
   * Reads the first part of a file, including its first {@link #FREE} bytes; null if the part is
   * missing or damaged. The other parts are not checked.
   */
  public static byte[] read(Path file) {
    byte[] bytes = part(file, 0);
    return bytes != null && isWhole(bytes, NOTHING) ? bytes : null;
  }

  /**
   * Reads the part that follows given parts; null if it is damaged or the file was replaced.
   *
   * @param before the parts before it, or the first {@link #FREE} bytes of each
   */
  public static byte[] next(Path file, byte[]... before) {
    long from = 0;
    for (byte[] part : before) {
      from += length(part);
    }
    byte[] bytes = part(file, from);
    return bytes != null && isWhole(bytes, head(before[before.length - 1])) ? bytes : null;
  }

  private static byte[] part(Path file, long from) {
    try (SeekableByteChannel in = OwnFile.channel(file)) {
      byte[] head = new byte[FREE];
      in.position(from);
      if (!fill(in, head, 0) || length(head) > Math.min(in.size() - from, Integer.MAX_VALUE)) {
        return null;
      }
      byte[] bytes = Arrays.copyOf(head, (int) length(head));
      return bytes.length > FREE && fill(in, bytes, FREE) ? bytes : null;
    } catch (IOException none) {
      return null;
    }
  }

  private static boolean fill(SeekableByteChannel in, byte[] bytes, int from) throws IOException {
    int at = from;
    while (at < bytes.length) {
      int read = in.read(ByteBuffer.wrap(bytes, at, Math.min(PIECE, bytes.length - at)));
      if (read < 0) {
        return false;
      }
      at += read;
    }
    return true;
  }

  /** Writes a file with one part. The caller must hold the lock that protects the file. */
  public static void write(Path file, ByteWriter first) throws IOException {
    write(file, first, List.of());
  }

  /**
   * Writes a file with several parts. The caller must hold the lock that protects the file.
   *
   * @param further the other parts, each in pieces; the first piece begins with {@link #FREE} free
   *     bytes
   */
  public static void write(Path file, ByteWriter first, List<List<byte[]>> further)
      throws IOException {
    OwnFile.replace(
        file,
        out -> {
          byte[] bytes = first.buffer();
          ByteBuffer.wrap(bytes).putLong(sum(bytes, first.length(), NOTHING));
          for (int at = 0; at < first.length(); at += PIECE) {
            out.write(bytes, at, Math.min(PIECE, first.length() - at));
          }
          for (List<byte[]> part : further) {
            write(out, head(bytes), part);
            bytes = part.getFirst();
          }
        });
  }

  private static void write(OutputStream out, byte[] before, List<byte[]> pieces)
      throws IOException {
    CRC32C crc = new CRC32C();
    crc.update(before);
    byte[] begin = pieces.getFirst();
    crc.update(begin, FREE, begin.length - FREE);
    long length = begin.length;
    for (byte[] piece : pieces.subList(1, pieces.size())) {
      crc.update(piece);
      length += piece.length;
    }
    ByteBuffer.wrap(begin).putLong(head(crc, length));
    BufferedOutputStream gathered = new BufferedOutputStream(out, PIECE);
    for (byte[] piece : pieces) {
      gathered.write(piece);
    }
    gathered.flush();
  }

  private static byte[] head(byte[] part) {
    return Arrays.copyOf(part, FREE);
  }

  /** Returns the length of a part, from the last four bytes of its head. */
  private static long length(byte[] head) {
    return Integer.toUnsignedLong(ByteBuffer.wrap(head).getInt(Integer.BYTES));
  }

  private static boolean isWhole(byte[] bytes, byte[] before) {
    return bytes.length > FREE
        && ByteBuffer.wrap(bytes).getLong() == sum(bytes, bytes.length, before);
  }

  /** Computes a part's head, which covers the previous head: parts of two files never match. */
  private static long sum(byte[] bytes, int length, byte[] before) {
    CRC32C crc = new CRC32C();
    crc.update(before, 0, before.length);
    crc.update(bytes, FREE, length - FREE);
    return head(crc, length);
  }

  private static long head(CRC32C crc, long length) {
    return crc.getValue() << 32 | Math.toIntExact(length);
  }
}
