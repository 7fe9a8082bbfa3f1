package dev.torc.session;

import dev.torc.engine.Event;
import dev.torc.engine.JobState;
import dev.torc.graph.Downstream;
import dev.torc.graph.Graph;
import dev.torc.hash.Digest;
import dev.torc.hash.DigestMemo;
import dev.torc.hash.FileClock;
import dev.torc.hash.Stamp;
import dev.torc.hash.StampSource;
import dev.torc.plan.Plan;
import dev.torc.plan.PlanContext;
import dev.torc.plan.Verdict;
import dev.torc.records.BuildRecord.BuildId;
import dev.torc.records.BuildRecord.StoreUse;
import dev.torc.records.Cache;
import dev.torc.records.CachePlace;
import dev.torc.records.StartMarks;
import dev.torc.rest.CleanJobs;
import dev.torc.rest.CleanJobs.Carried;
import dev.torc.session.BuildRequest.LockTerms;
import dev.torc.session.BuildSession.BuildWatcher;
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
 * The jobs of a project that need not be decided, because the last build left them at rest and
 * nothing of them changed since. Keeps such jobs for the next build, too. {@link CleanJobs} says
 * what at rest means.
 *
 * @param project with the instances of groups that can be relied on; a build goes on with this one
 * @param clean null where nothing is at rest; else with the stamps that its files have now
 * @param whole whether the graph has all jobs that it had in the last build
 * @param file the stamp of the file of the jobs at rest, taken before it was read
 * @param restless the jobs of the graph that have to be decided
 * @param news whether that file is behind: files were touched and have the same bytes, or build
 *     files were edited
 * @param digests the digests read for this; null where nothing is at rest
 */
