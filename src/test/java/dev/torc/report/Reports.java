package dev.torc.report;

import dev.torc.cache.AttemptRecord;
import dev.torc.cache.BuildId;
import dev.torc.cache.BuildRecord;
import dev.torc.cache.JobResult.Outcome;
import dev.torc.cache.Origin;
import dev.torc.cache.StoreUse;
import dev.torc.machine.Series;
import dev.torc.machine.Usage;
import dev.torc.report.BuildReport.Fact;
import dev.torc.report.BuildReport.Row;
import dev.torc.report.BuildReport.Span;
import dev.torc.report.BuildReport.State;
import dev.torc.report.BuildReport.Tail;
import dev.torc.report.BuildReport.Used;
import dev.torc.syntax.Place;
import dev.torc.workflow.Resources;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Made-up reports, for tests of the page. */
public final class Reports {

  private static final long SECOND = 1_000_000_000L;
  private static final long BEGAN = 1_700_000_000_000L;

  private Reports() {}

  /** The first jobs in a row, each waiting for the one before, with a bend. */
  private static BuildReport.Picture picture(List<Row> rows) {
    List<BuildReport.Vertex> vertices = new ArrayList<>();
    List<BuildReport.Edge> edges = new ArrayList<>();
    for (int v = 0; v < Math.min(6, rows.size()); v++) {
      Row row = rows.get(v);
      vertices.add(
          new BuildReport.Vertex(v, row.name(), row.state(), v, v * 250, 20 + v % 5 * 40, 200));
      if (v > 0) {
        float[] bends = v == 1 ? new float[] {v * 250 - 20, 10} : new float[0];
        edges.add(new BuildReport.Edge(v - 1, v, bends));
      }
    }
    return new BuildReport.Picture(false, 1500, 220, vertices, edges);
  }

  /** A report whose picture has the stages of a graph. */
  public static BuildReport staged() {
    BuildReport of = of(60);
    List<BuildReport.Vertex> vertices = new ArrayList<>();
    List<BuildReport.Edge> edges = new ArrayList<>();
    for (int v = 0; v < 3; v++) {
      String label = "stage " + (v + 1) + ": " + v + " failed, 4000 ran";
      vertices.add(
          new BuildReport.Vertex(
              -1, label, v == 0 ? State.RAN : State.FAILED, v, v * 250, 20, 200));
      if (v > 0) {
        edges.add(new BuildReport.Edge(v - 1, v, new float[0]));
      }
    }
    return new BuildReport(
        of.project(),
        of.root(),
        of.build(),
        of.last(),
        of.where(),
        of.cpus(),
        of.memory(),
        of.history(),
        of.jobs(),
        of.attempts(),
        of.critical(),
        List.of(new BuildReport.Picture(true, 750, 60, vertices, edges)),
        of.machine(),
        of.series(),
        of.tails(),
        of.data(),
        of.events(),
        of.leftOut());
  }

  private static State idle(int job) {
    return job % 30 == 2 ? State.BLOCKED : job % 30 == 5 ? State.RESTORED : State.UP_TO_DATE;
  }

  /**
   * A report of so many jobs, of which each tenth failed and each tenth of these blocked another;
   * of those that did not run some were restored.
   */
  public static BuildReport of(int jobs) {
    Resources asked =
        new Resources(
            2, 1L << 30, 0, 3600 * SECOND, new TreeMap<>(), 0, 1, new Place("torc.yaml", 3, 5));
    List<Row> rows = new ArrayList<>();
    List<Span> spans = new ArrayList<>();
    List<Tail> tails = new ArrayList<>();
    int failed = 0;
    for (int i = 0; i < jobs; i++) {
      boolean ran = i % 3 != 2;
      boolean bad = ran && i % 10 == 1;
      String name = i % 5 == 0 ? "plain" + i : "align/lane=" + i % 8 + ",sample=s" + i;
      AttemptRecord run =
          new AttemptRecord(
              7,
              i,
              name,
              1,
              bad ? Outcome.FAILED : Outcome.OK,
              bad ? 3 : 0,
              0,
              BEGAN + i / 4 * 1000L,
              i % 7 * SECOND / 10,
              SECOND + i % 50 * SECOND / 50,
              new Usage(i % 9 * SECOND / 9, SECOND / 10, (i % 100 + 1) << 20, i, 4096L * i),
              "host",
              null,
              new AttemptRecord.Asked(2, 1L << 30, 0, 3600 * SECOND),
              List.of(),
              0);
      rows.add(
          new Row(
              name,
              i % 5 == 0 ? null : "align",
              bad ? State.FAILED : ran ? State.RAN : idle(i),
              ran || idle(i) == State.RESTORED
                  ? "need in" + i + ".csv changed 3f2a91c → 88d01be"
                  : "",
              bad ? "exit 3" : "",
              ran ? 1 : 0,
              ran ? run : null,
              !ran && idle(i) == State.RESTORED ? new Origin("", 3, "", BEGAN) : null,
              asked));
      if (ran) {
        spans.add(new Span(i, i % 4, run));
      }
      if (bad && failed++ < 3) {
        tails.add(new Tail(i, "one\n<script>alert(1)</script> & more\nlast"));
      }
    }
    Series series = new Series(BEGAN);
    for (int i = 1; i < 100; i++) {
      series.add(new Series.Point(i * SECOND, i % 30 * 10, (long) i << 20, -1));
    }
    BuildRecord build =
        new BuildRecord(
            new BuildId("id", 7),
            BEGAN,
            jobs * SECOND / 4,
            new TreeMap<>(
                Map.of(
                    "RAN",
                    jobs / 2,
                    "FAILED",
                    failed,
                    "RESTORED",
                    jobs / 30,
                    "UP_TO_DATE",
                    jobs / 3)),
            1,
            List.of(),
            "node: Linux",
            StoreUse.NONE);
    return new BuildReport(
        "made <up>",
        "/home/me/made up",
        build,
        true,
        "node: Linux",
        4,
        8L << 30,
        List.of(build),
        rows,
        spans,
        List.of(0, 1),
        List.of(picture(rows)),
        series,
        List.of(new Used(0, 1, series), new Used(1, 2, series)),
        tails,
        List.of(new Fact("plain0", "loss = 0.25")),
        List.of(new Fact("plain0", "{\"x\":\"</script>\"}")),
        List.of("the logs of 5 more failed jobs: `torc log JOB` shows each"));
  }
}
