package dev.torc.front.page;

import dev.torc.base.machine.Series;
import dev.torc.base.machine.Series.Usage;
import dev.torc.base.syntax.Place;
import dev.torc.core.memory.AttemptRecord;
import dev.torc.core.memory.JobResult.Outcome;
import dev.torc.core.model.Job.Resources;
import dev.torc.features.past.GitCommit;
import dev.torc.front.page.PageData.Event;
import dev.torc.front.page.PageData.Row;
import dev.torc.front.page.PageData.Shown;
import dev.torc.front.page.PageData.ShownPart;
import dev.torc.front.page.PageData.Span;
import dev.torc.front.page.PageData.State;
import dev.torc.front.page.PageData.Tail;
import dev.torc.front.page.PageData.Texts;
import dev.torc.front.page.PageData.Timeline;
import dev.torc.front.page.PageData.Used;
import dev.torc.front.page.PageData.Values;
import dev.torc.front.show.AttemptText;
import java.io.IOException;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Made-up pages, for tests. */
public final class Reports {

  /** A text that would be markup wherever a page did not escape it. */
  public static final String HOSTILE =
      "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&lt;</style>@@data@@";

  private static final GitCommit COMMIT =
      new GitCommit("0123456789abcdef0123456789abcdef01234567", true);

  private static final long SECOND = 1_000_000_000L;
  private static final long BEGAN = 1_700_000_000_000L;

  private Reports() {}

  /** Writes a page of so many jobs into a file. */
  public static Path write(int jobs, Path file) throws IOException {
    try (Writer out = Files.newBufferedWriter(file)) {
      new PageWriter(of(jobs, false), "").write(out, 0);
    }
    return file;
  }

  /** Writes a page whose picture has the stages of a graph. */
  public static Path writeStaged(Path file) throws IOException {
    try (Writer out = Files.newBufferedWriter(file)) {
      new PageWriter(of(60, true), "").write(out, 0);
    }
    return file;
  }

  /** Writes a page with an HTML file as its only result. */
  public static Path writeFramed(String html, Path file) throws IOException {
    PageData page = of(0, false);
    Shown shown =
        new Shown("a.html", "a.html", null, null, "", new ShownPart.Frame(HtmlFile.of(html)));
    try (Writer out = Files.newBufferedWriter(file)) {
      new PageWriter(
              new PageData(
                  page.project(),
                  page.head(),
                  page.jobs(),
                  page.runs(),
                  page.timeline(),
                  page.picture(),
                  List.of(shown)),
              "")
          .write(out, 0);
    }
    return file;
  }

  /** The text of a page of so many jobs. */
  static String page(int jobs) throws IOException {
    StringWriter page = new StringWriter();
    new PageWriter(of(jobs, false), "").write(page, 0);
    return page.toString();
  }

  /** A picture of the first jobs in a row: each waits for the one before; one edge has a bend. */
  private static PageData.Picture picture(List<Row> rows) {
    List<PageData.Vertex> vertices = new ArrayList<>();
    List<PageData.Edge> edges = new ArrayList<>();
    for (int v = 0; v < Math.min(6, rows.size()); v++) {
      Row row = rows.get(v);
      vertices.add(new PageData.Vertex(row.name(), row.state(), v, v * 250, 20 + v % 5 * 40, 200));
      if (v > 0) {
        float[] bends = v == 1 ? new float[] {v * 250 - 20, 10} : new float[0];
        edges.add(new PageData.Edge(v - 1, v, bends));
      }
    }
    return new PageData.Picture(false, 1500, 220, vertices, edges);
  }

  private static PageData.Picture stages() {
    List<PageData.Vertex> vertices = new ArrayList<>();
    List<PageData.Edge> edges = new ArrayList<>();
    for (int v = 0; v < 3; v++) {
      String label = "stage " + (v + 1) + ": " + v + " failed, 4000 ran";
      State state = v == 0 ? State.RAN : State.FAILED;
      vertices.add(new PageData.Vertex(label, state, v, v * 250, 20, 200));
      if (v > 0) {
        edges.add(new PageData.Edge(v - 1, v, new float[0]));
      }
    }
    return new PageData.Picture(true, 750, 60, vertices, edges);
  }

  private static State idle(int job) {
    return job % 30 == 2 ? State.BLOCKED : job % 30 == 5 ? State.RESTORED : State.NOT_RUN;
  }

