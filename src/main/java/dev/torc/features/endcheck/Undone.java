package dev.torc.features.endcheck;

/**
 * A job whose product was changed after its end, and how; {@code blames} if another job ran then.
 */
record Undone(int job, String what, boolean blames) {

  /** Returns the message, with its remedy. */
  String line() {
    return blames
        ? what + "; put both commands into one job (tasks), or write to another file"
        : what + "; the job runs again next time";
  }
}
