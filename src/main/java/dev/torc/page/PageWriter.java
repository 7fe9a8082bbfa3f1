package dev.torc.page;

import dev.torc.machine.Series;
import dev.torc.page.PageData.Row;
import dev.torc.page.PageData.Shown;
import dev.torc.page.PageData.Span;
import dev.torc.page.PageData.Vertex;
import dev.torc.records.AttemptRecord;
import dev.torc.show.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;
import java.util.zip.DeflaterOutputStream;

/**
 * {@link PageData} as one page that needs nothing else: no network, no other file. Results stand in
 * it as HTML, all else as {@link TypedColumns}, of which its script makes what is in sight. How it
 * looks is in the files beside this class; uPlot, which draws the plots, is unpacked there.
 */
final class PageWriter {

  private static final List<String> SCRIPTS =
      List.of(
          "uplot/uPlot.iife.min",
          "data",
          "dom",
          "grid",
          "plots",
          "stand",
          "results",
          "jobs",
          "canvas",
          "timeline",
          "graph",
          "use",
          "past",
          "main");

  private static final double SECOND = 1e9;

  private final PageData data;
  private final Map<String, Integer> texts = new LinkedHashMap<>();

  /** A page of this. */
  PageWriter(PageData data) {
    this.data = data;
  }

  /** Writes the page. */
  void write(Writer out) throws IOException {
    TypedColumns columns = columns();
    StringBuilder scripts = new StringBuilder();
    for (String name : SCRIPTS) {
      scripts.append(file(name + ".js")).append('\n');
    }
    String page = file("page.html");
    Map<String, String> parts = new HashMap<>();
    parts.put("title", html(data.head().project()));
    parts.put("licence", file("uplot/LICENSE").strip());
    parts.put("style", file("uplot/uPlot.min.css") + '\n' + file("page.css"));
    parts.put("files", files());
    parts.put("columns", columns.json().replace("<", "\\u003c"));
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
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  private static String file(String name) throws IOException {
    try (InputStream in = PageWriter.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** The results; the rows of a table come with the data. */
  private String files() {
    StringBuilder out = new StringBuilder();
    for (Shown file : data.files()) {
      String kind = file.picture() != null ? "picture" : file.html() != null ? "markdown" : "wide";
      out.append("<article class=\"%s\">\n<h3>%s</h3>\n".formatted(kind, html(file.title())));
      if (!file.title().equals(file.path())) {
        out.append("<p class=\"soft\">%s</p>\n".formatted(html(file.path())));
      }
      if (!file.note().isEmpty()) {
        out.append("<p class=\"note\">%s</p>\n".formatted(html(file.note())));
      }
      if (file.picture() != null) {
        out.append("<img alt=\"%s\" src=\"data:".formatted(html(file.title())));
        out.append(file.type()).append(";base64,").append(file.picture()).append("\">\n");
      } else if (file.html() != null) {
        out.append(file.html());
      } else if (file.table() != null) {
        out.append("<div class=\"rows\"></div>\n");
      }
      out.append("</article>\n");
    }
    return out.toString();
  }

  /** What stands in the page as JSON: the head, the tables among the results, the use over time. */
  private byte[] head() throws IOException {
    Map<String, Object> head = Json.fields(data.head());
    head.put(
        "tables",
        data.files().stream().filter(file -> file.table() != null).map(Shown::table).toList());
    head.put("stages", data.picture().stages());
    head.put("width", data.picture().width());
    head.put("height", data.picture().height());
    int from = data.machine() == null ? 0 : data.machine().size();
    head.put("machine_points", from);
    List<Object> series = new ArrayList<>();
    for (PageData.Used used : data.series()) {
      int count = used.series().size();
      series.add(
          Map.of("job", used.job(), "attempt", used.attempt(), "from", from, "count", count));
      from += count;
    }
    head.put("series", series);
    StringWriter out = new StringWriter();
    Json.write(head, out);
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }

  private TypedColumns columns() throws IOException {
    List<Row> jobs = data.jobs();
    TypedColumns columns = new TypedColumns();
    columns.bytes("head", head());
    columns.texts("name", jobs.stream().map(Row::name)::iterator);
    columns.bytes("state", bytes(jobs, job -> job.state().ordinal()));
    columns.ints("group", ints(jobs, job -> job.group() == null ? -1 : text(job.group())));
    columns.ints("now", ints(jobs, job -> text(job.now())));
    columns.ints("why", ints(jobs, job -> text(job.why())));
    columns.ints("what", ints(jobs, job -> text(job.what())));
    columns.ints("from", ints(jobs, job -> text(job.from())));
    columns.ints("tries", ints(jobs, Row::tries));
    columns.ints("told", ints(jobs, Row::told));
    columns.ints("askedCpus", ints(jobs, job -> job.asked().cpus()));
    columns.floats("askedMemory", floats(jobs, job -> some(job.asked().memory(), 1)));
    columns.floats("askedTime", floats(jobs, job -> some(job.asked().runtime(), SECOND)));
    List<AttemptRecord> runs = data.runs();
    columns.floats("start", used(runs, this::start));
    columns.floats("wall", used(runs, run -> known(run.wall(), SECOND)));
    columns.floats("queued", used(runs, run -> run.queued() / SECOND));
    columns.floats("cpu", used(runs, run -> known(run.usage().cpu(), SECOND)));
    columns.floats("busy", used(runs, run -> known(run.cpuPercent(), 100)));
    columns.floats("memory", used(runs, run -> known(run.usage().peak(), 1)));
    columns.floats("read", used(runs, run -> known(run.usage().read(), 1)));
    columns.floats("written", used(runs, run -> known(run.usage().written(), 1)));
    columns.ints("host", ints(runs, run -> text(run == null ? "" : where(run))));
    List<Span> spans = data.attempts();
    columns.ints("spanJob", ints(spans, Span::job));
    columns.ints("spanLane", ints(spans, Span::lane));
    columns.bytes("spanState", bytes(spans, span -> PageJobs.state(span.run()).ordinal()));
    columns.floats("spanStart", floats(spans, span -> start(span.run())));
    columns.floats("spanWall", floats(spans, span -> known(span.run().wall(), SECOND)));
    columns.floats("spanQueued", floats(spans, span -> span.run().queued() / SECOND));
    picture(columns);
    series(columns);
    columns.texts("texts", texts.keySet());
    return columns;
  }

  private void picture(TypedColumns columns) {
    List<Vertex> vertices = data.picture().vertices();
    List<PageData.Edge> edges = data.picture().edges();
    columns.texts("boxLabel", vertices.stream().map(Vertex::label)::iterator);
    columns.bytes("boxState", bytes(vertices, box -> box.state().ordinal()));
    columns.ints("boxStage", ints(vertices, Vertex::stage));
    columns.floats("boxX", floats(vertices, Vertex::x));
    columns.floats("boxY", floats(vertices, Vertex::y));
    columns.floats("boxWidth", floats(vertices, Vertex::width));
    columns.ints("edgeBefore", ints(edges, PageData.Edge::before));
    columns.ints("edgeAfter", ints(edges, PageData.Edge::after));
    int[] from = new int[edges.size() + 1];
    List<Float> bends = new ArrayList<>();
    for (int e = 0; e < edges.size(); e++) {
      for (float bend : edges.get(e).bends()) {
        bends.add(bend);
      }
      from[e + 1] = bends.size();
    }
    columns.ints("bendFrom", from);
    columns.floats("bends", floats(bends, bend -> bend));
  }

  private void series(TypedColumns columns) {
    List<Series> all = new ArrayList<>(data.series().stream().map(PageData.Used::series).toList());
    if (data.machine() != null) {
      all.addFirst(data.machine());
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
    columns.floats("pointGpu", floats(points, point -> known(point.gpu(), 100)));
  }

  /** Seconds since the begin of the build on the timeline. */
  private double start(AttemptRecord run) {
    return (run.started() - data.head().build().started()) / 1e3;
  }

  private static String where(AttemptRecord run) {
    return run.executor() == null ? run.host() : run.executor() + " " + run.host();
  }

  private int text(String text) {
    return texts.computeIfAbsent(text, _ -> texts.size());
  }

  private static double some(long value, double unit) {
    return value > 0 ? value / unit : Double.NaN;
  }

  private static double known(long value, double unit) {
    return value >= 0 ? value / unit : Double.NaN;
  }

  private static float[] used(List<AttemptRecord> runs, ToDoubleFunction<AttemptRecord> what) {
    return floats(runs, run -> run == null ? Double.NaN : what.applyAsDouble(run));
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

  /**
   * Columns of numbers and texts for a page: each a typed array of JavaScript, one after the other,
   * deflated (zlib, RFC 1950) and in Base64. So 100 000 rows are a few megabytes, and a browser
   * reads them without parsing. It does not know what the columns mean.
   */
  private static final class TypedColumns {

    /** Where a column lies in the bytes; {@code type} is the name of the array in JavaScript. */
    private record Column(String name, String type, int from, int count) {}

    /** Arrays must begin at a multiple of the size of their elements. */
    private static final int ALIGN = 4;

    private final List<Column> columns = new ArrayList<>();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    /** Adds numbers of 32 bits. */
    void ints(String name, int[] values) {
      ByteBuffer buffer = buffer(values.length * Integer.BYTES);
      buffer.asIntBuffer().put(values);
      add(name, "Int32Array", values.length, buffer.array());
    }

    /** Adds numbers of seven digits; NaN for unknown. */
    void floats(String name, float[] values) {
      ByteBuffer buffer = buffer(values.length * Float.BYTES);
      buffer.asFloatBuffer().put(values);
      add(name, "Float32Array", values.length, buffer.array());
    }

    /** Adds small numbers, from 0 to 255. */
    void bytes(String name, byte[] values) {
      add(name, "Uint8Array", values.length, values);
    }

    /** Adds texts, none with a line feed: UTF-8, a line feed behind each. */
    void texts(String name, Iterable<String> texts) {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      for (String text : texts) {
        all.writeBytes(text.replace('\n', ' ').getBytes(StandardCharsets.UTF_8));
        all.write('\n');
      }
      add(name, "Uint8Array", all.size(), all.toByteArray());
    }

    private static ByteBuffer buffer(int size) {
      return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void add(String name, String type, int count, byte[] values) {
      while (bytes.size() % ALIGN != 0) {
        bytes.write(0);
      }
      columns.add(new Column(name, type, bytes.size(), count));
      bytes.writeBytes(values);
    }

    /** Which columns there are, as JSON. */
    String json() throws IOException {
      StringWriter out = new StringWriter();
      Json.write(columns, out);
      return out.toString().strip();
    }

    /** The bytes for a page. */
    String text() {
      ByteArrayOutputStream small = new ByteArrayOutputStream();
      try (DeflaterOutputStream out = new DeflaterOutputStream(small)) {
        bytes.writeTo(out);
      } catch (IOException e) {
        throw new UncheckedIOException(e); // there is no disk behind it
      }
      return Base64.getEncoder().encodeToString(small.toByteArray());
    }
  }
}
