package dev.torc.records;

import dev.torc.bytes.ByteReader;
import dev.torc.bytes.ByteWriter;

/**
 * How far a database holds the records of a {@link Journal}. It is written to the database in the
 * same transaction as the records. The checksum stands for all that is in the journal up to here,
 * so a journal that was put back from a backup, and then grew, is not taken for this one.
 *
 * @param journal the journal's random id; a rewritten one has another
 * @param last where the last frame begins, in bytes; 0 where there is none
 * @param end where that frame ends
 * @param chain the checksum of the last frame; 0 where there is none
 * @param live bytes of the journal that the records take: the others are dead
 */
record JournalPosition(String journal, long last, long end, int chain, long live) {

  byte[] bytes() {
    ByteWriter out = new ByteWriter(0);
    out.text(journal);
    out.number(last);
    out.number(end);
    out.number(chain);
    out.number(live);
    return out.bytes();
  }

  /** Reads it back; null for null and for a position of another version. */
  static JournalPosition of(byte[] bytes) {
    if (bytes == null) {
      return null;
    }
    try {
      ByteReader in = new ByteReader(bytes, 0);
      return new JournalPosition(
          in.text(), in.number(), in.number(), (int) in.number(), in.number());
    } catch (IndexOutOfBoundsException | IllegalArgumentException | ArithmeticException e) {
      return null;
    }
  }

  /** Returns the position behind one more frame. */
  JournalPosition behind(byte[] frame) {
    return new JournalPosition(
        journal, end, end + frame.length, JournalFrame.chain(frame, 0), live);
  }

  /** Returns this position with another number of live bytes. */
  JournalPosition with(long bytes) {
    return new JournalPosition(journal, last, end, chain, bytes);
  }
}
