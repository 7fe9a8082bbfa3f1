package dev.torc.features.clusters;

import dev.torc.base.machine.ProgramOutput;
import dev.torc.core.model.Job.Resources;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The interface to a program that runs scripts on other machines. It submits scripts and reports
 * their states. It knows neither what is in a script nor what to do about a state.
 *
 * <p>Each call waits for the scheduler, at most a minute per command, and never throws because of
 * the scheduler's answer. Answers may be late or repeated. An answer that torc cannot understand
 * counts as no answer. Safe for several threads, which wait for each other.
 */
public interface Scheduler {

  /** Submits a script. {@link #lacks} must return nothing for the request's resources. */
  Submission submit(SubmissionRequest request);

  /**
   * Looks up, by its name, a submission that got no answer. Returns what {@link #submit} should
   * have returned: refused if the scheduler does not have the name. Returns null if the scheduler
   * cannot look up names.
   */
  default Submission find(SubmissionRequest request) {
    return null;
  }

  /** Returns a state for each script, with as few commands as possible. */
  Map<SchedulerJob, SchedulerState> states(List<SchedulerJob> jobs);

  /**
   * Tells running scripts to end their jobs, which takes up to the jobs' grace, and removes waiting
   * scripts from the queue. A scheduler that cannot signal only the script does the same as {@link
   * #cancel}.
   */
  default String end(List<SchedulerJob> jobs) {
    return cancel(jobs);
  }

  /**
   * Cancels scripts: the scheduler ends all their processes in its usual way, or removes the
   * scripts from the queue. Skips a script that is over, or whose id has another name. A script is
   * over only when {@link #states} says so, which may be later. Returns why the scheduler may not
   * have accepted the cancel; empty if it has.
   */
  String cancel(List<SchedulerJob> jobs);

  /**
   * Gives array tasks their own names, and a comment each, where the scheduler allows that. It must
   * know the tasks by both names afterwards.
   */
  default void rename(Map<SchedulerJob, String> tasks) {}

  /** Returns the placeholders in its commands, like {@code {memory}}, without a value. */
  default List<String> lacks(SchedulerResources resources) {
    return List.of();
  }

  /**
   * Returns the words before a command that run it on a node with the caller's terminal; none if
   * the scheduler cannot.
   */
  default List<String> atTerminal(SchedulerResources resources) {
    return List.of();
  }

  /** Returns what the user can do about a scheduler that does not answer. */
  default String remedy() {
    return "try the commands of this executor by hand";
  }

  /** Returns whether a job continues when the torc that handed it out ends. */
  default boolean outlives(SchedulerJob job) {
    return true;
  }

  /** Returns the most array tasks that one submission may have; 1 if there are no arrays. */
  default int largestArray() {
    return 1;
  }

  /** Returns the variable with the number of an array task, from 0; not set for a single task. */
  default String indexVariable() {
    return "";
  }

  /**
   * A script, or one array task, as its scheduler knows it.
   *
   * @param id the scheduler's id; null if unknown: then only the name identifies it
   * @param name the name under which it was submitted; all tasks of an array have the same name
   * @param own the name that an array task may have got since, or {@code name}
   * @param log the file that may have the scheduler's messages about it; null if unknown
   */
  public record SchedulerJob(String id, String name, String own, Path log) {

    public SchedulerJob(String id, String name, Path log) {
      this(id, name, name, log);
    }

    /** Returns whether it may have this name. */
    boolean isNamed(String one) {
      return one.equals(name) || one.equals(own);
    }
  }

  /**
   * What a scheduler says about a script. {@code said} is its own text on one line, possibly empty:
   * why the script waits, where it runs, how it ended, or why nothing is known. Times are in
   * milliseconds since 1970; 0 if unknown.
   */
  public record SchedulerState(Phase kind, String said, long began, long ended) {

    /** The kinds of states. The order matters: all kinds of ends come after {@link #GONE}. */
    public enum Phase {
      NO_ANSWER, // nothing is known about the script now
      /** The scheduler describes it in words that torc does not know: it counts as waiting. */
      UNCLEAR,
      WAITING,
      /** The script will never start unless the cluster or its settings change. */
      NEVER,
      RUNNING, // or is being ended
      GONE, // the scheduler answers, and no longer has it
      EXITED, // on its own; the script says whether it succeeded
      OUT_OF_MEMORY,
      TIME_LIMIT,
      CANCELLED,
      NODE_FAILURE,
      PREEMPTED,
      /** The machine could not start it. */
      LAUNCH_FAILURE
    }

