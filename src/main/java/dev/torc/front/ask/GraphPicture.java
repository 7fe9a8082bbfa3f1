package dev.torc.front.ask;

import dev.torc.base.text.Amount;
import dev.torc.base.text.SafeText;
import dev.torc.core.decide.JobSelection;
import dev.torc.core.decide.JobSelection.Rerun;
import dev.torc.core.decide.Plan;
import dev.torc.core.manifest.Manifest;
import dev.torc.core.memory.JobResult;
import dev.torc.core.model.Adjacency;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Job;
import dev.torc.core.model.TopologicalOrder;
import dev.torc.core.model.Workflow.LeftOutJob;
import dev.torc.front.page.Stages;
import dev.torc.front.project.DisplayGraph;
import dev.torc.front.project.LeftOutTargets;
import dev.torc.front.project.Project;
import dev.torc.front.project.Targets;
import dev.torc.front.session.Exit;
import dev.torc.front.session.ReadSession;
import dev.torc.front.show.Json;
import java.io.IOException;
import java.io.StringWriter;
import java.io.Writer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jgrapht.nio.Attribute;
import org.jgrapht.nio.DefaultAttribute;
import org.jgrapht.nio.GraphExporter;
import org.jgrapht.nio.dot.DOTExporter;
import org.jgrapht.nio.json.JSONExporter;

/**
 * {@code torc graph}: writes the jobs and groups as the source text of a picture. An edge leads
 * from a job to a job that waits for it. JSON has all edges; the other formats omit an edge if a
 * longer path implies it. JGraphT writes dot and JSON; this class writes Mermaid and plain text.
 *
 * @param before for each vertex, the vertices that it waits for
 * @param stages the order of the vertices
 */
record GraphPicture(Graph graph, List<Vertex> vertices, Adjacency before, Stages stages) {

  /** How many of the jobs that a job waits for are named in plain text; the rest are counted. */
  private static final int NAMED = 10;

  /**
   * A job or a group. {@code last} is how the last run of a job ended; null for a group, or if the
   * job never ran. {@code middle} is true if the picture shows the surroundings of this vertex.
   */
  record Vertex(DisplayGraph.Fold fold, JobCounts counts, JobResult.Outcome last, boolean middle) {

    /** Returns the lines of the name, made harmless by {@link SafeText}. */
    List<String> lines() {
      return Arrays.stream(fold.name().split("\n", -1)).map(SafeText::line).toList();
    }

    String size() {
      return fold.open() < 0 ? fold.amount() : "instances not known yet";
    }

    boolean isSkipped() {
      return counts.verdict() == JobStanding.SKIPPED;
    }

    /**
     * Returns the verdict as in JSON, or {@code failed} if a job of this vertex failed last time.
     */
    String state() {
      return counts.count(JobStanding.FAILED) > 0 ? "failed" : Json.lower(counts.verdict());
    }
  }

  /** Writes the picture in the requested format; JSON is on one line. */
  static int run(Call call) throws IOException {
    String format = format(call);
    List<String> around = call.values("--job");
    int steps = steps(call, around.isEmpty());
    if (!around.isEmpty() && !call.targets().isEmpty()) {
      String job = SafeText.name(around.getFirst());
      String target = SafeText.name(call.targets().getFirst());
      throw Call.usage(
          "--job %s: there is a target too, %s; give one of them".formatted(job, target));
    }
    GraphPicture picture = of(call, around, steps, around.isEmpty() && !format.equals("json"));
    Writer out = call.console().out();
    switch (format) {
      case "dot" -> out.write(picture.text(picture.dot(), false));
      case "json" -> Json.write(new Json.Raw(picture.text(picture.json(), true)), out);
      case "mermaid" -> new GraphMermaid(picture).write(out, call::warn);
      default -> out.write(picture.words());
    }
    return Exit.DONE;
  }

  private static String format(Call call) {
    String format = call.value("--format");
    String wanted = format == null ? call.json() ? "json" : "dot" : format;
    if (!List.of("dot", "mermaid", "json", "text").contains(wanted)) {
      throw Call.usage("--format " + SafeText.name(wanted) + ": write dot, mermaid, json or text");
    }
    if (call.json() && !wanted.equals("json")) {
      throw Call.usage("--format " + format + ": --json asks for json");
    }
    return wanted;
  }

