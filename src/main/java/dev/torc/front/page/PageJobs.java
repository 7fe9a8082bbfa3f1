package dev.torc.front.page;

import dev.torc.base.text.SafeText;
import dev.torc.core.decide.JobRecords;
import dev.torc.core.decide.Plan;
import dev.torc.core.decide.Reason;
import dev.torc.core.decide.Verdict;
import dev.torc.core.memory.AttemptRecord;
import dev.torc.core.memory.Cache;
import dev.torc.core.memory.JobResult;
import dev.torc.core.memory.JobResult.RunDetails;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Job;
import dev.torc.core.model.Job.Resources;
import dev.torc.core.model.Workflow.LeftOutJob;
import dev.torc.features.past.GitCommit;
import dev.torc.features.past.PastCommits;
import dev.torc.features.why.Causes;
import dev.torc.front.page.PageData.Row;
import dev.torc.front.page.PageData.State;
import dev.torc.front.page.PageData.Texts;
import dev.torc.front.show.AttemptText;
import dev.torc.front.show.ReasonText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * The jobs of a page with their states: now, from the last run and the verdict, or at the end of
 * one build. {@link PageRuns} reads the history.
 */
final class PageJobs {

  private final Plan plan;
  private final Plan spared;
  private final Graph graph;
  private final Cache cache;
  private final PastCommits commits;
  private final PageRuns runs;
  private final BitSet wanted;
  private final boolean asOfNow;
  private final UnaryOperator<String> told;
  private final SortedMap<String, LeftOutJob> leftOut;
  private final Map<String, Integer> index = new LinkedHashMap<>();
  private final List<Row> rows = new ArrayList<>();
  private final List<AttemptRecord> shown = new ArrayList<>();
  private final int[] causes; // by node: the failed job that stops it, or itself; else -1
  private final List<AttemptRecord> earlier = new ArrayList<>();
  private final BitSet known = new BitSet(); // rows that show the last run on record

  /**
   * Finds the state of each job.
   *
   * @param wanted the jobs of a build without targets
   * @param asOfNow whether the page shows the present state of the project, not one build
   * @param told prepares a text for display
   */
  PageJobs(
      Plan plan,
      BitSet wanted,
      Cache cache,
      PageRuns runs,
      boolean asOfNow,
      UnaryOperator<String> told) {
    this.plan = plan;
    this.wanted = wanted;
    this.graph = plan.context().graph();
    this.cache = cache;
    this.commits = PastCommits.of(cache);
    this.runs = runs;
    this.asOfNow = asOfNow;
    this.told = told;
    this.causes = causes();
    BitSet waiting = plan.selected(verdict -> verdict instanceof Verdict.MayRun);
    IntStream.range(0, graph.nodes()).filter(this::isBlocked).forEach(waiting::clear);
    this.spared = waiting.isEmpty() ? plan : Plan.amid(plan.context(), waiting);
    this.leftOut = asOfNow ? graph.workflow().leftOut() : Collections.emptySortedMap();
    TreeSet<String> gone = new TreeSet<>(runs.attempts().keySet());
    gone.addAll(leftOut.keySet());
    int[] jobs = graph.inOrder(plan.selected());
    for (int id : jobs) {
      gone.remove(graph.name(id));
    }
    int all = jobs.length + gone.size();
    for (int id : jobs) {
      Job job = graph.job(id);
      add(job.name(), job.group(), id, job.runs().resources(), all);
    }
    gone.forEach(
        name -> {
          LeftOutJob job = leftOut.get(name);
          add(name, job == null ? null : job.job().group(), -1, Resources.DEFAULT, all);
        });
  }

  /** Returns the jobs of which the page shows that a condition leaves them out. */
  SortedMap<String, LeftOutJob> leftOut() {
    return leftOut;
  }

  /** Returns the index in {@link #rows} of each job, by name. */
  Map<String, Integer> index() {
    return index;
  }

  List<Row> rows() {
    return rows;
  }

  /** Returns the runs in the order of {@link PageData#runs}. */
  List<AttemptRecord> runs() {
    List<AttemptRecord> all = new ArrayList<>(shown);
    all.addAll(earlier);
    return all;
  }

  /** Returns whether the log and the values on record belong to the run that a row shows. */
  boolean isKnown(int row) {
    return known.get(row);
  }

  private void add(String name, String group, int id, Resources asked, int all) {
    JobResult result = cache.result(name);
    boolean its = result != null && (asOfNow || result.build().equals(runs.build.id().id()));
    // Decoding details is slow, and an earlier build may have run only a few of 100 000 jobs.
    RunDetails details = its ? cache.details(name) : null;
    AttemptRecord last = runs.last(name);
    boolean same =
        details != null && (!asOfNow || last == null || last.id().build() == details.ran().build());
    AttemptRecord run = asOfNow && !same ? null : last;
    boolean restored = details != null && details.origin() != null;
    known.set(rows.size(), details != null && (asOfNow || last != null || restored));
    index.put(name, rows.size());
    shown.add(run);
    AttemptRecord telling = runs.telling(name);
    if (telling != null && telling != run) {
      earlier.add(telling);
    }
    Verdict verdict = id < 0 ? null : standing(id);
    GitCommit commit =
        details != null ? commits.of(details) : run == null ? null : commits.of(run.id().build());
    boolean whole = known.get(rows.size());
    boolean blocked = id >= 0 && isBlocked(id);
    State state = asOfNow ? now(result, verdict, blocked) : then(last, restored, verdict, blocked);
    LeftOutJob left = leftOut.get(name);
    if (left != null) {
      state = State.SKIPPED;
    }
    boolean manual = asOfNow && state == State.NOT_RUN && id >= 0 && !wanted.get(id);
    rows.add(
        new Row(
            name,
            group,
            manual ? State.MANUAL : state,
            new Texts(
                told.apply(
                    left != null
                        ? SafeText.message(left.why())
                        : state == State.BLOCKED
                            ? blockedBy(id)
                            : asOfNow ? verdict(name, verdict) : ""),
                told.apply(
                    whole
                        ? reasons(Causes.decode(details))
                        : last == null
                            ? ""
                            : asOfNow ? AttemptText.because(last) : AttemptText.why(last)),
                told.apply(
                    whole
                        ? SafeText.message(details.what())
                        : last == null ? "" : AttemptText.failure(last)),
                restored ? AttemptText.origin(details.origin()) : "",
                commit == null ? "" : commit.words()),
            run == null ? 0 : run.id().attempt(),
            telling == null ? -1 : telling == run ? rows.size() : all + earlier.size() - 1,
            asked));
  }

