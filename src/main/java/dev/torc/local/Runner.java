package dev.torc.local;

import dev.torc.machine.Series;
import dev.torc.posix.Environment;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Starts attempts and says when they ended: the seam to processes, which tests replace. */
public interface Runner extends AutoCloseable {

  Duration GRACE = Duration.ofSeconds(5);

  /** Returns a runner on this machine, with the caller's environment below that of each job. */
  static Runner local(Environment caller, Duration grace) {
    return new LocalRunner(caller, grace);
  }

  /** Ends processes of jobs that a killed torc left running; returns one line for each such job. */
  static List<String> endLeftovers(Collection<Map<String, String>> marks) {
    return LeftoverProcesses.end(marks, GRACE);
  }

  /** Starts an attempt; calls {@code done} once, from any thread, when it is over. */
  Running start(Launch launch, Consumer<ProcessEnd> done);

  /**
   * Runs an attempt and returns when it is over, for a caller whose thread has nothing else to do.
   * {@code running} is given the attempt as soon as it can be ended.
   */
  default ProcessEnd run(Launch launch, Consumer<Running> running) {
    CompletableFuture<ProcessEnd> done = new CompletableFuture<>();
    running.accept(start(launch, done::complete));
    return done.join();
  }

  /** Returns what running attempts used at the last look, by job, if they were looked at. */
  default Map<String, Series.Point> uses() {
    return Map.of();
  }

  /** Returns what the machine used since the first attempt that was not short; null without one. */
  default Series machine() {
    return null;
  }

  /** Stops all processes before torc itself stops, or continues them; their times stop too. */
  default void pause(boolean stop) {}

  /** Returns nanoseconds from the first signal to KILL where a launch does not say otherwise. */
  long grace();

  @Override
  void close();

  interface Running {
    /** Ends the tree (rule 11), by INT or TERM unless the launch names another, or by KILL. */
    void end(int signal);
  }
}
