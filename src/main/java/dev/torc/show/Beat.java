package dev.torc.show;

import dev.torc.posix.ThreadEnd;

/**
 * Calls a report again and again, on a thread of its own, until it is closed. What breaks a call
 * ends that, and is kept for the thread of the events.
 */
final class Beat implements AutoCloseable {

  private final long period;
  private final Runnable each;
  private final Thread thread;
  private RuntimeException broken;
  private boolean closed;

  /** Begins, with a call at once. */
  Beat(String name, long period, Runnable each) {
    this.period = period;
    this.each = each;
    this.thread = Thread.ofPlatform().daemon().name(name).start(this::run);
  }

  /** What broke a call, null for nothing; it is told once. */
  synchronized RuntimeException broken() {
    RuntimeException e = broken;
    broken = null;
    return e;
  }

  /** Returns when no call is under way any more. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    ThreadEnd.await(thread);
  }

  private void run() {
    long next = System.nanoTime();
    try {
      while (sleep(next)) {
        next = System.nanoTime() + period;
        each.run();
      }
    } catch (RuntimeException e) {
      synchronized (this) {
        broken = e;
      }
    }
  }

  /** Until a moment; returns whether it is to go on then. */
  private synchronized boolean sleep(long until) {
    try {
      for (long left = until - System.nanoTime();
          left > 0 && !closed;
          left = until - System.nanoTime()) {
        wait(left / 1_000_000 + 1);
      }
      return !closed;
    } catch (InterruptedException e) {
      return false;
    }
  }
}
