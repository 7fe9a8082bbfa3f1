package dev.torc.core.here;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The one thread that calls {@link ProcessRun#enforceLimits} of each running attempt when it is
 * due; it sleeps while nothing runs. Each attempt decides what to do and when it is due again.
 */
final class LimitTimer implements AutoCloseable {

  /** Nanoseconds to sleep while no attempt is due. */
  static final long IDLE = TimeUnit.HOURS.toNanos(1);

  private final Set<ProcessRun> watched = ConcurrentHashMap.newKeySet();
  private final Thread thread = new Thread(this::run, "torc-watch");
  private volatile long wakesAt;
  private volatile boolean closed;

  LimitTimer() {
    wakesAt = System.nanoTime() + IDLE;
    thread.setDaemon(true);
    thread.start();
  }

  /** Adds an attempt that is due at {@code first}, by {@link System#nanoTime}. */
  void add(ProcessRun one, long first) {
    watched.add(one);
    if (wakesAt - first > 0) { // rarely so with many short jobs, since it wakes often
      LockSupport.unpark(thread);
    }
  }

  void wake() {
    LockSupport.unpark(thread);
  }

  void remove(ProcessRun one) {
    watched.remove(one);
  }

  private void run() {
    while (!closed) {
      long now = System.nanoTime();
      wakesAt = now + IDLE; // an attempt that is added during this pass wakes it again
      long rest = IDLE;
      for (ProcessRun one : watched) {
        rest = Math.min(rest, one.enforceLimits() - now);
      }
      wakesAt = now + rest;
      LockSupport.parkNanos(this, wakesAt - System.nanoTime());
    }
  }

  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
  }
}
