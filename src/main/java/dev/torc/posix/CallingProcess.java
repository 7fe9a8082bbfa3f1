package dev.torc.posix;

/**
 * The process that called torc, with all of it that is no file: this process, where a JVM makes one
 * call and ends. A JVM that makes calls for other processes has one for each of them. It is made
 * when the call begins, and must not outlive it.
 */
public interface CallingProcess {

  /** Returns this process, as its own caller. */
  static CallingProcess own() {
    return new CallingProcess() {};
  }

  /** Returns the environment that it was called with. */
  default Environment environment() {
    return Environment.ofCaller();
  }

  /** Returns the signals that it gets; for one piece of work at a time. */
  default Signals signals() {
    return new Signals();
  }

  /** Returns the number of the process. */
  default long pid() {
    return ProcessHandle.current().pid();
  }

  /** Returns the bytes of heap below which no garbage is collected: what a JVM begins with. */
  default long heap() {
    return 72L << 20;
  }

  /** Returns whether jobs can use its terminal. */
  default boolean lendsTerminal() {
    return true;
  }

  /**
   * Refuses the call because of a job that needs the terminal; only called if jobs cannot use it.
   *
   * @param job its name
   */
  default void refuseTerminal(String job) {}
}
