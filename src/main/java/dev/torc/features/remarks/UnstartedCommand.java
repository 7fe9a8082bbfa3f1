package dev.torc.features.remarks;

import dev.torc.base.digests.Stamp;
import dev.torc.core.attempt.AttemptPart;
import dev.torc.core.attempt.BuildSetup.AttemptContext;
import dev.torc.core.attempt.JobAttempts;
import dev.torc.core.attempt.LaunchBuilder;
import dev.torc.core.decide.NeedSnapshot;
import dev.torc.core.here.Launch;
import dev.torc.core.here.ProcessEnd;
import dev.torc.core.model.Job;
import dev.torc.core.model.Job.Trait;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Says why an attempt's command could not be started; {@link StartTrouble} finds the reason. */
public final class UnstartedCommand implements AttemptPart {

  private final LaunchBuilder launches;
  private final Job job;
  private final String search; // the caller's PATH; null if another machine runs the job
  private Launch launched; // null until it is about to start
  private ProcessEnd ended;

  public UnstartedCommand(AttemptContext common, int id, JobAttempts attempts) {
    this.launches = common.launches();
    this.job = common.graph().job(id);
    this.search = attempts.executor() == null ? launches.searchPath() : null;
  }

  @Override
  public Launch begin(Launch launch, NeedSnapshot snapshot, Stamp begin) {
    launched = launch;
    return launch;
  }

  @Override
  public void over(ProcessEnd how) {
    ended = how;
  }

  /** Returns a hint about a command that was not found, and logs the PATH if it matters. */
  @Override
  public String hint(String missing) {
    if (missing != null || ended == null) {
      return "";
    }
    try {
      StartTrouble trouble = StartTrouble.of(ended, launched, launches.place().root(), search);
      if (!trouble.path().isEmpty() && !job.has(Trait.INTERACTIVE)) {
        launches.files(job.name()).log("torc: PATH is " + trouble.path());
      }
      return trouble.hint();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
