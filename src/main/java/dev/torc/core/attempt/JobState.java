package dev.torc.core.attempt;

/**
 * The state of a job in a build. {@link #WAITING}, {@link #READY} and {@link #RUNNING} come first.
 * All other states are final; the last line of a build counts them.
 */
public enum JobState {
  /** A job that this one depends on has not ended yet. */
  WAITING,
  /** The job will start as soon as it gets its resources. */
  READY,
  RUNNING,
  UP_TO_DATE,
  RAN,
  FAILED,
  /** A known result was restored, so the job did not run. */
  RESTORED,
  /** A job that this one depends on failed. */
  BLOCKED,
  INTERRUPTED,
  /** A scheduler has the job; the next build collects its result. */
  SUBMITTED,
  /** The build ended before the job could start or finish. */
  NOT_REACHED,
  /**
   * The job's condition does not hold, the call excludes it, it ended with a status that means
   * there is nothing to do, or a job that it needs was skipped.
   */
  SKIPPED,
  /** The job stays as it is, whatever changed. */
  FROZEN;

  public boolean isFinal() {
    return ordinal() >= UP_TO_DATE.ordinal();
  }

  /** Returns whether the job ran, successfully or not, or was restored in this build. */
  public boolean isRun() {
    return isMade() || this == FAILED || this == INTERRUPTED;
  }

  /** Returns whether the job has a new good result. */
  public boolean isMade() {
    return this == RAN || this == RESTORED;
  }

  /** Returns whether the jobs that depend on this one cannot run. */
  public boolean blocks() {
    return this == FAILED || this == INTERRUPTED || this == BLOCKED;
  }
}
