package dev.torc.core.queue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.function.IntToLongFunction;
import java.util.function.IntUnaryOperator;

/**
 * The jobs that could start, in the order of rule 12: by priority, then by the longest path that
 * begins with them, then as written. Smaller jobs may pass a job that does not fit, but after
 * {@value #PASSES} of them nothing starts that would delay it. While a shared store is asked about
 * a job, the job holds its place for a moment: later jobs cannot take its resources. The queue
 * starts nothing.
 */
public final class ReadyQueue {

  static final int PASSES = 32;

  private final TreeSet<Integer> ready;
  private final Map<Integer, Integer> passed = new HashMap<>();

  /** The jobs that a shared store is asked about, and when their places expire. */
  private final Map<Integer, Long> asked = new HashMap<>();

  private final boolean local;
  private Long heldUntil;

  /**
   * @param priority a job's priority; larger starts first
   * @param path the longest path that begins with a job, in nanoseconds
   * @param written a job's position among all jobs as written
   * @param local whether every job takes a cpu of this machine
   */
  public ReadyQueue(
      IntUnaryOperator priority, IntToLongFunction path, IntUnaryOperator written, boolean local) {
    this.local = local;
    ready =
        new TreeSet<>(
            (a, b) -> {
              int by = Integer.compare(priority.applyAsInt(b), priority.applyAsInt(a));
              by = by == 0 ? Long.compare(path.applyAsLong(b), path.applyAsLong(a)) : by;
              return by == 0 ? Integer.compare(written.applyAsInt(a), written.applyAsInt(b)) : by;
            });
  }

  public void add(int job) {
    ready.add(job);
  }

  /**
   * Adds a job that a shared store is asked about. Later jobs cannot take its resources before
   * {@code until}, by {@link System#nanoTime}, or {@link #answered}.
   */
  public void ask(int job, long until) {
    asked.put(job, until);
    ready.add(job);
  }

  /** Removes a job again if a shared store was asked about it. */
  public void answered(int job) {
    if (asked.remove(job) != null) {
      ready.remove(job);
    }
  }

  /**
   * Returns when the first place that {@link #next} held expires, by {@link System#nanoTime}; null
   * if it held none.
   */
  public Long heldUntil() {
    return heldUntil;
  }

  /** Runs {@code change}, which may change the order of a job, and moves the job if it is ready. */
  void move(int job, Runnable change) {
    boolean isReady = ready.remove(job);
    change.run();
    if (isReady) {
      ready.add(job);
    }
  }

  /** Returns whether no job may start; those that wait for a store may not. */
  public boolean isEmpty() {
    return ready.size() == asked.size();
  }

  /** Removes and returns the job that should start next; returns -1 if none can start now. */
  public int next(ResourcePool pool, IntFunction<ResourceDemand> demand) {
    heldUntil = null;
    if (isEmpty()) {
      return -1;
    }
    List<Held> held = new ArrayList<>(0);
    try {
      return next(pool, demand, held);
    } finally {
      held.forEach(each -> pool.give(each.demand, each.taken));
    }
  }

  private int next(ResourcePool pool, IntFunction<ResourceDemand> demand, List<Held> held) {
    ResourceDemand starved = starved(pool, demand);
    for (Iterator<Integer> it = ready.iterator(); it.hasNext(); ) {
      if (local && pool.isFull()) {
        return -1;
      }
      int job = it.next();
      ResourceDemand wanted = demand.apply(job);
      Long until = asked.get(job);
      if (until != null) {
        hold(pool, wanted, until, held);
      } else if (pool.fits(wanted) && (starved == null || !pool.delays(wanted, starved))) {
        it.remove();
        passed.remove(job);
        for (int before : ready.headSet(job)) {
          if (!asked.containsKey(before)) {
            passed.merge(before, 1, Integer::sum);
          }
        }
        return job;
      }
    }
    return -1;
  }

  /** Resources that a search holds for a job that a store is asked about. */
  private record Held(ResourceDemand demand, Taken taken) {}

  private void hold(ResourcePool pool, ResourceDemand wanted, long until, List<Held> held) {
    if (until - System.nanoTime() > 0 && pool.fits(wanted)) {
      held.add(new Held(wanted, pool.take(wanted)));
      heldUntil = heldUntil == null || until - heldUntil < 0 ? Long.valueOf(until) : heldUntil;
    }
  }

  /** Returns the demand of the first job that was passed too often and does not fit, or null. */
  private ResourceDemand starved(ResourcePool pool, IntFunction<ResourceDemand> demand) {
    return passed.keySet().stream()
        .filter(job -> passed.get(job) >= PASSES)
        .sorted(ready.comparator())
        .map(demand::apply)
        .filter(wanted -> !pool.fits(wanted))
        .findFirst()
        .orElse(null);
  }
}
