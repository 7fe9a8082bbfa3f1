package dev.torc.session;

import dev.torc.cache.AttemptHistory;
import dev.torc.cache.AttemptRecord;
import dev.torc.cache.BuildRecord;
import dev.torc.cache.Cache;
import dev.torc.cache.JobResult;
import dev.torc.cache.PostedEvent;
import dev.torc.cache.RunDetails;
import dev.torc.engine.LaunchBuilder;
import dev.torc.graph.Graph;
import dev.torc.machine.Limits;
import dev.torc.machine.SafeText;
import dev.torc.machine.Series;
import dev.torc.plan.Causes;
import dev.torc.plan.Plan;
import dev.torc.plan.Rerun;
import dev.torc.plan.Verdict;
import dev.torc.posix.OwnFile;
import dev.torc.report.AttemptText;
import dev.torc.report.BuildReport;
import dev.torc.report.BuildReport.Fact;
import dev.torc.report.BuildReport.Row;
import dev.torc.report.BuildReport.Span;
import dev.torc.report.BuildReport.State;
import dev.torc.report.HtmlReport;
import dev.torc.report.ReasonText;
import dev.torc.syntax.BadInput;
import dev.torc.syntax.Place;
import dev.torc.workflow.Job;
import dev.torc.workflow.Resources;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Gathers what a report tells of a build: from the history what ran in it, from the build file and
 * the records what did not. It only looks, and keeps to the bounds of a page.
 *
 * @param number of the build; 0 for the last one
 */
public record ReportRequest(long number) {

  /** Builds of the history that are told. */
  private static final int BUILDS = 200;

  /** Attempts whose use over time is shown: those that used most. */
  private static final int SERIES = 200;

  /** Failed jobs whose logs are shown, and how many bytes of each. */
  private static final int TAILS = 200;

  private static final int TAIL = 2048;

  /** Bytes of data, and of events. */
  private static final int FACTS = 1 << 19;

  /**
   * The report.
   *
   * @param warn takes lines for people
   * @throws BadInput where there is no such build
   */
  public BuildReport answer(Project of, Consumer<String> warn) throws IOException {
    try (ReadSession look = ReadSession.at(of, warn)) {
      return new Gathering(look).report();
    }
  }

  /** One answer under way. */
  private final class Gathering {
    private final Project project;
    private final Graph graph;
    private final Cache cache;
    private final AttemptHistory history;
    private final Plan plan;
    private final List<BuildRecord> builds;
    private final BuildRecord build;
    private final Map<String, List<AttemptRecord>> attempts = new LinkedHashMap<>();
    private final Map<String, Integer> index = new LinkedHashMap<>();
    private final List<Row> rows = new ArrayList<>();
    private final BitSet told = new BitSet(); // rows whose last run on record is of this build
    private final List<String> leftOut = new ArrayList<>();

    Gathering(ReadSession look) throws IOException {
      this.project = look.project();
      this.graph = project.graph();
      this.cache = look.cache();
      this.history = new AttemptHistory(cache);
      this.plan = look.plan(project.select(List.of()), Rerun.NONE);
      this.builds = cache.builds(BUILDS);
      this.build = find();
    }

    private BuildRecord find() {
      for (BuildRecord each : builds) {
        if (number == 0 || each.id().number() == number) {
          return each;
        }
      }
      throw new BadInput(
          Place.NONE,
          number == 0
              ? "no build is on record; `torc build` makes one"
              : "no build " + number + " is on record; `torc history` shows those that are");
    }

    BuildReport report() throws IOException {
      history.from(
          build.id().number(),
          attempt -> {
            if (attempt.build() == build.id().number()) {
              attempts.computeIfAbsent(attempt.job(), _ -> new ArrayList<>()).add(attempt);
            }
          });
      jobs();
      List<Span> spans = spans();
      Limits limits = project.caller().host().limits().get();
      List<BuildReport.Used> series = series();
      List<BuildReport.Tail> tails = tails();
      List<Fact> data = data();
      List<Fact> events = events();
      return new BuildReport(
          project.workflow().name(),
          project.workflow().root().toString(),
          build,
          build == builds.getFirst(),
          new BuildMachine(project.caller().host()).of(build),
          limits.cpus(),
          limits.memory(),
          builds,
          rows,
          spans,
          critical(),
          pictures(),
          history.series(build.id().number(), AttemptHistory.MACHINE),
          series,
          tails,
          data,
          events,
          leftOut);
    }

