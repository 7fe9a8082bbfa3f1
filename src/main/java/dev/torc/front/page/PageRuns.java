package dev.torc.front.page;

import dev.torc.base.syntax.BadInput;
import dev.torc.core.memory.AttemptHistory;
import dev.torc.core.memory.AttemptRecord;
import dev.torc.core.memory.BuildRecord;
import dev.torc.core.memory.Cache;
import dev.torc.core.model.Downstream;
import dev.torc.core.model.Graph;
import dev.torc.features.past.PastCommits;
import dev.torc.front.show.Json;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Reads the history of attempts: the last run of each job, and all attempts of the build on the
 * timeline, which {@code timeline.js} draws. {@link PageJobs} finds the present states of jobs.
 */
final class PageRuns {

  /** The most builds of the history that are shown. */
  private static final int BUILDS = 200;

  private final Graph graph;
  private final long asked;
  private final List<BuildRecord> builds;
  final BuildRecord build;
  private final Map<String, AttemptRecord> last = new HashMap<>();
  private final Map<String, AttemptRecord> telling = new HashMap<>();
  private final Map<String, List<AttemptRecord>> attempts = new LinkedHashMap<>();
  private final Map<Long, Map<String, AttemptRecord>> gone = new HashMap<>();

  /**
   * Reads the history.
   *
   * @param asked the number of a build; 0 for the last build in which a job ran
   * @throws BadInput if there is no such build
   */
  PageRuns(Graph graph, Cache cache, long asked) {
    this.graph = graph;
    this.asked = asked;
    this.builds = cache.builds(BUILDS);
    AttemptHistory history = new AttemptHistory(cache);
    long[] ran = {0};
    history.eachFrom(
        asked,
        attempt -> {
          if (asked != 0 && attempt.id().build() != asked) {
            return;
          }
          if (isTold(attempt.id().job())) {
            ran[0] = Math.max(ran[0], attempt.id().build());
            last.put(attempt.id().job(), attempt);
            if (attempt.end().outcome().isTelling()) {
              telling.put(attempt.id().job(), attempt);
            }
          } else {
            gone.computeIfAbsent(attempt.id().build(), _ -> new HashMap<>())
                .put(attempt.id().job(), attempt);
          }
        });
    this.build = find(asked != 0 ? asked : ran[0]);
    history.eachFrom(
        build.id().number(),
        attempt -> {
          if (attempt.id().build() == build.id().number() && isTold(attempt.id().job())) {
            attempts.computeIfAbsent(attempt.id().job(), _ -> new ArrayList<>()).add(attempt);
          }
        });
  }

  /** Returns whether to show a job. The page of the project shows only present jobs. */
  private boolean isTold(String job) {
    return asked != 0 || graph.jobId(job) >= 0;
  }

  /** Returns a build; for the page of the project, the newest build if no job has run. */
  private BuildRecord find(long number) {
    String none =
        asked == 0
            ? "no build is on record; `torc build` makes one"
            : "no build " + asked + " is on record; `torc history` shows those that are";
    return builds.stream()
        .filter(each -> each.id().number() == number)
        .findFirst()
        .or(() -> builds.stream().filter(_ -> asked == 0).findFirst())
        .orElseThrow(() -> new BadInput(none));
  }

  /** Returns whether no later build is on record. */
  boolean isLast() {
    return build == builds.getFirst();
  }

  Map<String, List<AttemptRecord>> attempts() {
    return attempts;
  }

  AttemptRecord last(String job) {
    return last.get(job);
  }

  /**
   * Returns the attempt whose use of resources {@code torc list --resources} shows; null for none.
   */
  AttemptRecord telling(String job) {
    return telling.get(job);
  }

  /** Returns the builds with their counts as {@code torc history} prints them. */
  List<PageData.Build> history() {
    return builds.stream().map(each -> build(each, counts(each), 0)).toList();
  }

  /** Returns a build whose counts omit the jobs that the build file no longer has. */
  PageData.Build withoutRemoved(BuildRecord of) {
    TreeMap<String, Integer> counts = counts(of);
    var old = gone.getOrDefault(of.id().number(), Map.of()).values();
    for (AttemptRecord run : old) {
      counts.computeIfPresent(run.end().outcome().isGood() ? "RAN" : "FAILED", (_, n) -> n - 1);
    }
    return build(of, counts, old.size());
  }

  private static TreeMap<String, Integer> counts(BuildRecord of) {
    return new TreeMap<>(of.end().exit() < 0 ? Map.of() : of.counts());
  }

  private static PageData.Build build(
      BuildRecord of, TreeMap<String, Integer> counts, int removed) {
    BuildRecord.BuildEnd end = of.end();
    Double took = Json.seconds(end.nanos());
    return new PageData.Build(
        of.id().number(), of.started(), took, end.exit(), counts, PastCommits.of(of), removed);
  }

  /** Returns the attempts of the build, each in the lowest lane that is free at its start. */
  List<PageData.Span> spans(Map<String, Integer> index) {
    List<AttemptRecord> all = new ArrayList<>();
    attempts.values().forEach(all::addAll);
    all.sort(Comparator.comparingLong(run -> run.times().started()));
    PriorityQueue<long[]> busy = new PriorityQueue<>((a, b) -> Long.compare(a[0], b[0]));
    TreeSet<Integer> free = new TreeSet<>();
    List<PageData.Span> spans = new ArrayList<>();
    int lanes = 0;
    for (AttemptRecord run : all) {
      while (!busy.isEmpty() && busy.peek()[0] <= run.times().started()) {
        free.add((int) busy.poll()[1]);
      }
      int lane = free.isEmpty() ? lanes++ : free.pollFirst();
      busy.add(new long[] {run.times().started() + run.times().wall() / 1_000_000, lane});
      spans.add(new PageData.Span(index.get(run.id().job()), lane, run));
    }
    return spans;
  }

  /**
   * Returns the critical path: the job that ended last, preceded by the job that ended last among
   * those it waited for, and so on.
   */
  List<Integer> critical(Map<String, Integer> index) {
    List<Integer> path = new ArrayList<>();
    for (String at = lastOf(attempts.keySet().stream()); at != null; ) {
      path.addFirst(index.get(at));
      int id = graph.jobId(at);
      int[] before = id < 0 ? new int[0] : Downstream.jobsBefore(graph, id);
      at = lastOf(Arrays.stream(before).mapToObj(graph::name).filter(attempts::containsKey));
    }
    return path;
  }

  /** Returns the first of the jobs that ended last; null for none. */
  private String lastOf(Stream<String> jobs) {
    return jobs.max(Comparator.comparingLong(this::end)).orElse(null);
  }

  private long end(String job) {
    AttemptRecord run = attempts.get(job).getLast();
    return run.times().started() * 1_000_000 + Math.max(0, run.times().wall());
  }
}