    /** The state of a script that is gone, without the scheduler's own words. */
    public static final SchedulerState GONE = new SchedulerState(Phase.GONE, "gone");

    public SchedulerState(Phase kind, String said) {
      this(kind, said, 0, 0);
    }

    /** Returns this state with its times, in milliseconds since 1970; 0 if unknown. */
    SchedulerState at(long begin, long end) {
      return new SchedulerState(kind, said, begin, end);
    }

    public boolean is(Phase one) {
      return kind == one;
    }

    /** Returns whether the scheduler has the script. */
    boolean isOut() {
      return !is(Phase.NO_ANSWER) && kind.compareTo(Phase.GONE) < 0;
    }

    /** Returns whether the script is over, and the scheduler says how. */
    public boolean isEnd() {
      return kind.compareTo(Phase.GONE) > 0;
    }
  }

  public sealed interface Submission {

    /** The scheduler accepted the script. It gave an id for each array task, in order. */
    record Accepted(List<String> ids) implements Submission {}

    /** The scheduler refused the script: nothing was submitted. {@code said} is one line. */
    record Refused(String said) implements Submission {}

    /** A limit on the user's jobs in the queue refused the script; {@code limit} names it. */
    record Full(String limit) implements Submission {}

    /** It is unknown whether the scheduler accepted the script. {@code said} is one line. */
    record NoAnswer(String said) implements Submission {}
  }

  /**
   * A script for a scheduler to run, once or as the tasks of an array.
   *
   * @param script an absolute path; the file is executable and must exist until it has run
   * @param name a name that no other submission ever has: a letter, then any of {@code [\w.-]}
   * @param log the absolute path for the output of script and scheduler; see {@link #log(int)}
   * @param secrets more variables of the submitter, which the script inherits
   * @param comment a line for people; may be empty
   */
  public record SubmissionRequest(
      Path script,
      String name,
      int tasks,
      SchedulerResources resources,
      Path log,
      Map<String, String> secrets,
      String comment) {

    /** Returns the log of one array task: with its number added, unless it is the only one. */
    public Path log(int index) {
      return tasks == 1 ? log : log.resolveSibling(log.getFileName() + "." + index);
    }
  }

  /**
   * The resources of a script: memory and disk in bytes, runtime in nanoseconds; 0: not set.
   *
   * @param shards how many shares of its only GPU it needs; 0 for whole GPUs
   */
  record SchedulerResources(
      int cpus, long memory, int gpus, long shards, int nodes, long disk, long runtime) {

    private static final long MEBIBYTE = 1 << 20;

    /** Returns what a job asks for; memory and time may have grown for a retry. */
    public static SchedulerResources of(
        Resources wanted, long memory, long runtime, Map<String, Long> limits) {
      long each = limits.getOrDefault(Resources.GPU_SHARES, 0L);
      long shards = Resources.shares(wanted.gpuShare(), each);
      return new SchedulerResources(
          wanted.cpus(), memory, wanted.gpus(), shards, wanted.nodes(), wanted.disk(), runtime);
    }

    SchedulerResources within(long time) {
      return new SchedulerResources(cpus, memory, gpus, shards, nodes, disk, time);
    }

    public SchedulerResources withoutMemory() {
      return new SchedulerResources(cpus, 0, gpus, shards, nodes, disk, runtime);
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
   * Whether Slurm is installed and answers, for a command that reports it. {@code version} is empty
   * if Slurm is not installed. {@code trouble} says why it is not reached; empty if it is.
   */
  public record SlurmLook(String version, String trouble) {

    /** What to do if it does not answer. */
    public static final String REMEDY = "set SLURM_CONF to the settings of a running controller";

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** Asks Slurm, and waits at most five seconds for each of two commands. */
    public static SlurmLook of(Map<String, String> env) {
      ProgramOutput version =
          ProgramOutput.of(List.of("/usr/bin/env", "sbatch", "--version"), env, null, PATIENCE);
      if (!version.ok()) { // without settings, even the version is not told
        String why = SchedulerWords.line(version.said());
        return new SlurmLook(version.status() == Slurm.NOT_FOUND ? "" : "slurm", why);
      }
      ProgramOutput ping = ProgramOutput.of(List.of("scontrol", "ping"), env, null, PATIENCE);
      boolean up = ping.ok() && ping.text().contains(" UP");
      String trouble = ping.text().lines().findFirst().orElse(ping.said());
      return new SlurmLook(version.text(), up ? "" : trouble);
    }
  }
}
