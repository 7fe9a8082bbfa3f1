package dev.torc.exec;

import dev.torc.machine.Refusal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Runs attempts through a scheduler: a {@link RemoteDesk} with a thread and a clock, for use by
 * several threads. Ends are told from its thread.
 */
public final class RemoteRunner implements AutoCloseable {

  private final RemoteDesk desk;
  private final Consumer<String> notes;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Thread thread;
  private boolean closed;
  private String trouble = "";

  /**
   * A runner that is at work until it is closed.
   *
   * @param folder where scripts and what they say go, on a file system that all nodes share
   * @param me torc, for its claims
   * @param notes takes lines for people
   */
  public RemoteRunner(
      Scheduler scheduler,
      SchedulerSettings settings,
      Path folder,
      Claimant me,
      Consumer<String> notes) {
    this.notes = notes;
    this.desk =
        new RemoteDesk(scheduler, settings, folder, me, () -> UUID.randomUUID().toString(), notes);
    this.thread = Thread.ofPlatform().daemon().name("torc-" + settings.name()).start(this::work);
  }

  /** Takes an attempt that is ready. */
  public void start(RemoteAttempt attempt, RemoteListener listener) {
    locked(() -> desk.add(attempt, listener, System.nanoTime()));
  }

  /** Ends all: what has not begun never will, the others are cancelled. */
  public void end() {
    locked(desk::end);
  }

  private void locked(Runnable change) {
    lock.lock();
    try {
      change.run();
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  private void work() {
    lock.lock();
    try {
      while (!closed) {
        long wait = Math.max(1, turn() - System.nanoTime());
        if (desk.isEmpty()) {
          changed.await();
        } else {
          changed.awaitNanos(wait);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  /** What cannot be read or written now is tried again: nothing is over because of that. */
  private long turn() {
    try {
      long next = desk.turn(System.nanoTime());
      trouble = "";
      return next;
    } catch (IOException e) {
      String line = Refusal.line(e);
      if (!line.equals(trouble)) {
        notes.accept(line + "; torc tries again");
        trouble = line;
      }
      return System.nanoTime() + 2_000_000_000L;
    }
  }

  /** Ends its thread; what is out stays out. */
  @Override
  public void close() {
    locked(() -> closed = true);
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
