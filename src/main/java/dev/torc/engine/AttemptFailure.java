package dev.torc.engine;

/**
 * A failure before an attempt's processes ran, or although they ended well: one phrase. The parts
 * of an attempt throw it, and {@link Attempt} makes an outcome of it.
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
