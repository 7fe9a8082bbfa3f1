package dev.torc.report;

import dev.torc.cache.AttemptRecord;
import dev.torc.cache.BuildRecord;
import dev.torc.machine.Series;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;

/**
 * A {@link BuildReport} as one page that needs nothing else: no network, no other file. The numbers
 * lie in it as {@link TypedColumns}; its script draws what is in sight. How it looks is in the
 * files of the folder {@code page} beside this class.
 */
public final class HtmlReport {

  private static final List<String> SCRIPTS =
      List.of(
          "data",
          "dom",
          "summary",
          "canvas",
          "timeline",
          "graph",
          "plots",
          "groups",
          "table",
          "main");

  private static final double SECOND = 1e9;

  private final BuildReport report;
  private final Map<String, Integer> texts = new LinkedHashMap<>();

  /** A page of this report. */
  public HtmlReport(BuildReport report) {
    this.report = report;
  }

  /**
   * Writes the page to a file, whole or not at all.
   *
   * @param file absolute
   */
  public void write(Path file) throws IOException {
    WholeFile.write(file, this::write);
  }

  /** Writes the page. */
  public void write(Writer out) throws IOException {
    TypedColumns columns = columns();
    StringWriter head = new StringWriter();
    JsonWriter.line(head, json -> json(json, columns));
    StringBuilder scripts = new StringBuilder();
    for (String name : SCRIPTS) {
      scripts.append(file(name + ".js"));
    }
    String page = file("page.html");
    Map<String, String> parts = new HashMap<>();
    parts.put("title", html(report.project() + ": build " + report.build().id().number()));
    parts.put("style", file("page.css"));
    parts.put("head", head.toString().replace("<", "\\u003c"));
    parts.put("data", columns.text());
    parts.put("script", scripts.toString());
    int at = 0;
    for (int begin = page.indexOf("@@"); begin >= 0; begin = page.indexOf("@@", at)) {
      int end = page.indexOf("@@", begin + 2);
      out.write(page, at, begin - at);
      out.write(parts.get(page.substring(begin + 2, end)));
      at = end + 2;
    }
    out.write(page, at, page.length() - at);
  }

