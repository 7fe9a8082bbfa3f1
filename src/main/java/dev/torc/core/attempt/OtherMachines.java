package dev.torc.core.attempt;

import dev.torc.core.attempt.BuildSetup.AttemptContext;

/** The machines besides this one on which the jobs of a build may run. */
public interface OtherMachines {

  /** Returns one attempt's part there; null if it surely runs here. */
  RunElsewhere of(AttemptContext common, int id, JobAttempts attempts, StartedJobs starts);

  /**
   * Ends the work for this build, from any thread: hands out nothing more and ends all waiting,
   * with {@code now} even before the schedulers have answered. With {@code cancel} and without
   * {@code now}, ends the jobs, too; otherwise jobs that need no torc continue.
   */
  void end(boolean now, boolean cancel);
}
