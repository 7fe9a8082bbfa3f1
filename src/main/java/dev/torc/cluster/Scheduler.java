package dev.torc.cluster;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Another program that runs scripts on other machines: the seam to it. It takes scripts and says
 * what became of them; what is in a script, and what follows from an answer, is for others.
 *
 * <p>Each call waits for the scheduler, a minute at most for each of its commands, and never throws
 * for what the scheduler says. Answers may be late or repeated; one that cannot be understood is no
 * answer. Safe for several threads, which wait for each other where they ask the same.
 */
public interface Scheduler {

  /** What an executor's settings describe. */
  static Scheduler of(SchedulerSettings settings, Path folder, Map<String, String> env) {
    return settings.isSlurm()
        ? new Slurm(settings, folder, env)
        : new CommandScheduler(settings, folder, env);
  }

  /** Hands out a script. The request's resources lack nothing, as {@link #lacks} says. */
  Submission submit(SubmissionRequest request);

  /**
   * Looks by its name for a submission that had no answer.
   *
   * @return what {@link #submit} would have said: refused where the scheduler has none of that
   *     name; null where it cannot be asked for names
   */
  Submission find(SubmissionRequest request);

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

  /** How many elements one submission may have, at least 1. */
  int largestArray();

  /**
   * The environment variable in which an element of an array finds its number, from 0. It is not
   * set in a submission of one element.
   */
  String elementVariable();
}
