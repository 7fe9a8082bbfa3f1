package dev.torc.engine;

/** Why an attempt failed although, or before, its processes ended well: one phrase. */
final class Failure extends RuntimeException {

  private static final long serialVersionUID = 1;

  Failure(String message) {
    super(message, null, false, false);
  }
}
