package dev.torc.front.session;

import dev.torc.base.syntax.Hidden;
import dev.torc.core.attempt.AttemptPart;
import dev.torc.core.attempt.BuildSetup;
import dev.torc.core.attempt.BuildSetup.AttemptContext;
import dev.torc.core.attempt.JobAttempts;
import dev.torc.core.attempt.JobFiles;
import dev.torc.core.model.Job;
import dev.torc.core.run.BuildState;
import dev.torc.core.run.EventSender;
import dev.torc.core.run.Followers;
import dev.torc.features.Feature;
import dev.torc.features.endcheck.EndCheck;
import dev.torc.features.environments.EnvironmentMaking;
import dev.torc.features.fetch.Fetch;
import dev.torc.features.finds.FindingPart;
import dev.torc.features.finds.Tracing;
import dev.torc.features.forced.ForcedJobs;
import dev.torc.features.hooks.Hooks;
import dev.torc.features.intents.ProbeCheck;
import dev.torc.features.intents.Probes;
import dev.torc.features.intents.RawOutput;
import dev.torc.features.pace.Deadline;
import dev.torc.features.pace.LoadLimit;
import dev.torc.features.pace.Pace;
import dev.torc.features.past.BuildCommit;
import dev.torc.features.past.FailedLogs;
import dev.torc.features.posts.PostedEvents;
import dev.torc.features.remarks.BuildRemarks;
import dev.torc.features.remarks.UnstartedCommand;
import dev.torc.features.secrets.SecretValues;
import dev.torc.features.temporary.SpentProducts;
import dev.torc.features.tmp.TemporaryFolder;
import dev.torc.features.toolstate.ToolState;
import dev.torc.front.buildfile.JobFeatures;
import dev.torc.front.project.BuildRequest;
import dev.torc.front.show.BuildPhases;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Wires the features into a build: which follow it, and which are part of its attempts.
 *
 * @param git null if nothing runs
 */
record Features(
    Tracing tracing,
    Attempts of,
    BuildRequest.Manner manner,
    boolean forces,
    BuildCommit git,
    Hidden hidden,
    BuildPhases phases)
    implements Followers.Maker, AttemptPart.PartMaker, AutoCloseable {

  /**
   * What the attempts of a build share.
   *
   * @param keys what the keys of jobs add to attempts; filled when a job has them
   */
  record Attempts(Feature.Building build, Map<String, Feature.Parts> keys, AtomicLong posted) {

    Attempts(Feature.Building build) {
      this(build, new ConcurrentHashMap<>(), new AtomicLong());
    }

    /** Returns what a key adds to attempts; null for nothing. */
    Feature.Parts parts(String key) {
      return keys.computeIfAbsent(key, _ -> JobFeatures.of(key).parts(key, build));
    }
  }

  @Override
  public List<AttemptPart> parts(AttemptContext common, int id, JobAttempts attempts) {
    Job job = common.graph().job(id);
    Set<String> keys = job.extras().keySet();
    boolean fetches = keys.contains(Fetch.KEY);
    List<AttemptPart> parts = new ArrayList<>(7);
    if (!fetches && !keys.contains(EnvironmentMaking.CREATE)) {
      parts.add(new UnstartedCommand(common, id, attempts)); // its hint is the first
    }
    List<AttemptPart> own = new ArrayList<>(0);
    for (String key : keys.isEmpty() ? List.<String>of() : JobFeatures.KEYS) {
      Feature.Parts by = keys.contains(key) ? of.parts(key) : null;
      if (by != null) {
        (key.equals(SecretValues.KEY) ? parts : own).add(by.part(common, id, attempts));
      }
    }
    parts.add(new FindingPart(tracing, common.plan(), id, attempts.named()));
    parts.add(new PostedEvents(common, id, of.posted));
    parts.add(new ToolState(common, id, attempts));
    if (!fetches && JobFiles.hasTmp(job)) {
      parts.add(new TemporaryFolder(common, job.name()));
    }
    parts.addAll(own);
    if (job.name().equals(manner.raw())) {
      parts.add(new RawOutput());
    }
    return parts;
  }

  /** Returns how far the attempt of a job is; empty if that is not known. */
  String progress(String job) {
    for (Feature.Parts each : of.keys.values()) {
      String progress = each.progress(job);
      if (!progress.isEmpty()) {
        return progress;
      }
    }
    return "";
  }

  @Override
  public void close() {
    of.keys.values().forEach(Feature.Parts::close);
  }

  /**
   * Returns the check first: hooks for the end get the status that follows from it. Remarks are the
   * last words of a build.
   */
  @Override
  public List<Followers.Follower> followers(
      BuildSetup setup, BuildState state, EventSender sender) {
    List<Followers.Follower> all = new ArrayList<>();
    all.add(new EndCheck(setup, state, sender));
    all.add(new SpentProducts(setup, state));
    if (!state.graph().workflow().settings().hooks().isEmpty()) {
      Hooks.Phase phase = new Hooks.Phase(phases.ran(), phases.failed(), !phases.isFirst());
      all.add(new Hooks(state, setup.listener(), hidden::bytes, phase));
    }
    if (!state.graph().having(Probes.KEY).isEmpty()) {
      all.add(new ProbeCheck(setup, state, sender, new BitSet()));
    }
    if (forces) {
      all.add(new ForcedJobs(setup, sender));
    }
    Pace pace = manner.pace();
    if (pace.load() >= 0) {
      all.add(new LoadLimit(pace.load(), state));
    }
    if (pace.end() > 0) {
      all.add(new Deadline(pace, state, sender));
    }
    if (git != null) {
      all.add(git);
    }
    all.add(new FailedLogs(setup, sender));
    if (!setup.plan().isQuiet()) {
      all.add(new BuildRemarks(setup, state));
    }
    return all;
  }
}
