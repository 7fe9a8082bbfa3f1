package dev.torc.core.run;

import dev.torc.base.digests.StopFlag.StoppedException;
import dev.torc.base.posix.Kill;
import dev.torc.core.attempt.Attempt;
import dev.torc.core.attempt.AttemptOutcome;
import dev.torc.core.attempt.BuildSetup;
import dev.torc.core.attempt.OtherMachines;
import dev.torc.core.attempt.Recorder;
import dev.torc.core.here.ProcessEnd.How;
import dev.torc.core.memory.Cache.CacheException;
import java.util.ArrayDeque;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;

/**
 * The threads on which attempts run. A thread whose attempt has ended takes the turn (see {@link
 * LoopLock}), handles that end, and then runs the next attempt that can start. So most jobs need no
 * switch between threads. {@link AttemptEnds} decides what follows an end and what may start.
 */
final class AttemptThreads {

  private final LoopLock lock;
  private final ExecutorService threads;
  private final OtherMachines remotes;
  private final Recorder recorder;

  /** Handles the ends of attempts. Its methods are called while holding the turn. */
  interface AttemptEnds {

    void handleEnd(Attempt now, AttemptOutcome outcome, Recorder.Record record);

    void startNext();

    /** Ends the build because the cache cannot be written. */
    void endBroken(CacheException e);
  }

  private final AttemptEnds ends;
  private final ArrayDeque<Attempt> waiting = new ArrayDeque<>(); // attempts without a thread
  private final Set<Attempt> begun = ConcurrentHashMap.newKeySet();
  private volatile int ending; // the signal of the last call of end; 0 before
  private volatile boolean cancels;
  private boolean stopped;

  AttemptThreads(LoopLock lock, BuildSetup setup, Recorder recorder, AttemptEnds ends) {
    this.lock = lock;
    this.remotes = setup.common().machines().remotes();
    this.threads = setup.common().machines().threads();
    this.recorder = recorder;
    this.ends = ends;
  }

  /**
   * Adds an attempt to run. Call it only while holding the turn. The attempt starts at {@link
   * #hand}, or on the present thread once it has released the turn.
   */
  void add(Attempt now) {
    waiting.add(now);
    begun.add(now);
    if (ending != 0) { // end was called before this attempt was added
      now.end(ending);
      remotes.end(ending == Kill.KILL, cancels);
    }
  }

  /**
   * Sends a signal to all attempts, from any thread and without the turn; if {@code cancel}, also
   * ends those at schedulers.
   */
  void end(int signal, boolean cancel) {
    cancels = cancel;
    if (ending != Kill.KILL) {
      ending = signal;
    }
    if (!begun.isEmpty()) {
      remotes.end(signal == Kill.KILL, cancel);
    }
    Error failed = null;
    for (Attempt attempt : begun) {
      try {
        attempt.end(signal);
      } catch (Error e) { // out of memory or threads: still end the other attempts
        failed = e;
      }
    }
    if (failed != null) {
      throw failed;
    }
  }

  void tick() {
    begun.forEach(Attempt::tick);
  }

  /** Ends an attempt that did not start because its hook failed. */
  void refuse(Attempt now, String why) {
    lock.post(done(now, AttemptOutcome.unstarted(How.NOT_STARTED, why)));
  }

  void hand() {
    while (!waiting.isEmpty()) {
      begin(waiting.poll());
    }
  }

  /** Starts a thread for an attempt; a virtual one to wait for another machine. */
  private void begin(Attempt first) {
    if (first.isHandedOut()) {
      Thread.ofVirtual().name("torc-remote").start(() -> run(first));
    } else {
      threads.execute(() -> run(first));
    }
  }

  void stop() {
    stopped = true;
  }

  private void run(Attempt first) {
    try {
      Attempt now = first;
      while (now != null && now.isHandedOut() == first.isHandedOut()) {
        now = after(attempt(now));
      }
      if (now != null) {
        begin(now);
      }
    } catch (RuntimeException | Error e) {
      lock.fail(e);
    }
  }

  /** Runs an attempt. Returns the work that is left to do while holding the turn. */
  private Runnable attempt(Attempt now) {
    try {
      return done(now, now.run());
    } catch (StoppedException e) {
      return done(now, now.interrupted());
    } catch (CacheException e) {
      String why = "its mark could not be written";
      Runnable end = done(now, AttemptOutcome.unstarted(now.cut(), why));
      return () -> {
        ends.endBroken(e);
        end.run();
      };
    } finally {
      begun.remove(now);
    }
  }

  private Runnable done(Attempt now, AttemptOutcome outcome) {
    Recorder.Record record = recorder.of(now, outcome);
    now.common.cache().prepare(record.batch()); // before the turn, which all threads wait for
    return () -> ends.handleEnd(now, outcome, record);
  }

  /**
   * Takes the turn and does the rest of the work for an attempt. Returns the next attempt for this
   * thread, or null.
   */
  private Attempt after(Runnable end) {
    lock.takeTurn();
    try {
      if (!lock.isQuiet()) {
        lock.post(end); // other messages came first, and the loop is awake
        return null;
      }
      if (stopped) {
        return null;
      }
      end.run();
      ends.startNext();
      Attempt next = waiting.poll();
      hand();
      return next;
    } finally {
      lock.endTurn();
    }
  }
}
