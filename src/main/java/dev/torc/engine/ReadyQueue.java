package dev.torc.engine;

import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.function.IntToLongFunction;
import java.util.function.IntUnaryOperator;

/**
 * The jobs that could start, in the order of rule 12: priority, then the longest path behind them,
 * then the written order. A job that does not fit lets smaller ones pass, but after {@value
 * #PASSES} of them nothing starts that would delay it. It starts nothing itself.
 */
final class ReadyQueue {

  /** How many jobs may overtake one that does not fit. */
  static final int PASSES = 32;

  private final TreeSet<Integer> ready;
  private final Map<Integer, Integer> passed = new HashMap<>();
  private final boolean local;

  /**
   * @param priority larger first, by job
   * @param path nanoseconds of the longest path from a job to the end, by job
   * @param written where a job is written among all, by job
   * @param local whether every job takes a cpu of this machine
   */
  ReadyQueue(
      IntUnaryOperator priority, IntToLongFunction path, IntUnaryOperator written, boolean local) {
    this.local = local;
    ready =
        new TreeSet<>(
            (a, b) -> {
              int first = Integer.compare(priority.applyAsInt(b), priority.applyAsInt(a));
              first = first == 0 ? Long.compare(path.applyAsLong(b), path.applyAsLong(a)) : first;
              return first == 0
                  ? Integer.compare(written.applyAsInt(a), written.applyAsInt(b))
                  : first;
            });
  }

  void add(int job) {
    ready.add(job);
  }

  /** Makes a change that may give a job another place in the queue, if it is ready. */
  void move(int job, Runnable change) {
    boolean isReady = ready.remove(job);
    change.run();
    if (isReady) {
      ready.add(job);
    }
  }

  boolean isEmpty() {
    return ready.isEmpty();
  }

  /**
   * Takes out the job that should start next, -1 if none may now.
   *
   * @param demand what a job takes
   */
  int next(ResourcePool pool, IntFunction<ResourceDemand> demand) {
    ResourceDemand starved = starved(pool, demand);
    for (Iterator<Integer> it = ready.iterator(); it.hasNext(); ) {
      if (local && pool.isFull()) {
        return -1;
      }
      int job = it.next();
      ResourceDemand wanted = demand.apply(job);
      if (pool.fits(wanted) && (starved == null || !pool.delays(wanted, starved))) {
        it.remove();
        passed.remove(job);
        for (int before : ready.headSet(job)) {
          passed.merge(before, 1, Integer::sum);
        }
        return job;
      }
    }
    return -1;
  }

  /** What the first job takes that was overtaken too often and still does not fit; null if none. */
  private ResourceDemand starved(ResourcePool pool, IntFunction<ResourceDemand> demand) {
    ResourceDemand starved = null;
    Integer first = null;
    for (Map.Entry<Integer, Integer> entry : passed.entrySet()) {
      if (entry.getValue() >= PASSES
          && (first == null || ready.comparator().compare(entry.getKey(), first) < 0)) {
        ResourceDemand wanted = demand.apply(entry.getKey());
        if (!pool.fits(wanted)) {
          first = entry.getKey();
          starved = wanted;
        }
      }
    }
    return starved;
  }
}
