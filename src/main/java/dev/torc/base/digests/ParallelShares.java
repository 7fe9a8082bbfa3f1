package dev.torc.base.digests;

import dev.torc.base.posix.ThreadEnd;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;

/** Does work in several shares in parallel, each on its own thread. */
public final class ParallelShares {

  /** The number of files per thread. There are at most {@link #THREADS} threads. */
  private static final int MANY = 500;

  private static final int THREADS = 8;

  private ParallelShares() {}

  /** The work on one of many files, given by its index. */
  public interface Work {
    void on(int file) throws IOException;
  }

  /** Does the work for each file. An exception ends its thread's work, and is thrown at the end. */
  public static void each(int files, Work work) throws IOException {
    int most = Math.min(THREADS, files / MANY);
    int shares = most < 2 ? 1 : Math.min(most, Runtime.getRuntime().availableProcessors());
    if (shares == 1) {
      for (int i = 0; i < files; i++) {
        work.on(i);
      }
      return;
    }
    try {
      run(
          shares,
          share -> {
            int end = (int) ((long) files * (share + 1) / shares);
            for (int i = (int) ((long) files * share / shares); i < end; i++) {
              try {
                work.on(i);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            }
          });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /**
   * Does all shares, the last one on the caller's thread. An interrupt does not end the work, and
   * the thread stays interrupted. An exception is thrown after all shares have ended.
   */
  public static void run(int shares, IntConsumer work) {
    AtomicReference<Throwable> failed = new AtomicReference<>();
    List<Thread> others = new ArrayList<>();
    for (int share = 0; share < shares - 1; share++) {
      int number = share;
      others.add(Thread.ofPlatform().name("torc-share").start(() -> guarded(number, work, failed)));
    }
    guarded(shares - 1, work, failed);
    for (Thread other : others) {
      ThreadEnd.await(other);
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
