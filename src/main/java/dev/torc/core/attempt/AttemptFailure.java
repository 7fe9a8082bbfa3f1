package dev.torc.core.attempt;

/**
 * A failure of an attempt that its processes did not cause: they did not start, or they ended
 * successfully. Its message is one phrase; {@link Attempt} turns it into an outcome.
 */
public final class AttemptFailure extends RuntimeException {

  private static final long serialVersionUID = 1;

  final transient String missing; // the declared product that is missing; null for other failures

  public AttemptFailure(String message) {
    this(message, null);
  }

  public AttemptFailure(String message, String missing) {
    super(message, null, false, false);
    this.missing = missing;
  }
}
