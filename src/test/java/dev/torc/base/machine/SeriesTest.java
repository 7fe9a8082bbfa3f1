package dev.torc.base.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.machine.Series.Point;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SeriesTest {

  private static final long SECOND = 1_000_000_000L;
  private static final long MIB = 1 << 20;

  private static Series of(int samples) {
    Series series = new Series(1_700_000_000_123L);
    for (int i = 1; i <= samples; i++) {
      long gpu = i % 2 == 0 ? 40 : 0;
      series.add(
          new Point(i * SECOND, i % 2 == 0 ? 300 : 100, i * MIB, gpu, i == 1 ? -1 : i * MIB));
    }
    return series;
  }

  @Test
  void hasAPointForEachSampleAsLongAsThereIsRoom() {
    Series series = of(Series.MOST - 1);
    assertEquals(Series.MOST - 1, series.size());
    assertEquals(new Point(SECOND, 100, MIB, 0, -1), series.at(0));
  }

  @Test
  void ofALongJobAPointStandsForMoreTime() {
    Series series = of(Series.MOST);
    assertEquals(Series.MOST / 2, series.size());
    assertEquals(new Point(2 * SECOND, 200, 2 * MIB, 20, 2 * MIB), series.at(0));
    series = of(100_000);
    assertTrue(series.size() < Series.MOST, () -> "it has " + of(100_000).size());
    assertTrue(series.size() >= Series.MOST / 2);
    Point last = series.at(series.size() - 1);
    assertEquals(100_000 * SECOND, last.time());
    assertEquals(100_000 * MIB, last.memory());
    for (int i = 0; i + 1 < series.size(); i++) {
      assertEquals(200, series.at(i).cpu(), 1);
    }
  }

  @Test
  void unknownValuesOfAGpuHideNothing() {
    Series series = new Series(0);
    for (int i = 1; i <= Series.MOST; i++) {
      series.add(new Point(i * SECOND, 0, 0, i == 1 ? -1 : 50, 0));
    }
    assertEquals(50, series.at(0).gpu());
  }

  @Test
  void comesBackFromFewBytes() {
    for (int samples : new int[] {0, 1, 5, 239, 240, 241, 99_999}) {
      Series series = of(samples);
      byte[] bytes = series.bytes();
      assertTrue(bytes.length < 3000, () -> bytes.length + " bytes");
      Series back = Series.of(bytes);
      assertEquals(series.began(), back.began());
      assertEquals(series.size(), back.size());
      for (int i = 0; i < series.size(); i++) {
        assertEquals(series.at(i), back.at(i));
      }
    }
  }

  @Test
  void ofAnEarlierTorcTheMemoryOfGpusIsUnknown() {
    byte[] bytes = of(3).bytes();
    Series back = Series.of(Arrays.copyOf(bytes, bytes.length - 3)); // a byte each
    assertEquals(new Point(3 * SECOND, 100, 3 * MIB, 0, -1), back.at(2));
  }

  @Test
  void otherBytesAreNone() {
    byte[] bytes = of(100).bytes();
    assertThrows(
        IndexOutOfBoundsException.class, () -> Series.of(Arrays.copyOf(bytes, bytes.length - 1)));
    byte[] many = new dev.torc.base.bytes.ByteWriter(0).bytes();
    assertThrows(IndexOutOfBoundsException.class, () -> Series.of(many));
  }
}