    private void jobs() {
      BitSet failed = new BitSet();
      for (int job : graph.inOrder(plan.selected())) {
        List<AttemptRecord> ran = attempts.get(graph.name(job));
        failed.set(job, ran != null && HtmlReport.state(ran.getLast()) == State.FAILED);
      }
      BitSet behind = behind(failed);
      for (int id : graph.inOrder(plan.selected())) {
        Job job = graph.job(id);
        add(job.name(), job.group(), id, behind.get(id), job.resources());
      }
      for (String name : new TreeSet<>(attempts.keySet())) {
        if (!index.containsKey(name)) {
          add(name, null, -1, false, Resources.DEFAULT);
        }
      }
    }

    private void add(String name, String group, int id, boolean behind, Resources asked) {
      List<AttemptRecord> ran = attempts.getOrDefault(name, List.of());
      AttemptRecord last = ran.isEmpty() ? null : ran.getLast();
      RunDetails details = details(name);
      boolean same = details != null && (last != null || details.origin() != null);
      State state =
          last != null ? HtmlReport.state(last) : same ? State.RESTORED : idle(id, behind);
      told.set(rows.size(), same);
      index.put(name, rows.size());
      rows.add(
          new Row(
              name,
              group,
              state,
              same
                  ? ReasonText.brief(Causes.decode(details))
                  : last == null ? "" : AttemptText.why(last),
              same ? SafeText.line(details.what()) : last == null ? "" : AttemptText.failure(last),
              ran.size(),
              last,
              state == State.RESTORED ? details.origin() : null,
              asked));
    }

    /** Of a job whose last result on record is of this build; else null. */
    private RunDetails details(String name) {
      JobResult result = cache.result(name);
      if (result == null || !result.build().equals(build.id().id())) {
        return null; // most of 100 000 jobs, whose details are long
      }
      return cache.details(name);
    }

    /** Of a job that had no attempt in the build, and was not restored. */
    private State idle(int id, boolean behind) {
      if (build != builds.getFirst()) {
        return State.NOT_RUN;
      }
      return behind
          ? State.BLOCKED
          : plan.verdict(id) instanceof Verdict.UpToDate ? State.UP_TO_DATE : State.NOT_RUN;
    }

    /** What waits for failed jobs. */
    private BitSet behind(BitSet failed) {
      BitSet behind = new BitSet();
      for (int place = 0; place < graph.nodes(); place++) {
        int node = graph.inOrder(place);
        for (int before : graph.before().row(node)) {
          if (failed.get(before) || behind.get(before)) {
            behind.set(node);
          }
        }
      }
      return behind;
    }

    /** Each attempt gets the least slot that is free at its begin. */
    private List<Span> spans() {
      List<AttemptRecord> all = new ArrayList<>();
      attempts.values().forEach(all::addAll);
      all.sort(Comparator.comparingLong(AttemptRecord::started));
      PriorityQueue<long[]> busy = new PriorityQueue<>((a, b) -> Long.compare(a[0], b[0]));
      TreeSet<Integer> free = new TreeSet<>();
      List<Span> spans = new ArrayList<>();
      int lanes = 0;
      for (AttemptRecord run : all) {
        while (!busy.isEmpty() && busy.peek()[0] <= run.started()) {
          free.add((int) busy.poll()[1]);
        }
        int lane = free.isEmpty() ? lanes++ : free.pollFirst();
        busy.add(new long[] {run.started() + run.wall() / 1_000_000, lane});
        spans.add(new Span(index.get(run.job()), lane, run));
      }
      return spans;
    }

