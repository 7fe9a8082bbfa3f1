package dev.torc.front.buildfile;

import dev.torc.core.model.Job;
import dev.torc.core.model.Step;
import dev.torc.features.Feature;
import dev.torc.features.environments.EnvironmentFeature;
import dev.torc.features.environments.EnvironmentMaking;
import dev.torc.features.fetch.Fetch;
import dev.torc.features.fetch.FetchFeature;
import dev.torc.features.intents.Intents;
import dev.torc.features.intents.MaxAge;
import dev.torc.features.intents.Probes;
import dev.torc.features.intents.RawOutput;
import dev.torc.features.sandbox.SandboxFeature;
import dev.torc.features.secrets.SecretFeature;
import java.util.List;

/** The list of the features that jobs ask for by keys of their own. */
public final class JobFeatures {

  /**
   * The keys, and what jobs carry instead of some, in the order in which features read them, decide
   * and join attempts: secrets mask before others see a text, and a download is decided before what
   * keeps results.
   */
  public static final List<String> KEYS =
      List.of(
          Step.SECRET,
          MaxAge.KEY,
          Probes.KEY,
          Fetch.KEY,
          "sha256",
          "headers",
          Job.FROZEN,
          RawOutput.KEY,
          Job.ENVIRONMENT,
          EnvironmentMaking.CREATE,
          Job.SANDBOX,
          Job.CALLED_SANDBOX);

  private JobFeatures() {}

  /** Returns the feature of one of the keys; its classes are loaded then. */
  public static Feature of(String key) {
    return switch (key) {
      case MaxAge.KEY, Probes.KEY, Job.FROZEN, RawOutput.KEY -> new Intents();
      case Job.SANDBOX, Job.CALLED_SANDBOX -> new SandboxFeature();
      case Job.ENVIRONMENT, EnvironmentMaking.CREATE -> new EnvironmentFeature();
      case Step.SECRET -> new SecretFeature();
      case Fetch.KEY, "sha256", "headers" -> new FetchFeature();
      default -> throw new IllegalArgumentException(key);
    };
  }
}
