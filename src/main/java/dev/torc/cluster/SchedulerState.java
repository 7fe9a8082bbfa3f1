package dev.torc.cluster;

/** What a scheduler knows of a script that it was given. */
public sealed interface SchedulerState {

  /**
   * It has not begun.
   *
   * @param reason the scheduler's word for why; may be empty
   * @param never whether it will not begin for this reason, as long as the cluster stays as it is
   */
  record Waiting(String reason, boolean never) implements SchedulerState {}

  /**
   * It is known, in words that are not: it counts as waiting.
   *
   * @param said the words on one line
   */
  record Unclear(String said) implements SchedulerState {}

  /**
   * It runs, or is being ended.
   *
   * @param where names of machines; may be empty
   */
  record Running(String where) implements SchedulerState {}

  /**
   * It is over.
   *
   * @param said the scheduler's own words on one line
   * @param time milliseconds since 1970; 0 where it does not tell when
   */
  record Ended(Cause cause, String said, long time) implements SchedulerState {

    /** An end of which it does not tell when it was. */
    public Ended(Cause cause, String said) {
      this(cause, said, 0);
    }

    Ended at(long when) {
      return new Ended(cause, said, when);
    }
  }

  /**
   * The scheduler answers, and has nothing of it any more.
   *
   * @param said its word for that, where it has one
   */
  record Gone(String said) implements SchedulerState {

    /** Without a word of its own. */
    public Gone() {
      this("gone");
    }
  }

  /**
   * Nothing is known of it now.
   *
   * @param said why, on one line
   */
  record NoAnswer(String said) implements SchedulerState {}

  /** Why a script is over. */
  enum Cause {
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
}
