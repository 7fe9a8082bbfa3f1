package dev.torc.front.session;

import dev.torc.base.machine.Jobserver;
import dev.torc.base.machine.Limits;
import dev.torc.base.machine.Makeflags;
import dev.torc.base.posix.Signals;
import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.Hidden;
import dev.torc.core.attempt.AttemptPart;
import dev.torc.core.attempt.BuildSetup;
import dev.torc.core.attempt.BuildSetup.AttemptContext;
import dev.torc.core.attempt.BuildSetup.Machines;
import dev.torc.core.attempt.Event;
import dev.torc.core.attempt.LaunchBuilder;
import dev.torc.core.attempt.SharedResults;
import dev.torc.core.decide.JobSelection;
import dev.torc.core.decide.JobSelection.Rerun;
import dev.torc.core.decide.Plan;
import dev.torc.core.decide.PlanContext;
import dev.torc.core.decide.Verdict;
import dev.torc.core.here.Runner;
import dev.torc.core.memory.CachePlace;
import dev.torc.core.memory.ThisHost;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Group;
import dev.torc.core.model.Workflow;
import dev.torc.core.model.Workflow.LeftOutJob;
import dev.torc.core.run.BuildLoop;
import dev.torc.features.Feature;
import dev.torc.features.adopt.Adoptable;
import dev.torc.features.clusters.Remotes;
import dev.torc.features.containers.ImageSupply;
import dev.torc.features.environments.EnvironmentMaking;
import dev.torc.features.fetch.Fetch;
import dev.torc.features.finds.Tracing;
import dev.torc.features.forced.ForcedJobs;
import dev.torc.features.past.BuildCommit;
import dev.torc.features.remarks.JobShells;
import dev.torc.features.remarks.ReadingRemarks;
import dev.torc.features.remarks.Remarks;
import dev.torc.features.remarks.ValueRemarks;
import dev.torc.features.sandbox.Sandbox;
import dev.torc.features.stores.SharedRequests;
import dev.torc.features.stores.SharedStores;
import dev.torc.front.project.BuildRequest;
import dev.torc.front.project.BuildWatcher;
import dev.torc.front.project.Caller;
import dev.torc.front.project.LeftOutTargets;
import dev.torc.front.project.Nesting;
import dev.torc.front.project.Project;
import dev.torc.front.show.BuildPhases;
import java.io.IOException;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * Runs a build that has a plan and an open cache: connects the engine with its reports, stores,
 * schedulers and jobserver. {@link BuildSession} makes the plan under the lock and stores the
 * result.
 */
