package dev.torc.base.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.syntax.Quantity;
import java.util.List;
import org.junit.jupiter.api.Test;

class AmountTest {

  private static final long SECOND = 1_000_000_000L;

  @Test
  void timeIsSecondsMinutesOrHours() {
    assertEquals("0.0 s", Amount.time(0));
    assertEquals("unknown time", Amount.time(-1));
    assertEquals("1.2 s", Amount.time(1_249_999_999L));
    assertEquals("59.9 s", Amount.time(59_949_999_999L));
    assertEquals("1 min", Amount.time(59_950_000_000L));
    assertEquals("2 min 05 s", Amount.time(125 * SECOND));
    assertEquals("1 h", Amount.time(3600 * SECOND - 1));
    assertEquals("3 h 04 min", Amount.time((3 * 3600 + 4 * 60 + 29) * SECOND));
    assertEquals("49 h", Amount.time(49 * 3600 * SECOND));
  }

  @Test
  void sizeHasBinaryUnits() {
    assertEquals("0 B", Amount.size(0));
    assertEquals("1023 B", Amount.size(1023));
    assertEquals("1.0 KiB", Amount.size(1024));
    assertEquals("1.5 KiB", Amount.size(1536));
    assertEquals("1.0 MiB", Amount.size((1 << 20) - 1));
    assertEquals("2.0 GiB", Amount.size(2L << 30));
    assertEquals("8.0 EiB", Amount.size(Long.MAX_VALUE));
  }

  @Test
  void memoryIsToldInTheUnitInWhichItWasAsked() {
    for (String binary : List.of("4GiB", "512MiB", "1.5GiB", "1TiB", "16000GiB")) {
      long asked = Quantity.size(binary);
      assertEquals(Amount.size(asked), Amount.size(asked, asked), binary);
    }
    long gigabytes = Quantity.size("4GB");
    assertEquals("4.0 GB", Amount.size(gigabytes, gigabytes));
    assertEquals("4.3 GB", Amount.size(4L << 30, gigabytes), "what was used of it, too");
    assertEquals("1.0 MB", Amount.size(999_999, gigabytes));
    assertEquals("999 B", Amount.size(999, gigabytes));
    for (String decimal : List.of("512MB", "16.4 GB", "1.5 TB")) {
      assertTrue(Amount.isDecimal(Quantity.size(decimal)), decimal);
    }
    assertEquals("1.0 MiB", Amount.size(1 << 20, 0), "where none was asked");
  }
}
