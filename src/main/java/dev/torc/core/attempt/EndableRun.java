package dev.torc.core.attempt;

import dev.torc.base.posix.Kill;
import dev.torc.core.here.Launch;
import dev.torc.core.here.ProcessEnd;
import dev.torc.core.here.ProcessEnd.How;
import dev.torc.core.here.RunToEnd;
import dev.torc.core.here.Runner;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The processes of an attempt on this machine. Another thread may end them at any time, also before
 * their start. If the signal that ended torc ended them, they count as interrupted.
 */
final class EndableRun {

  private static final long SOON = 2_000_000_000; // nanoseconds

  private final RunToEnd runner;
  private final List<Integer> ends = new ArrayList<>(); // the signal of each call of end
  private Runner.Running running;

  EndableRun(RunToEnd runner) {
    this.runner = runner;
  }

  /** Ends the processes, or prevents their start. */
  synchronized void end(int signal) {
    ends.add(signal);
    notifyAll();
    if (running != null) {
      running.end(signal);
    }
  }

  /** Runs processes to their end; starts none after {@link #end}. */
  ProcessEnd run(Launch launch) {
    if (isEnded()) {
      return ProcessEnd.unstarted(How.INTERRUPTED);
    }
    ProcessEnd end = runner.run(launch, this::runs);
    boolean bySignal = end.isBySignal(Kill.TERM, true) || end.isBySignal(Kill.INT, true);
    return bySignal && isEndedSoon() ? end.as(How.INTERRUPTED, 0, "") : end;
  }

  /**
   * Waits a moment for {@link #end}: a scheduler sends the same signal to torc and its jobs, and
   * torc may handle it after they have ended.
   */
  private synchronized boolean isEndedSoon() {
    long end = System.nanoTime() + SOON;
    try {
      for (long rest = SOON; ends.isEmpty() && rest > 0; rest = end - System.nanoTime()) {
        TimeUnit.NANOSECONDS.timedWait(this, rest);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return !ends.isEmpty();
  }

  private synchronized boolean isEnded() {
    return !ends.isEmpty();
  }

  private synchronized void runs(Runner.Running handle) {
    running = handle;
    ends.forEach(running::end); // for calls of end before the start
  }
}
