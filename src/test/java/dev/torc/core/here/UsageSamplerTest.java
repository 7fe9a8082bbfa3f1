package dev.torc.core.here;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.torc.base.posix.Environment;
import java.util.List;
import org.junit.jupiter.api.Test;

class UsageSamplerTest {

  @Test
  void aLookTakesAHundredthOfTheTimeAtMost() {
    assertEquals(1_000_000_000L, UsageSampler.rest(0));
    assertEquals(1_000_000_000L, UsageSampler.rest(10_000_000));
    assertEquals(4_000_000_000L, UsageSampler.rest(40_000_000));
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
