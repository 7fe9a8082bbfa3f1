package dev.torc.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;

/**
 * Does a work in several shares at once, each on a thread of its own. The caller says what a share
 * is.
 */
public final class ParallelShares {

  private ParallelShares() {}

  /**
   * Does all shares and returns when they are done; the last one on the caller's thread. An
   * interrupt ends none of them and stays set; what one of them throws is thrown here.
   */
  public static void run(int shares, IntConsumer work) {
    AtomicReference<Throwable> failed = new AtomicReference<>();
    List<Thread> others = new ArrayList<>();
    for (int share = 0; share < shares - 1; share++) {
      int number = share;
      others.add(Thread.ofPlatform().start(() -> guarded(number, work, failed)));
    }
    guarded(shares - 1, work, failed);
    boolean interrupted = false;
    for (Thread other : others) {
      while (other.isAlive()) {
        try {
          other.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (failed.get() instanceof RuntimeException e) {
      throw e;
    }
    if (failed.get() instanceof Error e) {
      throw e;
    }
  }

  private static void guarded(int share, IntConsumer work, AtomicReference<Throwable> failed) {
    try {
      work.accept(share);
    } catch (RuntimeException | Error e) {
      failed.compareAndSet(null, e);
    }
  }
}
