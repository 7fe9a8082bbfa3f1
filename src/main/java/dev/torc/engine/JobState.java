package dev.torc.engine;

/**
 * The states of a job in a build. {@link #WAITING}, {@link #READY} and {@link #RUNNING} are passed
 * through; the others are final, and the last line counts them.
 */
public enum JobState {
  /** A job that this one depends on is not done. */
  WAITING,
  /** It will run as soon as resources allow. */
  READY,
  RUNNING,
  UP_TO_DATE,
  RAN,
  FAILED,
  /** A known result was put in the place of a run. */
  RESTORED,
  /** A job that this one depends on failed. */
  BLOCKED,
  INTERRUPTED,
  /** A scheduler has it, and the next build takes its result. */
  SUBMITTED,
  /** The build ended before its turn. */
  NOT_REACHED;

  /** Returns whether no other state can follow. */
  public boolean isFinal() {
    return ordinal() >= UP_TO_DATE.ordinal();
  }

  /** Returns whether something was done for the job in this build, well or not. */
  public boolean isRun() {
    return isMade() || this == FAILED || this == INTERRUPTED;
  }

  /** Returns whether the job has a new good result, however it came by it. */
  boolean isMade() {
    return this == RAN || this == RESTORED;
  }

  /** Returns whether what waits for such a job can never run. */
  boolean blocks() {
    return this == FAILED || this == INTERRUPTED || this == BLOCKED;
  }
}
