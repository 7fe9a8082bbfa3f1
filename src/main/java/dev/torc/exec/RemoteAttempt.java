package dev.torc.exec;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One attempt of a job that a scheduler is to run: what its script needs of it, without the name of
 * a claim, since each submission has another one.
 *
 * @param key which attempt it is
 * @param steps processes to run one after the other
 * @param log file that takes standard output and error of all steps
 * @param append whether the log is continued or begun anew
 * @param timeLimit nanoseconds for all steps together; 0 for none
 * @param memoryLimit bytes for the whole process tree; 0 for none
 * @param expected seconds that it is likely to take; 0 where nobody knows
 * @param products declared files and folders, the depfile too; last, what patterns matched
 * @param resources of the machine that runs it, without a time
 */
public record RemoteAttempt(
    RemoteKey key,
    List<Launch.Step> steps,
    Path log,
    boolean append,
    long timeLimit,
    long memoryLimit,
    long expected,
    List<BatchJob.Product> products,
    SchedulerResources resources) {

  /** The processes of a launch as a script starts them: of a container, its client. */
  public static List<Launch.Step> steps(Launch launch) throws IOException {
    List<Launch.Step> steps = new ArrayList<>();
    for (Launch.Step step : launch.steps()) {
      steps.add(ContainerRun.handedOut(step, launch));
    }
    return List.copyOf(steps);
  }

  /** How a launch ended on another machine, with what its containers tell of it. */
  public static ProcessEnd ended(Launch launch, ProcessEnd end) throws IOException {
    return ContainerRun.handedBack(launch, end);
  }

  private static final long SECOND = 1_000_000_000;

  /** Seconds that count for what fits into a batch; 0 where nothing is known. */
  long counted() {
    return expected > 0 ? expected : Math.ceilDiv(timeLimit, SECOND);
  }

  /** The same with the name of a claim. */
  BatchJob named(String claim) {
    return new BatchJob(claim, steps, log, append, timeLimit, memoryLimit, expected, products);
  }
}
