package dev.torc.front.session;

import dev.torc.base.digests.Digest;
import dev.torc.base.digests.FileClock;
import dev.torc.base.posix.CallingProcess;
import dev.torc.base.posix.RandomId;
import dev.torc.base.posix.Signals;
import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.BadInput.Warnings;
import dev.torc.base.text.SafeText;
import dev.torc.core.attempt.BuildSetup;
import dev.torc.core.attempt.Event;
import dev.torc.core.decide.Expander;
import dev.torc.core.decide.JobSelection;
import dev.torc.core.decide.Plan;
import dev.torc.core.decide.PlanContext;
import dev.torc.core.memory.BuildLock;
import dev.torc.core.memory.BuildRecord.BuildId;
import dev.torc.core.memory.Cache;
import dev.torc.core.memory.Cache.CacheException;
import dev.torc.core.memory.CachePlace;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Job.Resources;
import dev.torc.core.model.Job.Trait;
import dev.torc.core.model.Workflow.LeftOutJob;
import dev.torc.core.model.Workflow.PackageFile;
import dev.torc.features.adopt.Adoptable;
import dev.torc.features.fastpath.FreshJobs;
import dev.torc.features.remarks.JobShells;
import dev.torc.features.remarks.Remarks;
import dev.torc.features.remarks.ValueRemarks;
import dev.torc.features.stores.SharedStores;
import dev.torc.front.project.BuildRequest;
import dev.torc.front.project.BuildRequest.LockTerms;
import dev.torc.front.project.BuildWatcher;
import dev.torc.front.project.Caller;
import dev.torc.front.project.DiskChecks;
import dev.torc.front.project.JobConditions;
import dev.torc.front.project.LeftOutTargets;
import dev.torc.front.project.Project;
import dev.torc.front.show.BuildPhases;
import dev.torc.front.show.Profile;
import dev.torc.front.show.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.stream.Collectors;

/**
 * Runs one build of a project, from request to exit status: checks the request, takes the lock,
 * decides, runs the jobs, and stores what the next build can reuse. All builds, those of the tests
 * too, go through this class. It parses no options and prints nothing.
 */
public final class BuildSession {

  /** Returned if the fast path turned out to be wrong. No job has run; build again without it. */
  private static final int AGAIN = -1;

  private BuildRequest request; // of the present phase
  private BuildRequest rest; // of the phase after the makers of build files; null for none
  private Capacity capacity; // null until something may run: it reads some ten files
  private FastPath fast; // includes the project
  private long expected = -1;
  private final Map<Integer, String> commands = new HashMap<>();
  private FreshState freshState;

  /** The jobs of a build, and the fresh ones among them; {@code fresh} is null if unknown. */
  record FreshState(Graph graph, BitSet jobs, FreshJobs fresh) {}

  private BuildSession(BuildRequest request, BuildRequest rest, FastPath fast) {
    this.request = request;
    this.rest = rest;
    begin(fast);
    Caller.Host host = fast.project().caller().host();
    Capacity.given(fast.project().workflow(), host.limits(), request.limits());
  }

  /** Returns the jobs whose files start the next round of a watch: those that it may run. */
  private BitSet watched(JobSelection selection) {
    return fast.project().options().reuse().only() ? selection.named() : selection.jobs();
  }

  private Capacity capacity() {
    if (capacity == null) {
      Project project = fast.project();
      capacity = Capacity.of(project.workflow(), project.caller().host(), request.limits());
    }
    return capacity;
  }

  private void begin(FastPath from) {
    fast = from;
    freshState = new FreshState(from.project().graph(), watched(from.selection()), null);
  }

  /** Checks which jobs are still fresh, and the request's targets and amounts; writes nothing. */
  public static BuildSession of(Project project, BuildRequest request) throws IOException {
    FileClock clock = request.dry() ? FileClock.none() : project.clock();
    BuildRequest makers = MadeFirst.request(project, request);
    if (makers != null) {
      FastPath first = FastPath.of(project, clock, makers);
      if (!first.isQuiet() || MadeFirst.isAnyUnread(project)) {
        return new BuildSession(makers, request, first);
      }
    }
    return new BuildSession(
        request, null, FastPath.of(request.choice().give(project), clock, request));
  }

