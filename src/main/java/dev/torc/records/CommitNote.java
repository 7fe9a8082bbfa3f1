package dev.torc.records;

import dev.torc.bytes.ByteReader;
import dev.torc.bytes.ByteWriter;
import dev.torc.bytes.CheckedFile;
import dev.torc.hash.Digest.KnownDigest;
import dev.torc.hash.Stamp;
import dev.torc.hash.StampSource;
import dev.torc.posix.FileStatus;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * What every commit says of itself. The boot tells whether the machine went down since: after an
 * unclean end the bytes of files written shortly before may never have reached the disk, though
 * their stamps did.
 *
 * @param transaction number of the commit
 * @param time milliseconds since 1970
 * @param boot id of the system's boot, empty where the system has none
 */
record CommitNote(long transaction, long time, String boot) {

  private static final int SUM = Integer.BYTES;

  /** The id of this boot: Linux has one; elsewhere empty, and then nothing is distrusted. */
  static String thisBoot() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
    } catch (IOException none) {
      return "";
    }
  }

  byte[] bytes() {
    byte[] name = boot.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes = ByteBuffer.allocate(SUM + 2 * Long.BYTES + name.length);
    bytes.position(SUM).putLong(transaction).putLong(time).put(name);
    return bytes.putInt(0, sum(bytes.array())).array();
  }

  /** Reads it back; null where it is missing or fails its checksum. */
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

  /**
   * A note beside the database that it was closed in order, with the stamp that its file had then.
   * As long as the file has that stamp, nothing wrote to it since, and it needs no {@link
   * Recovery}. Opening for work takes the note away, so after a crash there is none. Each commit
   * was on the disk before the note was written, so it holds after the machine went down, too. It
   * does not look into the database.
   */
  static final class CleanClose {

    /** With the format of the records: those of another one are not as they should be. */
    private static final String LAYOUT = "torc closed 2, records " + RecordStore.SCHEMA;

    private CleanClose() {}

    /** Whether the database is as it was closed; where that is not known, it is not. */
    static boolean holds(CachePlace place) throws IOException {
      byte[] bytes = CheckedFile.read(place.closed());
      if (bytes == null || FileStatus.of(place.data().toString(), false).links() > 1) {
        return false; // what has a second name, as in a copy made of links, is left to that
      }
      try {
        ByteReader in = new ByteReader(bytes, CheckedFile.FREE);
        return LAYOUT.equals(in.text()) && stamp(place).equals(in.known().stamp());
      } catch (IndexOutOfBoundsException | IllegalArgumentException | ArithmeticException e) {
        return false; // of another torc
      }
    }

    /** Leaves the note: the database is sound, and closed. */
    static void write(CachePlace place) throws IOException {
      ByteWriter out = new ByteWriter(CheckedFile.FREE);
      out.text(LAYOUT);
      out.known(new KnownDigest(stamp(place), null, true));
      CheckedFile.write(place.closed(), out);
      place.giveRecords(place.closed());
    }

    private static Stamp stamp(CachePlace place) throws IOException {
      return StampSource.of(place.data().getFileSystem()).linkStamp(place.data());
    }
  }
}
