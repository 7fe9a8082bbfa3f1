package dev.torc.front.buildfile;

import dev.torc.features.Feature;
import dev.torc.features.environments.EnvironmentFeature;
import dev.torc.features.environments.EnvironmentMaking;
import dev.torc.features.fetch.Fetch;
import dev.torc.features.fetch.FetchFeature;
import dev.torc.features.intents.Frozen;
import dev.torc.features.intents.Intents;
import dev.torc.features.intents.MaxAge;
import dev.torc.features.intents.Probes;
import dev.torc.features.intents.RawOutput;
import dev.torc.features.sandbox.Sandbox;
import dev.torc.features.sandbox.SandboxFeature;
import dev.torc.features.secrets.SecretFeature;
import dev.torc.features.secrets.SecretValues;
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
          SecretValues.KEY,
          MaxAge.KEY,
          Probes.KEY,
          Fetch.KEY,
          "sha256",
          "headers",
          Frozen.KEY,
          RawOutput.KEY,
          EnvironmentMaking.KEY,
          EnvironmentMaking.CREATE,
          Sandbox.KEY);

  private JobFeatures() {}

  /** Returns the feature of one of the keys; its classes are loaded then. */
  public static Feature of(String key) {
    return switch (key) {
      case MaxAge.KEY, Probes.KEY, Frozen.KEY, RawOutput.KEY -> new Intents();
      case Sandbox.KEY -> new SandboxFeature();
      case EnvironmentMaking.KEY, EnvironmentMaking.CREATE -> new EnvironmentFeature();
      case SecretValues.KEY -> new SecretFeature();
      case Fetch.KEY, "sha256", "headers" -> new FetchFeature();
      default -> throw new IllegalArgumentException(key);
    };
  }
}
