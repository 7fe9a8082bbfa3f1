package dev.torc.records;

import dev.torc.posix.ThreadEnd;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * The one thread that writes. Batches are gathered for a moment and committed as one group, in the
 * order in which they came; after the first failure nothing is committed any more, so that no later
 * batch is ever there without the earlier ones. It does not know what a commit does.
 */
final class CacheWriter {

  /** Rule 9 allows 50 ms from the end of a job to its commit; the rest is for the commit itself. */
  private static final long GATHER = TimeUnit.MILLISECONDS.toNanos(30);

  private final Consumer<List<Batch>> commit;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();
  private final Condition progress = lock.newCondition();
  private final Thread thread;

  private List<Batch> waiting = new ArrayList<>();
  private long first;
  private long put;
  private long done;
  private long urgent;
  private boolean closing;
  private CacheException broken;

  /** Starts it; {@code commit} throws {@link CacheException} where it committed nothing. */
  CacheWriter(Consumer<List<Batch>> commit) {
    this.commit = commit;
    this.thread = Thread.ofPlatform().name("torc-cache").daemon().start(this::run);
  }

  /** Queues a batch; {@code taken} runs in the order of the queue. Never waits for the disk. */
  void put(Batch batch, Runnable taken) {
    lock.lock();
    try {
      if (closing) {
        throw new IllegalStateException("the cache is closed");
      }
      taken.run();
      if (waiting.isEmpty()) { // for the others it waits already
        first = System.nanoTime();
        work.signal();
      }
      waiting.add(batch);
      put++;
    } finally {
      lock.unlock();
    }
  }

  /** Waits until all that was put is committed and its listeners were told. */
  void flush() {
    lock.lock();
    try {
      long until = put;
      urgent = Math.max(urgent, until);
      work.signal();
      while (done < until) {
        progress.awaitUninterruptibly();
      }
      if (broken != null) {
        throw new CacheException(broken.getMessage(), broken);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Lets it finish what was put and end; what failed, {@link #flush} tells. */
  void stop() {
    lock.lock();
    try {
      closing = true;
      work.signal();
      while (done < put) {
        progress.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
    ThreadEnd.await(thread);
  }

  private void run() {
    for (List<Batch> group = next(); !group.isEmpty(); group = next()) {
      CacheException failure = broken;
      if (failure == null) {
        try {
          commit.accept(group);
        } catch (CacheException e) {
          failure = e;
        } catch (RuntimeException | Error e) {
          failure = new CacheException("cannot write the cache: " + e, e);
        }
      }
      for (Batch batch : group) {
        for (Consumer<CacheException> listener : batch.listeners) {
          try {
            listener.accept(failure);
          } catch (RuntimeException | Error e) {
            failure = new CacheException("internal error after a commit: " + e, e);
          }
        }
      }
      lock.lock();
      try {
        broken = failure;
        done += group.size();
        progress.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  /** The next group; empty at the end. */
  private List<Batch> next() {
    lock.lock();
    try {
      while (waiting.isEmpty() && !closing) {
        work.awaitUninterruptibly();
      }
      while (!waiting.isEmpty() && !closing && urgent <= done) {
        long rest = first + GATHER - System.nanoTime();
        if (rest <= 0) {
          break;
        }
        try {
          work.awaitNanos(rest);
        } catch (InterruptedException e) {
          break; // nobody has reason to interrupt this thread; commit at once
        }
      }
      List<Batch> group = waiting;
      waiting = new ArrayList<>();
      return group;
    } finally {
      lock.unlock();
    }
  }
}
