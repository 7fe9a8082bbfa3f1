package dev.torc.features.sandbox;

import dev.torc.core.model.Job;
import dev.torc.features.Feature;

/** The key {@code sandbox}, and {@code --sandbox} of a call. */
public final class SandboxFeature implements Feature {

  @Override
  public Job read(String key, Keys keys, Job read) {
    return new SandboxReader(keys.fields(), keys.of().root(), keys.of().defaults().get("needs"))
        .read(keys.of().called().contains(key), read);
  }

  @Override
  public Parts parts(String key, Building build) {
    SandboxPart.Telling telling =
        new SandboxPart.Telling(build.wantsCommands(), build.events(), build.told());
    return (common, job, _) -> new SandboxPart(common, job, telling);
  }
}
