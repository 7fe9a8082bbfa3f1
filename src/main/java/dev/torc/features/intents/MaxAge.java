package dev.torc.features.intents;

import dev.torc.core.decide.Condition;
import dev.torc.core.decide.Reason;
import dev.torc.core.decide.Reason.Kind;
import dev.torc.core.memory.JobResult;
import dev.torc.core.memory.JobResult.RunDetails;
import dev.torc.core.model.Job;
import java.util.List;

/**
 * {@code max_age}: a job also runs if its last good run is older. A run that seems to be in the
 * future, since the clock was changed, is not older. {@link Job#isTooOld} also rules out results of
 * stores.
 */
public final class MaxAge implements Condition {

  @Override
  public void addReasons(Subject asked, List<Reason> reasons) {
    Job job = asked.job();
    JobResult last = asked.last();
    RunDetails run =
        last != null && last.outcome().isGood() && job.conditions().containsKey(Job.MAX_AGE)
            ? asked.records().details(job.name())
            : null;
    if (run != null) {
      long began = run.origin() == null ? run.ran().started() : run.origin().started();
      if (job.isTooOld(began, last.wall())) {
        reasons.add(Reason.of(Kind.TOO_OLD, job.conditions().get(Job.MAX_AGE).declared()));
      }
    }
  }
}
