package dev.torc.ask;

import dev.torc.graph.Adjacency;
import dev.torc.graph.DisplayGraph;
import dev.torc.graph.Graph;
import dev.torc.graph.Stages;
import dev.torc.plan.JobSelection;
import dev.torc.plan.JobSelection.Rerun;
import dev.torc.plan.Manifest;
import dev.torc.plan.Plan;
import dev.torc.records.JobResult;
import dev.torc.session.Project;
import dev.torc.session.ReadSession;
import dev.torc.show.Json;
import dev.torc.text.Amount;
import dev.torc.text.SafeText;
import dev.torc.workflow.Job;
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
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jgrapht.nio.Attribute;
import org.jgrapht.nio.DefaultAttribute;
import org.jgrapht.nio.GraphExporter;
import org.jgrapht.nio.dot.DOTExporter;
import org.jgrapht.nio.json.JSONExporter;

/**
 * {@code torc graph}: the jobs and groups as a picture's source. An edge leads from a job to one
 * that waits for it. JSON has all of them; the others leave out what longer ways imply. JGraphT
 * writes dot and JSON; Mermaid and the words have classes of their own.
 *
 * @param before vertex to those that it waits for
 * @param stages the order of the vertices
 */
public record GraphPicture(Graph graph, List<Vertex> vertices, Adjacency before, Stages stages) {

  /**
   * A job or a group.
   *
   * @param last how the last run of a job ended, null if it never ran; of a group null
   * @param middle whether what is shown is what lies around it
   */
  record Vertex(DisplayGraph.Fold fold, JobCounts counts, JobResult.Outcome last, boolean middle) {

    /** The name in lines that are harmless. */
    List<String> lines() {
      return Arrays.stream(fold.name().split("\n", -1)).map(SafeText::line).toList();
    }

    /** How many instances a group has; empty for a job. */
    String size() {
      int known = fold.jobs().size();
      String size = fold.open() < 0 ? Amount.count(known, "instance") : "instances not known yet";
      return fold.isGroup() ? size : "";
    }

    /** The verdict as JSON has it, or {@code failed} where one failed that is to run again. */
    String state() {
      return counts.failed() > 0 ? "failed" : counts.verdict();
    }
  }

  /** In what form. */
  public enum Format {
    DOT,
    JSON,
    MERMAID,
    TEXT
  }

  /**
   * The picture of the jobs that targets name, and of all jobs that these wait for, or the
   * surroundings of some jobs.
   *
   * @param targets names and files; none for all jobs
   * @param around names and files in the middle; none for what the targets name
   * @param steps how far from these; at least 0
   * @param instances whether each instance of a group is shown by itself
   * @param warn takes lines for people
   * @throws dev.torc.syntax.BadInput for a name that there is not
   */
  public static GraphPicture of(
      Project given,
      List<String> targets,
      List<String> around,
      int steps,
      boolean instances,
      Consumer<String> warn)
      throws IOException {
    try (ReadSession look = ReadSession.at(given, warn)) {
      Project project = look.project();
      Graph graph = project.graph();
      BitSet middle = new BitSet();
      JobSelection selection = project.select(targets);
      BitSet jobs = selection.jobs();
      BitSet open = selection.open();
      if (!around.isEmpty()) {
        middle = JobSelection.nodes(graph, around, project.paths());
        BitSet all = Neighbours.of(graph, middle, steps);
        selection = JobSelection.of(graph, all);
        jobs = graph.jobsOf(all);
        open = (BitSet) selection.open().clone();
        open.and(all);
      }
      Plan plan = look.plan(selection, Rerun.NONE);
      DisplayGraph shown = DisplayGraph.of(graph, jobs, open, instances);
      List<Vertex> vertices = new ArrayList<>();
      for (DisplayGraph.Fold fold : shown.folds()) {
        JobResult last = fold.isGroup() ? null : look.records().result(fold.jobs().getFirst());
        JobResult.Outcome outcome = last == null ? null : last.outcome();
        boolean unknown = fold.open() >= 0 && middle.get(fold.open());
        boolean asked = unknown || fold.jobs().stream().anyMatch(middle::get);
        JobCounts counts = JobCounts.of(fold, plan, look.records()::result);
        vertices.add(new Vertex(fold, counts, outcome, asked));
      }
      return new GraphPicture(graph, vertices, shown.before(), Stages.of(shown.before()));
    }
  }

  /**
   * The text for standard output; JSON is on one line.
   *
   * @param warn takes a line where a program will not show so much
   */
  public void write(Format format, Writer out, Consumer<String> warn) throws IOException {
    switch (format) {
      case DOT -> out.write(text(dot(), false));
      case JSON -> Json.write(new Json.Raw(text(json(), true)), out);
      case MERMAID -> new GraphMermaid(this).write(out, warn);
      case TEXT -> out.write(new GraphText(this).text());
    }
  }

  /** Those that a vertex waits for, but for what others imply. */
  int[] behind(int vertex) {
    return stages.behind(before, vertex);
  }

  private String text(GraphExporter<Integer, Integer> exporter, boolean all) {
    StringWriter out = new StringWriter();
    exporter.exportGraph(
        DisplayGraph.copy(before, _ -> true, e -> all || !stages.isImplied(e)), out);
    return out.toString();
  }

