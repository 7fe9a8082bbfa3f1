package dev.torc.front.page;

import dev.torc.base.machine.Series;
import dev.torc.base.text.SafeText;
import dev.torc.core.memory.AttemptRecord;
import dev.torc.front.page.PageData.Row;
import dev.torc.front.page.PageData.Shown;
import dev.torc.front.page.PageData.ShownPart;
import dev.torc.front.page.PageData.Span;
import dev.torc.front.page.PageData.Vertex;
import dev.torc.front.show.Json;
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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;
import java.util.zip.DeflaterOutputStream;

/**
 * Writes {@link PageData} as one HTML page that needs neither a network nor other files. Results
 * are HTML in the page; all other data are {@link TypedColumns}, from which the page's script draws
 * the visible part. The files beside this class, which {@code page.html} names, define how the page
 * looks; uPlot, which draws the plots, is unpacked there.
 */
final class PageWriter {

  private static final double SECOND = 1e9;

  private final PageData data;
  private final String toRoot;
  private final Map<String, Integer> texts = new LinkedHashMap<>();

  /** Takes the path from the page's folder to the root, for links; null if there are no links. */
  PageWriter(PageData data, String toRoot) {
    this.data = data;
    this.toRoot = toRoot;
  }

  /** Writes the page; a browser reloads it every {@code seconds} seconds, or never for 0. */
  void write(Writer out, int seconds) throws IOException {
    TypedColumns columns = columns();
    StringWriter script = new StringWriter();
    fill("page.js", Map.of(), script);
    Map<String, String> parts = new HashMap<>();
    parts.put("script", script.toString());
    Set<String> hashes = new LinkedHashSet<>(); // the only scripts allowed
    hashes.add(HtmlFile.source(script.toString()));
    for (Shown file : data.files()) {
      if (file.content() instanceof ShownPart.Frame frame) {
        hashes.addAll(frame.file().hashes()); // a frame inherits the page's policy
      }
    }
    parts.put("script hashes", String.join(" ", hashes));
    String refresh = "\n<meta http-equiv=\"refresh\" content=\"%d\">".formatted(seconds);
    parts.put("refresh", seconds == 0 ? "" : refresh);
    parts.put("title", SafeText.markup(data.project()));
    parts.put("files", files());
    parts.put("columns", columns.json().replace("<", "\\u003c"));
    parts.put("data", columns.text());
    fill("page.html", parts, out);
  }

  /** Writes a file beside this class, and replaces each name between two {@code @@}. */
  private static void fill(String template, Map<String, String> parts, Writer out)
      throws IOException {
    String text = file(template);
    int at = 0;
    for (int begin = text.indexOf("@@"); begin >= 0; begin = text.indexOf("@@", at)) {
      int end = text.indexOf("@@", begin + 2);
      out.write(text, at, begin - at);
      String name = text.substring(begin + 2, end);
      out.write(parts.containsKey(name) ? parts.get(name) : file(name));
      at = end + 2;
    }
    out.write(text, at, text.length() - at);
  }

