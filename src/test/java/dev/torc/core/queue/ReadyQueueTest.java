package dev.torc.core.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

/** Rule 12: which job starts next. */
class ReadyQueueTest {

  private static final ResourceDemand SMALL = new ResourceDemand(Map.of("cpus", 1L));
  private static final ResourceDemand LARGE = new ResourceDemand(Map.of("cpus", 2L));
  private static final ResourceDemand LICENCE =
      new ResourceDemand(Map.of("cpus", 1L, "licences", 1L));

  private static final Taken HERE = new Taken(null, List.of());
  private final ResourcePool pool = new ResourcePool(Map.of("cpus", 2L, "licences", 1L));

  private static ReadyQueue queue(int jobs) {
    return new ReadyQueue(_ -> 0, _ -> 0, job -> job, true);
  }

  @Test
  void priorityThenTheLongestPathThenTheWrittenOrder() {
    ReadyQueue queue =
        new ReadyQueue(
            job -> job == 2 ? 1 : 0, job -> new long[] {5, 9, 1, 5}[job], job -> job, true);
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
      pool.give(SMALL, HERE);
    }
    assertEquals(-1, queue.next(pool, demand), "the 33rd would delay it");
    pool.give(SMALL, HERE);
    assertEquals(0, queue.next(pool, demand));
  }

  /** A look-up that takes long holds nothing up. */
  @Test
  void nothingTakesThePlaceOfAJobOfWhichAStoreIsAsked() {
    ReadyQueue queue = queue(3);
    queue.ask(0, System.nanoTime() + (1L << 60));
    queue.add(1);
    queue.add(2);
    assertEquals(1, queue.next(pool, _ -> SMALL), "there is room for both");
    pool.take(SMALL);
    assertEquals(-1, queue.next(pool, _ -> SMALL));
    assertTrue(queue.heldUntil() != null && !queue.isEmpty());
    queue.ask(0, System.nanoTime());
    assertEquals(2, queue.next(pool, _ -> SMALL));
    queue.ask(3, System.nanoTime() + (1L << 60));
    queue.answered(0);
    assertTrue(queue.isEmpty());
    queue.add(4);
    queue.answered(3);
    assertEquals(4, queue.next(pool, _ -> SMALL));
    assertNull(queue.heldUntil());
  }

  @Test
  void notEvenAJobAheadOfAStarvedOneDelaysIt() {
    ReadyQueue queue = new ReadyQueue(_ -> 0, _ -> 0, job -> job, true);
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
  void aJobThatTakesNothingThatAStarvedOneLacksMayPassIt() {
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

  private static ResourceDemand anywhere(long cpus, long licences) {
    return new ResourceDemand(Map.of("cpus", cpus, "licences", licences)).moving();
  }

  @Test
  void aMovableJobGoesToAnotherNodeIfThisOneIsFull() {
    ResourcePool nodes =
        new ResourcePool(
            Map.of("cpus", 2L, "licences", 3L),
            Map.of("n2", Map.of("cpus", 3L), "n3", Map.of("cpus", 2L)));
    Taken first = nodes.take(anywhere(2, 1));
    assertEquals(null, first.node());
    assertEquals(false, nodes.fits(SMALL), "a job of this machine");
    Taken second = nodes.take(anywhere(1, 1));
    assertEquals("n3", second.node(), "the one that has least");
    assertEquals("n2", nodes.take(anywhere(2, 1)).node());
    assertEquals(false, nodes.fits(anywhere(1, 1)), "counters bind all nodes together");
    assertEquals(true, nodes.fits(anywhere(1, 0)));
    nodes.give(anywhere(1, 1), second);
    assertEquals("n2", nodes.take(anywhere(1, 1)).node());
    nodes.take(anywhere(2, 0));
    assertEquals(true, nodes.isFull());
    nodes.give(anywhere(2, 1), first);
    assertEquals(false, nodes.isFull());
    assertEquals(null, nodes.take(SMALL).node());
  }

  @Test
  void aStarvedJobKeepsTheNodesThatCouldHoldIt() {
    ResourcePool nodes =
        new ResourcePool(
            Map.of("cpus", 2L), Map.of("n2", Map.of("cpus", 4L), "n3", Map.of("cpus", 1L)));
    ResourceDemand waiting = anywhere(4, 0);
    ResourceDemand small = anywhere(1, 0);
    assertEquals(false, nodes.delays(small, waiting), "it never fits here");
    nodes.take(anywhere(2, 0));
    assertEquals("n3", nodes.take(small).node());
    nodes.take(small);
    assertEquals(false, nodes.fits(waiting));
    assertEquals(true, nodes.delays(small, waiting), "only n2 has room");
  }
}
