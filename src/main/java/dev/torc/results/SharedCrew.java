package dev.torc.results;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Several threads that go through a list together: many small blobs would otherwise take a way to
 * the server and back each, one after the other. It does not know what is done.
 */
final class SharedCrew {

  /** What is done with each item. */
  interface Work<T> {
    void of(T item) throws StoreFailure, StoreRefusal;
  }

  private SharedCrew() {}

  /**
   * Does the work for each item, this thread included, and ends when all threads have. After an
   * exception nothing more is begun; the first one is thrown.
   *
   * @param breadth at most so many threads
   */
  static <T> void each(Collection<T> items, int breadth, Work<T> work)
      throws StoreFailure, StoreRefusal {
    Queue<T> left = new ConcurrentLinkedQueue<>(items);
    AtomicReference<Exception> trouble = new AtomicReference<>();
    Runnable turn =
        () -> {
          for (T item = left.poll(); item != null && trouble.get() == null; item = left.poll()) {
            try {
              work.of(item);
            } catch (StoreFailure | StoreRefusal | RuntimeException e) {
              trouble.compareAndSet(null, e);
            }
          }
        };
    List<Thread> others = new ArrayList<>();
    for (int i = 1; i < Math.min(breadth, items.size()); i++) {
      others.add(Thread.ofVirtual().start(turn));
    }
    turn.run();
    join(others);
    switch (trouble.get()) {
      case null -> {}
      case StoreFailure failure -> throw failure;
      case StoreRefusal refusal -> throw refusal;
      case RuntimeException e -> throw e;
      default -> throw new IllegalStateException(trouble.get());
    }
  }

  /** An interrupt of this thread is one of all. */
  private static void join(List<Thread> others) {
    boolean interrupted = false;
    for (Thread other : others) {
      while (other.isAlive()) {
        try {
          other.join();
        } catch (InterruptedException e) {
          interrupted = true;
          others.forEach(Thread::interrupt);
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
