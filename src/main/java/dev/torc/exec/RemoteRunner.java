package dev.torc.exec;

import dev.torc.machine.Refusal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Runs attempts through a scheduler: a {@link RemoteDesk} with a thread and a clock, for use by
 * several threads. Ends are told from its thread.
 */
public final class RemoteRunner implements AutoCloseable {

  private final RemoteDesk desk;
  private final Consumer<String> notes;
  private final LinkedBlockingQueue<Consumer<RemoteDesk>> orders = new LinkedBlockingQueue<>();
  private final Thread thread;
  private volatile boolean closed;
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
    orders.add(at -> at.add(attempt, listener, System.nanoTime()));
  }

  /** Ends all: what has not begun never will, the others are cancelled. */
  public void end() {
    orders.add(RemoteDesk::end);
  }

  /** A scheduler's command may take long: orders are taken between them. */
  private void work() {
    try {
      while (!closed) {
        long next = turn();
        Consumer<RemoteDesk> order =
            desk.isEmpty()
                ? orders.take()
                : orders.poll(next - System.nanoTime(), TimeUnit.NANOSECONDS);
        for (; order != null; order = orders.poll()) {
          order.accept(desk);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
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
    closed = true;
    orders.add(_ -> {}); // it wakes
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
