package dev.torc.features.stores;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * The progress of one request to a shared store. The {@link StorePlace} that serves it notes when
 * the answer starts and when bytes pass. {@link StoreCall} asks how long the request may be silent,
 * and ends it. Safe for these two threads.
 */
final class StoreRequest {

  /** A stream is too slow if fewer than SLOW bytes pass in SPAN nanoseconds. */
  static final long SLOW = 500_000;

  private static final long SPAN = TimeUnit.SECONDS.toNanos(5);

  /** Nanoseconds until an answer must start, once no sent bytes are in buffers. */
  private static final long SILENCE = TimeUnit.SECONDS.toNanos(10);

  private static final long BUFFERED = 4 << 20; // sent bytes in the buffers of both machines

  private final LongSupplier age;
  private final LongConsumer all;
  private final AtomicLong moved = new AtomicLong();
  private volatile long sent; // the value of moved when everything is sent
  private volatile boolean begun;

  /** Creates a request; {@code all} counts the bytes of its whole call. */
  StoreRequest(LongSupplier age, LongConsumer all) {
    this.age = age;
    this.all = all;
  }

  /** Returns the nanoseconds since the call started. */
  long age() {
    return age.getAsLong();
  }

  void begin() {
    begun = true;
  }

  boolean hasBegun() {
    return begun;
  }

  /** Notes that {@code bytes} are about to be sent; the answer may start after them. */
  void sends(long bytes) {
    sent = moved.get() + bytes;
  }

  void moved(long bytes) {
    moved.addAndGet(bytes);
    all.accept(bytes);
  }

  long moved() {
    return moved.get();
  }

  void passed(long bytes) {
    begin();
    moved(bytes);
  }

  /** Returns whether bytes should flow: the answer has started, or not everything is sent. */
  boolean flows() {
    return begun || moved.get() < sent;
  }

  /**
   * Returns the longest time, in nanoseconds, that the request may be silent or, if it {@code
   * flows}, may take for SLOW bytes.
   */
  long patience(boolean flows) {
    return flows ? SPAN : SILENCE + Math.min(sent, BUFFERED) * SPAN / SLOW;
  }
}
