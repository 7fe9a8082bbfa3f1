package dev.torc.local;

import dev.torc.machine.Series;
import dev.torc.posix.Environment;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Starts attempts and says when they ended: the seam to processes. Tests put a controllable one in
 * its place.
 */
public interface Runner extends AutoCloseable {

  /** The time from the first signal to KILL where a job does not say otherwise. */
  Duration GRACE = Duration.ofSeconds(5);

  /**
   * Returns a runner that runs attempts as processes of this machine.
   *
   * @param caller the environment over which that of each job is laid
   * @param grace time from the first signal to KILL where a launch does not say otherwise
   */
  static Runner local(Environment caller, Duration grace) {
    return new LocalRunner(caller, grace);
  }

  /**
   * Ends processes of some jobs that a killed torc left running; see {@link LeftoverProcesses}.
   *
   * @param marks of the jobs, as {@link Launch#mark} has them
   * @return one line for each job with processes that were still running
   */
  static List<String> endLeft(Collection<Map<String, String>> marks) {
    return LeftoverProcesses.end(marks, GRACE);
  }

  /**
   * Starts an attempt and returns at once.
   *
   * @param done called exactly once, from any thread, when the attempt is over
   */
  Running start(Launch launch, Consumer<ProcessEnd> done);

  /**
   * Runs an attempt and returns when it is over: for a caller whose thread has nothing else to do.
   *
   * @param running is handed the attempt as soon as it can be ended
   */
  default ProcessEnd run(Launch launch, Consumer<Running> running) {
    CompletableFuture<ProcessEnd> done = new CompletableFuture<>();
    running.accept(start(launch, done::complete));
    return done.join();
  }

  /**
   * Returns what running attempts used at the last look, by job; without attempts not looked at
   * yet.
   */
  default Map<String, Series.Point> uses() {
    return Map.of();
  }

  /**
   * Returns what the machine used since the first attempt that was not short; null if there was
   * none.
   */
  default Series machine() {
    return null;
  }

  /**
   * Stops all processes before torc itself is stopped, or continues them after that; the time in
   * between is none of theirs.
   */
  default void pause(boolean stop) {}

  /** Returns nanoseconds from the first signal to KILL where a launch does not say otherwise. */
  long grace();

  @Override
  void close();

  /** An attempt that was started. */
  interface Running {
    /**
     * Ends the whole tree as rule 11 says. Idempotent.
     *
     * @param signal INT or TERM, which come first unless the launch names another one; or KILL
     */
    void end(int signal);
  }
}
