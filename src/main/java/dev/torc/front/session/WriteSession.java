package dev.torc.front.session;

import dev.torc.base.digests.DigestMemo;
import dev.torc.base.machine.Limits;
import dev.torc.base.machine.Series;
import dev.torc.base.posix.GroupAccess;
import dev.torc.base.posix.Io;
import dev.torc.base.posix.OwnFile;
import dev.torc.base.syntax.BadInput.Diagnostic;
import dev.torc.base.text.Amount;
import dev.torc.core.attempt.Event;
import dev.torc.core.attempt.JobState;
import dev.torc.core.attempt.RemovedOrSetAside;
import dev.torc.core.decide.JobSelection;
import dev.torc.core.decide.JobSelection.Rerun;
import dev.torc.core.decide.Plan;
import dev.torc.core.decide.PlanContext;
import dev.torc.core.decide.ProductRoots;
import dev.torc.core.decide.Reason;
import dev.torc.core.memory.AttemptHistory;
import dev.torc.core.memory.Batch;
import dev.torc.core.memory.BuildRecord;
import dev.torc.core.memory.BuildRecord.BuildEnd;
import dev.torc.core.memory.BuildRecord.BuildId;
import dev.torc.core.memory.BuildRecord.StoreUse;
import dev.torc.core.memory.Cache;
import dev.torc.core.memory.Cache.CacheException;
import dev.torc.core.memory.CachePlace;
import dev.torc.core.memory.StartMark;
import dev.torc.core.memory.StartMarks;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Workflow;
import dev.torc.features.clean.UndeclaredRemains;
import dev.torc.features.clusters.BatchTracker.SchedulerAccess;
import dev.torc.features.clusters.RemoteAttempt.RemoteKey;
import dev.torc.features.fastpath.FreshJobs;
import dev.torc.features.forced.ForcedJobs;
import dev.torc.features.memo.Memo;
import dev.torc.features.stores.BuildStore;
import dev.torc.features.stores.LocalStore;
import dev.torc.front.project.BuildRequest.LockTerms;
import dev.torc.front.project.Caller;
import dev.torc.front.project.Caller.BuildMachine;
import dev.torc.front.project.Heap;
import dev.torc.front.project.Project;
import dev.torc.front.project.ProjectFolder.FilesForOthers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * A project opened for writing: the caller holds the lock, the leftovers of a killed torc are
 * cleaned up, and the cache is open. It neither decides nor runs jobs.
 */
public final class WriteSession implements AutoCloseable, SchedulerAccess.Marks {

  private Project project;
  private final BuildId build;
  private long started; // milliseconds since 1970; 0 if not in the history
  private final Cache cache;
  private StartMarks marks;
  private final Map<String, Reason> stillRunning; // jobs that are submitted or on other hosts
  private final List<StartMark> elsewhere; // of jobs that other hosts may still run
  private final DigestMemo digests;
  private final Consumer<String> warn;
  private final LocalStore stored;
  final Heap heap;
  private final List<String> aside = new ArrayList<>(); // lines of a first build, reported as one
  private Runnable onClose = () -> {}; // writes the fresh jobs
  private FastPath from; // null if no fast path opened this
  private String commit; // null if it is unknown
  private volatile boolean handed; // whether anything went to a scheduler

  private WriteSession(
      Project project, String id, Cache cache, List<StartMark> on, Consumer<String> warn)
      throws IOException {
    this.project = project;
    this.cache = cache;
    this.heap = new Heap(project.caller());
    this.marks = StartMarks.begin(cache.place(), on);
    this.stillRunning = RunningJobs.reasons(project.place(), on, Set.of());
    ForcedJobs.addReasons(cache.place(), cache, stillRunning);
    this.elsewhere = on.stream().filter(mark -> !mark.isRemote()).toList();
    this.warn = warn;
    this.stored = project.results(cache);
    if (stored.isBlocked()) {
      warn.accept(
          ".torc/store is not a folder, so no results are stored in this build; move it away");
    }
    this.build = new BuildId(id, cache.nextBuildNumber());
    this.digests =
        new DigestMemo(
            project.workflow().root(),
            project.stamps(),
            project.clock(),
            cache::stamp,
            (path, known) -> cache.put(new Batch().stamp(path, known)));
  }