record FastPath(
    Project project,
    CleanJobs clean,
    boolean whole,
    Stamp file,
    BitSet restless,
    boolean news,
    DigestMemo digests) {

  /**
   * Looks at the files of all jobs that were left at rest, and reads those that were touched.
   *
   * @param clock {@link FileClock#none} for a look that writes nothing
   */
  static FastPath of(Project project, FileClock clock) throws IOException {
    StampSource stamps = project.stamps();
    Stamp file = own(project, project.place().rest());
    Carried left = file.exists() ? left(project) : null;
    if (left == null) {
      return none(project);
    }
    DigestMemo digests =
        new DigestMemo(project.place().root(), stamps, clock, _ -> null, (_, _) -> {});
    CleanJobs.Looked looked = left.rest().look(project.graph(), stamps, digests, CleanJobs.THREADS);
    boolean news = project.kept() == null || looked.rest() != left.rest();
    FastPath state =
        new FastPath(project, looked.rest(), left.whole(), file, looked.restless(), news, digests);
    return state.decidesGroups(new BitSet()) ? none(project) : state;
  }

  /** What the last build left at rest of the graph; null where nothing is. */
  private static Carried left(Project project) throws IOException {
    CachePlace place = project.place();
    GraphFile kept = project.kept();
    GraphFile last = project.keeper().last();
    CleanJobs clean =
        last == null
            ? null
            : CleanJobs.read(place.rest(), held(project, last.id()), project.machineInputs());
    if (clean == null) {
      return null;
    }
    if (kept != null || project.graph().isWith(last.graph())) {
      return new Carried(clean, true);
    }
    return last.deciding().isEmpty() && project.graph().isWhole()
        ? clean.over(last.graph(), project.graph())
        : null;
  }

  /** The state with nothing at rest: then nothing is known of results that decided about groups. */
  static FastPath none(Project project) throws IOException {
    Project of = project.withoutResults();
    return new FastPath(of, null, true, Stamp.MISSING, of.graph().allJobs(), false, null);
  }

  /** Whether jobs may run whose results decided about groups, if the asked jobs run. */
  boolean decidesGroups(BitSet asked) {
    BitSet deciding = project.kept() == null ? new BitSet() : project.kept().deciding();
    if (deciding.isEmpty()) {
      return false;
    }
    BitSet jobs = restless(asked);
    return !jobs.isEmpty()
        && (clean != null && clean.lack(project.graph(), deciding) // one may be wanted again
            || Downstream.with(project.graph(), jobs).intersects(deciding));
  }

  private static CleanJobs.Held held(Project project, Digest graph) throws IOException {
    Host host = project.caller().host();
    Stamp data = own(project, project.place().data());
    var journal = Cache.journal(project.place());
    return new CleanJobs.Held(graph, host.here().boot(), data, journal, new TreeMap<>());
  }

  /** The stamp of a file beside the database: on a disk of this host, and never to be opened. */
  static Stamp own(Project project, Path file) throws IOException {
    return project.caller().host().stamps().stamp(file);
  }

  /**
   * Whether no build has begun since: it would have removed the file or, with another cache, left
   * marks of jobs that may still run.
   */
  boolean holds() throws IOException {
    CachePlace place = project.place();
    return clean == null
        || own(project, place.rest()).equals(file)
            && (project.stamps().linkStamp(place.running()).size() == 0
                || StartMarks.read(place).stream().allMatch(StartMarks.Mark::ended));
  }

  /** The selected jobs that may run, if the asked jobs run. */
  BitSet concerned(BitSet selected, BitSet asked) {
    BitSet jobs = Downstream.with(project.graph(), restless(asked));
    jobs.and(selected);
    return jobs;
  }

  /**
   * Whether no job whose result decided about groups has to run: a job at rest has to where its
   * record turns out to be unreadable.
   */
  boolean stands(Plan plan) {
    return project.kept() == null
        || plan.context().graph() != project.graph()
        || project.kept().deciding().stream()
            .mapToObj(plan::verdict)
            .allMatch(verdict -> verdict == null || verdict instanceof Verdict.UpToDate);
  }

  /**
   * Opens the project for work, which removes the file of the jobs at rest.
   *
   * @param gone as {@link LockTerms#gone}
   */
  WriteSession open(String build, Set<String> gone, Consumer<String> warn) throws IOException {
    if (clean != null) {
      clean.take();
    }
    WriteSession work = WriteSession.open(project, build, gone, warn);
    hand(work.digests());
    return work.from(this);
  }

  /** Of some jobs at rest, those with a product that has another stamp than when this looked. */
  BitSet moved(BitSet jobs) {
    return clean == null
        ? new BitSet()
        : clean.moved(project.graph(), project.stamps(), jobs, CleanJobs.THREADS);
  }

  /** Hands over what is known of files, so that they are neither read nor looked up again. */
  void hand(DigestMemo to) {
    if (clean != null) {
      Graph graph = project.graph();
      to.follow(digests, (path, stamp) -> clean.digest(graph, path, stamp));
    }
  }

  /** The jobs that have to be decided, those that are asked to run among them. */
  BitSet restless(BitSet asked) {
    BitSet jobs = (BitSet) restless.clone();
    jobs.or(asked);
    return jobs;
  }

  /**
   * Tells the events of a build in which nothing is to be done, and returns exit status 0.
   *
   * @param build its id, and the number of the last one
   * @param began when the build began, by {@link System#nanoTime}
   */
  static int tell(
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
   * What the build leaves at rest; the cache is still open.
   *
   * @param plan not looked at where nothing was at rest
   * @param last the context with which it ended
   * @return null where it is not known
   */
  CleanJobs after(Plan plan, PlanContext last, WriteSession work, Consumer<String> warn) {
    try {
      work.heap().phaseEnded();
      Digest id = project.keeper().keep(project.settled(), last.graph(), work.digests());
      work.heap().phaseEnded(); // the graph's bytes
      boolean same = clean != null && last.graph() == project.graph();
      BitSet stayed = new BitSet(); // the jobs at rest that the build did not have to look at
      if (same) {
        stayed.or(clean.jobs());
        stayed.andNot(restless);
        stayed.andNot(plan.decided());
        stayed.stream().filter(last.records()::isDropped).forEach(stayed::clear); // rule 16
      }
      CleanJobs before = same ? clean : null;
      return CleanJobs.after(last, held(project, id), before, stayed, work.build().id())
          .with(work.stale() == null ? stale(last) : work.stale().known());
    } catch (IOException e) {
      lost(e, warn);
    } catch (UncheckedIOException e) {
      lost(e.getCause(), warn);
    }
    return null;
  }

  /** The stale products of a graph; null if the last build did not know. */
  List<String> stale(PlanContext context) {
    return clean == null || context.graph() != project.graph() ? null : clean.stale();
  }

  /**
   * After a build that found nothing to decide: remembers the stamps of files that were touched, or
   * each build would read them again, and the graph of build files that were edited. The build lock
   * is held, and the cache was not opened: so it still has the old stamps of these files, which are
   * read again if this file is lost.
   */
  void renew(Consumer<String> warn) {
    if (!news) {
      return;
    }
    try {
      clean.take();
      Digest id = project.keeper().keep(project.place(), project.graph(), digests);
      if (id != null) {
        clean.of(id).write(project.place().rest());
        project.place().giveRecords(project.place().rest());
      }
    } catch (IOException e) {
      String lost = "cannot remember the stamps of touched files, the next build reads them again";
      warn.accept(lost + ": " + Refusal.line(e));
    }
  }

  /** Writes what a build left at rest, after the cache is closed, if the graph is kept. */
  void keep(CleanJobs next, Consumer<String> warn) {
    if (next == null || next.held().graph() == null) {
      return;
    }
    try {
      CachePlace now = project.settled();
      next.with(own(project, now.data()), Cache.journal(now)).write(now.rest());
      now.giveRecords(now.rest());
    } catch (IOException e) {
      lost(e, warn);
    }
  }

  /** What cannot be kept costs the next build time and nothing else. */
  private static void lost(IOException e, Consumer<String> warn) {
    String lost = "cannot keep what is at rest, the next build looks at everything";
    warn.accept(lost + ": " + Refusal.line(e));
  }
}
