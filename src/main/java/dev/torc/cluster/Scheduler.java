package dev.torc.cluster;

import dev.torc.local.ProgramOutput;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Another program that runs scripts on other machines: the seam to it. It takes scripts and says
 * what became of them; what is in a script, and what follows from an answer, is for others.
 *
 * <p>Each call waits for the scheduler, a minute at most for each of its commands, and never throws
 * for what the scheduler says. Answers may be late or repeated; one that cannot be understood is no
 * answer. Safe for several threads, which wait for each other.
 */
public interface Scheduler {

  /** What an executor's settings describe. */
  static Scheduler of(SchedulerSettings settings, Path folder, Map<String, String> env) {
    return settings.isSlurm()
        ? new Slurm(settings, folder, env, ProgramOutput.PATIENCE)
        : new CommandScheduler(settings, folder, env, ProgramOutput.PATIENCE);
  }

  /** Hands out a script. The request's resources lack nothing, as {@link #lacks} says. */
  Submission submit(SubmissionRequest request);

  /**
   * Looks by its name for a submission that had no answer.
   *
   * @return what {@link #submit} would have said: refused where the scheduler has none of that
   *     name; null where it cannot be asked for names
   */
  default Submission find(SubmissionRequest request) {
    return null;
  }

  /**
   * What became of scripts, in one question as far as that can be.
   *
   * @return a state for each of them
   */
  Map<SchedulerJob, SchedulerState> states(List<SchedulerJob> jobs);

  /**
   * Ends scripts or takes them from the queue; those that are over, or that the scheduler has under
   * another name, are left alone and are no trouble. It is over when {@link #states} says so, which
   * may be later.
   *
   * @return why it is not known to have been asked for, empty where it is
   */
  String cancel(List<SchedulerJob> jobs);

  /**
   * What its commands need to know and such resources do not say, as the user writes it: {@code
   * {memory}}. Empty where they say enough.
   */
  default List<String> lacks(SchedulerResources resources) {
    return List.of();
  }

  /** Whether what was handed out goes on when the torc ends that handed it out. */
  default boolean outlives(SchedulerJob job) {
    return true;
  }

  /** How many elements one submission may have, at least 1: without arrays. */
  default int largestArray() {
    return 1;
  }

  /**
   * The environment variable in which an element of an array finds its number, from 0. It is not
   * set in a submission of one element.
   */
  default String elementVariable() {
    return "";
  }

  /**
   * What was submitted, as its scheduler knows it: a script, or one element of an array.
   *
   * @param id the scheduler's; null where that is not known, so that only the name tells
   * @param name as it was submitted; all elements of an array have the same
   * @param log where the scheduler's own words about it may stand; null where that is not known
   */
  public record SchedulerJob(String id, String name, Path log) {}

  /**
   * What a scheduler knows of a script that it was given.
   *
   * @param said its own words on one line: why it waits, where it runs, how it ended, or why
   *     nothing is known; may be empty
   * @param began when it began, milliseconds since 1970; 0 where that is not told
   * @param ended when it ended, likewise
   */
  public record SchedulerState(Kind kind, String said, long began, long ended) {

    /** In their order, ends last. */
    public enum Kind {
      /** Nothing is known of it now. */
      NO_ANSWER,
      /** It is known, in words that are not: it counts as waiting. */
      UNCLEAR,
      /** It has not begun. */
      WAITING,
      /** Nor will it, for a reason that stays as long as the cluster stays as it is. */
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

    /** It is gone, and there is no word for that. */
    public static final SchedulerState GONE = new SchedulerState(Kind.GONE, "gone");

    /** One of which no times are told. */
    public SchedulerState(Kind kind, String said) {
      this(kind, said, 0, 0);
    }

    /** The same with its times. */
    SchedulerState at(long begin, long end) {
      return new SchedulerState(kind, said, begin, end);
    }

    public boolean is(Kind one) {
      return kind == one;
    }

    /** Whether the scheduler has it. */
    boolean isOut() {
      return !is(Kind.NO_ANSWER) && kind.compareTo(Kind.GONE) < 0;
    }

    /** Whether it is over, by a word of its own for that. */
    public boolean isEnd() {
      return kind.compareTo(Kind.GONE) > 0;
    }
  }

  /** What a scheduler says to a submission. */
  public sealed interface Submission {

    /**
     * It took it.
     *
     * @param ids the scheduler's, one for each element, in their order
     */
    record Accepted(List<String> ids) implements Submission {}

    /**
     * It will not have it: nothing was submitted.
     *
     * @param said its own words on one line
     */
    record Refused(String said) implements Submission {}

    /**
     * It is not known whether it took it.
     *
     * @param said why there is no answer, on one line
     */
    record NoAnswer(String said) implements Submission {}
  }

  /**
   * A script to be run by a scheduler, once or as the elements of an array.
   *
   * @param script absolute, executable, and there until it ran
   * @param name unique among all that are ever submitted; letters, digits, {@code -}, {@code .} and
   *     {@code _}, begins with a letter
   * @param elements how many, from 1 to {@link Scheduler#largestArray}
   * @param resources of each element
   * @param log absolute; takes what the script and the scheduler itself write, see {@link
   *     #log(int)}
   */
  public record SubmissionRequest(
      Path script, String name, int elements, SchedulerResources resources, Path log) {

    /** The file for one element: of a single one the file itself, else with its number behind. */
    public Path log(int element) {
      return elements == 1 ? log : log.resolveSibling(log.getFileName() + "." + element);
    }
  }

  /**
   * What a script takes on the machine that runs it.
   *
   * @param cpus at least 1
   * @param memory bytes; 0 where that is not said
   * @param gpus at least 0
   * @param nodes at least 1
   * @param disk bytes; 0 where that is not said
   * @param runtime nanoseconds after which it may be ended; 0 where that is not said
   */
  record SchedulerResources(int cpus, long memory, int gpus, int nodes, long disk, long runtime) {

    private static final long MEBIBYTE = 1 << 20;

    /** The same with another time, in nanoseconds; 0 for none. */
    SchedulerResources within(long time) {
      return new SchedulerResources(cpus, memory, gpus, nodes, disk, time);
    }

    /** The same without a word on memory. */
    public SchedulerResources withoutMemory() {
      return new SchedulerResources(cpus, 0, gpus, nodes, disk, runtime);
    }

    /** Whole MiB that hold so many bytes. */
    static long mebibytes(long bytes) {
      return Math.ceilDiv(bytes, MEBIBYTE);
    }

    /** The time limit in whole seconds, not less than was asked for. */
    long seconds() {
      return Math.ceilDiv(runtime, 1_000_000_000L);
    }

    /** The same in minutes. */
    long minutes() {
      return Math.ceilDiv(seconds(), 60L);
    }
  }

  /**
   * Whether Slurm is here and answers, for a command that only tells it.
   *
   * @param version as its programs say it; empty where there are none
   * @param trouble why its controller cannot be asked, empty where it can
   */
  public record SlurmLook(String version, String trouble) {

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** Looks; takes five seconds where the controller does not answer. */
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
