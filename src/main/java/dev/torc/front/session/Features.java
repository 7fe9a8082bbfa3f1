package dev.torc.front.session;

import dev.torc.base.syntax.Hidden;
import dev.torc.core.model.Job;
import dev.torc.core.model.Step;
import dev.torc.core.run.AttemptPart;
import dev.torc.core.run.BuildSetup;
import dev.torc.core.run.BuildSetup.AttemptContext;
import dev.torc.core.run.BuildState;
import dev.torc.core.run.EventSender;
import dev.torc.core.run.Followers;
import dev.torc.core.run.JobAttempts;
import dev.torc.core.run.JobFiles;
import dev.torc.features.endcheck.EndCheck;
import dev.torc.features.environments.EnvironmentMaking;
import dev.torc.features.environments.InEnvironment;
import dev.torc.features.environments.UsedEnvironments;
import dev.torc.features.fetch.Downloads;
import dev.torc.features.fetch.Fetch;
import dev.torc.features.fetch.FetchPart;
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
import dev.torc.features.sandbox.SandboxPart;
import dev.torc.features.secrets.SecretPart;
import dev.torc.features.temporary.SpentProducts;
import dev.torc.features.tmp.TemporaryFolder;
import dev.torc.features.toolstate.ToolState;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Wires the features into a build: the only file that knows which there are.
 *
 * @param git null if nothing runs
 */
record Features(
    Tracing tracing,
    Shared shared,
    Pace pace,
    boolean forces,
    BuildCommit git,
    Map<String, String> env,
    Hidden hidden)
    implements Followers.Maker, AttemptPart.PartMaker {

  /**
   * What the attempts of a build share.
   *
   * @param told what {@link SecretPart} and {@link SandboxPart} have told, since they tell it once
   * @param downloads null before the first job that fetches
   * @param raw the job whose standard output is that of torc; null for none
   */
  record Shared(
      AtomicLong posted,
      Set<String> told,
      BuildWatcher watcher,
      AtomicReference<Downloads> downloads,
      UsedEnvironments environments,
      String raw) {}

  @Override
  public List<AttemptPart> parts(AttemptContext common, int id, JobAttempts attempts) {
    AttemptPart finds = new FindingPart(tracing, common.plan(), id, attempts.named());
    AttemptPart posts = new PostedEvents(common, id, shared.posted);
    AttemptPart tools = new ToolState(common, id, attempts);
    Job job = common.graph().job(id);
    List<AttemptPart> parts = new ArrayList<>(7);
    boolean fetches = job.conditions().containsKey(Fetch.KEY);
    boolean makes = job.conditions().containsKey(EnvironmentMaking.CREATE);
    if (!fetches && !makes) {
      parts.add(new UnstartedCommand(common, id, attempts)); // its hint is the first
    }
    if (job.conditions().containsKey(Step.SECRET)) {
      parts.add(
          new SecretPart(
              common, job, attempts.named() == null, env, shared.told)); // masks before others read
    }
    parts.addAll(List.of(finds, posts, tools));
    if (fetches) {
      shared.downloads.compareAndSet(null, new Downloads(env));
      parts.add(new FetchPart(common, id, attempts, shared.downloads.get()));
    } else if (JobFiles.hasTmp(job)) {
      parts.add(new TemporaryFolder(common, job.name()));
    }
    if (makes) {
      parts.add(new EnvironmentMaking(common, id, attempts, shared.environments, shared.watcher));
    } else if (job.conditions().containsKey(Job.ENVIRONMENT)) {
      parts.add(new InEnvironment(common, id, attempts, env, shared.environments));
    }
    if (job.conditions().containsKey(Job.SANDBOX)
        || job.conditions().containsKey(Job.CALLED_SANDBOX)) {
      boolean always = shared.watcher.wantsCommands();
      parts.add(
          new SandboxPart(
              common, id, new SandboxPart.Telling(always, shared.watcher, shared.told)));
    }
    if (job.name().equals(shared.raw)) {
      parts.add(new RawOutput());
    }
    return parts;
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
      all.add(new Hooks(state, setup.listener(), hidden::bytes));
    }
    if (!state.graph().having(Probes.KEY).isEmpty()) {
      all.add(new ProbeCheck(setup, state, sender, new BitSet()));
    }
    if (forces) {
      all.add(new ForcedJobs(setup, sender));
    }
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