  private static int steps(Call call, boolean all) {
    String depth = call.value("--depth");
    if (depth == null) {
      return Integer.MAX_VALUE;
    }
    int steps = Call.number("--depth", depth, 0, "write a number of steps");
    if (all) {
      throw Call.usage("--depth " + depth + ": name the job in the middle by --job");
    }
    return steps;
  }

  /**
   * Returns the picture of the jobs that the targets name and all jobs that they wait for, or of
   * the surroundings of some jobs.
   *
   * @param around names and files of the jobs whose surroundings are shown; empty to show the
   *     targets
   * @param steps the largest distance from these jobs that is shown; at least 0
   * @param folds whether a large package may be one vertex
   */
  private static GraphPicture of(Call call, List<String> around, int steps, boolean folds)
      throws IOException {
    try (ReadSession look = call.openToRead()) {
      Project project = look.project();
      Graph graph = project.graph();
      boolean instances = call.has("--instances");
      BitSet middle = new BitSet();
      JobSelection selection = project.select(call.targets());
      DisplayGraph all = DisplayGraph.of(graph, selection.jobs(), selection.open(), instances);
      DisplayGraph shown = folds ? call.byPackage(project, all) : all;
      if (!around.isEmpty()) {
        middle = Targets.nodes(graph, around, project.paths(), Targets.all(graph, project.paths()));
        selection = JobSelection.of(graph, around(graph, middle, steps));
        shown = project.folded(selection, instances);
      }
      List<String> named = around.isEmpty() ? call.targets() : around;
      SortedMap<String, LeftOutJob> leftOut =
          named.isEmpty()
              ? graph.workflow().leftOut()
              : LeftOutTargets.of(graph, named, project.paths());
      shown = shown.with(leftOut, instances);
      Plan plan = look.plan(selection, Rerun.NONE);
      List<Vertex> vertices = new ArrayList<>();
      for (DisplayGraph.Fold fold : shown.folds()) {
        JobResult last = fold.isGroup() ? null : look.cache().result(fold.name());
        JobResult.Outcome outcome = last == null ? null : last.outcome();
        boolean unknown = fold.open() >= 0 && middle.get(fold.open());
        boolean asked = unknown || fold.jobs().stream().anyMatch(middle::get);
        JobCounts counts =
            JobCounts.of(fold, plan, look.records()::result).with(fold.leftOut().size());
        vertices.add(new Vertex(fold, counts, outcome, asked));
      }
      return new GraphPicture(graph, vertices, shown.before(), Stages.of(shown.before()));
    }
  }

  /** Returns the vertices that a vertex waits for, except those that a longer path implies. */
  int[] behind(int vertex) {
    return stages.behind(before, vertex);
  }

  private String text(GraphExporter<Integer, Integer> exporter, boolean all) {
    StringWriter out = new StringWriter();
    exporter.exportGraph(
        TopologicalOrder.copy(before, _ -> true, e -> all || !stages.isImplied(e)), out);
    return out.toString();
  }

  private GraphExporter<Integer, Integer> json() {
    JSONExporter<Integer, Integer> exporter = new JSONExporter<>(v -> vertices.get(v).fold.name());
    exporter.setVertexAttributeProvider(this::jsonAttributes);
    exporter.setEdgeAttributeProvider(
        e -> Map.of("implied", DefaultAttribute.createAttribute(stages.isImplied(e))));
    return exporter;
  }

  private GraphExporter<Integer, Integer> dot() {
    DOTExporter<Integer, Integer> dot = new DOTExporter<>(v -> "j" + v);
    dot.setGraphAttributeProvider(() -> Map.of("rankdir", DefaultAttribute.createAttribute("LR")));
    dot.setVertexAttributeProvider(this::dotAttributes);
    return dot;
  }

  private Map<String, Attribute> dotAttributes(int number) {
    Vertex vertex = vertices.get(number);
    boolean group = vertex.fold.isGroup();
    Map<String, Attribute> attributes = new LinkedHashMap<>();
    put(attributes, "label", label(vertex) + (group ? "\\n" + vertex.size() : ""));
    put(attributes, "shape", group ? "box3d" : "box");
    put(attributes, "style", vertex.isSkipped() ? "filled,dashed" : "filled");
    put(attributes, "fillcolor", colour(vertex.state()));
    if (vertex.middle) {
      put(attributes, "penwidth", "3");
    }
    return attributes;
  }

  private static void put(Map<String, Attribute> attributes, String name, String value) {
    attributes.put(name, DefaultAttribute.createAttribute(value));
  }

