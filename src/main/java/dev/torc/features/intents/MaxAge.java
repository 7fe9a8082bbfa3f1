package dev.torc.features.intents;

import dev.torc.base.syntax.Quantity;
import dev.torc.core.decide.Condition;
import dev.torc.core.decide.Reason;
import dev.torc.core.decide.Reason.Kind;
import dev.torc.core.memory.JobResult;
import dev.torc.core.memory.JobResult.RunDetails;
import dev.torc.core.model.Job;
import dev.torc.core.model.Template;
import java.util.List;

/**
 * {@code max_age}: a job also runs if its last good run is older. A run that seems to be in the
 * future, since the clock was changed, is not older. {@link #isTooOld} also rules out results of
 * stores.
 */
public final class MaxAge implements Condition {

  /** The key; its value is the most age of a result, as written. */
  public static final String KEY = "max_age";

  /**
   * Returns whether a result is older than the job's may be; {@code began} is in milliseconds since
   * 1970, {@code wall} in nanoseconds.
   */
  public static boolean isTooOld(Job job, long began, long wall) {
    Template most = job.extra(KEY);
    return most != null
        && (System.currentTimeMillis() - began) * 1_000_000 - wall
            > Quantity.duration(most.declared());
  }

  @Override
  public boolean restsOnFiles(Job job) {
    return false;
  }

  @Override
  public void addReasons(Subject asked, List<Reason> reasons) {
    Job job = asked.job();
    JobResult last = asked.last();
    RunDetails run =
        last != null && last.outcome().isGood() ? asked.records().details(job.name()) : null;
    if (run != null) {
      long began = run.origin() == null ? run.ran().started() : run.origin().started();
      if (isTooOld(job, began, last.wall())) {
        reasons.add(Reason.of(Kind.TOO_OLD, job.extra(KEY).declared()));
      }
    }
  }
}
