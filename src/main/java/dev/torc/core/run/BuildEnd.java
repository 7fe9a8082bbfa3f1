package dev.torc.core.run;

/**
 * What a feature does at the end of a build. The loop calls it only while it holds the turn (see
 * {@link LoopLock}), in the order of the features.
 */
public interface BuildEnd extends Followers.Follower {

  /** Returns whether all records must be on the disk before {@link #finish}. */
  default boolean readsRecords() {
    return false;
  }

  /**
   * Does what follows from the end of all jobs, when the ends before it have done so and all
   * records are in the cache. Returns whether the build fails; {@code exit} is its status so far.
   */
  default boolean finish(int exit) {
    return false;
  }

  /** Does what follows from {@link #finish} of all; returns whether the build fails. */
  default boolean finishAgain(int exit) {
    return false;
  }

  /** Returns whether the end of the build has to wait for it. */
  default boolean isBusy() {
    return false;
  }

  /** Ends its processes. */
  default void end(int signal) {}
}
