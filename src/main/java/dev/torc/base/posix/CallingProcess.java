package dev.torc.base.posix;

import java.util.concurrent.atomic.AtomicReference;

/**
 * The process that called torc: its environment, signals and id. In a server, each call comes from
 * another process; otherwise the caller is this process. An object is valid only during its call.
 */
public interface CallingProcess {

  static CallingProcess own() {
    Signals signals = new Signals();
    return () -> signals;
  }

  default Environment environment() {
    return Environment.ofCaller();
  }

  /** Returns the signals that the caller gets; only one piece of work at a time may use them. */
  Signals signals();

  /** Returns a reference for data that the next call in this JVM may use; null if there is none. */
  default AtomicReference<Object> handedOn() {
    return null;
  }

  default long pid() {
    return ProcessHandle.current().pid();
  }

  /** Returns the heap size, in bytes, at which the JVM first collects garbage. */
  default long heap() {
    return 72L << 20;
  }

  /** Returns whether the caller is this process, which ends with the call and has its terminal. */
  default boolean isOwn() {
    return true;
  }

  /** Refuses the call unless it runs in the caller's own process; {@code why} is a clause. */
  default void refuse(String why) {}
}
