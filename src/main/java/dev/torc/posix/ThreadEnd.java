package dev.torc.posix;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;

/** Waits for threads to end. Telling a single one to end is its starter's job. */
public final class ThreadEnd {

  private ThreadEnd() {}

  /** Returns when a thread has ended; an interrupt of the caller stays set and ends no wait. */
  public static void await(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Interrupts the threads of a pool, and waits some seconds at most for their ends. */
  public static void stop(ExecutorService pool, int seconds) {
    pool.shutdownNow();
    try {
      pool.awaitTermination(seconds, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
