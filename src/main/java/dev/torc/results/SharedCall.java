package dev.torc.results;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/**
 * What is asked of a shared store for one result, in as many requests as it takes, and how long
 * that may last. It ends where the user ends the build, and where it would take longer than the job
 * did; a job of less than two seconds counts as one of two. {@link SharedWait} sees to it.
 */
final class SharedCall {

  private static final long TELLING = 1 << 18; // bytes

  private static final long LEAST = TimeUnit.SECONDS.toNanos(2);

  /** Takes stretches of time in which the build waited, in nanoseconds; they may overlap. */
  interface Waited {
    void from(long from, long to);
  }

  private final SharedClock clock;
  private final BooleanSupplier stopped;
  private final Waited waited;
  private final long start;
  private final long most; // nanoseconds
  private final long total; // bytes
  private final SharedCall all;
  private final AtomicLong moved = new AtomicLong();
  private volatile boolean begun;

  private SharedCall(
      SharedClock clock,
      BooleanSupplier stopped,
      Waited waited,
      long most,
      long total,
      SharedCall all) {
    this.clock = clock;
    this.stopped = stopped;
    this.waited = waited;
    this.start = clock.now();
    this.most = most;
    this.total = total;
    this.all = all;
  }

  /**
   * A call for a few bytes, whatever the job.
   *
   * @param stopped whether the user ended the build
   * @param waited is told when the build waited for an answer
   */
  static SharedCall small(SharedClock clock, BooleanSupplier stopped, Waited waited) {
    return new SharedCall(clock, stopped, waited, Long.MAX_VALUE, 0, null);
  }

  /**
   * A call for all bytes of a result.
   *
   * @param wall how long the job took, in nanoseconds
   * @param total how many bytes there are
   */
  static SharedCall large(
      SharedClock clock, BooleanSupplier stopped, Waited waited, long wall, long total) {
    return new SharedCall(clock, stopped, waited, Math.max(LEAST, wall), total, null);
  }

  /** One request of this call; its bytes count for both. */
  SharedCall request() {
    return new SharedCall(clock, stopped, waited, Long.MAX_VALUE, 0, this);
  }

  /** Whether so many bytes at so many each nanosecond would take too long; 0 is not known. */
  void check(double rate) throws StoreRefusal {
    if (rate > 0 && total / rate > most) {
      throw longer();
    }
  }

  private static StoreRefusal longer() {
    return new StoreRefusal("would take longer than the job did");
  }

  /** How many bytes passed each nanosecond; 0 where too few did to tell. */
  double rate() {
    return moved.get() < TELLING ? 0 : (double) moved.get() / Math.max(1, clock.now() - start);
  }

  long now() {
    return clock.now();
  }

  /** Says that the answer has begun. */
  void begin() {
    begun = true;
  }

  /** Whether there is anything of an answer. */
  boolean hasBegun() {
    return begun;
  }

  /** Says that so many bytes more have passed. */
  void moved(long bytes) {
    moved.addAndGet(bytes);
    if (all != null) {
      all.moved(bytes);
    }
  }

  /** How many bytes have passed. */
  long moved() {
    return moved.get();
  }

  /** Says that there was no answer from one moment to another. */
  void waited(long from, long to) {
    if (clock.idle().getAsBoolean()) {
      waited.from(from, to);
    }
  }

  /** Goes on, or does not: throws with the reason. */
  void check() throws StoreRefusal {
    if (all != null) {
      all.check();
      return;
    }
    if (stopped.getAsBoolean()) {
      throw new StoreRefusal("the build was ended");
    }
    if (most < Long.MAX_VALUE) {
      long took = clock.now() - start;
      long bytes = moved.get();
      boolean slow = took > LEAST && bytes > 0 && (double) took * total / bytes > most;
      if (took > most || slow) {
        throw longer();
      }
    }
  }
}
