package dev.torc.base.digests;

import static java.nio.file.StandardOpenOption.CREATE;

import dev.torc.base.posix.Io;
import dev.torc.base.posix.OwnFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.function.LongSupplier;

/**
 * Tells whether a moment has passed on the clock that stamps files. That is the clock of the root's
 * file system, which on a network mount belongs to another machine. torc reads it from the stamp of
 * a probe file that it writes. If this machine's clock shows an earlier time, it is used instead,
 * because a file may lie on another file system. {@link DigestMemo} asks before it trusts a stamp.
 * Times are nanoseconds since 1970. Safe for use by several threads.
 */
public final class FileClock {

  interface Pause {
    void sleep(long nanos) throws InterruptedException;
  }

  private static final long NEVER = Long.MIN_VALUE;
  private static final long HOUR = 3_600_000_000_000L;
  private static final long SLICE = 50_000_000; // between two checks of the stop flag
  private static final long TICK = 1_000_000; // the shortest sleep that is worth its system call

  private static final FileClock NONE = new FileClock(() -> NEVER, () -> 0, nanos -> {});

  private final Io.Get<Long> probe; // null for an observed clock
  private final LongSupplier ticks;
  private final Pause pause;
  private long seen = NEVER; // a moment that has passed
  private long seenAt; // ticks when it was seen

  FileClock(Io.Get<Long> probe, LongSupplier ticks, Pause pause) {
    this.probe = probe;
    this.ticks = ticks;
    this.pause = pause;
  }

  /** Returns the clock of the file system of a probe file, which is first written when needed. */
  public static FileClock of(Path file, StampSource stamps) {
    Io.Get<Long> probe =
        () -> {
          // not truncated: some file systems flush a truncated file when it is closed
          try (OutputStream out = OwnFile.out(file, CREATE)) {
            out.write(0);
          }
          return Math.min(system(), stamps.stamp(file).ctime());
        };
    return new FileClock(probe, System::nanoTime, nanos -> Thread.sleep(Duration.ofNanos(nanos)));
  }

  /** Returns a clock for commands that must not write. It never says that a moment has passed. */
  public static FileClock none() {
    return NONE;
  }

  /**
   * Returns a clock without a probe file, possibly that of another machine. It starts an hour
   * behind this machine's clock, and moves ahead with the ctimes that it observes.
   */
  static FileClock observed() {
    FileClock clock =
        new FileClock(null, System::nanoTime, nanos -> Thread.sleep(Duration.ofNanos(nanos)));
    clock.observe(system() - HOUR);
    return clock;
  }

  /** Shows a ctime to an observed clock. A ctime in the future is ignored: it may be wrong. */
  synchronized void observe(long ctime) {
    if (probe == null && ctime <= system() && (seen == NEVER || ctime > estimate())) {
      seen = ctime;
      seenAt = ticks.getAsLong();
    }
  }

  private static long system() {
    Instant now = Instant.now();
    return now.getEpochSecond() * 1_000_000_000L + now.getNano();
  }

  /** Returns whether the moment has certainly passed; false if the clock cannot be read. */
  public synchronized boolean past(long time) {
    if (seen > time) {
      return true;
    }
    boolean later = seen != NEVER && estimate() > time;
    if (probe == null || seen != NEVER && !later) {
      return later; // no write: if the estimate is wrong, a file is read once more
    }
    try {
      seen = probe.get();
    } catch (IOException e) {
      return false; // a later write, which must succeed, will report the cause
    }
    seenAt = ticks.getAsLong();
    return seen > time;
  }

  /**
   * Waits until the moment has passed, unless it is more than {@code atMost} nanoseconds ahead.
   * Returns whether it has passed. An interrupt ends the wait, and the thread stays interrupted.
   */
  public boolean await(long time, long atMost, StopFlag stop) {
    long rest = atMost;
    while (!past(time)) {
      long ahead;
      synchronized (this) {
        ahead = seen == NEVER ? rest + 1 : Math.max(TICK, time - estimate() + 1);
      }
      if (ahead > rest) {
        return false;
      }
      stop.check();
      ahead = Math.min(ahead, SLICE);
      rest -= ahead;
      try {
        pause.sleep(ahead);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    return true;
  }

  private long estimate() {
    return seen + (ticks.getAsLong() - seenAt);
  }
}
