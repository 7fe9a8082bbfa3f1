package dev.torc.base.posix;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;

/** Waits for threads to end. A single thread must be asked to end by its starter. */
public final class ThreadEnd {

  private ThreadEnd() {}

  /** Waits until a thread has ended; an interrupt does not end the wait, but stays set. */
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

  /** Interrupts a pool's threads and waits at most {@code seconds} for them to end. */
  public static void stop(ExecutorService pool, int seconds) {
    pool.shutdownNow();
    try {
      pool.awaitTermination(seconds, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