    /** From the job that ended last back to what it waited for, each time to what ended last. */
    private List<Integer> critical() {
      String last = null;
      for (Row row : rows) {
        if (row.run() != null && (last == null || end(row.name()) > end(last))) {
          last = row.name();
        }
      }
      List<Integer> path = new ArrayList<>();
      while (last != null) {
        path.addFirst(index.get(last));
        int id = graph.jobId(last);
        String before = null;
        for (int job : id < 0 ? new int[0] : graph.jobsBefore(id)) {
          String name = graph.name(job);
          if (attempts.containsKey(name) && (before == null || end(name) > end(before))) {
            before = name;
          }
        }
        last = before;
      }
      return path;
    }

    private long end(String job) {
      AttemptRecord run = attempts.get(job).getLast();
      return run.started() * 1_000_000 + run.wall();
    }

    private List<BuildReport.Picture> pictures() {
      var pictures = ReportPicture.of(graph, project.select(List.of()), index, rows);
      if (pictures.getFirst().stages()) {
        leftOut.add(
            "the jobs and groups in the picture of the graph, which has its stages:"
                + " `torc graph --format text` tells all in words");
      }
      return pictures;
    }

    private List<BuildReport.Used> series() {
      List<AttemptRecord> all = new ArrayList<>();
      attempts.values().forEach(all::addAll);
      all.sort(Comparator.comparingLong((AttemptRecord run) -> -weight(run)));
      List<BuildReport.Used> used = new ArrayList<>();
      int more = 0;
      for (AttemptRecord run : all) {
        Series series = history.series(run.build(), run.sequence());
        if (series != null && used.size() < SERIES) {
          used.add(new BuildReport.Used(index.get(run.job()), run.attempt(), series));
        } else if (series != null) {
          more++;
        }
      }
      if (more > 0) {
        leftOut.add("the use over time of " + more + " attempts that used less");
      }
      return used;
    }

    /** What an attempt took of the machine: CPU time, else its own time. */
    private static long weight(AttemptRecord run) {
      return Math.max(run.usage().cpu(), run.wall() / 10);
    }

    private List<BuildReport.Tail> tails() throws IOException {
      List<BuildReport.Tail> tails = new ArrayList<>();
      int more = 0;
      for (int i = 0; i < rows.size(); i++) {
        Row row = rows.get(i);
        Path log = LaunchBuilder.log(project.place(), row.name());
        boolean its = row.state() == State.FAILED && told.get(i) && OwnFile.stands(log);
        if (its && tails.size() < TAILS) {
          tails.add(new BuildReport.Tail(i, SafeText.output(OwnFile.tail(log, TAIL), false)));
        } else if (its) {
          more++;
        }
      }
      if (more > 0) {
        leftOut.add("the logs of " + more + " more failed jobs: `torc log JOB` shows each");
      }
      return tails;
    }

    private List<Fact> data() {
      List<Fact> facts = new ArrayList<>();
      cache.eachData(
          (job, values) ->
              values.forEach(
                  value -> facts.add(new Fact(job, value.key() + " = " + value.text()))));
      return bounded(facts, "values that jobs stored: `torc data` shows all");
    }

    private List<Fact> events() {
      List<PostedEvent> posted = new ArrayList<>();
      cache.eachEvent(build.id().number(), 0, posted::add);
      posted.removeIf(event -> event.build() != build.id().number());
      return bounded(
          posted.stream().map(event -> new Fact(event.job(), event.text())).toList(),
          "events that jobs posted: `torc events` shows all");
    }

    private List<Fact> bounded(List<Fact> facts, String what) {
      List<Fact> some = new ArrayList<>();
      long bytes = 0;
      for (Fact fact : facts) {
        bytes += fact.job().length() + fact.text().length();
        if (bytes <= FACTS) {
          some.add(new Fact(fact.job(), SafeText.line(fact.text())));
        }
      }
      if (some.size() < facts.size()) {
        leftOut.add((facts.size() - some.size()) + " " + what);
      }
      return some;
    }
  }
}
