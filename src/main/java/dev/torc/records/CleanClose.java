package dev.torc.records;

import dev.torc.bytes.ByteReader;
import dev.torc.bytes.ByteWriter;
import dev.torc.bytes.CheckedFile;
import dev.torc.hash.Digest.KnownDigest;
import dev.torc.hash.Stamp;
import dev.torc.hash.StampSource;
import dev.torc.posix.FileStatus;
import java.io.IOException;

/**
 * A note beside the database that it was closed in order, with the stamp that its file had then. As
 * long as the file has that stamp, nothing wrote to it since, and it needs no {@link Recovery}.
 * Opening for work takes the note away, so after a crash there is none. Each commit was on the disk
 * before the note was written, so it holds after the machine went down, too. It does not look into
 * the database.
 */
final class CleanClose {

  /** Names the format of the records: a database of another format is not as it should be. */
  private static final String LAYOUT = "torc closed 2, records " + RecordStore.SCHEMA;

  private CleanClose() {}

  /** Returns whether the database is as it was closed; where that is not known, it is not. */
  static boolean holds(CachePlace place) throws IOException {
    byte[] bytes = CheckedFile.read(place.closed());
    if (bytes == null || FileStatus.of(place.data().toString(), false).links() > 1) {
      return false; // a file with another name, as in a copy made of links, is left to that name
    }
    try {
      ByteReader in = new ByteReader(bytes, CheckedFile.FREE);
      return LAYOUT.equals(in.text()) && stamp(place).equals(in.known().stamp());
    } catch (IndexOutOfBoundsException | IllegalArgumentException | ArithmeticException e) {
      return false; // a note of another torc
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