  /** Opens a project. The caller holds its lock; {@code gone} is as in {@link LockTerms}. */
  public static WriteSession open(
      Project project, String id, Set<String> gone, Consumer<String> warn) throws IOException {
    Memo.removeAll(project.folder());
    project.place().refuseOthers();
    Cache cache = project.caller().host().cache().apply(project.place(), warn);
    try {
      List<StartMark> on = new ArrayList<>();
      Caller caller = project.caller();
      List<StartMark> killed = Leftovers.killed(cache, gone);
      for (StartMark mark :
          Leftovers.end(caller.env(), project.buildFiles().stamps, cache, gone, warn)) {
        StartMark anew = new StartMark(id, mark.job(), 1).of(mark.manifest(), List.of());
        on.add(mark.isRemote() ? anew.at(mark.executor()) : mark);
      }
      for (StartMark mark : killed) {
        long number = Leftovers.number(cache, mark);
        DigestMemo digests = project.looking(cache::stamp);
        cache.put(UndeclaredRemains.of(project.graph(), mark, number, digests));
      }
      CachePlace place = cache.place();
      place.makeFolder(place.logs());
      place.makeFolder(place.jobs());
      FilesForOthers.write(place.root(), place.group());
      OwnFile.prepare(place.clock()); // FileClock reports no failure
      place.ready(place.clock());
      tellOutsider(place, warn);
      return new WriteSession(project, id, cache, on, warn);
    } catch (IOException | RuntimeException e) {
      cache.close();
      throw e;
    }
  }

  /** Warns if the project belongs to a group of which the user is not a member. */
  private static void tellOutsider(CachePlace place, Consumer<String> warn) {
    GroupAccess group = place.group();
    if (!group.isNone() && !group.inherited() && !group.isMember()) {
      warn.accept(
          place.folder()
              + ": what you make there cannot be given to its group, since you are not in it, so"
              + " its members may not be able to build here: ask to be added to it");
    }
  }

  /** Returns the basis of a plan: what is known before any job runs. */
  public PlanContext context(JobSelection selection, Rerun rerun) {
    PlanContext.Basis basis = project.basis(cache, digests, stored, null, known(project.graph()));
    return PlanContext.of(basis, project.graph(), stillRunning, false, selection, rerun);
  }

  /** Stores the fresh jobs on close, after a change without a build, such as an adoption. */
  public void storeFresh(PlanContext last) throws IOException {
    storeFresh(FastPath.none(project, null), null, last);
  }

  /** Returns the fresh jobs after a build and stores them on close; see {@link FastPath#after}. */
  FreshJobs storeFresh(FastPath from, Plan plan, PlanContext last) {
    FreshJobs next = from.after(plan, last, this, warn);
    onClose = () -> from.store(next, warn);
    return next;
  }

  WriteSession from(FastPath before) {
    from = before;
    return this;
  }

  /** Continues with a project whose build files were read again. */
  void now(FastPath next) {
    project = next.project();
    from = next;
  }

  /** Returns which of the given fresh jobs have a file with another stamp: see FreshJobs. */
  BitSet moved(BitSet jobs, boolean sources) {
    return from == null ? new BitSet() : from.moved(jobs, sources);
  }

  /** Returns whether build files, or what they read, now describe other jobs. */
  boolean hasNewGraph(PlanContext last) {
    return project.buildFiles().isNew(last.graph()) && known(last.graph()) == null;
  }

  private List<String> known(Graph graph) {
    return from == null ? null : from.undeclared(graph);
  }

  /** Returns the marks of running jobs; after {@link #end}, the marks for the next torc. */
  StartMarks marks() {
    return marks;
  }

  public RemovedOrSetAside removal() throws IOException {
    Workflow of = project.workflow();
    ProductRoots roots = new ProductRoots(of.root(), of.settings().roots());
    String number = Long.toString(build.number());
    BuildStore store = new BuildStore(cache, stored);
    return new RemovedOrSetAside(
        project.place(), roots, number, cache, digests, store, this::setAside);
  }