  /**
   * Returns the verdicts of a build, or refuses it; writes nothing and waits for no lock. With
   * {@code shows}, {@link #command} has the commands.
   */
  public Plan forecast(boolean shows, Warnings warn) throws IOException {
    if (rest != null) {
      forecastMakers(warn);
    }
    new SharedAccess(fast.project()).check();
    warn(fast.project().check(fast.concerned()), warn);
    return planUnlocked(shows, warn);
  }

  /** Tells what makers of build files may change; the forecast is about all, as far as is known. */
  private void forecastMakers(Warnings warn) throws IOException {
    Project project = fast.project();
    Plan makers = planUnlocked(false, _ -> {});
    if (makers.isQuiet()) {
      MadeFirst.refuseUnread(project);
    }
    warn(MadeFirst.renewed(makers), warn);
    warn(MadeFirst.unknown(project), warn);
    try {
      begin(FastPath.of(rest.choice().give(project), FileClock.none(), rest));
      request = rest;
    } catch (BadInput unknown) {
      if (!MadeFirst.isAnyUnread(project)) {
        throw unknown;
      }
    }
  }

  /** Returns why a job that is due does not start in the time that is left; null if it may. */
  public String lack(Plan plan, int job) {
    return request.manner().pace().lack(plan.context(), job, System.currentTimeMillis());
  }

  /** Returns the jobs that the build leaves out. */
  public SortedMap<String, LeftOutJob> leftOut(Plan plan) {
    return LeftOutTargets.of(
        plan.context().graph(), targets(plan.context().graph()), fast.project().paths());
  }

  private List<String> targets(Graph graph) {
    return request.choice().targets(graph, fast.project().paths());
  }

  /** Returns whether the build names no targets and is not made in a package. */
  public boolean isOfWhole() {
    return request.choice().asked().isEmpty() && fast.project().paths().home().isEmpty();
  }

  /** Returns how many nanoseconds the forecast build is likely to take; negative if unknown. */
  public long expected() {
    return expected;
  }

  /** Returns the command of a job of the forecast that may run, as it would run; else null. */
  public String command(int job) {
    return commands.get(job);
  }

  private Plan planUnlocked(boolean shows, Warnings warn) throws IOException {
    SharedAccess shared = new SharedAccess(fast.project());
    boolean asks = request.dry() && shared.isAny() && fast.project().options().reuse().results();
    SharedStores stores = asks ? shared.open(false, warn) : null;
    try (ReadSession look = ReadSession.at(fast, request.lock().gone(), stores, warn)) {
      JobSelection expanded = look.project().select(request);
      Plan plan = look.plan(expanded, request.rerun());
      if (!request.dry()) {
        refuse(plan);
      } else {
        PlannedBuild.refuse(plan);
        Map<Boolean, List<BadInput.Diagnostic>> lacks =
            capacity().lacks(plan).stream().collect(Collectors.partitioningBy(Capacity::isAmount));
        BadInput.refuse(lacks.get(false));
        warn(lacks.get(true), warn); // it runs nothing, so it plans on
        warn(JobShells.missing(plan), warn);
        expected = new TimeLeft(plan, capacity().limits().get(Resources.CPUS)).remaining(0);
        Graph graph = look.project().graph();
        warn(ValueRemarks.of(graph, expanded, targets(graph)), warn);
        warn(NamingNotice.of(plan, look.cache()), warn);
        warn(JobShells.changed(plan), warn);
        warn(UnsetSecrets.of(plan, look.project().caller().env()), warn);
        Set<String> said = look.project().options().variables().keySet();
        warn(UnkeptResults.of(plan, look.project().results(look.cache()), said), warn);
        warn(Remarks.forecast(plan.context(), PlannedBuild.looked(plan)), warn);
        warn(Adoptable.of(plan, look.running()), warn);
        warn(plan.isQuiet() ? List.of() : Remarks.made(plan.context()), warn);
        if (shows) {
          IntFunction<String> texts = look.commands();
          BitSet due = plan.selected(verdict -> !verdict.isIdle());
          due.stream().forEach(job -> commands.put(job, texts.apply(job)));
        }
      }
      return plan;
    }
  }

