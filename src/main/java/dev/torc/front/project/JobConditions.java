package dev.torc.front.project;

import dev.torc.base.digests.DigestMemo;
import dev.torc.base.posix.Signals;
import dev.torc.base.text.Amount;
import dev.torc.core.attempt.LaunchBuilder;
import dev.torc.core.decide.Condition;
import dev.torc.core.decide.PlanContext;
import dev.torc.core.here.Runner;
import dev.torc.core.model.Job;
import dev.torc.core.model.Job.Resources;
import dev.torc.features.intents.KeptFailures;
import dev.torc.features.intents.Only;
import dev.torc.features.intents.Probes;
import dev.torc.front.buildfile.JobFeatures;
import dev.torc.front.project.ProjectOptions.Reuse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The conditions of a command. Those that a key of the build file asks for are made when the first
 * job with such a key is decided, so that other projects load none of them.
 */
public final class JobConditions implements Condition.Conditions {

  private final List<Condition> ofAll = new ArrayList<>(0);
  private final Map<String, Condition> ofKey = new HashMap<>(); // guarded by this, like the next
  private final Map<Set<String>, List<Condition>> ofKeys = new HashMap<>();
  private final DigestMemo digests;

  JobConditions(Reuse reuse, DigestMemo digests) {
    this.digests = digests;
    if (reuse.failures()) {
      ofAll.add(new KeptFailures());
    }
    if (reuse.only()) {
      ofAll.add(new Only());
    }
  }

  /** Returns whether a selected job has a probe. */
  public static boolean areProbed(PlanContext context) {
    return context.graph().having(Probes.KEY).intersects(context.selection().jobs());
  }

  /**
   * Runs the probes of the selected jobs, and tells if that took more than a second. Returns the
   * signal that ended them, else 0. {@code build} is the random id of the build; empty if nothing
   * runs.
   */
  public static int probe(
      Project project,
      PlanContext context,
      String build,
      Map<String, Long> limits,
      BuildWatcher watcher)
      throws IOException {
    long began = System.nanoTime();
    Probes probes = ((JobConditions) context.basis().conditions()).probes();
    Caller caller = project.caller();
    Map<String, String> nested = Map.of(Nesting.VARIABLE, build);
    LaunchBuilder launches =
        new LaunchBuilder(project.workflow(), project.place(), build, nested, caller.env(), null);
    int most = Math.clamp(limits.getOrDefault(Resources.CPUS, 1L), 1, 1000);
    try (Runner runner = caller.host().runner().get();
        Signals.Handling _ = watcher.probing(probes::end)) {
      probes.run(context, launches, runner, most);
    }
    long took = System.nanoTime() - began;
    if (probes.ended() == 0 && took >= TimeUnit.SECONDS.toNanos(1)) {
      watcher.note("probes took " + Amount.time(took));
    }
    return probes.ended();
  }

  private synchronized Probes probes() {
    return (Probes) of(Probes.KEY);
  }

  private Condition of(String key) {
    return ofKey.computeIfAbsent(key, _ -> JobFeatures.of(key).condition(key, digests));
  }

  @Override
  public List<Condition> of(Job job) {
    Set<String> keys = job.extras().keySet();
    return keys.isEmpty() ? ofAll : of(keys);
  }

  private synchronized List<Condition> of(Set<String> keys) {
    List<Condition> known = ofKeys.get(keys);
    if (known == null) {
      known = new ArrayList<>(ofAll);
      for (String key : JobFeatures.KEYS) {
        Condition own = keys.contains(key) ? of(key) : null;
        if (own != null) {
          known.add(own);
        }
      }
      ofKeys.put(Set.copyOf(keys), known);
    }
    return known;
  }
}