  /** Reports that a file was set aside. A first build reports all such files in one line. */
  private void setAside(String line) {
    if (build.number() > 1) {
      warn.accept(line);
      return;
    }
    synchronized (aside) {
      aside.add(line);
    }
  }

  private void tellSetAside() {
    if (!aside.isEmpty()) {
      int more = aside.size() - 1;
      warn.accept(aside.getFirst() + (more == 0 ? "" : "; and " + Amount.count(more, "more file")));
    }
  }

  /**
   * Adds this build to the history.
   *
   * @param began when the build began, by {@link System#nanoTime}
   * @param jobs how many jobs are not up to date; they count as not reached until the build ends
   */
  void begin(long began, int jobs) {
    started = System.currentTimeMillis() - (System.nanoTime() - began) / 1_000_000;
    record(new TreeMap<>(Map.of(JobState.NOT_REACHED.name(), jobs)), BuildEnd.NONE, null);
    new AttemptHistory(cache).trim();
  }

  /** Stores the resources that the machine used during the build; does nothing for null. */
  void storeUse(Series machine) {
    if (started > 0 && machine != null) {
      cache.put(new Batch().series(build.number(), AttemptHistory.MACHINE, machine));
    }
  }

  /** Returns the lines on results that this build would replace and not keep. */
  List<Diagnostic> unkept(Plan plan) throws IOException {
    return UnkeptResults.of(plan, stored, project.options().variables().keySet());
  }

  /** Returns a line on where a new store is and how large it may get; empty if it is not new. */
  String news() {
    String line =
        "results are stored in .torc/store, at most %s; change the limit with stores.keep";
    // Without a limit, there is no line.
    return Io.or(() -> stored.isNew() ? line.formatted(Amount.size(stored.bound())) : "", "");
  }

  /**
   * Records how the build ended, and removes the marks of jobs that now have a record. {@code
   * known} is the commit, null if it is unknown. The last call of a build counts.
   */
  void end(Event.Finished finished, Limits limits, String known) {
    commit = known == null ? commit : known;
    tellSetAside();
    if (!stored.dropped().isEmpty()) {
      warn.accept(stored.dropped());
    }
    stored.end();
    if (started > 0) {
      TreeMap<String, Integer> counts = new TreeMap<>();
      finished.counts().forEach((state, count) -> counts.put(state.name(), count));
      String machine = BuildMachine.here(project.caller().host(), limits);
      StoreUse use = project.options().reuse().results() ? finished.use() : StoreUse.NONE;
      record(counts, new BuildEnd(finished.nanos(), finished.exit(), machine, use), commit);
    }
    cache.flush();
    List<StartMark> on = new ArrayList<>(elsewhere);
    if (handed || !stillRunning.isEmpty()) {
      on.addAll(StartMarks.submitted(StartMarks.read(cache.place()), cache));
    }
    if (on.isEmpty()) {
      marks.clear();
    } else {
      marks.close();
      marks = StartMarks.begin(cache.place(), on);
    }
  }

  /** Returns whether an earlier build submitted the job and its result is not recorded yet. */
  boolean isOut(String job) {
    Reason reason = stillRunning.get(job);
    return reason != null && reason.kind() == Reason.Kind.SUBMITTED;
  }

  /** Returns messages about matching jobs that may still run on other hosts. */
  public List<String> elsewhere(Predicate<String> jobs) {
    return Leftovers.elsewhere(elsewhere, cache.place(), jobs);
  }

  @Override
  public void handOut(List<RemoteKey> attempts, String executor) throws IOException {
    handed = true;
    try {
      for (RemoteKey each : attempts) {
        StartMark mark = new StartMark(each.build(), each.job(), each.attempt());
        marks.add(mark.at(executor).of(each.manifest(), List.of()));
      }
      marks.sync();
    } catch (CacheException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private void record(SortedMap<String, Integer> counts, BuildEnd end, String commit) {
    cache.put(
        new Batch().build(new BuildRecord(build, started, counts, project.said(commit), end)));
  }

  public BuildId build() {
    return build;
  }

  public Cache cache() {
    return cache;
  }

  public DigestMemo digests() {
    return digests;
  }

  @Override
  public void close() {
    try {
      marks.close();
    } finally {
      cache.close();
    }
    onClose.run();
  }
}