  /** Throws {@link BadInput} with all errors if the request cannot be built; writes nothing. */
  public void check(Warnings warn) throws IOException {
    new SharedAccess(fast.project()).check();
    if (fast.project().caller().host().process().isOwn()
        && fast.dirty().intersects(fast.selection().jobs())) {
      Thread.ofPlatform().daemon().name("torc-ahead").start(BuildSession::warmUp);
    }
    BitSet jobs = fast.concerned();
    check(jobs);
    if (!jobs.isEmpty() && !capacity().impossible(fast.project().graph(), jobs).isEmpty()) {
      planUnlocked(false, warn); // an impossible job is not an error while it is up to date
    }
  }

  /** Refuses jobs that cannot be built, regardless of the contents of their needs. */
  private void check(BitSet jobs) throws IOException {
    fast.project().check(jobs); // an unreadable need makes its readers fail later
    refuseShared(fast.project().graph(), jobs);
  }

  /**
   * Does slow one-time work of the JVM on another core, as soon as a build has something to decide:
   * loads the database library, and computes a digest, which makes the JVM read its security
   * settings. A server did it in an earlier call. Nothing waits for this thread or depends on it.
   */
  private static void warmUp() {
    Cache.prepare();
    Digest.ofText("");
  }

  /** Refuses jobs that can never get their resources or that would replace foreign files. */
  private void refuse(Plan plan) throws IOException {
    BadInput.refuse(capacity().lacks(plan));
    BadInput.refuse(JobShells.missing(plan));
    PlannedBuild.refuse(plan);
  }

  /**
   * Refuses interactive jobs, raw output and schedulers if torc runs in a server's process: an
   * interactive job needs torc's terminal, and a claim counts as held as long as its process lives.
   */
  private void refuseShared(Graph graph, BitSet jobs) {
    Project project = fast.project();
    CallingProcess caller = project.caller().host().process();
    if (caller.isOwn()) {
      return;
    }
    if (request.manner().raw() != null) {
      caller.refuse("job " + request.manner().raw() + " writes to torc's output");
    }
    if (!project.workflow().settings().executors().isEmpty()
        || project.options().executor() != null
        || Files.exists(project.place().remote())) {
      caller.refuse("jobs may be at a scheduler");
    }
    for (int j = jobs.nextSetBit(0); j >= 0; j = jobs.nextSetBit(j + 1)) {
      if (graph.job(j).has(Trait.INTERACTIVE)) {
        caller.refuse("job " + graph.job(j).name() + " is interactive");
      }
    }
  }

  private static void warn(List<BadInput.Diagnostic> lines, Warnings warn) {
    for (BadInput.Diagnostic line : lines) {
      warn.take(line);
    }
  }

  /**
   * Runs the build, after {@link #check}; returns an {@link Exit} status, {@link Exit#LOCKED} if
   * another build has the lock and the request does not wait.
   *
   * @param began when the build began for the user, by {@link System#nanoTime}
   * @throws dev.torc.core.memory.Cache.CacheException if a record was not written: its job counts
   *     as not run
   */
  public int run(String id, long began, BuildWatcher watcher) throws IOException {
    BuildLock lock;
    try {
      Project of = fast.project();
      CachePlace around = of.around();
      LockTerms terms = request.lock();
      lock = terms.takeLock(of.caller(), around, of.place(), id, BuildLock.BUILD, watcher::note);
    } catch (CacheException refused) {
      return reportIfFresh(id, began, watcher, refused);
    }
    if (lock == null) {
      return Exit.LOCKED;
    }
    try (lock) {
      int exit = build(id, began, watcher);
      if (exit == AGAIN) {
        begin(FastPath.none(fast.project(), request));
        check(fast.concerned());
        exit = build(id, began, watcher);
      }
      return exit;
    }
  }

