package dev.torc.posix;

import java.util.concurrent.atomic.AtomicReference;

/**
 * The process that called torc, with all of it that is no file. In a JVM that serves calls, each
 * caller is another process; otherwise it is this one. It must not outlive its call.
 */
public interface CallingProcess {

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

  /** Returns a place for what the next call in this JVM may use; null if there is none. */
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

  /** Refuses a call that must run in its own process, unless it does; {@code why} is a clause. */
  default void refuse(String why) {}
}
