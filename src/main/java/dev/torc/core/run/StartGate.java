package dev.torc.core.run;

import dev.torc.core.model.Job;

/**
 * What a feature says before jobs start. The loop asks only while it holds the turn (see {@link
 * LoopLock}).
 */
public interface StartGate extends Followers.Follower {

  /** Returns whether jobs may start now; the loop asks again after each message. */
  default boolean mayStart() {
    return true;
  }

  /** Returns whether a job may start now; if not, the gate makes it ready again. */
  default boolean mayStart(int job) {
    return true;
  }

  /** Returns whether jobs wait for {@link #mayStart(int)}. */
  default boolean holdsJobs() {
    return false;
  }

  /** Returns why a job must not run, though it may start; null if it may run. */
  default String refusal(Job job) {
    return null;
  }

  /** Returns whether no further job may start in this build. */
  default boolean refusesAll() {
    return false;
  }
}
