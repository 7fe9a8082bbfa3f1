package dev.torc.base.posix;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * Passes SIGINT, SIGTERM, SIGHUP and SIGTSTP of the calling process to the current work, which
 * decides what to do. Without work, a signal has its previous effect: the first three end the
 * process. The number of the last signal is kept, since a signal may come just after the work last
 * checked. If another process is the caller, {@link #handOver} and {@link #pause} deliver its
 * signals.
 *
 * <p>A thread that reads from a file system whose server is gone cannot be interrupted. If work is
 * still running some time after its second signal, the whole process is ended, as by {@code kill
 * -9}, which is safe at any time.
 *
 * <p>The handlers stay installed from the first work until {@link #close}. They use {@code
 * sun.misc.Signal}, the JDK's only API for signals. A signal that the caller ignores (nohup, a
 * background job of a plain shell) stays ignored.
 */
public final class Signals implements AutoCloseable {

  public interface Handling extends AutoCloseable {
    @Override
    void close();
  }

  /** Nanoseconds that work has to end after its second signal; killing processes may take 10 s. */
  public static final long LIMIT = TimeUnit.SECONDS.toNanos(15);

  /** Milliseconds in which Ctrl-C may follow its reader's end. */
  private static final long MOMENT = 500;

  private final Runnable begun; // called when work begins; null for this process's signals
  private final IntConsumer hung; // called with the second signal; null: ends this process
  private final long limit;
  private final Map<Signal, SignalHandler> former = new ConcurrentHashMap<>();
  private IntConsumer work; // null if there is none
  private Consumer<Boolean> pause = _ -> {};
  private int last; // 0 if none came
  private int told; // how many signals the current work has received
  private boolean unread; // whether the caller's output has lost its reader
  private Thread end; // the shutdown hook; null before the first work

  /** Creates an object that handles this process's signals from the first work on. */
  public Signals() {
    this(null, null, LIMIT);
  }

  /**
   * Creates an object for signals that are passed to {@link #handOver}. {@code begun} is called
   * when work begins; {@code hung} is called with the second signal if the work is still running
   * {@code limit} nanoseconds later.
   */
  public Signals(Runnable begun, IntConsumer hung, long limit) {
    this.begun = begun;
    this.hung = hung;
    this.limit = limit;
  }

  /**
   * Passes signals to some work until the result is closed, and also one that came earlier. {@code
   * told} is called with the number, on a thread of the JVM, and must return soon.
   */
  public Handling during(IntConsumer told) {
    return during(told, _ -> {});
  }

  /**
   * Passes signals to some work and reports Ctrl-Z: calls {@code paused} with true before this
   * process stops, and with false when it is continued.
   */
  public Handling during(IntConsumer told, Consumer<Boolean> paused) {
    int before;
    if (begun != null) {
      begun.run();
    }
    synchronized (this) {
      work = told;
      pause = paused;
      before = last;
      this.told = before == 0 ? 0 : 1;
    }
    if (before != 0) {
      told.accept(before);
    }
    if (begun == null && former.isEmpty()) {
      install();
    }
    return this::done;
  }

  private synchronized void done() {
    work = null;
    pause = _ -> {};
    notifyAll();
  }

  /** Returns the number of the last signal; PIPE if only the reader is gone, 0 if none came. */
  public synchronized int last() {
    return last == 0 && unread ? Kill.PIPE : last;
  }

  /** Passes a received signal to the current work; returns false if there is none. */
  public boolean handOver(int number) {
    IntConsumer now;
    synchronized (this) {
      last = number;
      now = work;
      told++;
      if (now != null && told == 2) {
        Thread.ofPlatform().daemon().name("torc-hung").start(() -> endHung(now, number));
      }
    }
    if (now != null) {
      now.accept(number);
    }
    return now != null;
  }

  /**
   * Notes that the caller's output has no reader anymore; returns false if there is no work. After
   * a moment without another signal, the work receives PIPE: at Ctrl-C, the reader of a pipe often
   * ends before the signal arrives here.
   */
  public synchronized boolean handOverPipe() {
    IntConsumer now = work;
    if (now != null && !unread) {
      unread = true;
      Thread.ofPlatform().daemon().name("torc-pipe").start(() -> endUnread(now));
    }
    return now != null;
  }

  private void endUnread(IntConsumer told) {
    try {
      Thread.sleep(MOMENT);
    } catch (InterruptedException e) {
      return; // only the end of the JVM interrupts this thread
    }
    synchronized (this) {
      if (work != told || last != 0) {
        return;
      }
    }
    told.accept(Kill.PIPE);
  }

  /** Waits for the end of the work, and ends the process if that takes too long. */
  private void endHung(IntConsumer told, int number) {
    long end = System.nanoTime() + limit;
    synchronized (this) {
      for (long rest = limit; work == told && rest > 0; rest = end - System.nanoTime()) {
        try {
          TimeUnit.NANOSECONDS.timedWait(this, rest);
        } catch (InterruptedException e) {
          return; // only the end of the JVM interrupts this thread
        }
      }
      if (work != told) {
        return;
      }
    }
    if (hung != null) {
      hung.accept(number);
    } else {
      endProcess(number);
    }
  }

  /** Ends this process by a signal; the next torc finds its jobs by their marks. */
  private void endProcess(int number) {
    String line = "torc: a file or a process does not answer; ended at once, as by kill -9\n";
    try {
      new Descriptor(2).stream().write(line.getBytes(StandardCharsets.UTF_8));
    } catch (IOException closed) {
      // then only the exit status shows it
    }
    former.keySet().forEach(signal -> Signal.handle(signal, SignalHandler.SIG_DFL));
    Kill.process((int) ProcessHandle.current().pid(), number);
  }

  private void install() {
    for (String name : List.of("INT", "TERM", "HUP")) {
      Signal signal = new Signal(name);
      former.put(signal, Signal.handle(signal, this::handle));
    }
    Signal stop = new Signal("TSTP");
    SignalHandler before = Signal.handle(stop, _ -> stop());
    former.put(stop, before);
    if (before == SignalHandler.SIG_IGN) { // a caller without job control
      Signal.handle(stop, before);
    }
    end = new Thread(this::atEnd, "torc-end");
    try {
      Runtime.getRuntime().addShutdownHook(end);
    } catch (IllegalStateException ending) {
      endWork();
    }
  }

  /** Signals the work if the signal came before the handlers, and delays the JVM's end for it. */
  private void atEnd() {
    endWork();
    try {
      synchronized (this) {
        while (work != null) {
          wait();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void endWork() {
    int told = last();
    if (told == 0 || told == Kill.PIPE) { // otherwise it has received one
      handOver(Kill.TERM);
    }
  }

  /** Stops this process, and before that the processes of the current work. */
  private void stop() {
    Consumer<Boolean> told = pause(true);
    try {
      Kill.stopSelf();
    } finally {
      told.accept(false);
    }
  }

  /** Tells the work that its caller stops or continues; returns the callback, for later calls. */
  public Consumer<Boolean> pause(boolean stops) {
    Consumer<Boolean> told;
    synchronized (this) {
      told = pause;
    }
    told.accept(stops);
    return told;
  }

  private void handle(Signal signal) {
    if (!handOver(signal.getNumber())) {
      former.get(signal).handle(signal);
    }
  }

  /** Restores the previous handlers. */
  @Override
  public void close() {
    if (former.isEmpty()) {
      return;
    }
    former.forEach(Signal::handle);
    try {
      Runtime.getRuntime().removeShutdownHook(end);
    } catch (IllegalStateException ending) {
      return; // the hook has run
    }
  }
}
