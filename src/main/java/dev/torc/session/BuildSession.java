package dev.torc.session;

import dev.torc.engine.Event;
import dev.torc.fresh.FreshJobs;
import dev.torc.graph.Graph;
import dev.torc.hash.Digest;
import dev.torc.hash.DigestMemo;
import dev.torc.hash.FileClock;
import dev.torc.plan.DiskChecks;
import dev.torc.plan.Expander;
import dev.torc.plan.JobSelection;
import dev.torc.plan.Plan;
import dev.torc.plan.PlanContext;
import dev.torc.posix.CallingProcess;
import dev.torc.posix.RandomId;
import dev.torc.posix.Signals;
import dev.torc.records.BuildLock;
import dev.torc.records.BuildRecord.BuildId;
import dev.torc.records.Cache;
import dev.torc.records.Cache.CacheException;
import dev.torc.results.SharedStores;
import dev.torc.show.Profile;
import dev.torc.show.Report;
import dev.torc.syntax.BadInput;
import dev.torc.syntax.BadInput.Warnings;
import dev.torc.workflow.FoldedLines;
import dev.torc.workflow.Job.Resources;
import dev.torc.workflow.Job.Trait;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;

/**
 * One build of one project, from request to exit status, in this order: checks everything, takes
 * the lock, decides, runs, stores what the next build may use. The command line and the tests build
 * in no other way. It reads no options and prints nothing.
 */
public final class BuildSession {

  /** Returned if a job believed fresh is not: nothing has run; build without the fast path. */
  private static final int AGAIN = -1;

  private final BuildRequest request;
  private final Capacity capacity;
  private FastPath fast; // with the project
  private long expected = -1;
  private FreshState freshState;

  /** The jobs of a build, and the fresh ones among them; {@code fresh} is null if unknown. */
  record FreshState(Graph graph, BitSet jobs, FreshJobs fresh) {}

  private BuildSession(BuildRequest request, Capacity capacity, FastPath fast) {
    this.request = request;
    this.capacity = capacity;
    begin(fast);
  }

  private void begin(FastPath from) {
    fast = from;
    freshState = new FreshState(from.project().graph(), from.selection().jobs(), null);
  }

  /** Checks which jobs are still fresh, and the request's targets and amounts; writes nothing. */
  public static BuildSession of(Project project, BuildRequest request) throws IOException {
    Capacity capacity = Capacity.of(project.workflow(), project.caller().host(), request.limits());
    FileClock clock = request.dry() ? FileClock.none() : project.clock();
    return new BuildSession(request, capacity, FastPath.of(project, clock, request));
  }

  /** Returns the verdicts of a build now, or refuses it; writes nothing and waits for no lock. */
  public Plan forecast(Warnings warn) throws IOException {
    new SharedAccess(fast.project()).check();
    warn(fast.project().check(fast.concerned()), warn);
    return planUnlocked(warn);
  }

  /** Returns nanoseconds that the last forecast is likely to take; negative if unknown. */
  public long expected() {
    return expected;
  }

  private Plan planUnlocked(Warnings warn) throws IOException {
    SharedAccess shared = new SharedAccess(fast.project());
    boolean asks = request.dry() && shared.isAny() && fast.project().options().reuse().results();
    SharedStores stores = asks ? shared.open(false, warn) : null;
    try (ReadSession look = ReadSession.at(fast, request.lock().gone(), stores, warn)) {
      JobSelection expanded = look.project().selectToBuild(request.targets());
      Plan plan = look.plan(expanded, request.rerun());
      refuse(plan);
      if (request.dry()) {
        expected = new TimeLeft(plan, capacity.limits().get(Resources.CPUS)).remaining(0);
        Graph graph = look.project().graph();
        warn(Advice.groups(graph, expanded, request.targets()), warn);
        BitSet looked = PlannedBuild.looked(plan);
        warn(Advice.emptyNeeds(graph, looked, new FoldedLines()).takeNewLines(), warn);
        warn(Advice.unlisted(graph, looked), warn);
      }
      return plan;
    }
  }

  /** Refuses what cannot be built, with all that is wrong, before anything is written. */
  public void check(Warnings warn) throws IOException {
    new SharedAccess(fast.project()).check();
    if (fast.dirty().intersects(fast.selection().jobs())) {
      Thread.ofPlatform().daemon().name("torc-ahead").start(BuildSession::warmUp);
    }
    BitSet jobs = fast.concerned();
    check(jobs);
    if (!capacity.impossible(fast.project().graph(), jobs).isEmpty()) {
      planUnlocked(warn); // a job that asks for too much is no error while it is up to date
    }
  }

  /** Refuses jobs that cannot be built, whatever their needs hold. */
  private void check(BitSet jobs) throws IOException {
    fast.project().check(jobs); // needs that cannot be read fail their readers later
    refuseShared(fast.project().graph(), jobs);
  }

