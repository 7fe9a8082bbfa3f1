package dev.torc.cluster;

import dev.torc.local.ProgramOutput;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The seam to a program that runs scripts on other machines. A scheduler takes scripts and says
 * what became of them; it knows neither what is in a script nor what follows from an answer.
 *
 * <p>Each call waits for the scheduler, a minute at most for each of its commands, and never throws
 * for what the scheduler says. Answers may be late or repeated; one that cannot be understood is no
 * answer. Safe for several threads, which wait for each other.
 */
public interface Scheduler {

  /** Returns the scheduler that an executor's settings describe. */
  static Scheduler of(SchedulerSettings settings, Path folder, Map<String, String> env) {
    return settings.isSlurm()
        ? new Slurm(settings, folder, env, ProgramOutput.PATIENCE)
        : new CommandScheduler(settings, folder, env, ProgramOutput.PATIENCE);
  }

  /** Submits a script. {@link #lacks} must be empty for the request's resources. */
  Submission submit(SubmissionRequest request);

  /**
   * Looks by its name for a submission that had no answer.
   *
   * @return what {@link #submit} would have said: refused if the scheduler has none of that name;
   *     null if it cannot be asked for names
   */
  default Submission find(SubmissionRequest request) {
    return null;
  }

  /**
   * Returns what became of scripts, in one question as far as that can be.
   *
   * @return a state for each of them
   */
  Map<SchedulerJob, SchedulerState> states(List<SchedulerJob> jobs);

  /**
   * Tells scripts that run to end their jobs, which takes the grace of these jobs, and takes others
   * from the queue. If the scheduler cannot tell a script alone, this is the same as {@link
   * #cancel}.
   *
   * @return as for {@link #cancel}
   */
  default String end(List<SchedulerJob> jobs) {
    return cancel(jobs);
  }

  /**
   * Ends scripts with all their processes, as the scheduler usually does, or takes them from the
   * queue. Skips a script that is over, or that the scheduler has under another name. A script is
   * over only when {@link #states} says so, which may be later.
   *
   * @return why the scheduler may not have taken this order; empty if it has
   */
  String cancel(List<SchedulerJob> jobs);

  /**
   * Returns the placeholders of its commands for which such resources have no value, as the user
   * writes them: {@code {memory}}. Empty if there are none.
   */
  default List<String> lacks(SchedulerResources resources) {
    return List.of();
  }

  /** Returns whether a job continues when the torc that handed it out ends. */
  default boolean outlives(SchedulerJob job) {
    return true;
  }

  /**
   * Returns how many array tasks one submission may have, at least 1; 1 means that there are no
   * arrays.
   */
  default int largestArray() {
    return 1;
  }

  /**
   * Returns the environment variable in which an array task finds its number, from 0. It is not set
   * in a submission of one task.
   */
  default String indexVariable() {
    return "";
  }

  /**
   * What was submitted, as its scheduler knows it: a script, or one array task.
   *
   * @param id the scheduler's id of it; null if that is not known: then only the name identifies it
   * @param name the name under which it was submitted; all tasks of an array have the same
   * @param log the file in which the scheduler's own words about it may stand; null if not known
   */
  public record SchedulerJob(String id, String name, Path log) {}

  /**
   * What a scheduler knows of a script that it was given.
   *
   * @param said its own words on one line: why it waits, where it runs, how it ended, or why
   *     nothing is known; may be empty
   * @param began when it began, milliseconds since 1970; 0 if that is not told
   * @param ended when it ended, milliseconds since 1970; 0 if that is not told
   */
  public record SchedulerState(Kind kind, String said, long began, long ended) {

    /** The kinds of states. Their order counts: the ends come after {@link #GONE}. */
    public enum Kind {
      /** Nothing is known of the script now. */
      NO_ANSWER,
      /** The scheduler knows it, but in words that torc does not know: it counts as waiting. */
      UNCLEAR,
      /** It has not begun. */
      WAITING,
      /** It will never begin, for a reason that stays as long as the cluster stays as it is. */
      NEVER,
      /** It runs, or is being ended. */
      RUNNING,
      /** The scheduler answers, and has nothing of it any more. */
      GONE,
      /** It ended by itself, well or not: that is for the script to say. */
      EXITED,
      OUT_OF_MEMORY,
      TIME_LIMIT,
      CANCELLED,
      NODE_FAILURE,
      PREEMPTED,
      /** The machine could not begin it. */
      LAUNCH_FAILURE
    }

