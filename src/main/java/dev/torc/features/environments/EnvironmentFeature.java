package dev.torc.features.environments;

import dev.torc.base.digests.DigestMemo;
import dev.torc.core.attempt.AttemptPart;
import dev.torc.core.attempt.BuildSetup.AttemptContext;
import dev.torc.core.attempt.JobAttempts;
import dev.torc.core.decide.Condition;
import dev.torc.core.model.Job;
import dev.torc.features.Feature;

/** The key {@code environment}, and the jobs that make environments. */
public final class EnvironmentFeature implements Feature {

  @Override
  public Job read(String key, Keys keys, Job read) {
    return EnvironmentReader.entered(keys.fields(), read, keys.of().environments());
  }

  @Override
  public Condition condition(String key, DigestMemo digests) {
    return key.equals(EnvironmentMaking.CREATE) ? new MadeOnDemand() : null;
  }

  @Override
  public Parts parts(String key, Building build) {
    if (key.equals(EnvironmentMaking.CREATE)) {
      return null; // such a job runs in its environment, too
    }
    UsedEnvironments used = new UsedEnvironments(build.env());
    return new Parts() {
      @Override
      public AttemptPart part(AttemptContext common, int job, JobAttempts attempts) {
        return common.graph().job(job).extra(EnvironmentMaking.CREATE) != null
            ? new EnvironmentMaking(common, job, attempts, used, build.events())
            : new InEnvironment(common, job, attempts, build.env(), used);
      }

      @Override
      public void close() {
        used.close();
      }
    };
  }
}
