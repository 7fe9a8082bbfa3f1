package dev.torc.results;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * The progress of one request to a shared store. The {@link StorePlace} that serves it notes when
 * the answer begins and when bytes pass; {@link StoreCall} asks how long it may be silent, and ends
 * it. For two threads.
 */
final class StoreRequest {

  /** A stream is too slow if fewer than SLOW bytes pass in SPAN nanoseconds. */
  static final long SLOW = 500_000;

  private static final long SPAN = TimeUnit.SECONDS.toNanos(5);

  /** Nanoseconds until an answer must begin, if no sent bytes are on their way. */
  private static final long SILENCE = TimeUnit.SECONDS.toNanos(10);

  private static final long BUFFERED = 4 << 20; // sent bytes in the buffers of both machines

  private final LongSupplier age;
  private final LongConsumer all;
  private final AtomicLong moved = new AtomicLong();
  private volatile long sent; // bytes that will have moved when all is sent
  private volatile boolean begun;

  /** Creates a request; {@code all} takes the bytes that moved, for the whole call. */
  StoreRequest(LongSupplier age, LongConsumer all) {
    this.age = age;
    this.all = all;
  }

  /** Returns nanoseconds since its call began. */
  long age() {
    return age.getAsLong();
  }

  void begin() {
    begun = true;
  }

  boolean hasBegun() {
    return begun;
  }

  /** Notes how many bytes are going to be sent; the answer may begin after them. */
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

  /** Returns whether bytes should flow: its answer has begun, or not all is sent. */
  boolean flows() {
    return begun || moved.get() < sent;
  }

  /** Returns nanoseconds that it may be silent, or take for SLOW bytes while it {@code flows}. */
  long patience(boolean flows) {
    return flows ? SPAN : SILENCE + Math.min(sent, BUFFERED) * SPAN / SLOW;
  }
}
