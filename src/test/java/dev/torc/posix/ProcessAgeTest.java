package dev.torc.posix;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ProcessAgeTest {

  /** Between what the JVM counts from its own start and all the time that the tests have taken. */
  @Test
  void itGrowsWithTheClock() {
    long begin = System.nanoTime();
    long first = ProcessAge.now().orElseThrow();
    long last = first;
    while (last - first < 30_000_000) {
      last = ProcessAge.now().orElseThrow();
      assertTrue(last >= first);
    }
    assertTrue(System.nanoTime() - begin >= 10_000_000, "30 ms of age in no time");
  }
}
