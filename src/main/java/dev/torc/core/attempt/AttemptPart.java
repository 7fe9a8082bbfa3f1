package dev.torc.core.attempt;

import dev.torc.base.digests.Stamp;
import dev.torc.core.attempt.BuildSetup.AttemptContext;
import dev.torc.core.decide.NeedSnapshot;
import dev.torc.core.here.Launch;
import dev.torc.core.here.ProcessEnd;
import dev.torc.core.here.RunToEnd;
import dev.torc.core.memory.Batch;
import dev.torc.core.memory.BuildRecord.BuildId;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/**
 * What a feature adds to one attempt at a job: it may change the launch, look at what the job left,
 * find needs, and say why the job may have failed. The attempt calls it on its own thread, in the
 * order of these methods; {@link Attempt} knows nothing else of the feature. A part overrides what
 * concerns it.
 */
public interface AttemptPart {

  /** Makes the parts of an attempt; it may be of an attempt that restores a result. */
  interface PartMaker {
    List<AttemptPart> parts(AttemptContext common, int id, JobAttempts attempts);
  }

  /**
   * Returns whether {@link #prepare}, {@link #root} and {@link #begin} make what the processes get,
   * so that a shell for the job has it, too. They then write nothing but files of the processes.
   */
  default boolean surrounds() {
    return false;
  }

  /** Prepares, before anything is cleared; throws an {@link AttemptFailure} if it cannot. */
  default void prepare(NeedSnapshot snapshot) throws IOException {}

  /** Returns the folder in which the attempt runs instead of the root; null for the root. */
  default JobRoot root() {
    return null;
  }

  /** Returns whether the other methods need a stamp of the start. */
  default boolean needsStart() {
    return false;
  }

  /**
   * Returns the launch to start instead of the given one; {@code begin} is null if no part needs
   * it.
   */
  default Launch begin(Launch launch, NeedSnapshot snapshot, Stamp begin) throws IOException {
    return launch;
  }

  /** Returns what runs the attempt instead of processes of this machine; null for those. */
  default RunToEnd runner() {
    return null;
  }

  /** Continues an ended attempt that an earlier torc began. */
  default void resume(ProcessEnd ended) {}

  /** Looks at what the processes do, about once a second, on another thread. */
  default void tick() {}

  /** Handles the end of a launch at once, before another torc has waited for the processes. */
  default void over(ProcessEnd ended) {}

  /** Looks at what the processes left when they have ended, however they ended. */
  default void end(NeedSnapshot snapshot) {}

  /** Reads what the job left for it, when the job's resources may have been given back. */
  default void read() throws IOException {}

  /**
   * Adds the needs that a successful job found to {@code needs} and to the snapshot; {@code
   * message} is what the end of its processes says. Throws an {@link AttemptFailure} if they fail
   * the job.
   */
  default void find(FoundNeeds needs, NeedSnapshot snapshot, Stamp begin, String message)
      throws IOException {}

  /** Looks at the products of a successful job. */
  default void look(ProductScan products) {}

  /**
   * Returns the end of the message about a failure; empty without a hint. {@code missing} is the
   * declared product that a good end of the processes lacks; null if they failed.
   */
  default String hint(String missing) {
    return "";
  }

  /** Returns a message about the attempt as it may be shown and recorded. */
  default String shown(String what) {
    return what;
  }

  /** Returns the files that the job is known to have written; may be empty. */
  default Set<String> wrote() {
    return Set.of();
  }

  /** Returns whether it saw everything that the job read. */
  default boolean sawAll() {
    return false;
  }

  /** Adds its records of a run to those of the attempt, which is the {@code attempt}-th. */
  default void record(Batch batch, BuildId build, int attempt) {}
}