  /**
   * Runs the build with a report that shows it and with signals that can stop it.
   *
   * @param profile null for none
   * @param all whether to report each command when it starts and each job that is up to date
   */
  public int run(long began, Report report, Profile profile, boolean all, Signals signals)
      throws IOException {
    return run(RandomId.next(), began, new ReportedBuild(report, profile, all, signals));
  }

  /** Returns the project that was built, as its build files were read last. */
  Project project() {
    return fast.project();
  }

  FreshState freshState() {
    return freshState;
  }

  /**
   * Reports success without writing, if the folder is read-only and there is nothing to do;
   * otherwise throws {@code refused}.
   */
  private int reportIfFresh(String id, long began, BuildWatcher watcher, CacheException refused)
      throws IOException {
    if (Files.isWritable(fast.project().place().folder())) {
      throw refused;
    }
    List<BadInput.Diagnostic> notes = new ArrayList<>();
    try (ReadSession look = ReadSession.at(fast, request.lock().gone(), null, notes::add)) {
      JobSelection expanded = look.project().select(request);
      if (!expanded.open().isEmpty() || !look.plan(expanded, request.rerun()).isQuiet()) {
        throw refused;
      }
      notes.forEach(watcher::warn);
      BuildId last = new BuildId(id, look.cache().nextBuildNumber() - 1);
      return FastPath.reportFresh(
          look.project(), last, began, expanded.jobs(), targets(look.project().graph()), watcher);
    }
  }

  /** Builds under the lock; returns {@link #AGAIN} if the fast path does not hold. */
  private int build(String id, long began, BuildWatcher watcher) throws IOException {
    if (!fast.holds()) {
      return AGAIN; // another build has run
    }
    if (fast.file() != null) {
      watcher.reading(fast.file().digests());
    }
    if (fast.isQuiet() && rest == null) {
      Project project = fast.project();
      JobSelection selection = fast.selection();
      watcher.warn(PlannedBuild.ofValues(project, project.graph(), selection, request));
      fast.settleMemo();
      fast.renew(watcher::warn);
      freshState = new FreshState(project.graph(), watched(selection), fast.fresh());
      BuildId last = new BuildId(id, fast.fresh().number());
      return FastPath.reportFresh(
          project, last, began, selection.jobs(), targets(project.graph()), watcher);
    }
    try (WriteSession work = fast.open(id, request.lock().gone(), watcher::warn)) {
      watcher.reading(work.digests());
      BuildPhases phases = new BuildPhases(rest != null);
      PlannedBuild.Ended ended = phase(work, id, began, watcher, phases);
      return rest == null || ended.context() == null
          ? ended.exit()
          : second(work, id, began, watcher, phases, ended);
    }
  }

