package dev.torc.local;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The one thread that looks at running attempts from time to time, for limits and samples; it
 * sleeps while nothing runs. What is to be done at a look, each attempt does itself.
 */
final class RunWatch implements AutoCloseable {

  /** Something to look at now and then. */
  interface Watched {
    /**
     * Looks.
     *
     * @return when it wants to be looked at again, by {@link System#nanoTime}
     */
    long look();
  }

  /** How long it sleeps where nothing wants to be looked at: nanoseconds. */
  static final long IDLE = TimeUnit.HOURS.toNanos(1);

  private final Set<Watched> watched = ConcurrentHashMap.newKeySet();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition news = lock.newCondition();
  private final Thread thread = new Thread(this::run, "torc-watch");
  private long wakesAt = System.nanoTime();
  private boolean woken;
  private boolean closed;

  RunWatch() {
    thread.setDaemon(true);
    thread.start();
  }

  /** Begins to look at something, first at the given time. */
  void add(Watched one, long first) {
    watched.add(one);
    lock.lock();
    try {
      if (wakesAt - first > 0) { // with many short jobs it nearly always wakes soon enough
        woken = true;
        news.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  void remove(Watched one) {
    watched.remove(one);
  }

  private void run() {
    while (true) {
      long now = System.nanoTime();
      long rest = IDLE;
      for (Watched one : watched) {
        rest = Math.min(rest, one.look() - now);
      }
      lock.lock();
      try {
        wakesAt = now + rest;
        long left = rest - (System.nanoTime() - now);
        while (!closed && !woken && left > 0) {
          left = news.awaitNanos(left);
        }
        woken = false;
        if (closed) {
          return;
        }
      } catch (InterruptedException unwanted) {
        return; // only the end of the JVM interrupts it
      } finally {
        lock.unlock();
      }
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      news.signal();
    } finally {
      lock.unlock();
    }
  }
}
