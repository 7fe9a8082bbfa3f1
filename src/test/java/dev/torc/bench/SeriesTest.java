package dev.torc.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** Medians, and quotients of runs that stood side by side. */
class SeriesTest {

  private static Series of(long... walls) {
    Series series = new Series();
    for (long wall : walls) {
      series.add(new Usage(wall, 0, 0, 0));
    }
    return series;
  }

  @Test
  void theMedianIsTheMiddleOne() {
    assertEquals(5, of(9, 5, 1).median(Usage::wall));
    assertEquals(4, of(9, 5, 1, 3).median(Usage::wall));
  }

  /** A machine that was slow in a round was slow for both: pairs are compared, not medians. */
  @Test
  void theRatioIsThatOfPairs() {
    Series torc = of(10, 200, 30);
    Series peer = of(20, 400, 10);
    assertEquals(0.5, torc.ratio(peer, Usage::wall));
  }
}