  /** Returns a vertex's name for use in double quotes in dot; the exporter escapes quotes. */
  private static String label(Vertex vertex) {
    return vertex.lines().stream()
        .map(line -> line.replace("\\", "\\\\"))
        .collect(Collectors.joining("\\n"));
  }

  /** Returns the color of a state, by a name that dot and CSS know. */
  static String colour(String state) {
    return switch (state) {
      case "failed" -> "salmon";
      case "will_run", "will_fail" -> "orange";
      case "will_restore" -> "lightskyblue";
      case "may_run" -> "khaki";
      case "skipped" -> "lightgray";
      default -> "palegreen";
    };
  }

  private Map<String, Attribute> jsonAttributes(int number) {
    Vertex vertex = vertices.get(number);
    DisplayGraph.Fold fold = vertex.fold;
    Map<String, Attribute> attributes = new LinkedHashMap<>();
    put(attributes, "verdict", Json.lower(vertex.counts.verdict()));
    attributes.put("stage", DefaultAttribute.createAttribute(stages.of(number) + 1));
    if (fold.isGroup()) {
      put(attributes, "instances", Integer.toString(fold.size()));
      return attributes;
    }
    LeftOutJob leftOut = leftOut(vertex);
    if (leftOut != null) {
      put(attributes, "why", leftOut.why());
    }
    Job job = leftOut == null ? graph.job(fold.jobs().getFirst()) : leftOut.job();
    put(attributes, "last", vertex.last == null ? "never_ran" : Json.lower(vertex.last));
    put(attributes, "command", job.command());
    put(attributes, "needs", String.join("\n", Manifest.needs(job)));
    put(attributes, "produces", String.join("\n", Manifest.declared(job)));
    return attributes;
  }

  /**
   * Returns the graph as plain text that can be read aloud: stage by stage, each job with its state
   * and the jobs that it waits for.
   */
  private String words() {
    Map<Integer, List<Integer>> all =
        IntStream.range(0, vertices.size()).boxed().collect(Collectors.groupingBy(stages::of));
    int jobs = vertices.stream().mapToInt(v -> v.fold.size()).sum();
    StringBuilder out = new StringBuilder(Amount.count(jobs, "job"));
    out.append(" in ").append(Amount.count(stages.count(), "stage")).append('\n');
    for (int s = 0; s < stages.count(); s++) {
      out.append("stage ").append(s + 1).append(":\n");
      all.get(s).forEach(v -> out.append("  ").append(line(v)).append('\n'));
    }
    return out.toString();
  }

  private String line(int number) {
    Vertex vertex = vertices.get(number);
    List<String> behind = Arrays.stream(behind(number)).mapToObj(this::name).toList();
    String after = behind.isEmpty() ? "" : "; after " + SafeText.names(behind, NAMED);
    LeftOutJob leftOut = leftOut(vertex);
    String more =
        leftOut != null
            ? ": " + SafeText.message(leftOut.why())
            : vertex.counts.count(JobStanding.FAILED) > 0 ? ", failed last time" : "";
    return SafeText.name(name(number))
        + (vertex.middle ? " (asked for)" : "")
        + ": "
        + (vertex.fold.isGroup() ? vertex.counts.words() : vertex.counts.verdict().words() + more)
        + after;
  }

  /**
   * Returns the skipped job without a node that a vertex stands for; null for any other job and for
   * a group.
   */
  private LeftOutJob leftOut(Vertex vertex) {
    return vertex.fold.isGroup() ? null : graph.workflow().leftOut().get(vertex.fold.name());
  }

  private String name(int number) {
    return vertices.get(number).fold.name();
  }

  /**
   * Writes a graph as a Mermaid flowchart, which GitHub and GitLab draw in their pages. Names are
   * escaped, so that Mermaid reads them as text and not as markup, comments or statements.
   */
  private record GraphMermaid(GraphPicture picture) {

    /** The class of vertices whose surroundings are shown; all other classes are states. */
    private static final String ASKED = "asked";

    /**
     * The most edges that Mermaid draws unless the page's configuration allows more, which GitHub's
     * does not.
     */
    static final int EDGES = 500;

    /** The longest text that Mermaid draws, in characters. */
    static final int TEXT = 50_000;

    /** The character with which Mermaid marks its own escapes, so it must not occur in a name. */
    private static final int MARK = 'ﬂ';

