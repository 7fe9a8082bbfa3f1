package dev.torc.session;

import dev.torc.engine.Event;
import dev.torc.engine.JobState;
import dev.torc.fresh.FreshJobs;
import dev.torc.fresh.FreshJobs.Carried;
import dev.torc.graph.Downstream;
import dev.torc.graph.Graph;
import dev.torc.hash.Digest;
import dev.torc.hash.DigestMemo;
import dev.torc.hash.FileClock;
import dev.torc.hash.Stamp;
import dev.torc.hash.StampSource;
import dev.torc.plan.JobSelection;
import dev.torc.plan.Plan;
import dev.torc.plan.PlanContext;
import dev.torc.plan.Verdict;
import dev.torc.records.BuildRecord.BuildId;
import dev.torc.records.BuildRecord.StoreUse;
import dev.torc.records.Cache;
import dev.torc.records.CachePlace;
import dev.torc.records.StartMark;
import dev.torc.records.StartMarks;
import dev.torc.session.Caller.Host;
import dev.torc.text.Refusal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The jobs of a project that need not be decided, because they were fresh after the last build and
 * nothing of them changed since. {@link FreshJobs} says what fresh means; this class finds, checks
 * and stores such jobs. It may be believed as long as it {@link #holds}, and for a plan if it
 * {@link #stands}; else {@link #none} takes its place.
 *
 * @param selection the jobs of a build; null for a look
 * @param fresh null if nothing is fresh; else with the stamps that its files have now
 * @param dirty the jobs of the graph that have to be decided, also because a request names them
 * @param file null if nothing is fresh
 */
record FastPath(
    Project project, JobSelection selection, FreshJobs fresh, BitSet dirty, FreshFile file) {

  /**
   * The file of the fresh jobs.
   *
   * @param stamp taken before it was read
   * @param whole whether the graph has all jobs that it had in the last build
   * @param news whether the file is behind: files were touched, or build files edited
   * @param digests the digests read to check it
   */
  record FreshFile(Stamp stamp, boolean whole, boolean news, DigestMemo digests) {}

  /**
   * Finds the jobs that are still fresh; reads files that were touched. Nothing is fresh if jobs
   * may run whose results decided about groups. The request is null for a look.
   */
  static FastPath of(Project project, FileClock clock, BuildRequest request) throws IOException {
    StampSource stamps = project.stamps();
    Stamp stamp = ownStamp(project, project.place().rest());
    Carried last = stamp.exists() ? freshOf(project) : null;
    if (last == null) {
      return none(project, request);
    }
    DigestMemo digests =
        new DigestMemo(project.place().root(), stamps, clock, _ -> null, (_, _) -> {});
    FreshJobs.Looked looked =
        last.fresh().look(project.graph(), stamps, digests, FreshJobs.THREADS);
    boolean news = project.reused() == null || looked.fresh() != last.fresh();
    JobSelection selection = null;
    BitSet dirty = (BitSet) looked.dirty().clone();
    boolean decides = decidesGroups(project, looked.fresh(), dirty);
    if (!decides && request != null) { // else targets may mean other jobs
      selection = project.selectToBuild(request.targets());
      dirty.or(selection.asked(project.graph(), request.rerun()));
      decides = decidesGroups(project, looked.fresh(), dirty);
    }
    return decides
        ? none(project, request)
        : new FastPath(
            project,
            selection,
            looked.fresh(),
            dirty,
            new FreshFile(stamp, last.whole(), news, digests));
  }

  /** Returns whether jobs may run whose results decided about groups, if the dirty jobs run. */
  private static boolean decidesGroups(Project project, FreshJobs fresh, BitSet dirty) {
    BitSet deciding = project.reused() == null ? new BitSet() : project.reused().deciding();
    return !deciding.isEmpty()
        && !dirty.isEmpty()
        && (fresh.lackProducts(project.graph(), deciding) // one may be wanted again
            || Downstream.with(project.graph(), dirty).intersects(deciding));
  }

  /** Returns the jobs of the graph that were fresh after the last build; null for none. */
  private static Carried freshOf(Project project) throws IOException {
    CachePlace place = project.place();
    GraphFile reused = project.reused();
    GraphFile last = project.buildFiles().last();
    FreshJobs fresh =
        last == null
            ? null
            : FreshJobs.read(place.rest(), held(project, last.id()), project.machineInputs());
    if (fresh == null) {
      return null;
    }
    if (reused != null || project.graph().isWith(last.graph())) {
      return new Carried(fresh, true);
    }
    return last.deciding().isEmpty() && project.graph().isWhole()
        ? fresh.carried(last.graph(), project.graph())
        : null;
  }

  /** Returns the state with nothing fresh; it forgets results that decided about groups. */
  static FastPath none(Project project, BuildRequest request) throws IOException {
    Project of = project.withoutResults();
    JobSelection selection = request == null ? null : of.selectToBuild(request.targets());
    return new FastPath(of, selection, null, of.graph().allJobs(), null);
  }

  private static FreshJobs.Held held(Project project, Digest graph) throws IOException {
    Host host = project.caller().host();
    Stamp data = ownStamp(project, project.place().data());
    var journal = Cache.journal(project.place());
    return new FreshJobs.Held(graph, host.here().boot(), data, journal, new TreeMap<>());
  }

  /** Returns the stamp of a file of torc's own, which is on a disk of this host. */
  static Stamp ownStamp(Project project, Path file) throws IOException {
    return project.caller().host().stamps().stamp(file);
  }

  /**
   * Returns whether no build has begun since: it would have removed the file or, with another
   * cache, written marks of jobs that may still run.
   */
  boolean holds() throws IOException {
    CachePlace place = project.place();
    return fresh == null
        || ownStamp(project, place.rest()).equals(file.stamp)
            && (project.stamps().linkStamp(place.running()).size() == 0
                || StartMarks.read(place).stream().allMatch(StartMark::ended));
  }

  BitSet concerned() {
    BitSet jobs = Downstream.with(project.graph(), dirty);
    jobs.and(selection.jobs());
    return jobs;
  }

  boolean isQuiet() {
    return fresh != null
        && file.whole
        && !dirty.intersects(selection.jobs())
        && selection.open().isEmpty();
  }

  /**
   * Returns whether no job whose result decided about groups has to run; a fresh job has to if its
   * record is unreadable.
   */
  boolean stands(Plan plan) {
    return project.reused() == null
        || plan.context().graph() != project.graph()
        || project.reused().deciding().stream()
            .mapToObj(plan::verdict)
            .allMatch(verdict -> verdict == null || verdict instanceof Verdict.UpToDate);
  }

  /** Opens the project for work, which removes the file of the fresh jobs. */
  WriteSession open(String build, Set<String> gone, Consumer<String> warn) throws IOException {
    if (fresh != null) {
      fresh.readDigests();
    }
    WriteSession work = WriteSession.open(project, build, gone, warn);
    passDigests(work.digests());
    return work.from(this);
  }

  /** Returns the given fresh jobs with a product whose stamp has changed since. */
  BitSet moved(BitSet jobs) {
    return fresh == null
        ? new BitSet()
        : fresh.moved(project.graph(), project.stamps(), jobs, FreshJobs.THREADS);
  }

  /** Passes on what is known of files, so that they are neither read nor looked up again. */
  void passDigests(DigestMemo to) {
    if (fresh != null) {
      Graph graph = project.graph();
      to.follow(file.digests, (path, stamp) -> fresh.digest(graph, path, stamp));
    }
  }

  /** Reports a build in which nothing is to be done; {@code build} has the last one's number. */
  static int reportFresh(
      Project project, BuildId build, long began, BitSet selected, BuildWatcher listener) {
    int jobs = selected.cardinality();
    listener.accept(new Event.Started(build, project.place().root(), jobs));
    Event.Details none = new Event.Details("", "", null, 0, -1, -1);
    for (int j : project.graph().inOrder(listener.wantsAll() ? selected : new BitSet())) {
      listener.accept(new Event.JobEnded(project.graph().name(j), JobState.UP_TO_DATE, none));
    }
    Map<JobState, Integer> counts = Map.of(JobState.UP_TO_DATE, jobs); // none is in another state
    listener.accept(new Event.Finished(build, counts, StoreUse.NONE, System.nanoTime() - began, 0));
    return Exit.DONE;
  }

  /**
   * Returns the fresh jobs after a build, while the cache is still open; null if unknown. The plan
   * is not used if nothing was fresh.
   */
  FreshJobs after(Plan plan, PlanContext last, WriteSession work, Consumer<String> warn) {
    try {
      work.heap().phaseEnded();
      Digest id = project.buildFiles().store(project.settled(), last.graph(), work.digests());
      work.heap().phaseEnded(); // the graph's bytes
      boolean same = fresh != null && last.graph() == project.graph();
      BitSet stayed = new BitSet(); // the fresh jobs that the build did not have to look at
      if (same) {
        stayed.or(fresh.jobs());
        stayed.andNot(dirty);
        stayed.andNot(plan.decided());
        stayed.stream().filter(last.records()::isDropped).forEach(stayed::clear); // rule 16
      }
      FreshJobs before = same ? fresh : null;
      return FreshJobs.after(last, held(project, id), before, stayed, work.build().id())
          .with(work.stale() == null ? stale(last) : work.stale().known());
    } catch (IOException e) {
      warnLost(e, warn);
    } catch (UncheckedIOException e) {
      warnLost(e.getCause(), warn);
    }
    return null;
  }

  /** Returns the stale products of a graph; null if the last build did not know. */
  List<String> stale(PlanContext context) {
    return fresh == null || context.graph() != project.graph() ? null : fresh.stale();
  }

  /**
   * Stores, after a build that found nothing to decide, the stamps of touched files, or each build
   * would read them again, and the graph of edited build files. The build lock is held. The cache
   * was not opened and has the old stamps: if this file is lost, the files are read again.
   */
  void renew(Consumer<String> warn) {
    if (!file.news) {
      return;
    }
    try {
      fresh.readDigests();
      Digest id = project.buildFiles().store(project.place(), project.graph(), file.digests);
      if (id != null) {
        fresh.with(id).write(project.place().rest());
        project.place().giveRecords(project.place().rest());
      }
    } catch (IOException e) {
      String lost = "cannot remember the stamps of touched files, the next build reads them again";
      warn.accept(lost + ": " + Refusal.line(e));
    }
  }

  /** Writes the fresh jobs after the cache is closed, if the graph is stored. */
  void store(FreshJobs next, Consumer<String> warn) {
    if (next == null || next.held().graph() == null) {
      return;
    }
    try {
      CachePlace now = project.settled();
      next.with(ownStamp(project, now.data()), Cache.journal(now)).write(now.rest());
      now.giveRecords(now.rest());
    } catch (IOException e) {
      warnLost(e, warn);
    }
  }

  /** Warns that something could not be stored, which costs only time. */
  private static void warnLost(IOException e, Consumer<String> warn) {
    String lost = "cannot keep what is fresh, the next build looks at everything";
    warn.accept(lost + ": " + Refusal.line(e));
  }
}
