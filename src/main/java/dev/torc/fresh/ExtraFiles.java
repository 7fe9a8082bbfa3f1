package dev.torc.fresh;

import dev.torc.bytes.ByteReader;
import dev.torc.bytes.ByteWriter;
import dev.torc.graph.Adjacency;

/**
 * The numbers of the files that each job touches beside its named needs and products. Most of them
 * are headers, a hundred for each of thousands of jobs, so they are written in few bytes. A build
 * in which nothing moved does not ask for them, and need not unpack them.
 */
final class ExtraFiles {

  private byte[] packed; // null until it is needed
  private Adjacency rows; // null until it is asked for

  ExtraFiles(Adjacency rows) {
    this.rows = rows;
  }

  private ExtraFiles(byte[] packed) {
    this.packed = packed;
  }

  /** Returns what {@link #write} wrote. */
  static ExtraFiles read(ByteReader in) {
    return new ExtraFiles(in.raw(in.small()));
  }

  /** Returns the numbers, a row for each job. */
  synchronized Adjacency rows() {
    if (rows == null) {
      rows = Adjacency.unpack(new ByteReader(packed, 0));
    }
    return rows;
  }

  /** Writes it. */
  synchronized void write(ByteWriter out) {
    if (packed == null) {
      ByteWriter own = new ByteWriter(0);
      rows.pack(own);
      packed = own.bytes();
    }
    out.number(packed.length);
    out.raw(packed);
  }
}
