package dev.torc.core.here;

import java.util.function.Consumer;

/** Runs an attempt while its caller waits. A runner can also start one and go on. */
public interface RunToEnd {

  /**
   * Runs an attempt and returns when it is over. Passes the attempt to {@code running} as soon as
   * it can be ended.
   */
  ProcessEnd run(Launch launch, Consumer<Running> running);

  /** An attempt that runs. */
  interface Running {
    /** Ends the processes (rule 11) by INT or TERM, unless the launch names one, or by KILL. */
    void end(int signal);
  }
}
