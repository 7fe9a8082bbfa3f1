package dev.torc.features.intents;

import dev.torc.core.decide.Condition;
import dev.torc.core.decide.Reason;
import dev.torc.core.decide.Reason.Kind;
import dev.torc.core.decide.Verdict;
import dev.torc.core.memory.JobResult;
import dev.torc.core.memory.JobResult.Outcome;
import java.util.List;

/** {@code --keep-failed}: a job that failed runs again only if its manifest changed. */
public final class KeptFailures implements Condition {

  /**
   * Returns that the job fails if it failed with the present manifest. With a depfile or trace this
   * is unknown, since a failed run does not tell which files it read.
   */
  @Override
  public Verdict verdict(Subject job, Verdict known) {
    JobResult last = job.last();
    boolean runs = known instanceof Verdict.WillRun || known instanceof Verdict.WillRestore;
    if (!runs
        || last == null
        || !last.outcome().isFailure()
        || last.outcome() == Outcome.UNDONE // another job caused this failure
        || !job.same()
        || known.reasons().size() > 1
        || job.job().finds()) {
      return known;
    }
    String build = Long.toString(job.records().details(job.job().name()).ran().build());
    return new Verdict.WillFail(List.of(new Reason(Kind.FAILED_BEFORE, "", "", build)));
  }
}
