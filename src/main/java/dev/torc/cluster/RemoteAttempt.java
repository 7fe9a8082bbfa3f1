package dev.torc.cluster;

import dev.torc.exec.Launch;
import java.nio.file.Path;
import java.util.List;

/**
 * One attempt of a job that a scheduler is to run, without the name of a claim, since each
 * submission has another one.
 *
 * @param key which attempt it is
 * @param launch what its script runs, as {@link Launch#handedOut} has it
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

  private static final long SECOND = 1_000_000_000;

  /** Seconds that count for what fits into a batch; 0 where nothing is known. */
  long counted() {
    return expected > 0 ? expected : Math.ceilDiv(launch.timeLimit(), SECOND);
  }
}
