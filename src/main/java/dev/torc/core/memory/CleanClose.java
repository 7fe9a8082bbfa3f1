package dev.torc.core.memory;

import dev.torc.base.bytes.ByteReader;
import dev.torc.base.bytes.ByteWriter;
import dev.torc.base.bytes.CheckedFile;
import dev.torc.base.digests.Digest.KnownDigest;
import dev.torc.base.digests.Stamp;
import dev.torc.base.digests.StampSource;
import dev.torc.base.posix.FileStatus;
import java.io.IOException;

/**
 * A note that the database was closed properly, with the stamp that its file had then. While the
 * file has that stamp, the database needs no {@link Recovery}, even after a crash of the machine.
 * Opening the cache for writing removes the note, so there is none after a crash of torc.
 */
final class CleanClose {

  /** The note's first text, with the format of the records: another format counts as damage. */
  private static final String LAYOUT = "torc closed 2, records " + RecordStore.SCHEMA;

  private CleanClose() {}

  /** Returns whether the database is certainly unchanged since it was closed. */
  static boolean holds(CachePlace place) throws IOException {
    byte[] bytes = CheckedFile.read(place.closed());
    if (bytes == null || FileStatus.of(place.data().toString(), false).links() > 1) {
      return false; // the file has a second name, as in a copy made of hard links
    }
    try {
      ByteReader in = new ByteReader(bytes, CheckedFile.FREE);
      return LAYOUT.equals(in.text()) && stamp(place).equals(in.known().stamp());
    } catch (IndexOutOfBoundsException | IllegalArgumentException | ArithmeticException e) {
      return false; // written by an incompatible torc
    }
  }

  /** Writes the note. The database must be sound and closed. */
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
