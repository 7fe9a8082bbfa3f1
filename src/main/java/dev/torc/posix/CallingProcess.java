package dev.torc.posix;

import java.util.concurrent.atomic.AtomicReference;

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

  default Environment environment() {
    return Environment.ofCaller();
  }

  /** Returns the signals that it gets; for one piece of work at a time. */
  default Signals signals() {
    return new Signals();
  }

  /**
   * Returns a place for what the next call in this JVM may use if it is still true then; null if
   * there is no next call.
   */
  default AtomicReference<Object> handedOn() {
    return null;
  }

  default long pid() {
    return ProcessHandle.current().pid();
  }

  /** Returns the bytes of heap below which no garbage is collected: what a JVM begins with. */
  default long heap() {
    return 72L << 20;
  }

  /** Returns whether it is this process, which ends with the call and has its terminal. */
  default boolean isOwn() {
    return true;
  }

  /**
   * Refuses a call that needs a process of its own; an {@link #isOwn own} process refuses none.
   *
   * @param why a clause for people, such as {@code job a is interactive}
   */
  default void refuse(String why) {}
}
