package dev.torc.core.queue;

import java.util.PriorityQueue;

/**
 * The retries that wait for the {@code delay} of their job, and when each is due. {@code
 * JobAttempts} decides whether a failed attempt is repeated.
 */
public final class DelayedRetries {

  /** A retry of a job, due at {@code time}, by the clock of {@link System#nanoTime}. */
  private record Due(long time, int job) {}

  private final PriorityQueue<Due> waiting =
      new PriorityQueue<>((a, b) -> Long.compare(a.time, b.time));

  /** Adds a job whose retry is due in {@code delay} nanoseconds. */
  public void add(int job, long delay) {
    waiting.add(new Due(System.nanoTime() + delay, job));
  }

  public boolean isEmpty() {
    return waiting.isEmpty();
  }

  /** Returns when the next retry is due; null if none waits. */
  public Long next() {
    return isEmpty() ? null : Long.valueOf(waiting.peek().time);
  }

  /** Moves the jobs whose delay is over to the queue of ready jobs. */
  public void release(ReadyQueue ready) {
    while (!isEmpty() && next() <= System.nanoTime()) {
      ready.add(waiting.poll().job);
    }
  }
}
