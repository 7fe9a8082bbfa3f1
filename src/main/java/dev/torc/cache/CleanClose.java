package dev.torc.cache;

import dev.torc.bytes.ByteReader;
import dev.torc.bytes.ByteWriter;
import dev.torc.bytes.CheckedFile;
import dev.torc.hash.KnownDigest;
import dev.torc.hash.Stamp;
import dev.torc.hash.StampSource;
import java.io.IOException;

/**
 * A note beside the database that it was closed in order, with the stamp that its file had then. As
 * long as the file has that stamp, in the same boot, nobody wrote to it since, and its pages need
 * not be {@linkplain PageCheck checked} again: that is a walk through all of them. Opening for work
 * takes the note away, so after a crash there is none. It does not look at the database itself.
 */
final class CleanClose {

  /** With the format of the records: those of another one are not as they should be. */
  private static final String LAYOUT = "torc closed 1, records " + RecordStore.SCHEMA;

  private CleanClose() {}

  /** Whether the database is as it was closed; where that is not known, it is not. */
  static boolean holds(CachePlace place, CacheSettings settings) throws IOException {
    byte[] bytes = CheckedFile.read(place.closed());
    if (bytes == null || settings.boot().isEmpty()) {
      return false;
    }
    try {
      ByteReader in = new ByteReader(bytes, CheckedFile.FREE);
      return LAYOUT.equals(in.text())
          && settings.boot().equals(in.text())
          && stamp(place).equals(in.known().stamp());
    } catch (IndexOutOfBoundsException | IllegalArgumentException | ArithmeticException e) {
      return false; // of another torc
    }
  }

  /** Leaves the note: all pages are known to be sound, and the database is closed. */
  static void write(CachePlace place, CacheSettings settings) throws IOException {
    ByteWriter out = new ByteWriter(CheckedFile.FREE);
    out.text(LAYOUT);
    out.text(settings.boot());
    out.known(new KnownDigest(stamp(place), null, true));
    CheckedFile.write(place.closed(), out);
    place.giveRecords(place.closed());
  }

  private static Stamp stamp(CachePlace place) throws IOException {
    return StampSource.of(place.data().getFileSystem()).linkStamp(place.data());
  }
}
