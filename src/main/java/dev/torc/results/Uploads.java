package dev.torc.results;

import dev.torc.cache.StoredValue;
import dev.torc.machine.SafeText;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Sends results beside the build, several at a time. What holds the root's path is marked before:
 * it counts in no other root. It does not know how a store is sent to.
 */
final class Uploads implements AutoCloseable {

  private static final int THREADS = 8;
  private static final long LEAST = TimeUnit.SECONDS.toNanos(30);
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(5);
  private static final long LOOK = 20; // milliseconds

  private final List<SharedStore> stores;
  private final TextSearch search;
  private final String root;
  private final LongSupplier clock;
  private final AtomicBoolean stopped;
  private final Consumer<String> told;
  private final ExecutorService threads =
      Executors.newFixedThreadPool(
          THREADS, Thread.ofPlatform().daemon().name("torc-send-", 0).factory());

  private final AtomicBoolean hidden = new AtomicBoolean(); // whether that was told
  private volatile boolean over; // whether all jobs have ended

  /** Results that are not sent yet, and how long their jobs took; guarded by this. */
  private int pending;

  private long wall; // nanoseconds

  /**
   * Of a build.
   *
   * @param stores the stores, which may still be added
   * @param search for the root's path
   * @param stopped whether the user ended the build
   * @param told takes a line for people
   */
  Uploads(
      List<SharedStore> stores,
      TextSearch search,
      String root,
      LongSupplier clock,
      AtomicBoolean stopped,
      Consumer<String> told) {
    this.stores = stores;
    this.search = search;
    this.root = root;
    this.clock = clock;
    this.stopped = stopped;
    this.told = told;
  }

  void send(long nanos, Upload.Maker result) {
    if (stores.stream().noneMatch(SharedStore::isSentTo)) {
      return;
    }
    begin(nanos);
    try {
      threads.execute(() -> turn(nanos, result));
    } catch (RejectedExecutionException e) {
      end(nanos); // the build is over
    }
  }

  private void turn(long nanos, Upload.Maker maker) {
    try {
      Upload sending = stopped.get() ? null : maker.make();
      if (sending != null) {
        sendNow(sending);
      }
    } catch (IOException e) {
      return; // it changed since: then it is no result of that job any more
    } finally {
      end(nanos);
    }
  }

  private synchronized void begin(long nanos) {
    pending++;
    wall += nanos;
  }

  private synchronized void end(long nanos) {
    pending--;
    wall -= nanos;
    notifyAll();
  }

  synchronized int pending() {
    return pending;
  }

  private void sendNow(Upload sending) throws IOException {
    Result sorted = sending.result().sorted();
    Result result = sorted.withRoot(holdsRoot(sorted, sending.blobs()) ? root : null);
    for (SharedStore store : stores) {
      if (sending.hidden() != null && !store.isPrivate()) {
        tellHidden(sending.hidden());
        continue;
      }
      while (store.rests() && !over) { // after the build a pause would hold it up
        pause();
      }
      if (store.isSentTo()
          && store.send(result, sending.blobs(), sending.again()) == null
          && result.first() != null) {
        store.sendNames(result.first(), result.found());
      }
    }
  }

  private static void pause() throws IOException {
    try {
      Thread.sleep(LOOK);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("the build was ended", e);
    }
  }

  private void tellHidden(String product) {
    if (hidden.compareAndSet(false, true)) {
      told.accept(
          "shared stores: %s is for its owner alone; results with such products are not sent"
              .formatted(SafeText.name(product)));
    }
  }

  private boolean holdsRoot(Result result, List<BlobSource> blobs) throws IOException {
    boolean holds = result.found().stream().anyMatch(search::in);
    for (StoredValue value : result.data()) {
      holds |= search.in(value.key()) || search.in(value.text());
    }
    for (Product product : result.products()) {
      holds |= search.in(product.text());
      for (Product member : product.members()) {
        holds |= search.in(member.path()) || search.in(member.text());
      }
    }
    for (BlobSource blob : blobs) {
      try (InputStream bytes = blob.open()) {
        holds |= search.in(bytes, stopped::get);
      }
    }
    return holds;
  }

  /** As {@link SharedStores#finish}. */
  synchronized long finish() {
    over = true;
    long start = clock.getAsLong();
    long most = Math.max(LEAST, wall);
    try {
      while (pending > 0 && !stopped.get() && clock.getAsLong() - start < most) {
        wait(LOOK);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return clock.getAsLong() - start;
    }
    if (pending > 0 && !stopped.get()) {
      String results = pending == 1 ? "1 result was" : pending + " results were";
      told.accept(
          "shared stores: "
              + results
              + " not sent in "
              + TimeUnit.NANOSECONDS.toSeconds(most)
              + " s");
    }
    return clock.getAsLong() - start;
  }

  /**
   * What is not sent by now is not sent: nothing is read of the project or its cache after this.
   */
  @Override
  public void close() {
    threads.shutdownNow();
    try {
      threads.awaitTermination(PATIENCE, TimeUnit.NANOSECONDS); // an interrupt ends all waits
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
