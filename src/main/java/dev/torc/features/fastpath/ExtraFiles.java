package dev.torc.features.fastpath;

import dev.torc.base.bytes.ByteReader;
import dev.torc.base.bytes.ByteWriter;
import dev.torc.core.model.Adjacency;

/**
 * The numbers of the files that each job touches besides its named needs and products. Most are
 * headers, a hundred for each of thousands of jobs, so the numbers are packed. A build in which no
 * file changed never unpacks them.
 */
final class ExtraFiles {

  private byte[] packed; // null until needed
  private Adjacency rows; // null until needed

  ExtraFiles(Adjacency rows) {
    this.rows = rows;
  }

  private ExtraFiles(byte[] packed) {
    this.packed = packed;
  }

  static ExtraFiles read(ByteReader in) {
    return new ExtraFiles(in.raw(in.small()));
  }

  synchronized Adjacency rows() {
    if (rows == null) {
      rows = Adjacency.unpack(new ByteReader(packed, 0));
    }
    return rows;
  }

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
