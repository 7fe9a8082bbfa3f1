package dev.torc.engine;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The lock on the state of a build, so that one thread at a time changes it: the loop's, which
 * holds it except while it waits, or the thread of an attempt that just ended. Other threads send
 * messages, which the loop handles in their order; it throws their errors. {@link BuildLoop} does
 * the work in a turn.
 */
final class LoopLock {

  private static final long LOOK = 1_000_000_000;

  private final ReentrantLock lock = new ReentrantLock();
  private final Queue<Runnable> messages = new ConcurrentLinkedQueue<>();
  private long looks = System.nanoTime() + LOOK; // nanoTime of the next look while it waits
  private volatile Thread loop; // null before it has waited
  private volatile Throwable broken; // the first error of another thread

  /** Waits for the turn; {@link #endTurn} ends it. */
  void takeTurn() {
    lock.lock();
  }

  void endTurn() {
    lock.unlock();
  }

  /** Sends a message, from any thread, without waiting for a turn. */
  void post(Runnable message) {
    messages.add(message);
    LockSupport.unpark(loop);
  }

  /** Ends the loop with an error of another thread. Allocates nothing: memory may be out. */
  void fail(Throwable unchecked) {
    if (broken == null) {
      broken = unchecked;
    }
    LockSupport.unpark(loop);
  }

  void wake() {
    post(() -> {});
  }

  /** Returns whether no message waits; asked in a turn. If one does, the loop has its turn soon. */
  boolean isQuiet() {
    return messages.isEmpty();
  }

  /**
   * Lets others have their turn until there is a message, or until a time of {@link
   * System#nanoTime}, then handles all messages; outside the turn, calls {@code meanwhile} about
   * once a second.
   */
  void await(Long until, Runnable meanwhile) throws InterruptedException {
    lock.unlock();
    try {
      loop = Thread.currentThread();
      while (messages.isEmpty() && broken == null) {
        long now = System.nanoTime();
        if (until != null && until - now <= 0) {
          break;
        }
        if (looks - now <= 0) {
          looks = now + LOOK;
          meanwhile.run();
        }
        LockSupport.parkNanos(
            this, until == null ? looks - now : Math.min(looks - now, until - now));
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
      }
    } finally {
      lock.lock();
    }
    if (broken instanceof Error e) {
      throw e;
    }
    if (broken instanceof RuntimeException e) {
      throw e;
    }
    for (Runnable message = messages.poll(); message != null; message = messages.poll()) {
      message.run();
    }
  }
}
