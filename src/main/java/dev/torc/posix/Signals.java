package dev.torc.posix;

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
 * SIGINT, SIGTERM, SIGHUP and SIGTSTP of the calling process: each goes to the work at hand, which
 * decides what follows. Without work a signal does what it did before: the first three end the
 * process. The number of the last signal is remembered, since one may come just after the work's
 * last look. If the calling process is another one, {@link #handOver} and {@link #pause} hand its
 * signals over.
 *
 * <p>A thread that reads from a file system whose server is gone cannot be told to end. Work that
 * is still running some time after its second signal is ended with the process, as by {@code kill
 * -9}, which is safe at any time.
 *
 * <p>One handler serves from the first work until this is closed. The JDK's only way to signals is
 * {@code sun.misc.Signal}. A signal that the caller had ignored (nohup, a background job of a plain
 * shell) stays ignored.
 */
public final class Signals implements AutoCloseable {

  public interface Handling extends AutoCloseable {
    @Override
    void close();
  }

  /** Nanoseconds from the second signal: the kernel has ten seconds to end a killed process. */
  public static final long LIMIT = TimeUnit.SECONDS.toNanos(15);

  private final Runnable begun; // null for the signals of this process
  private final IntConsumer hung; // given the second signal; null: it ends this process
  private final long limit;
  private final Map<Signal, SignalHandler> former = new ConcurrentHashMap<>();
  private IntConsumer work; // null where none is at hand
  private Consumer<Boolean> pause = _ -> {};
  private int last; // 0 where none came
  private int told; // how often the work at hand was told of a signal
  private Thread end; // null before the first work

  /** Takes the signals of this process from the first work on. */
  public Signals() {
    this(null, null, LIMIT);
  }

  /**
   * Takes only signals that are handed over. {@code begun} is called when some work begins; {@code
   * hung} is given the second signal if the work still runs so many nanoseconds later.
   */
  public Signals(Runnable begun, IntConsumer hung, long limit) {
    this.begun = begun;
    this.hung = hung;
    this.limit = limit;
  }

  /**
   * Hands signals to some work, also one that came before and has not ended the process yet. {@code
   * told} gets the number on a thread of the JVM's, and must return soon.
   */
  public Handling during(IntConsumer told) {
    return during(told, _ -> {});
  }

  /**
   * Hands signals to some work and tells it of Ctrl-Z: {@code paused} is given true before this
   * process stops, and false when it is continued.
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

  /** Returns the number of the last signal; 0 where none came. */
  public synchronized int last() {
    return last;
  }

  /** Hands a signal that came to the work at hand; returns false where there is none. */
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

  /** Waits for the end of some work, and ends the process if that takes too long. */
  private void endHung(IntConsumer told, int number) {
    long end = System.nanoTime() + limit;
    synchronized (this) {
      for (long rest = limit; work == told && rest > 0; rest = end - System.nanoTime()) {
        try {
          TimeUnit.NANOSECONDS.timedWait(this, rest);
        } catch (InterruptedException e) {
          return; // nothing interrupts it but the end of the JVM
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

  /** Ends this process by a signal; the marks of its jobs tell the next torc. */
  private void endProcess(int number) {
    String line = "torc: a file or a process does not answer; ended at once, as by kill -9\n";
    try {
      new Descriptor(2).stream().write(line.getBytes(StandardCharsets.UTF_8));
    } catch (IOException closed) {
      // The exit status alone says it.
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

  /** Tells the work of a signal that came before the handler, and delays the JVM's end for it. */
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
    if (last() == 0) { // else it was told
      handOver(Kill.TERM);
    }
  }

  /** Stops this process, and before that what the work at hand has running. */
  private void stop() {
    Consumer<Boolean> told = pause(true);
    try {
      Kill.stopSelf();
    } finally {
      told.accept(false);
    }
  }

  /** Tells the work of a stop or of its end; returns the function to call again at that end. */
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

  /** Puts the former handlers back. */
  @Override
  public void close() {
    if (former.isEmpty()) {
      return;
    }
    former.forEach(Signal::handle);
    try {
      Runtime.getRuntime().removeShutdownHook(end);
    } catch (IllegalStateException ending) {
      return; // it has run
    }
  }
}
