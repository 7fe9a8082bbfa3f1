package dev.torc.core.run;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The lock that guards the state of a build. Holding it is called having the turn: only the thread
 * that has the turn may change the state. The loop has it except while it waits in {@link #await};
 * then the thread of an attempt that just ended may take it. All other threads post messages, which
 * the loop runs in order. {@link BuildLoop} does the work.
 */
final class LoopLock {

  private static final long LOOK = 1_000_000_000;

  private final ReentrantLock lock = new ReentrantLock();
  private final Queue<Runnable> messages = new ConcurrentLinkedQueue<>();
  private long looks = System.nanoTime() + LOOK; // nanoTime of the next call of meanwhile
  private volatile Thread loop; // null before the first await
  private volatile Throwable broken; // the first error of another thread; await throws it

  /** Takes the turn, waiting until it is free; {@link #endTurn} gives it up. */
  void takeTurn() {
    lock.lock();
  }

  void endTurn() {
    lock.unlock();
  }

  /** Queues a message for the loop and wakes it, from any thread, without taking the turn. */
  void post(Runnable message) {
    messages.add(message);
    LockSupport.unpark(loop);
  }

  /** Makes the loop throw another thread's error. Allocates nothing: memory may be exhausted. */
  void fail(Throwable unchecked) {
    if (broken == null) {
      broken = unchecked;
    }
    LockSupport.unpark(loop);
  }

  void wake() {
    post(() -> {});
  }

  /**
   * Returns whether the message queue is empty. Call it only while holding the turn. If it is not
   * empty, the loop is about to take the turn.
   */
  boolean isQuiet() {
    return messages.isEmpty();
  }

  /**
   * Gives up the turn and waits for a message. Unless {@code until} is null, waits only until that
   * {@link System#nanoTime}. Then takes the turn again and runs all messages. While waiting, calls
   * {@code meanwhile} about once a second.
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