    /** The state of a script that is gone, without the scheduler's own words. */
    public static final SchedulerState GONE = new SchedulerState(Kind.GONE, "gone");

    /** Creates a state without times. */
    public SchedulerState(Kind kind, String said) {
      this(kind, said, 0, 0);
    }

    /** Returns this state with its times, in milliseconds since 1970; 0 if not told. */
    SchedulerState at(long begin, long end) {
      return new SchedulerState(kind, said, begin, end);
    }

    public boolean is(Kind one) {
      return kind == one;
    }

    /** Returns whether the scheduler has the script. */
    boolean isOut() {
      return !is(Kind.NO_ANSWER) && kind.compareTo(Kind.GONE) < 0;
    }

    /** Returns whether the script is over, and the scheduler says in which way. */
    public boolean isEnd() {
      return kind.compareTo(Kind.GONE) > 0;
    }
  }

  /** A scheduler's answer to a submission. */
  public sealed interface Submission {

    /**
     * The scheduler took the script.
     *
     * @param ids the scheduler's ids, one for each array task, in their order
     */
    record Accepted(List<String> ids) implements Submission {}

    /**
     * The scheduler refused the script: nothing was submitted.
     *
     * @param said the scheduler's own words on one line
     */
    record Refused(String said) implements Submission {}

    /**
     * It is not known whether the scheduler took the script.
     *
     * @param said why there is no answer, on one line
     */
    record NoAnswer(String said) implements Submission {}
  }

  /**
   * A script to be run by a scheduler, once or as the tasks of an array.
   *
   * @param script absolute, executable, and there until it ran
   * @param name unique among all that are ever submitted; letters, digits, {@code -}, {@code .} and
   *     {@code _}, begins with a letter
   * @param tasks how many array tasks, from 1 to {@link Scheduler#largestArray}
   * @param resources what each task takes
   * @param log absolute; takes what the script and the scheduler itself write, see {@link
   *     #log(int)}
   */
  public record SubmissionRequest(
      Path script, String name, int tasks, SchedulerResources resources, Path log) {

    /**
     * Returns the log of one array task: {@link #log} with its number behind, unless it is the only
     * one.
     */
    public Path log(int index) {
      return tasks == 1 ? log : log.resolveSibling(log.getFileName() + "." + index);
    }
  }

  /**
   * What a script takes on the machine that runs it.
   *
   * @param cpus at least 1
   * @param memory bytes; 0 if not said
   * @param gpus at least 0
   * @param nodes at least 1
   * @param disk bytes; 0 if not said
   * @param runtime nanoseconds after which the script may be ended; 0 if not said
   */
  record SchedulerResources(int cpus, long memory, int gpus, int nodes, long disk, long runtime) {

    private static final long MEBIBYTE = 1 << 20;

    /** Returns these resources with another time, in nanoseconds; 0 for none. */
    SchedulerResources within(long time) {
      return new SchedulerResources(cpus, memory, gpus, nodes, disk, time);
    }

    /** Returns these resources without an amount of memory. */
    public SchedulerResources withoutMemory() {
      return new SchedulerResources(cpus, 0, gpus, nodes, disk, runtime);
    }

    /** Returns a number of bytes in whole MiB, rounded up. */
    static long mebibytes(long bytes) {
      return Math.ceilDiv(bytes, MEBIBYTE);
    }

    /** Returns the time limit in whole seconds, not less than was asked for. */
    long seconds() {
      return Math.ceilDiv(runtime, 1_000_000_000L);
    }

    /** Returns the time limit in whole minutes, not less than was asked for. */
    long minutes() {
      return Math.ceilDiv(seconds(), 60L);
    }
  }

  /**
   * Whether Slurm is here and answers, for a command that only tells so.
   *
   * @param version as Slurm's programs say it; empty if there are none
   * @param trouble why Slurm's controller cannot be asked; empty if it can
   */
  public record SlurmLook(String version, String trouble) {

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** Asks Slurm; takes five seconds if the controller does not answer. */
    public static SlurmLook of(Map<String, String> env) {
      ProgramOutput version = ProgramOutput.of(List.of("sbatch", "--version"), env, null, PATIENCE);
      if (!version.ok()) {
        return new SlurmLook("", version.said());
      }
      ProgramOutput ping = ProgramOutput.of(List.of("scontrol", "ping"), env, null, PATIENCE);
      boolean up = ping.ok() && ping.text().contains(" UP");
      String trouble = ping.text().lines().findFirst().orElse(ping.said());
      return new SlurmLook(version.text(), up ? "" : trouble);
    }
  }
}
