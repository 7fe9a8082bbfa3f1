package dev.torc.core.attempt;

import dev.torc.core.attempt.BuildSetup.AttemptContext;
import dev.torc.core.decide.Reason;
import dev.torc.core.model.Job;
import java.util.List;

/** The results that this build shares with other roots; by itself, shares none. */
public interface SharedResults extends AutoCloseable {

  /** Receives the answer to a question, on any thread. */
  interface Answer {

    /** Takes what replaces the run; null if the job has to run. */
    void take(Restore known);

    void fail(Throwable unchecked);
  }

  /** Returns whether a result from elsewhere may replace a run with these reasons. */
  default boolean mayAsk(Job job, List<Reason> reasons) {
    return false;
  }

  /**
   * Looks for a job's result on another thread. Questions are answered in the order in which jobs
   * start; {@code path} is the job's longest path.
   */
  default void ask(AttemptContext common, int id, long path, Answer answer) {}

  /**
   * Sends the result of a successful job; call it after its record was put into the cache. {@code
   * wall} is how many nanoseconds the job took.
   */
  default void send(AttemptContext common, Job job, List<Reason> reasons, long wall) {}

  /** Returns whether {@link #finish} waits for threads that read the records of this build. */
  default boolean readsRecords() {
    return false;
  }

  /** Ends all waiting, because the user ends the build. Any thread may call it. */
  default void stop() {}

  /** Waits for what is being sent for a limited time; returns nanoseconds waited. */
  default long finish() {
    return 0;
  }

  @Override
  default void close() {}
}
