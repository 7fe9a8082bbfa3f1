package dev.torc.core.memory;

import dev.torc.core.memory.Cache.CacheException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The only thread that writes to the cache. It collects batches for a short time and commits them
 * as one group, in their order. After a failure it commits nothing more, so that no batch is stored
 * without the earlier ones.
 */
final class CacheWriter {

  /** The collecting time in milliseconds. Rule 9 allows 50 from a job's end to the commit's end. */
  private static final long GATHER = 30;

  /** The same for stamps alone, which only save reading: many small commits take longer. */
  private static final long GATHER_STAMPS = 250;

  private final Consumer<List<Batch>> commit;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("torc-cache").daemon().factory());

  private List<Batch> waiting = new ArrayList<>(); // guarded by this
  private boolean hurries; // whether a write follows within GATHER; guarded by this
  private boolean writing; // guarded by this
  private boolean closing; // guarded by this
  private CacheException broken; // set only by the thread, while it is writing

  /** Creates a writer. {@code commit} throws {@link CacheException} if it committed nothing. */
  CacheWriter(Consumer<List<Batch>> commit) {
    this.commit = commit;
  }

  /** Queues a batch without waiting for the disk; {@code taken} runs in the order of the queue. */
  synchronized void put(Batch batch, Runnable taken) {
    if (closing) {
      throw new IllegalStateException("the cache is closed");
    }
    taken.run();
    boolean urgent = !batch.isOfStamps();
    if (urgent ? !hurries : waiting.isEmpty()) { // otherwise, a write is already scheduled
      thread.schedule(this::write, urgent ? GATHER : GATHER_STAMPS, TimeUnit.MILLISECONDS);
    }
    hurries |= urgent;
    waiting.add(batch);
  }

  /** Waits until all batches are committed and their listeners have been called. */
  void flush() {
    writeNow();
    if (broken != null) {
      throw new CacheException(broken.getMessage(), broken);
    }
  }

  /** Commits all batches and ends the thread. Only {@link #flush} reports a failure. */
  void stop() {
    synchronized (this) {
      closing = true;
    }
    if (!thread.isShutdown()) {
      writeNow();
      thread.shutdownNow(); // the queue is empty
    }
  }

  /** Writes at once what is not written yet; an interrupt does not end the wait. */
  private void writeNow() {
    if (!isDone()) {
      CompletableFuture.runAsync(this::write, thread).join();
    }
  }

  private synchronized boolean isDone() {
    return waiting.isEmpty() && !writing;
  }

  /** Commits the waiting batches as one group, and calls their listeners. */
  private void write() {
    List<Batch> group;
    synchronized (this) {
      group = waiting;
      waiting = new ArrayList<>();
      hurries = false;
      writing = true;
    }
    CacheException failure = commit(group);
    for (Batch batch : group) {
      for (Consumer<CacheException> listener : batch.listeners) {
        try {
          listener.accept(failure);
        } catch (RuntimeException | Error e) {
          failure = new CacheException("internal error after a commit: " + e, e);
        }
      }
    }
    broken = failure;
    synchronized (this) {
      writing = false;
    }
  }

  /** Commits a group after all earlier ones; returns a failure of any of them, or null. */
  private CacheException commit(List<Batch> group) {
    try {
      if (broken == null && !group.isEmpty()) { // empty if a flush came first
        commit.accept(group);
      }
      return broken;
    } catch (CacheException e) {
      return e;
    } catch (RuntimeException | Error e) {
      return new CacheException("cannot write the cache: " + e, e);
    }
  }
}
