package dev.torc.exec;

import java.util.function.Consumer;

/**
 * Starts attempts and says when they ended: the seam to processes. Tests put a controllable one in
 * its place.
 */
public interface Runner extends AutoCloseable {

  /**
   * Starts an attempt and returns at once.
   *
   * @param done called exactly once, from any thread, when the attempt is over
   */
  Running start(Launch launch, Consumer<Ended> done);

  @Override
  void close();

  /** An attempt that was started. */
  interface Running {
    /** Ends the whole tree: TERM, a grace, KILL; at once with KILL if {@code now}. Idempotent. */
    void end(boolean now);
  }
}
