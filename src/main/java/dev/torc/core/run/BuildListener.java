package dev.torc.core.run;

import dev.torc.core.attempt.Attempt;
import dev.torc.core.attempt.AttemptOutcome;
import dev.torc.core.attempt.Event;
import dev.torc.core.attempt.Recorder;

/**
 * What a feature notes while jobs start and end. The loop tells it only while it holds the turn
 * (see {@link LoopLock}).
 */
public interface BuildListener extends Followers.Follower {

  /** Notes an event, after it was reported. */
  default void follow(Event event) {}

  /** Notes the end of an attempt. */
  default void noteRun(Attempt attempt, AttemptOutcome outcome) {}

  /** Notes the record of an attempt, before it is put into the cache. */
  default void noteRecord(int job, Recorder.Record record) {}

  default void noteUpToDate(int job) {}

  /** Prepares for a job that has to run though it was expected to be restored. */
  default void expectLate() {}

  /** Continues with the next context, in which there may be more jobs. */
  default void grow() {}

  /** Does what can wait until jobs run: no more can start before the next message. */
  default void whileJobsRun() {}

  /** Does what has become possible since the last message. */
  default void proceed() {}
}
