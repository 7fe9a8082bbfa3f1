package dev.torc.exec;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One attempt of a job that a scheduler is to run, without the name of a claim, since each
 * submission has another one.
 *
 * @param key which attempt it is
 * @param launch what its script runs, see {@link #handedOut}
 * @param expected seconds that it is likely to take, 0 where it is not known: without a time limit
 *     the rest of the batch's time must hold that
 * @param products declared files and folders, the depfile too; last, what patterns matched
 * @param patterns of products
 * @param resources of the machine that runs it, without a time
 */
public record RemoteAttempt(
    RemoteKey key,
    Launch launch,
    long expected,
    List<BatchJob.Product> products,
    List<Pattern> patterns,
    SchedulerResources resources) {

  /**
   * A pattern of products as {@code find} knows it, which may match more. Both patterns are plain
   * but for {@code *}.
   *
   * @param folder that all matches are in; absolute
   * @param beyond folders in which there are none
   * @param like all matches; absolute
   */
  public record Pattern(Path folder, String beyond, String like) {}

  /** A launch as a script starts it: of a container, its client. */
  public static Launch handedOut(Launch launch) throws IOException {
    List<Launch.Step> steps = new ArrayList<>();
    for (Launch.Step step : launch.steps()) {
      steps.add(ContainerRun.handedOut(step, launch));
    }
    return new Launch(
        List.copyOf(steps),
        launch.log(),
        launch.append(),
        false,
        launch.timeLimit(),
        launch.memoryLimit(),
        launch.mark());
  }

  /** How a launch ended on another machine, with what its containers tell of it. */
  public static ProcessEnd ended(Launch launch, ProcessEnd end) throws IOException {
    return ContainerRun.handedBack(launch, end);
  }

  private static final long SECOND = 1_000_000_000;

  /** Seconds that count for what fits into a batch; 0 where nothing is known. */
  long counted() {
    return expected > 0 ? expected : Math.ceilDiv(launch.timeLimit(), SECOND);
  }
}
