package dev.torc.features.fastpath;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.bytes.ByteReader;
import dev.torc.base.bytes.ByteWriter;
import dev.torc.core.model.Adjacency;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The files of jobs read back as they were written, in about a byte for each. */
class ExtraFilesTest {

  private static byte[] written(ExtraFiles files) {
    ByteWriter out = new ByteWriter(0);
    files.write(out);
    return out.bytes();
  }

  @Test
  void readBackInAnyOrder() {
    Random random = new Random(3);
    for (boolean sorted : new boolean[] {true, false}) {
      Adjacency.RowCollector rows = new Adjacency.RowCollector();
      for (int job = 0; job < 50; job++) {
        for (int file = 0; job % 7 > 0 && file < 100; file++) {
          rows.add(10_000 + random.nextInt(500));
        }
        rows.endRow(sorted);
      }
      Adjacency given = rows.build();
      byte[] bytes = written(new ExtraFiles(given));
      ExtraFiles read = ExtraFiles.read(new ByteReader(bytes, 0));
      assertArrayEquals(bytes, written(read), "not unpacked to be written again");
      for (int job = 0; job < 50; job++) {
        assertArrayEquals(given.row(job), read.rows().row(job));
      }
      assertTrue(bytes.length < 50 * (sorted ? 115 : 215), bytes.length + " bytes");
    }
  }
}
