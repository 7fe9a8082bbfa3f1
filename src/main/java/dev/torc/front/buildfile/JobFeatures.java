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
import dev.torc.features.reading.KnownKeys;
import dev.torc.features.sandbox.Sandbox;
import dev.torc.features.sandbox.SandboxFeature;
import dev.torc.features.secrets.SecretFeature;
import dev.torc.features.secrets.SecretValues;
import dev.torc.features.when.WhenFeature;
import dev.torc.features.when.WhenReader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The list of the features that jobs ask for by keys of their own. */
public final class JobFeatures {

  /**
   * The keys, and what jobs carry instead of some, in the order in which features read them, decide
   * and join attempts: secrets mask before others see a text, and a download is decided before what
   * keeps results.
   */
  public static final List<String> KEYS =
      List.of(
          WhenReader.KEY,
          SecretValues.KEY,
          MaxAge.KEY,
          Probes.KEY,
          Fetch.KEY,
          Fetch.SHA256,
          Fetch.HEADERS,
          Frozen.KEY,
          RawOutput.KEY,
          EnvironmentMaking.KEY,
          EnvironmentMaking.CREATE,
          Sandbox.KEY);

  /** The keys of a job; a set, since each key of every job is looked up in it. */
  public static final Set<String> JOB = job();

  /** {@code defaults}: the keys of a job, except those of a group and of a download. */
  static final List<String> DEFAULTS = defaults();

  private JobFeatures() {}

  private static Set<String> job() {
    Set<String> all = new LinkedHashSet<>(KnownKeys.JOB);
    all.addAll(KEYS);
    all.removeAll(List.of(SecretValues.KEY, EnvironmentMaking.CREATE)); // no key of a build file
    return Collections.unmodifiableSet(all);
  }

  private static List<String> defaults() {
    List<String> all = new ArrayList<>(JOB);
    all.removeAll(KnownKeys.GROUP);
    all.removeAll(List.of(Fetch.KEY, Fetch.SHA256, Fetch.HEADERS));
    return List.copyOf(all);
  }

  /** Returns the feature of one of the keys; its classes are loaded then. */
  public static Feature of(String key) {
    return switch (key) {
      case MaxAge.KEY, Probes.KEY, Frozen.KEY, RawOutput.KEY -> new Intents();
      case Sandbox.KEY -> new SandboxFeature();
      case EnvironmentMaking.KEY, EnvironmentMaking.CREATE -> new EnvironmentFeature();
      case WhenReader.KEY -> new WhenFeature();
      case SecretValues.KEY -> new SecretFeature();
      case Fetch.KEY, Fetch.SHA256, Fetch.HEADERS -> new FetchFeature();
      default -> throw new IllegalArgumentException(key);
    };
  }
}
