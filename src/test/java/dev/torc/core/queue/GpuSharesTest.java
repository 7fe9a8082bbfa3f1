package dev.torc.core.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.core.model.Job.Resources;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which shares of which GPUs jobs get (rule 12). */
class GpuSharesTest {

  private static Map<String, Long> limits(long count, long each) {
    return Map.of(Resources.CPUS, 99L, Resources.GPUS, count, Resources.GPU_SHARES, each);
  }

  private static ResourceDemand part(double part) {
    return new ResourceDemand(
        Map.of(Resources.GPUS, 1L), Math.round(part * Resources.GPU) % Resources.GPU, false);
  }

  private static ResourceDemand whole(long gpus) {
    return new ResourceDemand(Map.of(Resources.GPUS, gpus));
  }

  @Test
  void rule12TheFullestGpuThatStillFitsComesFirst() {
    ResourcePool pool = new ResourcePool(limits(3, 4));
    assertEquals(List.of(0), pool.take(part(0.5)).gpus());
    assertEquals(List.of(1), pool.take(part(0.75)).gpus());
    assertEquals(List.of(1), pool.take(part(0.25)).gpus());
    assertEquals(List.of(0), pool.take(part(0.25)).gpus());
    assertEquals(List.of(2), pool.take(part(0.5)).gpus());
    assertEquals(List.of(0), pool.take(part(0.25)).gpus());
    assertTrue(pool.fits(part(0.5)));
    assertFalse(pool.fits(part(0.75)));
  }

  @Test
  void rule12AShareNeverSpansTwoGpusAndAWholeOneIsFree() {
    ResourcePool pool = new ResourcePool(limits(2, 4));
    Taken first = pool.take(part(0.75));
    assertTrue(pool.fits(whole(1)));
    assertFalse(pool.fits(whole(2)));
    Taken second = pool.take(part(0.5));
    assertEquals(List.of(1), second.gpus());
    assertFalse(pool.fits(part(0.75)), "three shares are free, on two GPUs");
    assertFalse(pool.fits(whole(1)));
    pool.give(part(0.75), first);
    assertEquals(List.of(0), pool.take(whole(1)).gpus());
    assertFalse(pool.fits(part(0.75)));
    pool.give(part(0.5), second);
    pool.give(whole(1), new Taken(null, List.of(0)));
    assertEquals(List.of(0, 1), pool.take(whole(2)).gpus());
    assertFalse(pool.fits(part(0.25)));
  }

  /** Else a stream of small jobs would keep a job from ever finding a GPU that is free. */
  @Test
  void rule12NoShareDelaysAJobThatWaitsForAWholeGpu() {
    ResourcePool pool = new ResourcePool(limits(2, 4));
    pool.take(part(0.25));
    assertFalse(pool.delays(part(0.25), whole(1)), "the other GPU stays free");
    Taken rest = pool.take(part(0.75));
    pool.take(part(0.25));
    pool.give(part(0.75), rest);
    assertTrue(pool.fits(part(0.25)));
    assertTrue(pool.delays(part(0.25), whole(1)), "though five shares stay free");
    assertFalse(pool.delays(new ResourceDemand(Map.of(Resources.CPUS, 1L)), whole(1)));
  }

  @ParameterizedTest
  @CsvSource({
    "0.25, 4, 4",
    "0.26, 4, 2",
    "0.333333, 3, 3",
    "0.166666, 6, 6",
    "0.34, 3, 1",
    "0.9, 3, 1",
    "1, 4, 1",
    "0.5, 1, 1",
    "0.000001, 8, 8",
    "0.1, 10, 10",
    "0.7, 10, 1"
  })
  void aFractionIsRoundedUpToTheNextShare(double part, long each, int fit) {
    ResourcePool pool = new ResourcePool(limits(1, each));
    for (int i = 0; i < fit; i++) {
      assertTrue(pool.fits(part(part)));
      pool.take(part(part));
    }
    assertFalse(pool.fits(part(part)));
  }

  @Test
  void anotherNodeGivesAWholeGpuForAShare() {
    ResourcePool pool =
        new ResourcePool(limits(1, 2), Map.of("n2", Map.of("cpus", 9L, "gpus", 1L)));
    ResourceDemand half = part(0.5).moving();
    assertEquals(new Taken(null, List.of(0)), pool.take(half));
    assertEquals(new Taken(null, List.of(0)), pool.take(half));
    Taken there = pool.take(half);
    assertEquals(new Taken("n2", List.of(0)), there);
    assertFalse(pool.fits(half));
    pool.give(half, there);
    assertTrue(pool.fits(half));
  }
}