  /**
   * Does what is slow when the JVM does it first, on another core, as soon as a build has something
   * to decide: loads the library of the database, and has the first digest read the security
   * settings. Nothing waits for it or depends on it.
   */
  private static void warmUp() {
    Cache.prepare();
    Digest.ofText("");
  }

  /** Refuses jobs that can never get what they ask for, or would remove files of others. */
  private void refuse(Plan plan) throws IOException {
    capacity.refuse(plan);
    plan.context().taken().refuse(PlannedBuild.looked(plan));
  }

  /**
   * Refuses what needs a process of its own: jobs that use its terminal, and schedulers, since a
   * claim counts as held as long as its process lives.
   */
  private void refuseShared(Graph graph, BitSet jobs) {
    Project project = fast.project();
    CallingProcess caller = project.caller().host().process();
    if (caller.isOwn()) {
      return;
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
   * Runs the build, after {@link #check}; returns an {@link Exit} status.
   *
   * @param began when it began for the user, by {@link System#nanoTime}
   * @throws dev.torc.records.Cache.CacheException if a record was not written: its job is not done
   */
  public int run(String id, long began, BuildWatcher watcher) throws IOException {
    Consumer<String> note = line -> watcher.accept(new Event.Note(Event.Level.INFO, line));
    BuildLock lock;
    try {
      Project of = fast.project();
      lock = request.lock().takeLock(of.caller(), of.place(), id, BuildLock.BUILD, note);
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
        check(fast.selection().jobs());
        exit = build(id, began, watcher);
      }
      return exit;
    }
  }

  /**
   * Builds with a report that shows it, and signals that end it.
   *
   * @param profile null if not asked for
   * @param all whether commands as they run and each job that is up to date are reported
   */
  public int run(long began, Report report, Profile profile, boolean all, Signals signals)
      throws IOException {
    return run(RandomId.next(), began, new ReportedBuild(report, profile, all, signals));
  }

  FreshState freshState() {
    return freshState;
  }

  /** Succeeds without writing if there is nothing to do, else throws the refusal. */
  private int reportIfFresh(String id, long began, BuildWatcher watcher, CacheException refused)
      throws IOException {
    if (Files.isWritable(fast.project().place().folder())) {
      throw refused;
    }
    List<BadInput.Diagnostic> notes = new ArrayList<>();
    try (ReadSession look = ReadSession.at(fast, request.lock().gone(), null, notes::add)) {
      JobSelection expanded = look.project().selectToBuild(request.targets());
      if (!expanded.open().isEmpty() || !look.plan(expanded, request.rerun()).isQuiet()) {
        throw refused; // the notes are of no use then
      }
      notes.forEach(watcher::warn);
      BuildId last = new BuildId(id, look.cache().nextBuildNumber() - 1);
      return FastPath.reportFresh(look.project(), last, began, expanded.jobs(), watcher);
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
    Project project = fast.project();
    JobSelection selection = fast.selection();
    if (fast.isQuiet()) {
      watcher.warn(Advice.groups(project.graph(), selection, request.targets()));
      fast.renew(watcher::warn);
      freshState = new FreshState(project.graph(), selection.jobs(), fast.fresh());
      BuildId last = new BuildId(id, fast.fresh().number());
      return FastPath.reportFresh(project, last, began, selection.jobs(), watcher);
    }
    try (WriteSession work = fast.open(id, request.lock().gone(), watcher::warn)) {
      watcher.reading(work.digests());
      watcher.planning();
      Arrivals arrivals = new Arrivals(work.digests());
      Expander expander =
          project.expander(found -> found.selectToBuild(request.targets()), arrivals);
      Plan plan = expander.plan(work.context(selection, request.rerun()), fast.dirty());
      if (!fast.stands(plan)) {
        return AGAIN;
      }
      // Again: a change since the first look may make a job run that can never run.
      refuse(plan);
      arrivals.planned = true;
      PlannedBuild.Ended ended =
          new PlannedBuild(project, request, capacity, work, plan, expander, watcher).run(began);
      // After a signal, which may have ended only the uploads, the next build looks at everything.
      if (ended.exit() <= Exit.signal(0) && !work.digests().stop().isSet()) {
        PlanContext last = ended.context();
        FreshJobs next = work.storeFresh(fast, plan, last);
        freshState = new FreshState(last.graph(), last.selection().jobs(), next);
      }
      return ended.exit();
    }
  }

  /** Refuses jobs that an expansion adds and that cannot be built. */
  private final class Arrivals implements Expander.Check {
    private final DigestMemo digests;
    private boolean planned; // before, a job that asks for too much may turn out to be up to date

    Arrivals(DigestMemo digests) {
      this.digests = digests;
    }

    @Override
    public void of(Graph graph, BitSet jobs) throws IOException {
      DiskChecks.check(graph, digests, fast.project().caller().env(), jobs);
      refuseShared(graph, jobs);
      if (planned) {
        capacity.refuse(graph, jobs);
      }
    }
  }
}
