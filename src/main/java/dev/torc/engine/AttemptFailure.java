package dev.torc.engine;

/**
 * A failure of an attempt, in one phrase, that is not the failure of its processes: they did not
 * start, or ended well. {@link Attempt} makes an outcome of it.
 */
final class AttemptFailure extends RuntimeException {

  private static final long serialVersionUID = 1;

  final transient String missing; // a declared product; null for other failures

  AttemptFailure(String message) {
    this(message, null);
  }

  AttemptFailure(String message, String missing) {
    super(message, null, false, false);
    this.missing = missing;
  }
}
