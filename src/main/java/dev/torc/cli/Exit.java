package dev.torc.cli;

/** The exit statuses of the contract. What leads to which is decided where it happens. */
final class Exit {

  /** All that was asked for is done. */
  static final int DONE = 0;

  /** A job failed. */
  static final int FAILED = 1;

  /** Usage or build-file error; nothing was started and nothing was written. */
  static final int USAGE = 2;

  /** Environment or internal error. */
  static final int TROUBLE = 3;

  /** Another build has the lock, and {@code --no-wait} was given (EX_TEMPFAIL). */
  static final int LOCKED = 75;

  /** The reader of the output is gone: 128 + SIGPIPE. */
  static final int PIPE = signal(13);

  private Exit() {}

  /** Ended by a signal, by its number. */
  static int signal(int number) {
    return 128 + number;
  }
}
