package dev.torc.front.session;

import dev.torc.base.digests.DigestMemo;
import dev.torc.base.digests.FileClock;
import dev.torc.base.posix.Signals;
import dev.torc.base.syntax.BadInput.Diagnostic;
import dev.torc.base.syntax.BadInput.Warnings;
import dev.torc.core.attempt.Event;
import dev.torc.core.attempt.LaunchBuilder;
import dev.torc.core.decide.Expander;
import dev.torc.core.decide.JobRecords;
import dev.torc.core.decide.JobSelection;
import dev.torc.core.decide.JobSelection.Rerun;
import dev.torc.core.decide.NeedContents;
import dev.torc.core.decide.Plan;
import dev.torc.core.decide.PlanContext;
import dev.torc.core.decide.Reason;
import dev.torc.core.memory.Cache;
import dev.torc.core.memory.CachePlace;
import dev.torc.core.model.Group;
import dev.torc.features.forced.ForcedJobs;
import dev.torc.features.stores.LocalStore;
import dev.torc.features.stores.SharedStores;
import dev.torc.front.project.BuildWatcher;
import dev.torc.front.project.Caller;
import dev.torc.front.project.DiskChecks;
import dev.torc.front.project.JobConditions;
import dev.torc.front.project.Project;
import dev.torc.front.show.Console;
import java.io.IOException;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;

/** A project opened for reading. It writes nothing and waits for no lock (rule 10). */
public final class ReadSession implements AutoCloseable {

  private final Project project;
  private final Cache cache;
  private final Map<String, Reason> stillRunning;
  private final Set<String> running;
  private final DigestMemo digests;
  private final LocalStore stored;
  private final SharedStores asked;
  private final PlanContext context;
  private final FastPath fast;

  private ReadSession(
      FastPath fast, Cache cache, Set<String> gone, SharedStores asked, Warnings note)
      throws IOException {
    this.cache = cache;
    this.asked = asked;
    this.fast = fast.holds() ? fast : FastPath.none(fast.project(), null);
    Project given = this.fast.project();
    RunningJobs now = RunningJobs.of(given.place(), cache, gone);
    this.running = now.here().keySet();
    this.stillRunning = now.reasons();
    ForcedJobs.addReasons(given.place(), cache, stillRunning);
    this.digests = given.looking(cache::stamp);
    this.stored = given.results(cache).checkedBy(digests);
    this.fast.passDigests(digests);
    Expander expander = given.expander(found -> found.select(List.of()), digests, cache::hasRun);
    PlanContext first = context(given, given.select(List.of()), Rerun.NONE);
    PlanContext begin = expander.withoutStale(first, this.fast.dirty());
    if (begin == first && first.selection().open().isEmpty()) {
      this.context = first;
      this.project = given;
      return;
    }
    this.context = expander.plan(begin).context();
    this.project = given.with(context.graph());
    for (Group group : project.workflow().groups()) {
      group.further().problems().forEach(problem -> note.take(problem));
    }
  }

  private PlanContext context(Project of, JobSelection selection, Rerun rerun) {
    PlanContext.Basis basis = of.basis(cache, digests, stored, asked, fast.undeclared(of.graph()));
    return PlanContext.of(basis, of.graph(), stillRunning, true, selection, rerun);
  }

  /** Opens the cache for reading; shared stores in folders are asked too. */
  public static ReadSession at(Project project, Warnings note) throws IOException {
    SharedStores folders = new SharedAccess(project).openFolders(note);
    return at(FastPath.of(project, FileClock.none(), null), Set.of(), folders, note);
  }

  /**
   * Opens the cache for reading. The session asks the shared stores in {@code asked}, null for
   * none, which results they have, and closes them in the end.
   */
  static ReadSession at(FastPath fast, Set<String> gone, SharedStores asked, Warnings note)
      throws IOException {
    Cache cache = Cache.look(fast.project().place(), note);
    try {
      return new ReadSession(fast, cache, gone, asked, note);
    } catch (IOException | RuntimeException e) {
      if (asked != null) {
        asked.close();
      }
      cache.close();
      throw e;
    }
  }

  /** Returns what is known, with groups expanded as far as the results in a cache allow. */
  public static PlanContext context(Project project, Cache cache, Warnings note)
      throws IOException {
    return new ReadSession(FastPath.none(project, null), cache, Set.of(), null, note).context;
  }

  /** Returns the project with its groups expanded as far as is possible without running jobs. */
  public Project project() {
    return project;
  }

  /** Returns the jobs that the running build runs on its machine. */
  public Set<String> running() {
    return running;
  }

  /** Returns the verdicts on the selected jobs of {@link #project}. */
  public Plan plan(JobSelection selection, Rerun rerun) throws IOException {
    BitSet asked = selection.asked(context.graph(), rerun);
    // Even a settled job runs if it is requested, so the records are read again.
    PlanContext of =
        asked.isEmpty() ? context.with(selection, rerun) : context(project, selection, rerun);
    if (project.options().reuse().probes() && JobConditions.areProbed(of)) {
      Map<String, Long> limits =
          Capacity.of(project.workflow(), project.caller().host(), Map.of()).limits();
      try (Signals signals = project.caller().host().process().signals()) {
        int signal = JobConditions.probe(project, of, "", limits, new Quiet(signals));
        if (signal != 0) {
          throw new Console.EndedBySignal(signal);
        }
      }
    }
    BitSet dirty = (BitSet) fast.dirty().clone();
    dirty.or(asked);
    return of.graph() == fast.project().graph() ? Plan.of(of, dirty) : Plan.of(of);
  }

  /** Refuses jobs as a build would if they were due, and warns about their files. */
  public void check(BitSet jobs, Consumer<Diagnostic> warn) throws IOException {
    DiskChecks.check(project.graph(), digests, project.caller().env(), jobs, cache::hasRun)
        .forEach(warn);
    context.refuse(jobs, jobs);
  }

  /** Tells nothing about probes; a signal ends them. */
  private record Quiet(Signals signals) implements BuildWatcher {
    @Override
    public void accept(Event event) {}

    @Override
    public Signals.Handling probing(IntConsumer end) {
      return signals.during(end);
    }
  }

  public Cache cache() {
    return cache;
  }

  public PlanContext context() {
    return context;
  }

  public JobRecords records() {
    return context.records();
  }

  /** Returns the command of each job as it would run now, with the resources that it would get. */
  public IntFunction<String> commands() {
    Caller caller = project.caller();
    CachePlace place = project.place();
    LaunchBuilder launches =
        new LaunchBuilder(project.workflow(), place, "", Map.of(), caller.env(), null);
    Map<String, Long> limits = Capacity.of(project.workflow(), caller.host(), Map.of()).limits();
    NeedContents names = context.contents().unread();
    return job -> launches.shown(project.graph(), job, names.filesOf(job), limits);
  }

  public DigestMemo digests() {
    return digests;
  }

  /** Returns the shared stores that this session asks; null for none. */
  public SharedStores asked() {
    return asked;
  }

  @Override
  public void close() {
    if (asked != null) {
      asked.close();
    }
    cache.close();
  }
}
