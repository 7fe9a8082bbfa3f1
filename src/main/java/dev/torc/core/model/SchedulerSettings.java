package dev.torc.core.model;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * The settings of one executor in {@code executors}, including those inherited through {@code
 * like}. A missing text is empty. They do not name the file that they come from.
 *
 * @param jobName the visible part of names at the scheduler, with placeholders
 * @param before shell text that runs before each job in the script
 * @param sbatch options for Slurm; empty for other schedulers
 * @param latency nanoseconds until a file written on one machine is visible on another
 * @param commands how to call a scheduler other than Slurm; null for Slurm
 */
public record SchedulerSettings(
    String name,
    String jobName,
    String before,
    SbatchOptions sbatch,
    BatchBounds bounds,
    long latency,
    Commands commands) {

  /**
   * Options of {@code sbatch}; {@code args} are further options, which are passed unchanged. With
   * {@code shards}, the cluster shares GPUs.
   */
  public record SbatchOptions(String account, String partition, List<String> args, boolean shards) {
    public static final SbatchOptions NONE = new SbatchOptions("", "", List.of(), false);
  }

  /**
   * Bounds of submissions: the most array tasks at a time, the most nanoseconds for all jobs of a
   * batch (0: one job per batch), and the longest time limit in nanoseconds (0: any).
   */
  public record BatchBounds(int maxJobs, long batch, long maxRuntime) {}

  /** Returns these settings with one job per batch. */
  public SchedulerSettings withoutBatches() {
    BatchBounds single = new BatchBounds(bounds.maxJobs, 0, bounds.maxRuntime);
    return new SchedulerSettings(name, jobName, before, sbatch, single, latency, commands);
  }

  public boolean isSlurm() {
    return commands == null;
  }

  /** What a word in the output of {@code states} says about a job. */
  public enum Fact {
    RUNNING,
    WAITING, // an unknown word counts as this
    GONE, // it is over
    CANCELLED // it is over because it was cancelled
  }

  /**
   * Commands for sh, each with only the placeholders that it may have.
   *
   * @param id a pattern whose first group finds the id that {@code submit} prints; empty: last word
   * @param separator the text between ids in {@code states} and {@code cancel}
   * @param words the words that {@code states} prints, by their meanings
   * @param settings values of the user's own placeholders, by name
   */
  public record Commands(
      String submit,
      String states,
      String cancel,
      String id,
      String separator,
      Map<Fact, List<String>> words,
      SortedMap<String, String> settings) {

    public boolean says(Fact of, String word) {
      return words.getOrDefault(of, List.of()).contains(word);
    }
  }
}
