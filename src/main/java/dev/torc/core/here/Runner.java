package dev.torc.core.here;

import dev.torc.base.machine.Series;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Starts attempts and reports their ends. Tests replace it to run without processes. */
public interface Runner extends RunToEnd, AutoCloseable {

  Duration GRACE = Duration.ofSeconds(5);

  /** Ends processes of jobs that a killed torc left running; returns one line for each such job. */
  static List<String> endLeftovers(Collection<Map<String, String>> marks) {
    return LeftoverProcesses.end(marks, GRACE);
  }

  /** Starts an attempt; calls {@code done} once, from any thread, when it is over. */
  Running start(Launch launch, Consumer<ProcessEnd> done);

  /** Runs an attempt, for a caller whose thread would only wait. */
  @Override
  default ProcessEnd run(Launch launch, Consumer<Running> running) {
    CompletableFuture<ProcessEnd> done = new CompletableFuture<>();
    running.accept(start(launch, done::complete));
    return done.join();
  }

  /** Returns the last sample of each running attempt that has one, by job. */
  default Map<String, Series.Point> uses() {
    return Map.of();
  }

  /** Returns the machine's use since the first attempt that was not short; null if none was. */
  default Series machine() {
    return null;
  }

  /** Stops all processes before torc itself stops, or continues them; the pause does not count. */
  default void pause(boolean stop) {}

  /** Returns the default nanoseconds from the first signal to KILL; a launch may set its own. */
  long grace();

  @Override
  void close();
}