  /**
   * A page of so many jobs, some of which failed; of thirty one is blocked, and one was restored.
   */
  private static PageData of(int jobs, boolean staged) {
    Resources asked =
        new Resources(
            2, 1L << 30, 0, 3600 * SECOND, new TreeMap<>(), 0, 1, new Place("torc.yaml", 3, 5));
    List<Row> rows = new ArrayList<>();
    List<AttemptRecord> runs = new ArrayList<>();
    List<Span> spans = new ArrayList<>();
    List<Tail> tails = new ArrayList<>();
    List<List<Object>> values = new ArrayList<>();
    int failed = 0;
    for (int i = 0; i < jobs; i++) {
      boolean ran = i % 3 != 2;
      boolean bad = ran && i % 10 == 1;
      String sample = i == 7 ? HOSTILE : "s" + i;
      String name = i % 5 == 0 ? "plain" + i : "align/lane=" + i % 8 + ",sample=" + sample;
      AttemptRecord run =
          new AttemptRecord(
              new AttemptRecord.Id(7, i, name, 1),
              new AttemptRecord.End(bad ? Outcome.FAILED : Outcome.OK, bad ? 3 : 0, 0),
              new AttemptRecord.Times(
                  BEGAN + i / 4 * 1000L, i % 7 * SECOND / 10, SECOND + i % 50 * SECOND / 50),
              new Usage(i % 9 * SECOND / 9, SECOND / 10, (i % 100 + 1) << 20, i, 4096L * i),
              new AttemptRecord.Where("host", null),
              new AttemptRecord.Asked(2, 1L << 30, 0, 3600 * SECOND),
              new AttemptRecord.Why(List.of(), 0));
      State state = bad ? State.FAILED : ran ? State.UP_TO_DATE : idle(i);
      runs.add(ran ? run : null);
      rows.add(
          new Row(
              name,
              i % 5 == 0 ? null : "align",
              state,
              new Texts(
                  state == State.NOT_RUN
                      ? "will run: first run"
                      : state == State.BLOCKED ? "blocked by align/lane=1,sample=s1" : "",
                  ran || state == State.RESTORED
                      ? "need in" + i + ".csv changed 3f2a91c → 88d01be"
                      : "",
                  bad ? "exit 3" : "",
                  state == State.RESTORED ? "build 3" : "",
                  ran ? COMMIT.words() : ""),
              ran ? 1 : 0,
              ran && !bad ? i : -1,
              asked));
      if (ran) {
        spans.add(new Span(i, i % 4, run));
      }
      if (ran && !bad && i % 5 > 0) {
        String loss =
            switch (i % 1000) {
              case 901, 902, 903, 904 -> "NaN";
              case 906, 907, 908, 909 -> "-Infinity";
              default -> "" + (100.0 + i % 17) / (1 + i % 8);
            };
        values.add(List.of(i, "" + i % 8, "s" + i, loss, HOSTILE));
      }
      if (bad && failed++ < 3) {
        tails.add(
            new Tail(i, "align <one>", List.of("one", "<script>alert(1)</script> & more", "last")));
      }
    }
    Series series = new Series(BEGAN);
    for (int i = 1; i < 100; i++) {
      series.add(new Series.Point(i * SECOND, i % 30 * 10, (long) i << 20, -1, -1));
    }
    PageData.Build build =
        new PageData.Build(
            7,
            BEGAN,
            jobs / 4.0,
            1,
            new TreeMap<>(Map.of("RAN", jobs / 2, "FAILED", failed, "UP_TO_DATE", jobs / 3)),
            COMMIT,
            2);
    Map<String, Object> head = new LinkedHashMap<>();
    head.put("project", "made <up>");
    head.put("description", "A description of " + HOSTILE);
    head.put("root", null);
    head.put("made", BEGAN + 1_000_000);
    head.put("author", "ann on node");
    head.put("torc", "1.0");
    head.put("git", COMMIT);
    head.put("asked", 0);
    head.put("build", build);
    head.put("last", true);
    head.put("where", "node: Linux");
    head.put("machine_cpus", 4);
    head.put("machine_memory", 8L << 30);
    head.put("history", List.of(build, build));
    head.put("states", Stream.of(State.values()).map(AttemptText::words).toList());
    head.put("open", List.of());
    head.put("gone", 2);
    head.put("critical", jobs == 0 ? List.of() : List.of(0, 1));
    head.put("tails", tails);
    head.put(
        "values",
        values.isEmpty()
            ? List.of()
            : List.of(
                new Values("align", List.of("lane", "sample"), List.of("loss", "note"), values)));
    head.put("events", List.of(new Event("plain0", BEGAN, "{\"x\":\"</script>\"}")));
    head.put("left_out", List.of("the logs of 5 more failed jobs (`torc log JOB` shows one)"));
    return new PageData(
        "made <up>",
        head,
        rows,
        runs,
        new Timeline(
            BEGAN,
            spans,
            series,
            jobs == 0 ? List.of() : List.of(new Used(0, 1, series), new Used(1, 2, series))),
        staged ? stages() : picture(rows),
        jobs == 0 ? List.of() : files());
  }

  private static List<Shown> files() {
    String svg =
        "<svg xmlns='http://www.w3.org/2000/svg' width='400' height='200'>"
            + "<script>parent.document.title = 'taken'</script>"
            + "<rect width='400' height='200' fill='#88aacc'/></svg>";
    String picture = Base64.getEncoder().encodeToString(svg.getBytes(StandardCharsets.UTF_8));
    String text = "# Means\n\nA *good* fit. " + HOSTILE + "\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n";
    List<List<String>> table = new ArrayList<>(List.of(List.of("run", "loss", "note")));
    for (int i = 0; i < 120; i++) {
      table.add(List.of("r" + i, "" + i * 0.5, HOSTILE));
    }
    return List.of(
        new Shown(
            HOSTILE,
            "plots/a.svg",
            "Caption of " + HOSTILE,
            null,
            "out of date: fit will run",
            new ShownPart.Figure("image/svg+xml", picture)),
        new Shown(
            "summary.md",
            "summary.md",
            null,
            null,
            "",
            new ShownPart.Html(MarkdownText.html(text))),
        new Shown("Runs", "runs.csv", null, null, "", new ShownPart.Table(table)),
        new Shown("a.zip", "a.zip", null, "a.zip", "not shown", null));
  }
}
