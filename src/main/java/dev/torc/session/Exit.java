package dev.torc.session;

/**
 * The exit statuses, as commands.md lists them. The code that meets an event decides its status.
 */
public final class Exit {

  /** All that was asked for is done. */
  public static final int DONE = 0;

  /** A job failed. */
  public static final int FAILED = 1;

  /** Usage or build-file error; nothing was started and nothing was written. */
  public static final int USAGE = 2;

  /** Environment or internal error. */
  public static final int TROUBLE = 3;

  /** Another build has the lock, and {@code --no-wait} was given (EX_TEMPFAIL). */
  public static final int LOCKED = 75;

  /** The reader of the output is gone: 128 + SIGPIPE. */
  public static final int PIPE = signal(13);

  private Exit() {}

  /** Ended by a signal, by its number. */
  public static int signal(int number) {
    return 128 + number;
  }
}