  private static String html(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  private static String file(String name) throws IOException {
    try (InputStream in = HtmlReport.class.getResourceAsStream("page/" + name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private void json(JsonWriter out, TypedColumns columns) {
    BuildRecord build = report.build();
    out.text("project", report.project())
        .text("root", report.root())
        .flag("last", report.last())
        .text("where", report.where())
        .number("machineCpus", report.cpus())
        .number("machineMemory", report.memory())
        .object("build", true, () -> build(out, build))
        .objects("history", report.history(), each -> build(out, each))
        .texts("states", List.of(BuildReport.State.values()).stream().map(s -> s.words()).toList())
        .texts("critical", report.critical().stream().map(String::valueOf).toList())
        .objects(
            "tails",
            report.tails(),
            tail -> out.number("job", tail.job()).text("text", tail.text()))
        .objects(
            "data", report.data(), fact -> out.text("job", fact.job()).text("text", fact.text()))
        .objects(
            "events",
            report.events(),
            fact -> out.text("job", fact.job()).text("text", fact.text()))
        .texts("leftOut", report.leftOut())
        .objects(
            "pictures",
            report.pictures(),
            picture ->
                out.flag("stages", picture.stages())
                    .number("width", (long) picture.width())
                    .number("height", (long) picture.height()));
    int[] from = {report.machine() == null ? 0 : report.machine().size()};
    out.number("machinePoints", from[0])
        .number("machineBegan", report.machine() == null ? 0 : report.machine().began())
        .objects(
            "series",
            report.series(),
            used -> {
              out.number("job", used.job())
                  .number("attempt", used.attempt())
                  .number("began", used.series().began())
                  .number("from", from[0])
                  .number("count", used.series().size());
              from[0] += used.series().size();
            });
    columns.json(out);
  }

  private static void build(JsonWriter out, BuildRecord build) {
    out.number("number", build.id().number())
        .text("id", build.id().id())
        .number("started", build.started())
        .seconds("seconds", build.nanos())
        .number("exit", build.exit(), build.exit() >= 0)
        .object("counts", true, () -> build.counts().forEach((k, n) -> out.number(k, n)));
  }

  private TypedColumns columns() {
    List<BuildReport.Row> jobs = report.jobs();
    TypedColumns columns = new TypedColumns();
    columns.texts("name", jobs.stream().map(BuildReport.Row::name)::iterator);
    columns.bytes("state", bytes(jobs, job -> job.state().ordinal()));
    columns.ints("group", ints(jobs, job -> job.group() == null ? -1 : text(job.group())));
    columns.ints("why", ints(jobs, job -> text(job.why())));
    columns.ints("what", ints(jobs, job -> text(job.what())));
    columns.ints("from", ints(jobs, job -> text(from(job))));
    columns.ints("attempts", ints(jobs, BuildReport.Row::attempts));
    columns.ints("askedCpus", ints(jobs, job -> job.asked().cpus()));
    columns.floats("askedMemory", floats(jobs, job -> known(job.asked().memory(), 1)));
    columns.floats("askedTime", floats(jobs, job -> known(job.asked().runtime(), SECOND)));
    columns.floats("start", floats(jobs, job -> job.run() == null ? Double.NaN : start(job.run())));
    columns.floats("wall", used(jobs, run -> run.wall() / SECOND));
    columns.floats("queued", used(jobs, run -> run.queued() / SECOND));
    columns.floats("cpu", used(jobs, run -> unknown(run.usage().cpu(), SECOND)));
    columns.floats("memory", used(jobs, run -> unknown(run.usage().peak(), 1)));
    columns.floats("read", used(jobs, run -> unknown(run.usage().read(), 1)));
    columns.floats("written", used(jobs, run -> unknown(run.usage().written(), 1)));
    columns.ints("host", ints(jobs, job -> job.run() == null ? text("") : text(where(job.run()))));
    List<BuildReport.Span> spans = report.attempts();
    columns.ints("spanJob", ints(spans, BuildReport.Span::job));
    columns.ints("spanLane", ints(spans, BuildReport.Span::lane));
    columns.bytes("spanState", bytes(spans, span -> state(span.run()).ordinal()));
    columns.floats("spanStart", floats(spans, span -> start(span.run())));
    columns.floats("spanWall", floats(spans, span -> span.run().wall() / SECOND));
    columns.floats("spanQueued", floats(spans, span -> span.run().queued() / SECOND));
    for (int i = 0; i < report.pictures().size(); i++) {
      picture(columns, "graph" + i, report.pictures().get(i));
    }
    series(columns);
    columns.texts("texts", texts.keySet());
    return columns;
  }

  private static void picture(TypedColumns columns, String name, BuildReport.Picture of) {
    List<BuildReport.Vertex> vertices = of.vertices();
    columns.texts(name + "Label", vertices.stream().map(BuildReport.Vertex::label)::iterator);
    columns.ints(name + "Job", ints(vertices, BuildReport.Vertex::job));
    columns.bytes(name + "State", bytes(vertices, vertex -> vertex.state().ordinal()));
    columns.ints(name + "Stage", ints(vertices, BuildReport.Vertex::stage));
    columns.floats(name + "X", floats(vertices, BuildReport.Vertex::x));
    columns.floats(name + "Y", floats(vertices, BuildReport.Vertex::y));
    columns.floats(name + "Width", floats(vertices, BuildReport.Vertex::width));
    columns.ints(name + "Before", ints(of.edges(), BuildReport.Edge::before));
    columns.ints(name + "After", ints(of.edges(), BuildReport.Edge::after));
    int[] from = new int[of.edges().size() + 1];
    List<Float> bends = new ArrayList<>();
    for (int e = 0; e < of.edges().size(); e++) {
      for (float bend : of.edges().get(e).bends()) {
        bends.add(bend);
      }
      from[e + 1] = bends.size();
    }
    columns.ints(name + "BendFrom", from);
    columns.floats(name + "Bends", floats(bends, bend -> bend));
  }

  private void series(TypedColumns columns) {
    List<Series> all =
        new ArrayList<>(report.series().stream().map(BuildReport.Used::series).toList());
    if (report.machine() != null) {
      all.addFirst(report.machine());
    }
    List<Series.Point> points = new ArrayList<>();
    for (Series series : all) {
      for (int i = 0; i < series.size(); i++) {
        points.add(series.at(i));
      }
    }
    columns.floats("pointTime", floats(points, point -> point.time() / SECOND));
    columns.floats("pointCpu", floats(points, point -> point.cpu() / 100.0));
    columns.floats("pointMemory", floats(points, Series.Point::memory));
    columns.floats("pointGpu", floats(points, point -> unknown(point.gpu(), 100)));
  }

  /** What became of an attempt. */
  public static BuildReport.State state(AttemptRecord run) {
    return switch (run.outcome()) {
      case OK, ADOPTED -> BuildReport.State.RAN;
      case FAILED, TIMED_OUT, OUT_OF_MEMORY -> BuildReport.State.FAILED;
      case INTERRUPTED -> BuildReport.State.INTERRUPTED;
    };
  }

  private static String from(BuildReport.Row job) {
    return job.from() == null ? "" : OriginText.of(job.from());
  }

  private double start(AttemptRecord run) {
    return (run.started() - report.build().started()) / 1e3;
  }

  private static String where(AttemptRecord run) {
    return run.executor() == null ? run.host() : run.executor() + " " + run.host();
  }

  private int text(String text) {
    return texts.computeIfAbsent(text == null ? "" : text, _ -> texts.size());
  }

  private static double known(long value, double unit) {
    return value > 0 ? value / unit : Double.NaN;
  }

  private static double unknown(long value, double unit) {
    return value >= 0 ? value / unit : Double.NaN;
  }

  private static float[] used(List<BuildReport.Row> jobs, ToDoubleFunction<AttemptRecord> what) {
    return floats(jobs, job -> job.run() == null ? Double.NaN : what.applyAsDouble(job.run()));
  }

  private static <T> float[] floats(List<T> all, ToDoubleFunction<T> what) {
    float[] values = new float[all.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) what.applyAsDouble(all.get(i));
    }
    return values;
  }

  private static <T> int[] ints(List<T> all, ToIntFunction<T> what) {
    return all.stream().mapToInt(what).toArray();
  }

  private static <T> byte[] bytes(List<T> all, ToIntFunction<T> what) {
    byte[] values = new byte[all.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (byte) what.applyAsInt(all.get(i));
    }
    return values;
  }
}
