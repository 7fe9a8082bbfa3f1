package dev.torc.local;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The one thread that looks at running attempts from time to time, for limits and samples; it
 * sleeps while nothing runs. Each attempt knows what is to be done at a look.
 */
final class RunWatch implements AutoCloseable {

  /** Nanoseconds that it sleeps where no attempt is to be looked at. */
  static final long IDLE = TimeUnit.HOURS.toNanos(1);

  private final Set<ProcessRun> watched = ConcurrentHashMap.newKeySet();
  private final Thread thread = new Thread(this::run, "torc-watch");
  private volatile long wakesAt;
  private volatile boolean closed;

  RunWatch() {
    wakesAt = System.nanoTime() + IDLE;
    thread.setDaemon(true);
    thread.start();
  }

  /** Begins to look at an attempt, first at the given time. */
  void add(ProcessRun one, long first) {
    watched.add(one);
    if (wakesAt - first > 0) { // with many short jobs it nearly always wakes soon enough
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
      wakesAt = now + IDLE; // an attempt that is added meanwhile wakes it again
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
