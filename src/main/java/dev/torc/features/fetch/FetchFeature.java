package dev.torc.features.fetch;

import dev.torc.base.digests.DigestMemo;
import dev.torc.base.syntax.Problems;
import dev.torc.core.attempt.AttemptPart;
import dev.torc.core.attempt.BuildSetup.AttemptContext;
import dev.torc.core.attempt.JobAttempts;
import dev.torc.core.decide.Condition;
import dev.torc.core.model.Job;
import dev.torc.features.Feature;

/** The key {@code fetch} with {@code sha256} and {@code headers}. */
public final class FetchFeature implements Feature {

  @Override
  public Job read(String key, Keys keys, Job read) {
    if (key.equals(Fetch.KEY)) {
      Fetchers fetchers =
          Fetchers.of(keys.of().top(), keys.fields().scope().vars(), keys.shell(), new Problems());
      return new FetchReader(keys.fields(), fetchers, keys.of().root().toString()).fetching(read);
    } else if (!keys.has(Fetch.KEY)) {
      keys.fields()
          .problems()
          .add(keys.fields().map().get(key).place(), key + " is for jobs with fetch");
    }
    return read;
  }

  @Override
  public Condition condition(String key, DigestMemo digests) {
    return new FetchedInPlace(digests);
  }

  @Override
  public Parts parts(String key, Building build) {
    Downloads shared = new Downloads(build.env());
    return new Parts() {
      @Override
      public AttemptPart part(AttemptContext common, int job, JobAttempts attempts) {
        return new FetchPart(common, job, attempts, shared);
      }

      @Override
      public String progress(String job) {
        return shared.progress(job);
      }
    };
  }
}
