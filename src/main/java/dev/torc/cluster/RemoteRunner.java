package dev.torc.cluster;

import dev.torc.machine.Refusal;
import dev.torc.posix.Io;
import dev.torc.posix.ThreadEnd;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Runs attempts through a scheduler: a {@link RemoteDesk} with a thread and a clock, for use by
 * several threads. Ends are told from its thread.
 */
public final class RemoteRunner implements AutoCloseable {

  private static final long AGAIN = 1_000_000_000; // ns

  private final RemoteDesk desk;
  private final long latency;
  private final String executor;
  private final Consumer<String> notes;
  private final LinkedBlockingQueue<Io.Take<RemoteDesk>> orders = new LinkedBlockingQueue<>();
  private final Thread thread;
  private volatile boolean closed;
  private List<Io.Take<RemoteDesk>> again = List.of(); // that could not be done
  private String trouble = ""; // of the last turn

  /** Writes down that attempts may be out from now on; on disk when it returns. */
  public interface Marks {

    /** Throws where that cannot be written: then nothing is handed out. */
    void handOut(List<RemoteKey> attempts, String executor) throws IOException;
  }

  /**
   * A runner that is at work until it is closed.
   *
   * @param folder where scripts and what they say go, on a file system that all nodes share
   * @param me torc, for its claims
   * @param marks is told before anything is handed out
   * @param notes takes lines for people
   */
  public RemoteRunner(
      Scheduler scheduler,
      SchedulerSettings settings,
      Path folder,
      Claimant me,
      Marks marks,
      Consumer<String> notes) {
    this.notes = notes;
    this.latency = settings.latency();
    this.executor = settings.name();
    this.desk =
        new RemoteDesk(
            scheduler, settings, folder, me, () -> UUID.randomUUID().toString(), marks, notes);
    this.thread = Thread.ofPlatform().daemon().name("torc-" + settings.name()).start(this::work);
  }

  /** Nanoseconds until a file written on one machine is seen on another. */
  public long latency() {
    return latency;
  }

  /** The name of its executor. */
  public String executor() {
    return executor;
  }

  /** Takes an attempt that is ready, of which nothing is out. */
  public void start(RemoteAttempt attempt, RemoteListener listener) {
    orders.add(at -> at.add(attempt, listener, System.nanoTime()));
  }

  /**
   * Asks for what an earlier torc handed out of a job: the listener is told its end where the
   * manifest still holds; else it is ended, and the end that is told is null.
   *
   * @param key of the attempt that is to run now
   */
  public void resume(RemoteKey key, RemoteListener listener) {
    orders.add(at -> at.resume(key, listener, System.nanoTime()));
  }

  /** What is at some places is recorded, or of no use: it goes. */
  public void forget(List<RemotePlace> places) {
    for (RemotePlace place : places) {
      orders.add(at -> at.forget(place));
    }
  }

  /** Ends all: what has not begun never will, the others are cancelled. */
  public void end() {
    orders.add(RemoteDesk::end);
  }

  /**
   * What is out stays out where it goes on without torc, and a later torc finds it; the rest is
   * ended.
   *
   * @param all whether nothing at all is looked after any more
   */
  public void leave(boolean all) {
    orders.add(at -> at.leave(all));
  }

  /** A scheduler's command may take long: orders are taken between them. */
  private void work() {
    try {
      while (!closed) {
        long next = again.isEmpty() ? turn() : Math.min(turn(), System.nanoTime() + AGAIN);
        Io.Take<RemoteDesk> order =
            desk.isEmpty() && again.isEmpty()
                ? orders.take()
                : orders.poll(next - System.nanoTime(), TimeUnit.NANOSECONDS);
        takeAll(order);
      }
      takeAll(orders.poll()); // what is recorded goes
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** What cannot be done now is tried again, and keeps nothing else waiting. */
  private void takeAll(Io.Take<RemoteDesk> first) {
    List<Io.Take<RemoteDesk>> failed = new ArrayList<>();
    again.forEach(order -> take(order, failed));
    for (Io.Take<RemoteDesk> order = first; order != null; order = orders.poll()) {
      take(order, failed);
    }
    again = failed;
  }

  private void take(Io.Take<RemoteDesk> order, List<Io.Take<RemoteDesk>> failed) {
    try {
      order.take(desk);
    } catch (IOException e) {
      if (again.isEmpty() && failed.isEmpty()) {
        tell(e); // others are likely to fail alike
      }
      failed.add(order);
    }
  }

  private void tell(IOException e) {
    notes.accept(Refusal.line(e) + "; torc tries again");
  }

  /** What cannot be read or written now is tried again: nothing is over because of that. */
  private long turn() {
    try {
      long next = desk.turn(System.nanoTime());
      trouble = "";
      return next;
    } catch (IOException e) {
      if (!e.toString().equals(trouble)) {
        trouble = e.toString();
        tell(e);
      }
      return System.nanoTime() + 2_000_000_000L;
    }
  }

  /** Ends its thread; what is out stays out. */
  @Override
  public void close() {
    closed = true;
    orders.add(_ -> {}); // it wakes
    ThreadEnd.await(thread);
  }
}
