package dev.torc.cluster;

import dev.torc.local.ProgramOutput;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The seam to a program that runs scripts on other machines. It takes scripts and says what became
 * of them; it knows neither what is in a script nor what follows from an answer.
 *
 * <p>Each call waits for the scheduler, a minute at most for each of its commands, and never throws
 * for what the scheduler says. Answers may be late or repeated; one that cannot be understood is no
 * answer. Safe for several threads, which wait for each other.
 */
public interface Scheduler {

  static Scheduler of(SchedulerSettings settings, Path folder, Map<String, String> env) {
    return settings.isSlurm()
        ? new Slurm(settings, folder, env, ProgramOutput.PATIENCE)
        : new CommandScheduler(settings, folder, env, ProgramOutput.PATIENCE);
  }

  /** Submits a script. {@link #lacks} must be empty for the request's resources. */
  Submission submit(SubmissionRequest request);

  /**
   * Finds by its name a submission that had no answer. Returns what {@link #submit} would have
   * said: refused if the scheduler has none of that name; null if it cannot be asked for names.
   */
  default Submission find(SubmissionRequest request) {
    return null;
  }

  /** Returns a state for each script, in as few questions as possible. */
  Map<SchedulerJob, SchedulerState> states(List<SchedulerJob> jobs);

  /**
   * Tells running scripts to end their jobs, which takes the grace of these jobs, and removes
   * others from the queue. A scheduler that cannot tell a script alone does the same as {@link
   * #cancel}.
   */
  default String end(List<SchedulerJob> jobs) {
    return cancel(jobs);
  }

  /**
   * Ends scripts with all their processes, as the scheduler usually does, or removes them from the
   * queue. Skips a script that is over, or that the scheduler has under another name. A script is
   * over only when {@link #states} says so, which may be later. Returns why the scheduler may not
   * have taken this order; empty if it has.
   */
  String cancel(List<SchedulerJob> jobs);

  /** Returns the placeholders of its commands, like {@code {memory}}, that lack a value here. */
  default List<String> lacks(SchedulerResources resources) {
    return List.of();
  }

  /** Returns whether a job continues when the torc that handed it out ends. */
  default boolean outlives(SchedulerJob job) {
    return true;
  }

  /** Returns how many array tasks one submission may have; 1 means that there are no arrays. */
  default int largestArray() {
    return 1;
  }

  /** Returns the variable that tells an array task its number, from 0; not set for one task. */
  default String indexVariable() {
    return "";
  }

  /**
   * A script, or one array task, as its scheduler knows it.
   *
   * @param id the scheduler's id; null if unknown: then only the name identifies it
   * @param name the name under which it was submitted; all tasks of an array have the same
   * @param log the file that may have the scheduler's own words about it; null if unknown
   */
  public record SchedulerJob(String id, String name, Path log) {}

  /**
   * What a scheduler knows of a script, with its own words on one line, or none: why it waits,
   * where it runs, how it ended, or why nothing is known. Times are in milliseconds since 1970, or
   * 0.
   */
  public record SchedulerState(Kind kind, String said, long began, long ended) {

    /** The kinds of states. Their order counts: the ends come after {@link #GONE}. */
    public enum Kind {
      NO_ANSWER, // nothing is known of the script now
      /** The scheduler knows it, but in words that torc does not know: it counts as waiting. */
      UNCLEAR,
      WAITING,
      /** It will never begin, for a reason that stays as long as the cluster stays the same. */
      NEVER,
      RUNNING, // or is being ended
      GONE, // the scheduler answers, and no longer has it
      EXITED, // by itself, well or not: the script says which
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

  public sealed interface Submission {

    /** The scheduler took the script; it gave an id for each array task, in their order. */
    record Accepted(List<String> ids) implements Submission {}

    /** The scheduler refused the script: nothing was submitted. Its own words are on one line. */
    record Refused(String said) implements Submission {}

    /** Whether the scheduler took the script is unknown, for a reason on one line. */
    record NoAnswer(String said) implements Submission {}
  }

  /**
   * A script to be run by a scheduler, once or as the tasks of an array.
   *
   * @param script absolute, executable, and there until it ran
   * @param name unique among all submissions ever: a letter, then any of {@code [\w.-]}
   * @param log absolute; for the output of the script and the scheduler, see {@link #log(int)}
   */
  public record SubmissionRequest(
      Path script, String name, int tasks, SchedulerResources resources, Path log) {

    /** Returns the log of one array task: with its number added, unless it is the only one. */
    public Path log(int index) {
      return tasks == 1 ? log : log.resolveSibling(log.getFileName() + "." + index);
    }
  }

  /** What a script takes: memory and disk in bytes, runtime in nanoseconds; 0 if not said. */
  record SchedulerResources(int cpus, long memory, int gpus, int nodes, long disk, long runtime) {

    private static final long MEBIBYTE = 1 << 20;

    SchedulerResources within(long time) {
      return new SchedulerResources(cpus, memory, gpus, nodes, disk, time);
    }

    public SchedulerResources withoutMemory() {
      return new SchedulerResources(cpus, 0, gpus, nodes, disk, runtime);
    }

    /** Returns a number of bytes in whole MiB, rounded up. */
    static long mebibytes(long bytes) {
      return Math.ceilDiv(bytes, MEBIBYTE);
    }

    long seconds() {
      return Math.ceilDiv(runtime, 1_000_000_000L);
    }

    /** Returns the time limit in whole minutes, rounded up. */
    long minutes() {
      return Math.ceilDiv(seconds(), 60L);
    }
  }

  /**
   * Whether Slurm is here and answers, for a command that only tells so: its version, empty if not
   * installed, and why its controller cannot be asked, empty if it can.
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
