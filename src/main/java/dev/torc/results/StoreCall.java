package dev.torc.results;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What is asked of a shared store for one record, or for one result, in as many requests as it
 * takes, and how long that may last. It ends where the user ends the build, and the bytes of a
 * result where they would take longer than the job did; a job of less than two seconds counts as
 * one of two. {@link StoreThreads} sees to it.
 */
final class StoreCall {

  private static final long TELLING = 1 << 18; // bytes

  /** A job of less counts as one of so many nanoseconds. */
  static final long LEAST = TimeUnit.SECONDS.toNanos(2);

  private final SharedStore.Build build;
  private final StoreHealth waits;
  private final long start;
  private final long most; // nanoseconds
  private final long total; // bytes
  private final StoreCall all;
  private final AtomicLong moved = new AtomicLong();
  private volatile boolean begun;

  private StoreCall(
      SharedStore.Build build, StoreHealth waits, long most, long total, StoreCall all) {
    this.build = build;
    this.waits = waits;
    this.start = now();
    this.most = most;
    this.total = total;
    this.all = all;
  }

  /**
   * A call for a record, whatever the job.
   *
   * @param waits is told how long a job waits for it; null where none does
   */
  static StoreCall small(SharedStore.Build build, StoreHealth waits) {
    return new StoreCall(build, waits, Long.MAX_VALUE, 0, null);
  }

  /**
   * A call for all bytes of a result.
   *
   * @param wall how long the job took, in nanoseconds
   * @param total how many bytes there are
   */
  static StoreCall large(SharedStore.Build build, StoreHealth waits, long wall, long total) {
    return new StoreCall(build, waits, Math.max(LEAST, wall), total, null);
  }

  /** One request of this call; its bytes count for both. */
  StoreCall request() {
    return new StoreCall(build, waits, most, 0, this);
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
    return moved.get() < TELLING ? 0 : (double) moved.get() / Math.max(1, now() - start);
  }

  /** When it began. */
  long start() {
    return start;
  }

  long now() {
    return build.clock().getAsLong();
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

  /** The same of an answer, which has begun then. */
  void passed(long bytes) {
    begin();
    moved(bytes);
  }

  /** How many bytes have passed. */
  long moved() {
    return moved.get();
  }

  /**
   * Says that a request went on from one moment to another. A job waits for a record until that is
   * whole, for bytes until they begin to come: of these it is known how long they may take.
   */
  void waited(long from, long to) throws StoreRefusal {
    if (waits != null && (most == Long.MAX_VALUE || !begun)) {
      waits.waited(from, to);
      if (waits.isAlone()) {
        throw new StoreRefusal(waits.rest());
      }
    }
  }

  /** Goes on, or does not: throws with the reason. */
  void check() throws StoreRefusal {
    if (all != null) {
      all.check();
      return;
    }
    if (build.stopped().get()) {
      throw new StoreRefusal("the build was ended");
    }
    if (most < Long.MAX_VALUE) {
      long took = now() - start;
      long bytes = moved.get();
      boolean slow = took > LEAST && bytes > 0 && (double) took * total / bytes > most;
      if (took > most || slow) {
        throw longer();
      }
    }
  }
}
