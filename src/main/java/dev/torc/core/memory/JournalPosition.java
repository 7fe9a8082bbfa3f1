package dev.torc.core.memory;

import dev.torc.base.bytes.ByteReader;
import dev.torc.base.bytes.ByteWriter;

/**
 * The position in a {@link Journal} that a database has reached, written in the same transaction as
 * the records. The last frame extends from byte {@code last} to byte {@code end}, and {@code chain}
 * is its checksum; without a frame, {@code last} and {@code chain} are 0. The checksum covers the
 * whole journal up to here. So a journal that was restored from a backup, and then grew, does not
 * match. A rewritten journal has a different id. Only {@code live} bytes belong to current records.
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
    return bytes == null ? null : ByteReader.orNull(bytes, 0, JournalPosition::read);
  }

  private static JournalPosition read(ByteReader in) {
    return new JournalPosition(in.text(), in.number(), in.number(), (int) in.number(), in.number());
  }

  JournalPosition behind(byte[] frame) {
    return new JournalPosition(
        journal, end, end + frame.length, JournalFrame.chain(frame, 0), live);
  }

  JournalPosition with(long bytes) {
    return new JournalPosition(journal, last, end, chain, bytes);
  }
}
