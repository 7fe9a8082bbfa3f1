package dev.torc.features.memo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torc.base.posix.FileStatus;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class StatusLinesTest {

  private static final long NANOS = 1_000_000_000;

  private static FileStatus status(long device, long inode, long size, int mode, long m, long c) {
    return new FileStatus(mode, size, m, c, inode, device, 1, 1, 0);
  }

  @Test
  void linesAreThoseOfStat() {
    StatusLines lines = new StatusLines();
    lines.add("/a", status(2049, 7, 0, 0100644, 12 * NANOS + 5, 1_796_031_170 * NANOS + 120));
    lines.add("./é", status(0, -1, 1 << 20, 0040755, -1_500_000_000, -1));
    lines.add("/n", status(-10, Long.MIN_VALUE, Long.MAX_VALUE, 0120777, 0, 1));
    assertEquals(
        """
        2049 7 0 81a4 12.000000005 1796031170.000000120
        0 18446744073709551615 1048576 41ed -1.500000000 -0.000000001
        18446744073709551606 9223372036854775808 9223372036854775807 a1ff 0.000000000 0.000000001
        """,
        new String(lines.lines(), StandardCharsets.UTF_8));
    assertEquals("/a\0./é\0/n\0", new String(lines.names(), StandardCharsets.UTF_8));
  }

  @Test
  void manyLinesAndLongNamesHaveRoom() {
    StatusLines lines = new StatusLines();
    String name = "x".repeat(4000);
    for (int i = 0; i < 3000; i++) {
      lines.add(name, status(1, i, i, 0100644, i, i));
    }
    assertEquals(3000 * 4001, lines.names().length);
    String[] all = new String(lines.lines(), StandardCharsets.US_ASCII).split("\n");
    assertEquals(3000, all.length);
    assertEquals("1 2999 2999 81a4 0.000002999 0.000002999", all[2999]);
  }
}
