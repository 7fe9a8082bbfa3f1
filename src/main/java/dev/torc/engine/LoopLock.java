package dev.torc.engine;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The lock on the state of a build, so that one thread at a time changes it. That is the loop's,
 * which holds it except where it waits, or that of an attempt that is over, which does what follows
 * from its end. Others send messages, which the loop handles in the order in which they came; what
 * broke on another thread is thrown there. {@link BuildLoop} does the work in a turn.
 */
final class LoopLock {

  private static final long LOOK = 1_000_000_000;

  private final ReentrantLock lock = new ReentrantLock();
  private final Queue<Runnable> messages = new ConcurrentLinkedQueue<>();
  private long looks = System.nanoTime() + LOOK; // the next one of the thread that waits
  private volatile Thread loop; // once it has waited
  private volatile Throwable broken; // the first that broke on another thread

  /** Waits for the turn; each one ends with {@link #release}. */
  void take() {
    lock.lock();
  }

  void release() {
    lock.unlock();
  }

  /** Sends a message, from any thread; it waits for no turn. */
  void post(Runnable message) {
    messages.add(message);
    LockSupport.unpark(loop);
  }

  /** Something broke on a thread, and the loop ends with it. It may be memory: this takes none. */
  void fail(Throwable unchecked) {
    if (broken == null) {
      broken = unchecked;
    }
    LockSupport.unpark(loop);
  }

  /** Wakes the loop. */
  void wake() {
    post(() -> {});
  }

  /** Asked in a turn: whether no message waits. Where one does, the loop has its turn soon. */
  boolean isQuiet() {
    return messages.isEmpty();
  }

  /**
   * Lets others have their turn until there is a message, then handles all that are there.
   *
   * @param meanwhile called about once a second of the wait, outside the turn
   * @param until by {@link System#nanoTime}, when the wait ends without a message; null for never
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
