package dev.torc.engine;

/**
 * The states of a job in a build. {@link #WAITING}, {@link #READY} and {@link #RUNNING} come first;
 * the others are final, and the last line of a build counts them.
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

  /** Returns whether no other state follows. */
  public boolean isFinal() {
    return ordinal() >= UP_TO_DATE.ordinal();
  }

  /** Returns whether the job ran or was restored in this build, well or not. */
  public boolean isRun() {
    return isMade() || this == FAILED || this == INTERRUPTED;
  }

  /** Returns whether the job has a new good result. */
  boolean isMade() {
    return this == RAN || this == RESTORED;
  }

  /** Returns whether jobs behind it can never run. */
  boolean blocks() {
    return this == FAILED || this == INTERRUPTED || this == BLOCKED;
  }
}
