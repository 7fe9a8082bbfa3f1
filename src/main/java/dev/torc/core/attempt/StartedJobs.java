package dev.torc.core.attempt;

import dev.torc.core.model.Job;

/** What an attempt tells about itself while it runs; {@code JobStarts} listens. */
public interface StartedJobs {

  /** Offers the resources of a job whose processes have ended to the next job; any thread may. */
  void releaseEarly(Job job, JobAttempts attempts);

  /**
   * Returns how many attempts began so far, or -1 if more than one runs; any thread may call it. An
   * attempt that gets the same number at both of its ends was the only one.
   */
  int begunAlone();

  /** Notes that a scheduler has taken the job; any thread may call it. */
  void submitted(int id, Event.JobSubmitted at);

  /** Notes that the job waits here since the scheduler's queue is full; any thread may call it. */
  void waits(int id);
}
