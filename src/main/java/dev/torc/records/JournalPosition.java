package dev.torc.records;

import dev.torc.bytes.ByteReader;
import dev.torc.bytes.ByteWriter;

/**
 * How far a database follows a {@link Journal}; written in the same transaction as the records. The
 * last frame goes from {@code last} to {@code end}, in bytes; without a frame {@code last} and
 * {@code chain}, its checksum, are 0. The checksum stands for the whole journal up to here, so a
 * journal that was put back from a backup, and then grew, is not taken for this one. A rewritten
 * journal has another id. Only {@code live} bytes belong to current records.
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

  /** Reads a position; null if it is missing or of another version. */
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

  JournalPosition behind(byte[] frame) {
    return new JournalPosition(
        journal, end, end + frame.length, JournalFrame.chain(frame, 0), live);
  }

  JournalPosition with(long bytes) {
    return new JournalPosition(journal, last, end, chain, bytes);
  }
}