  /** Runs one phase; the context is null if it did not begin. */
  private PlannedBuild.Ended phase(
      WriteSession work, String id, long began, BuildWatcher watcher, BuildPhases phases)
      throws IOException {
    Project project = fast.project();
    JobSelection selection = fast.selection();
    watcher.planning();
    Arrivals arrivals = new Arrivals(work);
    Expander expander = project.expander(found -> found.select(request), arrivals);
    PlanContext first = work.context(selection, request.rerun());
    int signal =
        JobConditions.areProbed(first)
            ? JobConditions.probe(project, first, id, capacity().limits(), watcher)
            : 0;
    if (signal != 0) {
      return new PlannedBuild.Ended(Exit.signal(signal), null);
    }
    Plan plan = expander.plan(first, fast.dirty());
    if (!fast.stands(plan)) {
      return new PlannedBuild.Ended(AGAIN, null);
    }
    // Check again: a file may have changed since, so that an impossible job has to run.
    refuse(plan);
    arrivals.planned = true;
    boolean only = project.options().reuse().only();
    String omitted = only ? NotRun.line(plan) : null;
    if (omitted != null) {
      watcher.note(omitted);
    }
    tellWhole(project, plan.isQuiet(), watcher);
    boolean sources = !request.manner().watch();
    BuildSetup.Planned planned =
        new BuildSetup.Planned(plan, expander, jobs -> work.moved(jobs, sources));
    PlannedBuild.Ended ended =
        new PlannedBuild(project, request, capacity(), work, planned, watcher, phases).run(began);
    // After a signal, even one that only stopped uploads, the next build checks every job.
    if (ended.exit() <= Exit.signal(0) && !work.digests().stop().isSet() && !phases.isFirst()) {
      PlanContext last = ended.context();
      FreshJobs next = only ? null : work.storeFresh(fast, plan, last);
      freshState = new FreshState(last.graph(), watched(last.selection()), next);
    }
    return ended;
  }

  /**
   * Runs the second phase of a build after the makers of build files: with the jobs that these
   * files have now or, if a maker failed, with the jobs outside of them.
   */
  private int second(
      WriteSession work,
      String id,
      long began,
      BuildWatcher watcher,
      BuildPhases phases,
      PlannedBuild.Ended makers)
      throws IOException {
    boolean well = makers.exit() == Exit.DONE;
    if (makers.exit() > Exit.signal(0) || !well && request.manner().failures() > 0) {
      watcher.accept(phases.end(makers.exit()));
      return makers.exit();
    }
    try {
      Project next = well ? fast.project().again() : fast.project();
      SortedMap<String, String> blocked = new TreeMap<>();
      if (well) {
        MadeFirst.refuseUnread(next);
        request = rest.of(next.graph(), next.paths());
        request = request.with(request.choice().again(next, work.cache()));
      } else {
        JobSelection wanted = next.with(makers.context().graph()).select(rest);
        blocked = MadeFirst.blocked(makers.context(), wanted);
        request = MadeFirst.beside(makers.context(), wanted, blocked, rest);
      }
      begin(MadeFirst.from(makers.context(), next, request));
      work.now(fast);
      capacity = null; // packages may bring in counters
      check(fast.concerned());
      phases.next(MadeFirst.same(makers.context(), fast), blocked);
    } catch (BadInput refused) {
      for (BadInput.Diagnostic each : refused.diagnostics()) {
        watcher.accept(new Event.Note(Event.Level.ERROR, each));
      }
      int exit = well ? Exit.USAGE : makers.exit();
      Event.Finished end = phases.end(exit);
      work.end(end, capacity().machine(), null);
      watcher.accept(end);
      return exit;
    }
    PlannedBuild.Ended ended = phase(work, id, began, watcher, phases);
    if (ended.context() == null) {
      watcher.accept(phases.end(ended.exit()));
    }
    return ended.exit();
  }

  /** Says of which project a build in a package is a part. */
  private static void tellWhole(Project project, boolean quiet, BuildWatcher watcher) {
    PackageFile part = project.part();
    if (part != null && !quiet) {
      Path whole = project.caller().cwd().relativize(project.options().files().getFirst());
      String line = "part of " + SafeText.name(whole + "") + " as " + SafeText.name(part.name());
      watcher.note(line);
    }
  }

  /** Refuses jobs that an expansion adds and that cannot be built. */
  private final class Arrivals implements Expander.Check {
    private final WriteSession work;
    private boolean planned; // until then, an impossible job may be up to date

    Arrivals(WriteSession work) {
      this.work = work;
    }

    @Override
    public void of(Graph graph, BitSet jobs) throws IOException {
      Map<String, String> caller = fast.project().caller().env();
      DiskChecks.check(graph, work.digests(), caller, jobs, work.cache()::hasRun);
      refuseShared(graph, jobs);
      if (planned) {
        capacity().refuse(graph, jobs);
      }
    }
  }
}
