package dev.torc.front.session;

import dev.torc.base.digests.DigestMemo;
import dev.torc.base.posix.Signals;
import dev.torc.base.text.Amount;
import dev.torc.core.decide.Condition;
import dev.torc.core.decide.PlanContext;
import dev.torc.core.here.Runner;
import dev.torc.core.model.Job;
import dev.torc.core.model.Job.Resources;
import dev.torc.core.run.Event;
import dev.torc.core.run.LaunchBuilder;
import dev.torc.features.environments.MadeOnDemand;
import dev.torc.features.fetch.Fetch;
import dev.torc.features.fetch.FetchedInPlace;
import dev.torc.features.intents.Frozen;
import dev.torc.features.intents.KeptFailures;
import dev.torc.features.intents.MaxAge;
import dev.torc.features.intents.Only;
import dev.torc.features.intents.Probes;
import dev.torc.front.session.ProjectOptions.Reuse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The conditions of a command. Those that a key of the build file asks for are made when the first
 * job with such a key is decided, so that other projects load none of them.
 */
final class JobConditions implements Condition.Conditions {

  private final List<Condition> ofAll = new ArrayList<>(0);
  private List<Condition> withKeys;
  private List<Condition> ofFetch;
  private Probes probes; // made when a job needs them

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
  static boolean areProbed(PlanContext context) {
    return context.graph().having(Probes.KEY).intersects(context.selection().jobs());
  }

  /**
   * Runs the probes of the selected jobs, and tells if that took more than a second. Returns the
   * signal that ended them, else 0. {@code build} is the random id of the build; empty if nothing
   * runs.
   */
  static int probe(
      Project project,
      PlanContext context,
      String build,
      Map<String, Long> limits,
      BuildWatcher watcher)
      throws IOException {
    long began = System.nanoTime();
    Probes probes = ((JobConditions) context.basis().conditions()).probes();
    Caller caller = project.caller();
    LaunchBuilder launches =
        new LaunchBuilder(
            project.workflow(),
            project.place(),
            build,
            Map.of(Nesting.VARIABLE, build),
            caller.env(),
            null);
    int most = Math.clamp(limits.getOrDefault(Resources.CPUS, 1L), 1, 1000);
    try (Runner runner = caller.host().runner().get();
        Signals.Handling _ = watcher.probing(probes::end)) {
      probes.run(context, launches, runner, most);
    }
    long took = System.nanoTime() - began;
    if (probes.ended() == 0 && took >= TimeUnit.SECONDS.toNanos(1)) {
      watcher.accept(new Event.Note(Event.Level.INFO, "probes took " + Amount.time(took)));
    }
    return probes.ended();
  }

  private Probes probes() {
    if (probes == null) {
      probes = new Probes();
    }
    return probes;
  }

  @Override
  public synchronized List<Condition> of(Job job) {
    if (job.conditions().isEmpty()) {
      return ofAll;
    } else if (withKeys == null) {
      withKeys = new ArrayList<>(ofAll);
      withKeys.add(new MaxAge());
      withKeys.add(probes());
      withKeys.add(new Frozen(digests));
      withKeys.add(new MadeOnDemand());
    }
    if (!job.conditions().containsKey(Fetch.KEY)) {
      return withKeys;
    } else if (ofFetch == null) {
      ofFetch = new ArrayList<>(withKeys);
      ofFetch.add(ofAll.size() + 2, new FetchedInPlace(digests)); // before those that keep results
    }
    return ofFetch;
  }
}