    void write(Writer out, Consumer<String> warn) throws IOException {
      StringBuilder text = new StringBuilder("flowchart LR\n");
      SortedMap<String, List<String>> classes = new TreeMap<>();
      int edges = 0;
      for (int v = 0; v < picture.vertices.size(); v++) {
        Vertex vertex = picture.vertices.get(v);
        text.append("  ").append(box(v, vertex)).append('\n');
        for (String each :
            vertex.middle ? List.of(vertex.state(), ASKED) : List.of(vertex.state())) {
          classes.computeIfAbsent(each, _ -> new ArrayList<>()).add("j" + v);
        }
      }
      for (int v = 0; v < picture.vertices.size(); v++) {
        for (int from : picture.behind(v)) {
          text.append("  j%d --> j%d\n".formatted(from, v));
          edges++;
        }
      }
      classes.forEach(
          (state, of) ->
              text.append("  classDef %s %s\n".formatted(state, style(state)))
                  .append("  class %s %s\n".formatted(String.join(",", of), state)));
      out.write(text.toString());
      if (edges > EDGES || text.length() > TEXT) {
        warn.accept(
            "Mermaid draws at most %d edges and %d characters, here are %s and %d: name a target, or a"
                    .formatted(EDGES, TEXT, Amount.count(edges, "edge"), text.length())
                + " job by --job with --depth, or take --format dot");
      }
    }

    /** Returns a style with black text on a light color, for light and dark pages. */
    private static String style(String state) {
      return state.equals(ASKED)
          ? "stroke-width:3px"
          : "fill:%s,color:black%s"
              .formatted(colour(state), state.equals("skipped") ? ",stroke-dasharray:4" : "");
    }

    private static String box(int number, Vertex vertex) {
      String name =
          vertex.lines().stream().map(GraphMermaid::escaped).collect(Collectors.joining("<br/>"));
      return vertex.fold().isGroup()
          ? "j%d[[\"%s<br/>%s\"]]".formatted(number, name, vertex.size())
          : "j%d[\"%s\"]".formatted(number, name);
    }

    /**
     * Escapes a line for Mermaid. Letters and digits are kept; the punctuation of instance names is
     * kept between two of them. Every other character becomes its number, such as {@code #34;}. So
     * Markdown cannot take a character at the start of a line or next to a space for a list or a
     * heading.
     */
    private static String escaped(String line) {
      StringBuilder out = new StringBuilder();
      List<Integer> codes = line.codePoints().boxed().toList();
      for (int i = 0; i < codes.size(); i++) {
        int c = codes.get(i);
        boolean plain =
            Character.isLetterOrDigit(c) && c != MARK
                || isMark(c) && i > 0
                || " /=,.-".indexOf(c) >= 0 && isInside(codes, i);
        if (plain) {
          out.appendCodePoint(c);
        } else {
          out.append('#').append(c == ' ' ? 0xa0 : c).append(';');
        }
      }
      return out.toString();
    }

    private static boolean isMark(int c) {
      return Character.getType(c) == Character.NON_SPACING_MARK
          || Character.getType(c) == Character.COMBINING_SPACING_MARK;
    }

    private static boolean isInside(List<Integer> codes, int at) {
      return at > 0
          && at + 1 < codes.size()
          && Character.isLetterOrDigit(codes.get(at - 1))
          && Character.isLetterOrDigit(codes.get(at + 1));
    }
  }

  /**
   * Returns the nodes and all nodes at most {@code steps} before or after them. Join nodes are
   * included without counting as a step. A node that merely waits for the same job as these nodes
   * is not included.
   */
  private static BitSet around(Graph graph, BitSet nodes, int steps) {
    BitSet around = reach(graph, graph.before(), nodes, steps);
    around.or(reach(graph, graph.after(), nodes, steps));
    return around;
  }

  private static BitSet reach(Graph graph, Adjacency next, BitSet nodes, int steps) {
    BitSet seen = (BitSet) nodes.clone();
    ArrayDeque<Integer> here = new ArrayDeque<>();
    nodes.stream().forEach(here::add);
    for (int step = 0; step < steps && !here.isEmpty(); step++) {
      ArrayDeque<Integer> there = new ArrayDeque<>();
      while (!here.isEmpty()) {
        for (int node : next.row(here.pop())) {
          if (!seen.get(node)) {
            seen.set(node);
            (graph.isJob(node) || graph.isOpen(node) ? there : here).push(node);
          }
        }
      }
      here = there;
    }
    return seen;
  }
}
