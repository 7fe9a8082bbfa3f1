package dev.torc.features.secrets;

import dev.torc.core.model.Job;
import dev.torc.features.Feature;

/**
 * What secrets in the environment of a job add to its attempts; {@link SecretReader} reads them.
 */
public final class SecretFeature implements Feature {

  @Override
  public Job read(String key, Keys keys, Job read) {
    return SecretReader.secret(read);
  }

  @Override
  public Parts parts(String key, Building build) {
    return (common, job, attempts) ->
        new SecretPart(
            common, common.graph().job(job), attempts.named() == null, build.env(), build.told());
  }
}