  private GraphExporter<Integer, Integer> json() {
    JSONExporter<Integer, Integer> exporter = new JSONExporter<>(v -> vertices.get(v).fold.name());
    exporter.setVertexAttributeProvider(this::facts);
    exporter.setEdgeAttributeProvider(
        e -> Map.of("implied", DefaultAttribute.createAttribute(stages.isImplied(e))));
    return exporter;
  }

  private GraphExporter<Integer, Integer> dot() {
    DOTExporter<Integer, Integer> dot = new DOTExporter<>(v -> "j" + v);
    dot.setGraphAttributeProvider(() -> Map.of("rankdir", DefaultAttribute.createAttribute("LR")));
    dot.setVertexAttributeProvider(this::looks);
    return dot;
  }

  private Map<String, Attribute> looks(int number) {
    Vertex vertex = vertices.get(number);
    boolean group = vertex.fold.isGroup();
    Map<String, Attribute> attributes = new LinkedHashMap<>();
    put(attributes, "label", label(vertex) + (group ? "\\n" + vertex.size() : ""));
    put(attributes, "shape", group ? "box3d" : "box");
    put(attributes, "style", "filled");
    put(attributes, "fillcolor", colour(vertex.state()));
    if (vertex.middle) {
      put(attributes, "penwidth", "3");
    }
    return attributes;
  }

  private static void put(Map<String, Attribute> attributes, String name, String value) {
    attributes.put(name, DefaultAttribute.createAttribute(value));
  }

  /**
   * A name as dot wants it between double quotes; the quotes in it are the exporter's to escape.
   */
  private static String label(Vertex vertex) {
    return vertex.lines().stream()
        .map(line -> line.replace("\\", "\\\\"))
        .collect(Collectors.joining("\\n"));
  }

  /** The colour of a state, by a name that dot and CSS have. */
  static String colour(String state) {
    return switch (state) {
      case "failed" -> "salmon";
      case "will_run", "will_fail" -> "orange";
      case "will_restore" -> "lightskyblue";
      case "may_run" -> "khaki";
      default -> "palegreen";
    };
  }

  private Map<String, Attribute> facts(int number) {
    Vertex vertex = vertices.get(number);
    DisplayGraph.Fold fold = vertex.fold;
    Map<String, Attribute> attributes = new LinkedHashMap<>();
    put(attributes, "verdict", vertex.counts.verdict());
    attributes.put("stage", DefaultAttribute.createAttribute(stages.of(number) + 1));
    if (fold.isGroup()) {
      put(attributes, "instances", Integer.toString(fold.jobs().size()));
      return attributes;
    }
    Job job = graph.job(fold.jobs().getFirst());
    put(attributes, "last", vertex.last == null ? "never_ran" : Json.lower(vertex.last));
    put(attributes, "command", job.command());
    put(attributes, "needs", String.join("\n", Manifest.needs(job)));
    put(attributes, "produces", String.join("\n", Manifest.products(job)));
    return attributes;
  }

  /**
   * A graph in words, stage by stage, to be read or listened to: each job with how it stands with
   * it and what it waits for.
   */
  private record GraphText(GraphPicture picture) {

    /** So many are named that a job waits for; then how many more. */
    private static final int NAMED = 10;

    String text() {
      List<List<Integer>> stages = new ArrayList<>();
      for (int s = 0; s < picture.stages().count(); s++) {
        stages.add(new ArrayList<>());
      }
      for (int v = 0; v < picture.vertices().size(); v++) {
        stages.get(picture.stages().of(v)).add(v);
      }
      int jobs = picture.vertices().stream().mapToInt(v -> v.fold().jobs().size()).sum();
      StringBuilder out = new StringBuilder(Amount.count(jobs, "job"));
      out.append(" in " + Amount.count(stages.size(), "stage") + "\n");
      for (int s = 0; s < stages.size(); s++) {
        out.append("stage ").append(s + 1).append(":\n");
        stages.get(s).forEach(v -> out.append("  ").append(line(v)).append('\n'));
      }
      return out.toString();
    }

    private String line(int number) {
      GraphPicture.Vertex vertex = picture.vertices().get(number);
      String after =
          SafeText.names(
              Arrays.stream(picture.behind(number)).mapToObj(this::name).toList(), NAMED);
      return SafeText.name(name(number))
          + (vertex.middle() ? " (asked for)" : "")
          + ": "
          + (vertex.fold().isGroup() ? vertex.counts().words() : state(vertex))
          + (after.isEmpty() ? "" : "; after " + after);
    }

    private static String state(GraphPicture.Vertex vertex) {
      String verdict = vertex.counts().verdict();
      return (verdict.equals("will_restore") ? "will be restored" : verdict.replace('_', ' '))
          + (vertex.counts().failed() > 0 ? ", failed last time" : "");
    }

    private String name(int number) {
      return picture.vertices().get(number).fold().name();
    }
  }

  /**
   * What lies around some nodes of a graph: what they wait for, and what waits for them. What waits
   * for something else that they wait for is not around them.
   */
  private static final class Neighbours {

    private Neighbours() {}

    /**
     * The nodes and all that is at most some steps before or behind them; join nodes are seen
     * through, and come with them.
     *
     * @param steps from one job or group to the next, at least 0
     */
    static BitSet of(Graph graph, BitSet nodes, int steps) {
      BitSet around = way(graph, graph.before(), nodes, steps);
      around.or(way(graph, graph.after(), nodes, steps));
      return around;
    }

    private static BitSet way(Graph graph, Adjacency next, BitSet nodes, int steps) {
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
}
