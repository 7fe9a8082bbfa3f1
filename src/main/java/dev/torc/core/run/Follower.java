package dev.torc.core.run;

import dev.torc.core.model.Job;
import java.util.List;

/**
 * What a feature does while jobs start and end. The loop calls it only while it holds the turn (see
 * {@link LoopLock}), and knows nothing else of the feature; a follower overrides what concerns it.
 */
public interface Follower {

  /** Makes the followers of a build, in the order in which they are called at its end. */
  interface Maker {
    List<Follower> followers(BuildSetup setup, BuildState state, EventSender sender);
  }

  /** Follows an event, after it was reported. */
  default void follow(Event event) {}

  /** Returns whether jobs may start now; the loop asks again after each message. */
  default boolean mayStart() {
    return true;
  }

  /** Returns whether a job may start now; if not, the follower makes it ready again. */
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

  /** Prepares for a job that has to run though it was expected to be restored. */
  default void expectLate() {}

  /** Continues with the next context, in which there may be more jobs. */
  default void grow() {}

  default void noteRun(Attempt attempt, AttemptOutcome outcome) {}

  /** Notes the record of an attempt, before it is put into the cache. */
  default void noteRecord(int job, Recorder.Record record) {}

  default void noteUpToDate(int job) {}

  /** Returns whether all records must be on the disk before {@link #finish}. */
  default boolean readsRecords() {
    return false;
  }

  /** Does what has become possible since the last message. */
  default void proceed() {}

  /**
   * Does what follows from the end of all jobs, when the followers before it have done so and all
   * records are in the cache. Returns whether the build fails; {@code exit} is its status so far.
   */
  default boolean finish(int exit) {
    return false;
  }

  /** Does what follows from the end of all followers; returns whether the build fails. */
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
