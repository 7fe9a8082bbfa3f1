package dev.torc.workflow;

import dev.torc.syntax.Place;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * A scheduler of other machines, as the build file describes it. What is not said of a job in it
 * decides nothing about results, but for {@link #before}. How it is asked is for others.
 *
 * @param before text of the shell that runs before each job; empty for none
 * @param account empty where none is given; likewise the partition
 * @param args options for the command that submits
 * @param maxJobs how many elements of arrays may be out at once
 * @param batch nanoseconds of expected work that jobs of one script add up to at most
 * @param maxRuntime nanoseconds that a script asks for at most; 0 for any
 * @param latency nanoseconds after which a file that another machine wrote is seen here
 * @param commands of a scheduler that torc does not know by itself; null for Slurm
 */
public record Executor(
    Place place,
    String name,
    String before,
    String account,
    String partition,
    List<String> args,
    int maxJobs,
    long batch,
    long maxRuntime,
    long latency,
    Commands commands) {

  /** The name of this machine, which is always there. */
  public static final String LOCAL = "local";

  /** What of a job its scheduler says. */
  public enum Word {
    RUNNING,
    WAITING,
    GONE,
    CANCELLED
  }

  /**
   * The commands of a scheduler, as texts for the shell with placeholders of their own.
   *
   * @param id the pattern whose first group is the id that the first answers; empty for the last
   *     word
   * @param separator stands between ids
   * @param words what the second says, by what it means
   * @param settings values for placeholders, by name
   */
  public record Commands(
      String submit,
      String states,
      String cancel,
      String id,
      String separator,
      Map<Word, List<String>> words,
      SortedMap<String, String> settings) {}
}