  private static String file(String name) throws IOException {
    try (InputStream in = PageWriter.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static boolean isFigure(Shown file) {
    return file.content() instanceof ShownPart.Figure;
  }

  /**
   * Returns the results as HTML, the first figure before all others; the rows of a table are in the
   * data instead.
   */
  private String files() {
    StringBuilder out = new StringBuilder();
    List<Shown> files = new ArrayList<>(data.files());
    Shown lead = files.stream().filter(PageWriter::isFigure).findFirst().orElse(null);
    if (files.remove(lead)) {
      files.addFirst(lead);
    }
    for (Shown file : files) {
      String kind =
          switch (file.content()) {
            case ShownPart.Figure _ -> file == lead ? "picture lead" : "picture";
            case ShownPart.Html _ -> "markdown";
            case ShownPart.Frame _ -> "wide framed";
            case null, default -> "wide";
          };
      String title = SafeText.markup(file.title());
      out.append("<article class=\"%s\">\n<h3>%s</h3>\n".formatted(kind, title));
      if (file.caption() != null) {
        out.append("<p class=\"caption\">%s</p>\n".formatted(SafeText.markup(file.caption())));
      }
      String path = SafeText.markup(file.path());
      if (file.link() != null && toRoot != null) {
        String link = SafeText.markup("./" + toRoot + file.link());
        out.append("<p><a href=\"%s\">%s</a></p>\n".formatted(link, path));
      } else if (!file.title().equals(file.path())) {
        out.append("<p class=\"soft\">%s</p>\n".formatted(path));
      }
      if (!file.note().isEmpty()) {
        out.append("<p class=\"note\">%s</p>\n".formatted(SafeText.markup(file.note())));
      }
      switch (file.content()) {
        case ShownPart.Figure image ->
            out.append("<img alt=\"%s\" src=\"data:".formatted(title))
                .append(image.type() + ";base64,")
                .append(image.bytes() + "\">\n");
        case ShownPart.Html html -> out.append(html.text());
        case ShownPart.Lines text ->
            out.append("<pre tabindex=\"0\">")
                .append(SafeText.markup(String.join("\n", text.lines())))
                .append("</pre>\n");
        case ShownPart.Frame html ->
            out.append("<iframe title=\"%s\" sandbox=\"allow-scripts\" srcdoc=\"".formatted(title))
                .append(SafeText.markup(html.file().framed()) + "\"></iframe>\n");
        case ShownPart.Table _ -> out.append("<div class=\"rows\"></div>\n");
        case null -> {}
      }
      out.append("</article>\n");
    }
    return out.toString();
  }

  /** The index of one attempt's points among all points. */
  private record Points(int job, int attempt, int from, int count) {}

  /** Fields of the page's JSON that depend on how it is written. */
  private record Added(
      List<List<List<String>>> tables,
      boolean stages,
      Number width,
      Number height,
      int machinePoints,
      List<Points> series) {}

  /** Returns the JSON of the page: the head, the result tables, and the index of use over time. */
  private byte[] head() throws IOException {
    int machine = data.timeline().machine() == null ? 0 : data.timeline().machine().size();
    List<Points> series = new ArrayList<>();
    int from = machine;
    for (PageData.Used used : data.timeline().series()) {
      int count = used.series().size();
      series.add(new Points(used.job(), used.attempt(), from, count));
      from += count;
    }
    List<List<List<String>>> tables =
        data.files().stream()
            .map(Shown::content)
            .filter(ShownPart.Table.class::isInstance)
            .map(content -> ((ShownPart.Table) content).rows())
            .toList();
    PageData.Picture picture = data.picture();
    Map<String, Object> head = Json.fields(data.head());
    head.putAll(
        Json.fields(
            new Added(
                tables, picture.stages(), picture.width(), picture.height(), machine, series)));
    StringWriter out = new StringWriter();
    Json.write(head, out);
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }

  private TypedColumns columns() throws IOException {
    List<Row> jobs = data.jobs();
    TypedColumns columns = new TypedColumns();
    columns.bytes("head", head());
    columns.texts("name", jobs.stream().map(Row::name)::iterator);
    columns.bytes("state", jobs, job -> job.state().ordinal());
    columns.ints("group", jobs, job -> job.group() == null ? -1 : text(job.group()));
    columns.ints("now", jobs, job -> text(job.texts().now()));
    columns.ints("why", jobs, job -> text(job.texts().why()));
    columns.ints("what", jobs, job -> text(job.texts().what()));
    columns.ints("from", jobs, job -> text(job.texts().from()));
    columns.ints("commit", jobs, job -> text(job.texts().commit()));
    columns.ints("tries", jobs, Row::tries);
    columns.ints("told", jobs, Row::told);
    columns.ints("askedCpus", jobs, job -> job.asked().cpus());
    columns.ints("askedGpus", jobs, job -> job.asked().gpus());
    columns.floats("askedMemory", jobs, job -> ifPositive(job.asked().memory(), 1));
    columns.floats("askedTime", jobs, job -> ifPositive(job.asked().runtime(), SECOND));
    List<AttemptRecord> runs = data.runs();
    used(columns, "start", this::start);
    used(columns, "wall", run -> ifKnown(run.times().wall(), SECOND));
    used(columns, "queued", run -> run.times().queued() / SECOND);
    used(columns, "cpu", run -> ifKnown(run.usage().cpu(), SECOND));
    used(columns, "busy", run -> ifKnown(run.cpuPercent(), 100));
    used(columns, "memory", run -> ifKnown(run.usage().peak(), 1));
    used(columns, "gpu", run -> ifKnown(run.usage().gpu(), 100));
    used(columns, "gpuMemory", run -> ifKnown(run.usage().gpuMemory(), 1));
    used(columns, "read", run -> ifKnown(run.usage().read(), 1));
    used(columns, "written", run -> ifKnown(run.usage().written(), 1));
    columns.ints("host", runs, run -> text(run == null ? "" : where(run)));
    List<Span> spans = data.timeline().attempts();
    columns.ints("spanJob", spans, Span::job);
    columns.ints("spanLane", spans, Span::lane);
    columns.bytes("spanState", spans, span -> PageJobs.state(span.run()).ordinal());
    columns.floats("spanStart", spans, span -> start(span.run()));
    columns.floats("spanWall", spans, span -> ifKnown(span.run().times().wall(), SECOND));
    columns.floats("spanQueued", spans, span -> span.run().times().queued() / SECOND);
    picture(columns);
    series(columns);
    columns.texts("texts", texts.keySet());
    return columns;
  }

  private void used(TypedColumns columns, String name, ToDoubleFunction<AttemptRecord> what) {
    columns.floats(name, data.runs(), run -> run == null ? Double.NaN : what.applyAsDouble(run));
  }

  private void picture(TypedColumns columns) {
    List<Vertex> vertices = data.picture().vertices();
    List<PageData.Edge> edges = data.picture().edges();
    columns.texts("boxLabel", vertices.stream().map(Vertex::label)::iterator);
    columns.bytes("boxState", vertices, box -> box.state().ordinal());
    columns.ints("boxStage", vertices, Vertex::stage);
    columns.floats("boxX", vertices, Vertex::x);
    columns.floats("boxY", vertices, Vertex::y);
    columns.floats("boxWidth", vertices, Vertex::width);
    columns.ints("edgeBefore", edges, PageData.Edge::before);
    columns.ints("edgeAfter", edges, PageData.Edge::after);
    List<Integer> from = new ArrayList<>(List.of(0));
    List<Float> bends = new ArrayList<>();
    for (PageData.Edge edge : edges) {
      for (float bend : edge.bends()) {
        bends.add(bend);
      }
      from.add(bends.size());
    }
    columns.ints("bendFrom", from, each -> each);
    columns.floats("bends", bends, each -> each);
  }

  private void series(TypedColumns columns) {
    List<Series> all =
        new ArrayList<>(data.timeline().series().stream().map(PageData.Used::series).toList());
    if (data.timeline().machine() != null) {
      all.addFirst(data.timeline().machine());
    }
    List<Series.Point> points = new ArrayList<>();
    for (Series series : all) {
      for (int i = 0; i < series.size(); i++) {
        points.add(series.at(i));
      }
    }
    columns.floats("pointTime", points, point -> point.time() / SECOND);
    columns.floats("pointCpu", points, point -> point.cpu() / 100.0);
    columns.floats("pointMemory", points, Series.Point::memory);
    columns.floats("pointGpu", points, point -> ifKnown(point.gpu(), 100));
    columns.floats("pointGpuMemory", points, point -> ifKnown(point.gpuMemory(), 1));
  }

  /** Returns when an attempt started, in seconds after the start of the build. */
  private double start(AttemptRecord run) {
    return (run.times().started() - data.timeline().began()) / 1e3;
  }

  private static String where(AttemptRecord run) {
    return run.where().executor() == null
        ? run.where().host()
        : run.where().executor() + " " + run.where().host();
  }

  private int text(String text) {
    return texts.computeIfAbsent(text, _ -> texts.size());
  }

  private static double ifPositive(long value, double unit) {
    return value > 0 ? value / unit : Double.NaN;
  }

  private static double ifKnown(long value, double unit) {
    return value >= 0 ? value / unit : Double.NaN;
  }

  /**
   * Columns of numbers and texts for a page: typed arrays of JavaScript, one after the other,
   * deflated (zlib, RFC 1950) and in Base64. So 100 000 rows take only a few megabytes, and a
   * browser reads them without parsing. This class does not know what the columns mean.
   */
  private static final class TypedColumns {

    /** The position of a column in the bytes; {@code type} is the JavaScript name of its array. */
    private record Column(String name, String type, int from, int count) {}

    /** Arrays must begin at a multiple of the size of their elements. */
    private static final int ALIGN = 4;

    private final List<Column> columns = new ArrayList<>();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    <T> void ints(String name, List<T> all, ToIntFunction<T> what) {
      ByteBuffer buffer = buffer(all.size() * Integer.BYTES);
      all.forEach(each -> buffer.putInt(what.applyAsInt(each)));
      add(name, "Int32Array", all.size(), buffer.array());
    }

    /** Adds numbers with a precision of seven digits; NaN means unknown. */
    <T> void floats(String name, List<T> all, ToDoubleFunction<T> what) {
      ByteBuffer buffer = buffer(all.size() * Float.BYTES);
      all.forEach(each -> buffer.putFloat((float) what.applyAsDouble(each)));
      add(name, "Float32Array", all.size(), buffer.array());
    }

    /** Adds numbers from 0 to 255. */
    <T> void bytes(String name, List<T> all, ToIntFunction<T> what) {
      ByteBuffer buffer = buffer(all.size());
      all.forEach(each -> buffer.put((byte) what.applyAsInt(each)));
      add(name, "Uint8Array", all.size(), buffer.array());
    }

    /** Adds texts in UTF-8, each followed by a line feed; line feeds in a text become spaces. */
    void texts(String name, Iterable<String> texts) {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      for (String text : texts) {
        all.writeBytes(text.replace('\n', ' ').getBytes(StandardCharsets.UTF_8));
        all.write('\n');
      }
      bytes(name, all.toByteArray());
    }

    private static ByteBuffer buffer(int size) {
      return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    void bytes(String name, byte[] values) {
      add(name, "Uint8Array", values.length, values);
    }

    private void add(String name, String type, int count, byte[] values) {
      while (bytes.size() % ALIGN != 0) {
        bytes.write(0);
      }
      columns.add(new Column(name, type, bytes.size(), count));
      bytes.writeBytes(values);
    }

    /** Returns the names, types and positions of the columns, as JSON. */
    String json() throws IOException {
      StringWriter out = new StringWriter();
      Json.write(columns, out);
      return out.toString().strip();
    }

    /** Returns the bytes of all columns, deflated and in Base64. */
    String text() {
      ByteArrayOutputStream small = new ByteArrayOutputStream();
      try (DeflaterOutputStream out = new DeflaterOutputStream(small)) {
        bytes.writeTo(out);
      } catch (IOException e) {
        throw new UncheckedIOException(e); // cannot happen in memory
      }
      return Base64.getEncoder().encodeToString(small.toByteArray());
    }
  }
}
