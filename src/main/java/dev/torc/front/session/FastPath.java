package dev.torc.front.session;

import dev.torc.base.digests.Digest;
import dev.torc.base.digests.DigestMemo;
import dev.torc.base.digests.FileClock;
import dev.torc.base.digests.Stamp;
import dev.torc.base.digests.StampSource;
import dev.torc.base.digests.StampSource.StampPaths;
import dev.torc.base.posix.Questions;
import dev.torc.base.text.Refusal;
import dev.torc.core.attempt.Event;
import dev.torc.core.attempt.JobState;
import dev.torc.core.decide.JobSelection;
import dev.torc.core.decide.Plan;
import dev.torc.core.decide.PlanContext;
import dev.torc.core.decide.Verdict;
import dev.torc.core.memory.BuildRecord.BuildId;
import dev.torc.core.memory.BuildRecord.StoreUse;
import dev.torc.core.memory.Cache;
import dev.torc.core.memory.CachePlace;
import dev.torc.core.memory.StartMark;
import dev.torc.core.memory.StartMarks;
import dev.torc.core.model.Downstream;
import dev.torc.core.model.Extra;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Workflow.Settings;
import dev.torc.features.fastpath.FreshJobs;
import dev.torc.features.fastpath.FreshJobs.Carried;
import dev.torc.features.secrets.SecretValues;
import dev.torc.front.project.BuildRequest;
import dev.torc.front.project.BuildWatcher;
import dev.torc.front.project.Caller.Host;
import dev.torc.front.project.GraphFile;
import dev.torc.front.project.LeftOutTargets;
import dev.torc.front.project.NeedWays;
import dev.torc.front.project.Project;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The jobs of a project that need no decision, because they were fresh after the last build and
 * none of their inputs or products changed since. {@link FreshJobs} defines fresh; this class
 * finds, checks and stores such jobs. A build may rely on it while {@link #holds} returns true, and
 * on a plan made with it if {@link #stands} returns true for the plan. Otherwise {@link #none}
 * replaces it.
 *
 * @param selection the jobs of a build; null if no build was requested
 * @param fresh null if nothing is fresh; else with the present stamps of its files
 * @param dirty the jobs of the graph that have to be decided, also because a request names them
 * @param file null if nothing is fresh
 */
record FastPath(
    Project project, JobSelection selection, FreshJobs fresh, BitSet dirty, FreshFile file) {

  /**
   * The file of the fresh jobs.
   *
   * @param stamp taken before the file was read
   * @param whole whether the graph has all jobs that it had in the last build
   * @param news whether the file is out of date, since files were touched or build files edited
   * @param digests the digests read to check the fresh jobs
   */
  record FreshFile(Stamp stamp, boolean whole, boolean news, DigestMemo digests) {}

  /**
   * Finds the jobs that are still fresh, and reads the touched files. No job is fresh if a job may
   * run whose result decided the instances of a group. {@code request} is null without a build.
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
        last.fresh().look(project.graph(), stamps, digests, threads(project, last.fresh()));
    boolean news = project.reused() == null || looked.fresh() != last.fresh();
    JobSelection selection = null;
    BitSet dirty = (BitSet) looked.dirty().clone();
    boolean decides = decidesGroups(project, looked.fresh(), dirty);
    if (!decides && request != null) { // otherwise targets may mean other jobs
      selection = project.select(request);
      dirty.or(selection.asked(project.graph(), request.rerun()));
      if (project.options().reuse().only()) { // a left out job makes no reader wait
        dirty.or(concerned(project, selection, dirty));
      }
      decides = decidesGroups(project, looked.fresh(), dirty);
    }
    if (project.reused() != null && !dirty.isEmpty() && new NeedWays(project.graph()).areNew()) {
      return none(project.anew(), request); // a job may need the products of other jobs now
    }
    FreshFile file = new FreshFile(stamp, last.whole(), news, digests);
    return decides
        ? none(project, request)
        : new FastPath(project, selection, looked.fresh(), dirty, file);
  }

  /** Returns whether the dirty jobs may make a job run whose result decided about a group. */
  private static boolean decidesGroups(Project project, FreshJobs fresh, BitSet dirty) {
    BitSet deciding = project.reused() == null ? new BitSet() : project.reused().deciding();
    return !deciding.isEmpty()
        && !dirty.isEmpty()
        && (fresh.lackProducts(project.graph(), deciding) // a product may be wanted again
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

  /** Returns a fast path without fresh jobs: every job has to be decided. */
  static FastPath none(Project project, BuildRequest request) throws IOException {
    Project of = project.withoutResults();
    JobSelection selection = request == null ? null : of.select(request);
    return new FastPath(of, selection, null, of.graph().allJobs(), null);
  }

  private static FreshJobs.Held held(Project project, Digest graph) throws IOException {
    Host host = project.caller().host();
    Stamp data = ownStamp(project, project.place().data());
    var journal = Cache.journal(project.place());
    return new FreshJobs.Held(graph, host.here().boot(), data, journal, new TreeMap<>());
  }

  /** Returns the stamp of one of torc's own files, which are on a local disk. */
  static Stamp ownStamp(Project project, Path file) throws IOException {
    return project.caller().host().stamps().stamp(file);
  }

  /**
   * Returns whether no build has begun since. A build removes the file of the fresh jobs, or writes
   * start marks if it uses another cache.
   */
  boolean holds() throws IOException {
    CachePlace place = project.place();
    return fresh == null
        || ownStamp(project, place.rest()).equals(file.stamp)
            && (project.stamps().linkStamp(place.running()).size() == 0
                || StartMarks.read(place).stream().allMatch(StartMark::ended));
  }

  /** Returns the jobs that may run. */
  BitSet concerned() {
    return concerned(project, selection, dirty);
  }

  private static BitSet concerned(Project project, JobSelection selection, BitSet dirty) {
    BitSet jobs = Downstream.with(project.graph(), dirty);
    jobs.and(project.options().reuse().only() ? selection.named() : selection.jobs());
    return jobs;
  }

  boolean isQuiet() {
    return fresh != null
        && file.whole
        && !dirty.intersects(selection.jobs())
        && selection.open().isEmpty();
  }

  /**
   * Lets this process leave a memo of a build in which nothing runs, if only stamps that it asked
   * about decide that. {@link Questions#doubt} has what decides besides the settings checked here.
   * A question to another program, such as for an image, begins with a NUL.
   */
  void settleMemo() throws IOException {
    Questions asked = Questions.here();
    if (asked == null) {
      return;
    }
    Settings settings = project.workflow().settings();
    Graph graph = project.graph();
    CachePlace place = project.place();
    Questions.look(place.remote(), false);
    boolean rests =
        project.reused() != null
            && !file.news
            && !place.isNetworkRoot()
            && !place.elsewhere()
            && place.root().equals(project.caller().cwd())
            && settings.stamps().equals(StampPaths.NONE)
            && settings.hooks().isEmpty()
            && settings.executors().isEmpty()
            && settings.stores().shared().isEmpty()
            && graph.having(SecretValues.KEY).isEmpty()
            && graph.having(Extra.SURROUNDS).isEmpty()
            && fresh.held().caller().keySet().stream().noneMatch(asks -> asks.startsWith("\0"))
            && !Files.exists(place.remote())
            && project.stamps().linkStamp(place.running()).size() == 0;
    if (rests) {
      asked.settle(place.root());
    }
  }

  /**
   * Returns whether the plan runs no job whose result decided the instances of a group. Even a
   * fresh job runs if its record is unreadable.
   */
  boolean stands(Plan plan) {
    return project.reused() == null
        || plan.context().graph() != project.graph()
        || project.reused().deciding().stream()
            .mapToObj(plan::verdict)
            .allMatch(verdict -> verdict == null || verdict instanceof Verdict.UpToDate);
  }

  /** Opens the project for writing, which removes the file of the fresh jobs. */
  WriteSession open(String build, Set<String> gone, Consumer<String> warn) throws IOException {
    if (fresh != null) {
      fresh.readDigests();
    }
    WriteSession work = WriteSession.open(project, build, gone, warn);
    passDigests(work.digests());
    return work.from(this);
  }

  /** Returns which of the given fresh jobs have a file with another stamp: see FreshJobs. */
  BitSet moved(BitSet jobs, boolean sources) {
    return fresh == null
        ? new BitSet()
        : fresh.moved(project.graph(), project.stamps(), jobs, sources, threads(project, fresh));
  }

  private static int threads(Project project, FreshJobs fresh) {
    return fresh.threads(project.caller().host().process().isOwn());
  }

  /** Passes the known digests to {@code to}, so that it neither reads nor looks up these files. */
  void passDigests(DigestMemo to) {
    if (fresh != null) {
      Graph graph = project.graph();
      to.follow(file.digests, (path, stamp) -> fresh.digest(graph, path, stamp));
    }
  }

  /** Reports a build that has nothing to do; {@code build} has the number of the last build. */
  static int reportFresh(
      Project project,
      BuildId build,
      long began,
      BitSet selected,
      List<String> targets,
      BuildWatcher listener) {
    int jobs = selected.cardinality();
    listener.accept(new Event.Started(build, project.place().root(), jobs));
    Event.Details none = new Event.Details("", "", null, 0, -1, -1);
    for (int j : project.graph().inOrder(listener.wantsAll() ? selected : new BitSet())) {
      listener.accept(new Event.JobEnded(project.graph().name(j), JobState.UP_TO_DATE, none));
    }
    var leftOut = LeftOutTargets.of(project.graph(), targets, project.paths());
    LeftOutTargets.tell(leftOut, listener);
    Map<JobState, Integer> counts = // none is in another state
        leftOut.isEmpty()
            ? Map.of(JobState.UP_TO_DATE, jobs)
            : Map.of(JobState.UP_TO_DATE, jobs, JobState.SKIPPED, leftOut.size());
    listener.accept(new Event.Finished(build, counts, StoreUse.NONE, System.nanoTime() - began, 0));
    return Exit.DONE;
  }

  /**
   * Returns the fresh jobs after a build; null if unknown. The cache must still be open. {@code
   * plan} may be null if nothing was fresh.
   */
  FreshJobs after(Plan plan, PlanContext last, WriteSession work, Consumer<String> warn) {
    try {
      work.heap.phaseEnded();
      if (last.basis().astray().get()) {
        Files.deleteIfExists(project.settled().graph()); // it may lack edges
        return null;
      }
      Digest id = project.buildFiles().store(project.settled(), last.graph(), work.digests());
      work.heap.phaseEnded(); // the graph's bytes
      boolean same = fresh != null && last.graph() == project.graph();
      BitSet stayed = new BitSet(); // fresh jobs that the build did not decide
      if (same) {
        stayed.or(fresh.jobs());
        stayed.andNot(dirty);
        stayed.andNot(plan.decided());
        stayed.stream().filter(last.records()::isDropped).forEach(stayed::clear); // rule 16
      }
      FreshJobs before = same ? fresh : null;
      return FreshJobs.after(last, held(project, id), before, stayed, work.build().id())
          .with(List.copyOf(last.contents().stale().undeclared()));
    } catch (IOException e) {
      warnLost(e, warn);
    } catch (UncheckedIOException e) {
      warnLost(e.getCause(), warn);
    }
    return null;
  }

  /** Returns the undeclared paths that the last build found with the same graph; else null. */
  List<String> undeclared(Graph graph) {
    return fresh == null || graph != project.graph() ? null : fresh.undeclared();
  }

  /**
   * Stores the new stamps of touched files and the graph of edited build files, after a build that
   * had nothing to decide, under the build lock. The database keeps the old stamps: without this
   * file, the next build reads the touched files again.
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

  /** Writes the fresh jobs, if their graph is stored; the cache must be closed. */
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