record PlannedBuild(
    Project project,
    BuildRequest request,
    Capacity capacity,
    WriteSession work,
    BuildSetup.Planned planned,
    BuildWatcher watcher,
    BuildPhases phases) {

  record Ended(int exit, PlanContext context) {}

  private Plan plan() {
    return planned.plan();
  }

  Ended run(long began) throws IOException {
    begin(began);
    AtomicReference<BuildLoop> loop = new AtomicReference<>();
    SharedAccess shared = new SharedAccess(project);
    AtomicReference<String> commit = new AtomicReference<>();
    RegistryLook images = new RegistryLook(plan(), project.containers(), watcher::warn);
    Consumer<Event> listener =
        event -> {
          Event told = event;
          if (event instanceof Event.Finished end) {
            images.close(); // no registry warnings after the end
            Event.Finished last = ended(end, loop.get().context());
            work.end(last, capacity.machine(), commit.get());
            told = last;
          }
          work.heap.watch();
          phases.tell(told, watcher);
        };
    Optional<Jobserver> tokens = jobserver();
    Features features = features(commit);
    boolean sharing = shared.isAny() && !plan().isQuiet();
    String id = work.build().id();
    try (images;
        StopRequests stops = StopRequests.toBuild(project.place());
        SharedStores stores = sharing ? shared.open(false, watcher::warn) : null;
        Runner runner = project.caller().host().runner().get();
        Remotes remotes = remotes();
        ExecutorService threads = project.caller().host().threads().get()) {
      Machines machines = new Machines(project.caller().host().here(), runner, threads, remotes);
      BuildSetup setup =
          new BuildSetup(
              planned,
              common(machines, listener, features),
              capacity.amounts(tokens.orElse(null)),
              new BuildSetup.Wishes(
                  request.manner().failures(),
                  leftOut().size(),
                  request.manner().submit(),
                  watcher.wantsCommands(),
                  request.manner().watch(),
                  graph -> request.choice().order(graph, project.paths()),
                  () -> stops.of(id)),
              sharing
                  ? new SharedRequests(stores, project.options().reuse().results())
                  : new SharedResults() {},
              listener);
      BuildLoop build = new BuildLoop(setup, features);
      loop.set(build);
      try (Signals.Handling _ = watcher.running(setup, build)) {
        tokens.ifPresent(t -> t.start(build::tokenCame));
        build.run(began);
        work.storeUse(runner.machine());
        return new Ended(phases.exit(), build.context());
      }
    } finally {
      tokens.ifPresent(Jobserver::close);
      features.close();
    }
  }

  private SortedMap<String, LeftOutJob> leftOut() {
    Graph graph = plan().context().graph();
    return LeftOutTargets.of(
        graph, request.choice().targets(graph, project.paths()), project.paths());
  }

  private Features features(AtomicReference<String> commit) throws IOException {
    BuildRequest.Manner manner = request.manner();
    Map<String, String> env = project.caller().env();
    Tracing tracing =
        new Tracing(manner.trace(), manner.strict(), env.get(Tracing.VARIABLE), watcher::warn);
    BuildCommit git =
        plan().isQuiet() ? null : new BuildCommit(project.workflow().root(), env, commit);
    Feature.Building build =
        new Feature.Building(env, watcher, watcher.wantsCommands(), ConcurrentHashMap.newKeySet());
    Features.Attempts attempts = new Features.Attempts(build);
    Hidden hidden = project.caller().hidden();
    return new Features(tracing, attempts, manner, forces(), git, hidden, phases);
  }

  /** Returns the end of the build so far, and says what follows from it unless a phase follows. */
  private Event.Finished ended(Event.Finished end, PlanContext context) {
    boolean judged = end.exit() > 0 || phases.isFirst() || phases.failed();
    boolean twice = !judged && MadeFirst.changed(project);
    if (twice) {
      watcher.accept(new Event.Note(Event.Level.ERROR, MadeFirst.TWICE));
    }
    Event.Finished last = phases.joined(end, twice);
    if (!phases.isFirst()) {
      if (!work.news().isEmpty()) {
        watcher.note(work.news());
      }
      tellStale(last, context);
    }
    return last;
  }

  /** Returns whether jobs are forced, or an earlier build left forced jobs. */
  private boolean forces() throws IOException {
    return request.rerun() == Rerun.ALL || ForcedJobs.areAny(work.cache().place());
  }

  /** Warns of stale products at the end of a build with a new graph or in which something ran. */
  private void tellStale(Event.Finished last, PlanContext context) {
    boolean due =
        work.hasNewGraph(context)
            || last.counts().entrySet().stream()
                .anyMatch(count -> count.getKey().isRun() && count.getValue() > 0);
    if (!due || last.exit() > Exit.signal(0)) {
      return;
    }
    try {
      String line = StaleNotice.line(context, work.removal());
      if (line != null) {
        watcher.warn(line);
      }
    } catch (IOException e) {
      return; // only a hint: `torc status` counts them too
    }
  }

  /** Returns the part of the setup that all attempts of this build share. */
  private AttemptContext common(
      Machines machines, Consumer<? super Event> events, Features features) throws IOException {
    LaunchBuilder launches = launches(project, project.place(), work.build().id(), events);
    AttemptPart.PartMaker parts = watcher.parts(features);
    return new AttemptContext(
        plan().context(), work.removal(), launches, work.marks(), machines, parts, work.build());
  }

  /** Returns what makes the launches of a build, whose files lie in {@code place}. */
  static LaunchBuilder launches(
      Project project, CachePlace place, String build, Consumer<? super Event> events)
      throws IOException {
    Workflow workflow = project.workflow();
    Caller caller = project.caller();
    ImageSupply images =
        new ImageSupply(project.containers(), workflow, build, place.jobs(), events);
    return new LaunchBuilder(
        workflow, place, build, inherited(caller.env(), build), caller.variables(), images);
  }

  /** Returns what the processes of all jobs get instead of the caller's variables. */
  private static Map<String, String> inherited(Map<String, String> env, String build) {
    Map<String, String> inherited = new HashMap<>();
    String makeflags = env.get("MAKEFLAGS");
    if (makeflags != null) {
      inherited.put("MAKEFLAGS", Makeflags.withoutJobserver(makeflags));
    }
    inherited.put(AllocationFiles.VARIABLE, null);
    String outer = env.get(Nesting.VARIABLE);
    inherited.put(Nesting.VARIABLE, outer == null ? build : outer + ":" + build);
    return inherited;
  }

  /**
   * Returns the schedulers. Forgets submitted attempts whose result is known, and drops those whose
   * job is no longer in the build file.
   */
  private Remotes remotes() throws IOException {
    Consumer<String> warn = watcher::warn;
    String id = work.build().id();
    AllocationFiles.tidy(project.place(), project.caller().owner(id), null, warn);
    Remotes remotes = project.caller().remotes(project.place(), project.workflow(), id, work, warn);
    Graph graph = plan().context().graph();
    boolean known = plan().context().selection().open().isEmpty();
    for (String job : remotes.jobs()) {
      if (!work.isOut(job)) {
        remotes.forget(job, work.removal());
      } else if (known && graph.jobId(job) < 0 && !graph.workflow().leftOut().containsKey(job)) {
        remotes.drop(job, work.removal());
      }
    }
    return remotes;
  }

  /** Reports the events and warnings before the first job, and adds the build to the history. */
  private void begin(long began) throws IOException {
    Graph graph = plan().context().graph();
    phases.tell(
        new Event.Started(work.build(), project.workflow().root(), plan().selected().cardinality()),
        watcher);
    LeftOutTargets.tell(leftOut(), watcher);
    if (work.build().number() == 1 && !phases.isSecond()) {
      network().ifPresent(watcher::warn);
    }
    if (project.reused() == null && !graph.workflow().warnings().isEmpty()) {
      watcher.warn(ReadingRemarks.ofNoJob(graph));
    }
    watcher.warn(ofValues(project, graph, plan().context().selection(), request));
    if (!plan().isQuiet()) {
      String fewer = Limits.fewer(project.caller().env());
      if (fewer != null
          && !phases.isSecond()
          && capacity.allocated() == null
          && !request.limits().containsKey("cpus")) {
        watcher.note(fewer);
      }
      if (project.options().reuse().sandbox()) {
        BitSet run = plan().selected(verdict -> !(verdict instanceof Verdict.UpToDate));
        run.andNot(graph.having(Fetch.KEY)); // runs no command
        run.andNot(graph.having(EnvironmentMaking.CREATE));
        Sandbox.inRoot(graph, run).ifPresent(watcher::note);
      }
      watcher.warn(NamingNotice.of(plan(), work.cache()));
      watcher.warn(JobShells.changed(plan()));
      watcher.warn(UnsetSecrets.of(plan(), project.caller().env()));
      watcher.warn(work.unkept(plan()));
      watcher.warn(Adoptable.of(plan(), Set.of()));
      watcher.warn(Remarks.made(plan().context()));
      work.begin(began, plan().withVerdict().cardinality() - plan().idle());
    }
  }

  /** Refuses jobs by the checks of rule 13 that depend on records. */
  static void refuse(Plan plan) {
    BitSet due = plan.selected(verdict -> !verdict.isIdle());
    due.and(plan.decided());
    plan.context().refuse(looked(plan), due);
  }

  /** Returns a warning about a cache on a network file system, which LMDB does not support. */
  private Optional<String> network() {
    String line =
        "the cache is on a network file system (%s), where it is not safe;"
            + " set TORC_CACHE to a folder on a local disk";
    ThisHost here = project.caller().host().here();
    return here.networkKind(work.cache().place().database()).map(line::formatted);
  }

  /**
   * Returns the remarks about the values of groups; looks no further if there are none.
   *
   * @param graph the one of the selection, which has grown where the plan found values
   */
  static List<BadInput.Diagnostic> ofValues(
      Project project, Graph graph, JobSelection selection, BuildRequest request) {
    for (Group group : graph.workflow().groups()) {
      if (!group.sources().warnings().isEmpty()) {
        return ValueRemarks.of(graph, selection, request.choice().targets(graph, project.paths()));
      }
    }
    return List.of();
  }

  /** Returns the selected jobs that the plan decided, except those that will fail. */
  static BitSet looked(Plan plan) {
    BitSet looked = plan.selected(verdict -> !(verdict instanceof Verdict.WillFail));
    looked.and(plan.decided());
    return looked;
  }

  /** Returns the calling make's jobserver, unless the user said how many cpus to use. */
  private Optional<Jobserver> jobserver() {
    Map<String, String> env = project.caller().env();
    if (!request.limits().containsKey("cpus")) {
      return Jobserver.from(env, watcher::warn);
    }
    if (env.getOrDefault("MAKEFLAGS", "").contains("--jobserver")) {
      watcher.warn("-j or --limit cpus= is given: make's jobserver is left alone");
    }
    return Optional.empty();
  }
}
