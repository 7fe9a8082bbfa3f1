package dev.torc.core.here;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.posix.Environment;
import java.util.List;
import org.junit.jupiter.api.Test;

class UsageSamplerTest {

  @Test
  void aLookTakesAHundredthOfTheTimeAtMost() {
    assertEquals(1_000_000_000L, slept(0, Long.MAX_VALUE));
    assertEquals(1_000_000_000L, slept(10_000_000, Long.MAX_VALUE));
    assertEquals(4_000_000_000L, slept(40_000_000, Long.MAX_VALUE));
  }

  /** The first look of a busy machine may take seconds by the clock. */
  @Test
  void whileAnAttemptIsYoungTwoSamplesAreTwoSecondsApartAtMost() {
    for (long cost : new long[] {0, 10_000_000, 40_000_000, 300_000_000, 1_000_000_000}) {
      assertTrue(cost + slept(cost, 0) <= 2_000_000_000L, cost + "");
      assertTrue(slept(cost, 5_000_000_000L) <= 7_000_000_000L, "it began after 5 s");
    }
    assertEquals(3_000_000_000L, slept(3_000_000_000L, 0), "half of the time at most");
    UsageSamples samples = new UsageSamples(null, 0, 5);
    assertTrue(samples.isYoung(20_000_000_004L));
    assertFalse(samples.isYoung(20_000_000_005L));
  }

  /** How long the sampler sleeps after a look if a young attempt begins so much later. */
  private static long slept(long cost, long young) {
    long slept = 0;
    for (long rest = 1; rest > 0; slept += rest) {
      rest = Math.max(0, UsageSampler.rest(cost, slept, slept >= young));
    }
    return slept;
  }

  @Test
  void oneThatDidNotBeginHasNothingAndEnds() {
    UsageSampler sampler = new UsageSampler(List.of(), Environment.ofCaller());
    assertNull(sampler.machine());
    sampler.close();
    sampler.begin();
    assertNull(sampler.machine());
  }
}