  private String reasons(List<Reason> reasons) {
    return asOfNow
        ? ReasonText.brief(reasons, i -> ReasonText.past(reasons.get(i)))
        : ReasonText.brief(reasons);
  }

  /** Returns the verdict of a job, assuming that failed jobs do not run again. */
  private Verdict standing(int job) {
    Verdict verdict = spared.verdict(job);
    return verdict == null ? plan.verdict(job) : verdict;
  }

  private static State now(JobResult result, Verdict verdict, boolean blocked) {
    if (verdict != null && verdict.isIdle()) {
      return State.UP_TO_DATE;
    }
    if (result != null && !result.outcome().isGood()) {
      return result.outcome().isFailure() ? State.FAILED : State.INTERRUPTED;
    }
    return blocked ? State.BLOCKED : result == null ? State.NOT_RUN : State.OUT_OF_DATE;
  }

  private State then(AttemptRecord last, boolean restored, Verdict verdict, boolean blocked) {
    if (last != null) {
      return state(last);
    }
    boolean upToDate = verdict instanceof Verdict.UpToDate;
    return restored
        ? State.RESTORED
        : !runs.isLast()
            ? State.NOT_RUN
            : upToDate ? State.UP_TO_DATE : blocked ? State.BLOCKED : State.NOT_RUN;
  }

  static State state(AttemptRecord run) {
    return switch (run.end().outcome()) {
      case OK, ADOPTED, SKIPPED -> State.RAN;
      case FAILED, TIMED_OUT, OUT_OF_MEMORY, UNDONE -> State.FAILED;
      case INTERRUPTED -> State.INTERRUPTED;
    };
  }

  /** Returns what a build would do with a job; empty if it would do nothing. */
  private String verdict(String job, Verdict verdict) {
    return switch (verdict) {
      case null -> "";
      case Verdict.UpToDate _, Verdict.Skips _ -> "";
      case Verdict.WillRun will -> "will run: " + ReasonText.brief(will.reasons());
      case Verdict.WillRestore will ->
          "will be restored from " + AttemptText.origin(will.origin(job));
      case Verdict.WillFail will -> "will fail: " + SafeText.message(will.what());
      case Verdict.MayRun may -> "may run: after " + SafeText.name(graph.name(may.after()));
    };
  }

  /** Returns what is wrong with the products of a job or group, as a phrase; empty for nothing. */
  String trouble(int maker) {
    Verdict verdict = standing(maker);
    if (verdict == null || verdict instanceof Verdict.UpToDate) {
      return "";
    }
    String name = graph.name(maker);
    Integer row = index.get(name);
    String what = row == null ? "" : rows.get(row).texts().what();
    return SafeText.name(name)
        + " "
        + (!what.isEmpty()
            ? AttemptText.failed(what)
            : isBlocked(maker) ? "is " + blockedBy(maker) : told.apply(verdict(name, verdict)));
  }

  private boolean isBlocked(int node) {
    return causes[node] >= 0 && causes[node] != node;
  }

  private String blockedBy(int node) {
    return "blocked by " + SafeText.name(graph.name(causes[node]));
  }

  /**
   * Finds the failed job that stops each node: the node itself or a job that it waits for. Drops
   * failed and blocked nodes from the records, as a build in which they fail does, so that readers
   * that skip them can be found up to date.
   */
  private int[] causes() {
    JobRecords records = plan.context().records();
    int[] causes = new int[graph.nodes()];
    Arrays.fill(causes, -1);
    for (int place = 0; place < graph.nodes(); place++) {
      int node = graph.inOrder(place);
      if (plan.verdict(node) instanceof Verdict.UpToDate) {
        continue;
      }
      int[] before = graph.before().row(node);
      int[] lost = Arrays.stream(before).filter(each -> causes[each] >= 0).toArray();
      boolean passed = graph.isLenient(node) && lost.length < before.length;
      if (lost.length > 0 && !passed) {
        causes[node] = causes[lost[0]];
      } else if (graph.isJob(node) && isFailed(node)) {
        causes[node] = node;
      }
      if (causes[node] >= 0) {
        records.drop(node);
      } else if (passed
          && Arrays.stream(before).allMatch(each -> causes[each] >= 0 || records.isSettled(each))) {
        records.settle(node);
      }
    }
    return causes;
  }

  private boolean isFailed(int job) {
    if (!asOfNow) {
      AttemptRecord last = runs.last(graph.name(job));
      return last != null && state(last) == State.FAILED;
    }
    JobResult result = cache.result(graph.name(job));
    return result != null && result.outcome().isFailure();
  }
}
