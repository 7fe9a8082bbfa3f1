package dev.torc.exec;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What {@code executors} says of one of them, with what {@code like} gave it. Where a text is not
 * said, it is null; where a list or map is not, it is empty. It knows no file that it was read
 * from.
 *
 * @param name of the executor
 * @param account that is charged
 * @param partition or queue
 * @param args of {@code sbatch}, as they are
 * @param before lines of sh that go before each job in the script
 * @param maxJobs how many elements may be out at a time
 * @param batch nanoseconds that the jobs of one script may take together; 0 for one job each
 * @param maxRuntime nanoseconds that a script may ask for; 0 for any
 * @param latency nanoseconds until a file written on one machine is seen on another
 * @param commands how a scheduler of the kind {@code commands} is called; null for others
 * @param values of the placeholders that the user has made up
 */
public record SchedulerSettings(
    String name,
    Kind kind,
    String account,
    String partition,
    List<String> args,
    String before,
    int maxJobs,
    long batch,
    long maxRuntime,
    long latency,
    Commands commands,
    Map<String, String> values) {

  /** The same, with a script for each job. */
  public SchedulerSettings withoutBatches() {
    return new SchedulerSettings(
        name,
        kind,
        account,
        partition,
        args,
        before,
        maxJobs,
        0,
        maxRuntime,
        latency,
        commands,
        values);
  }

  /** What is spoken to. */
  public enum Kind {
    SLURM,
    COMMANDS
  }

  /**
   * Commands of sh with placeholders, of which none is {@link #unknown}.
   *
   * @param separator between the ids in {@code states} and {@code cancel}
   * @param id its first group is the id in what {@code submit} prints; null for the last word
   * @param running words for what runs
   * @param waiting words for what has not begun; so counts any other word
   * @param gone words for what is over
   */
  public record Commands(
      String submit,
      String states,
      String cancel,
      String separator,
      Pattern id,
      List<String> running,
      List<String> waiting,
      List<String> gone) {

    /**
     * What stands in its commands and never has a value, each as {@code {name} in submit}.
     *
     * @param values of the placeholders that the user has made up
     */
    public List<String> unknown(Map<String, String> values) {
      List<String> all = new ArrayList<>();
      CommandScheduler.unknown(true, submit, values).forEach(n -> all.add(n + " in submit"));
      CommandScheduler.unknown(false, states, values).forEach(n -> all.add(n + " in states"));
      CommandScheduler.unknown(false, cancel, values).forEach(n -> all.add(n + " in cancel"));
      return all;
    }
  }
}
