package dev.torc.core.run;

import dev.torc.base.digests.Stamp;
import dev.torc.core.decide.NeedSnapshot;
import dev.torc.core.here.Launch;
import dev.torc.core.run.BuildSetup.AttemptContext;
import java.io.IOException;
import java.util.Set;

/**
 * What a feature adds to one attempt at a job: it may change the launch, and says which needs the
 * job found and why it may have failed. The attempt calls it on its own thread; {@link Attempt}
 * knows nothing else of the feature.
 */
public interface AttemptPart {

  /** Makes the part of an attempt; it may be of an attempt that restores a result. */
  interface PartMaker {
    AttemptPart part(AttemptContext common, int id);
  }

  /** Prepares, before anything is cleared; throws an {@link AttemptFailure} if it cannot. */
  void prepare();

  /** Returns whether the other methods need a stamp of the start. */
  boolean needsStart();

  /** Returns what is started instead of a launch; {@code begin} is null if it is not needed. */
  Launch begin(Launch launch, NeedSnapshot snapshot, Stamp begin);

  /** Looks at what the processes left when they have ended, however they ended. */
  void end(NeedSnapshot snapshot);

  /**
   * Returns the needs that a successful job found, and adds them to the snapshot; {@code message}
   * is what the end of its processes says. Throws an {@link AttemptFailure} if they fail the job.
   */
  FoundNeeds found(NeedSnapshot snapshot, Stamp begin, String message) throws IOException;

  /** Returns the end of the message about a failure; empty without a hint. */
  String hint();

  /** Returns the files that the job is known to have written; may be empty. */
  Set<String> wrote();

  /** Returns whether it saw everything that the job read. */
  boolean sawAll();
}
