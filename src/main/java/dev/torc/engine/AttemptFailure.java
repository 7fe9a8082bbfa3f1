package dev.torc.engine;

/** Why an attempt failed although, or before, its processes ended well: one phrase. */
final class AttemptFailure extends RuntimeException {

  private static final long serialVersionUID = 1;

  AttemptFailure(String message) {
    super(message, null, false, false);
  }
}
