package dev.torc.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

/** Rule 12: who starts next. */
class ReadyQueueTest {

  private static final ResourceDemand SMALL = new ResourceDemand(Map.of("cpus", 1L));
  private static final ResourceDemand LARGE = new ResourceDemand(Map.of("cpus", 2L));
  private static final ResourceDemand LICENCE =
      new ResourceDemand(Map.of("cpus", 1L, "licences", 1L));

  private final ResourcePool pool = new ResourcePool(Map.of("cpus", 2L, "licences", 1L));

  private static ReadyQueue queue(int jobs) {
    return new ReadyQueue(_ -> 0, new long[jobs], job -> job, true);
  }

  @Test
  void priorityThenTheLongestPathThenTheWrittenOrder() {
    ReadyQueue queue =
        new ReadyQueue(job -> job == 2 ? 1 : 0, new long[] {5, 9, 1, 5}, job -> job, true);
    for (int j : List.of(3, 1, 0, 2)) {
      queue.add(j);
    }
    for (int expected : List.of(2, 1, 0, 3)) {
      assertEquals(expected, queue.next(pool, _ -> SMALL));
    }
    assertEquals(-1, queue.next(pool, _ -> SMALL));
  }

  @Test
  void aJobThatDoesNotFitLets32PassAndThenNothingThatWouldDelayIt() {
    ReadyQueue queue = queue(100);
    IntFunction<ResourceDemand> demand = j -> j == 0 ? LARGE : SMALL;
    pool.take(SMALL); // another job holds one cpu all the time
    for (int j = 0; j < 50; j++) {
      queue.add(j);
    }
    for (int passed = 1; passed <= ReadyQueue.PASSES; passed++) {
      assertEquals(passed, queue.next(pool, demand));
      pool.take(SMALL);
      pool.give(SMALL, List.of());
    }
    assertEquals(-1, queue.next(pool, demand), "the 33rd would delay it");
    pool.give(SMALL, List.of());
    assertEquals(0, queue.next(pool, demand));
  }

  @Test
  void notEvenAJobAheadOfAStarvedOneDelaysIt() {
    ReadyQueue queue = new ReadyQueue(_ -> 0, new long[100], job -> job, true);
    IntFunction<ResourceDemand> demand = j -> j == 1 ? LARGE : SMALL;
    pool.take(SMALL);
    for (int j = 1; j <= 40; j++) {
      queue.add(j);
    }
    for (int passed = 1; passed <= ReadyQueue.PASSES; passed++) {
      assertEquals(passed + 1, queue.next(pool, demand));
    }
    queue.add(0);
    assertEquals(-1, queue.next(pool, demand));
  }

  @Test
  void whatTakesNothingOfWhatItLacksMayPassAStarvedJob() {
    ReadyQueue queue = queue(100);
    ResourcePool large = new ResourcePool(Map.of("cpus", 8L, "licences", 1L));
    IntFunction<ResourceDemand> demand = j -> j == 0 ? LICENCE : SMALL;
    large.take(LICENCE);
    for (int j = 0; j < 60; j++) {
      queue.add(j);
    }
    for (int passed = 1; passed <= 50; passed++) {
      assertEquals(passed, queue.next(large, demand));
    }
  }
}
