package dev.torc.report;

import dev.torc.cache.JobResult;
import dev.torc.graph.Adjacency;
import dev.torc.graph.DisplayGraph;
import dev.torc.graph.Graph;
import dev.torc.machine.Amount;
import dev.torc.machine.SafeText;
import dev.torc.plan.Manifest;
import dev.torc.workflow.Job;
import java.io.IOException;
import java.io.StringWriter;
import java.io.Writer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jgrapht.graph.SimpleDirectedGraph;
import org.jgrapht.nio.Attribute;
import org.jgrapht.nio.DefaultAttribute;
import org.jgrapht.nio.GraphExporter;
import org.jgrapht.nio.dot.DOTExporter;
import org.jgrapht.nio.json.JSONExporter;

/**
 * What {@code torc graph} says: the jobs and groups as a picture's source. An edge leads from a job
 * to one that waits for it; none is left out because others imply it. JGraphT writes the formats.
 *
 * @param before vertex to those that it waits for
 */
public record GraphPicture(Graph graph, List<Vertex> vertices, Adjacency before, boolean json) {

  /**
   * A job or a group.
   *
   * @param last how the last run of a job ended, null if it never ran; of a group null
   */
  public record Vertex(DisplayGraph.Fold fold, JobCounts counts, JobResult.Outcome last) {}

  /** The text for standard output; JSON that is on one line but has no version. */
  public void write(Writer out) throws IOException {
    StringWriter text = new StringWriter();
    exporter().exportGraph(copy(), text);
    if (json) {
      JsonWriter.harmless(out).write(text.append('\n').toString());
    } else {
      out.write(text.toString());
    }
  }

  /** The graph as JGraphT stores one, for this one look at it; edges are numbered. */
  private SimpleDirectedGraph<Integer, Integer> copy() {
    SimpleDirectedGraph<Integer, Integer> copy = new SimpleDirectedGraph<>(null, null, false);
    for (int v = 0; v < vertices.size(); v++) {
      copy.addVertex(v);
    }
    for (int v = 0; v < vertices.size(); v++) {
      for (int e = before.from(v); e < before.to(v); e++) {
        copy.addEdge(before.at(e), v, e);
      }
    }
    return copy;
  }

  private GraphExporter<Integer, Integer> exporter() {
    if (json) {
      JSONExporter<Integer, Integer> exporter =
          new JSONExporter<>(v -> vertices.get(v).fold.name());
      exporter.setVertexAttributeProvider(this::facts);
      return exporter;
    }
    DOTExporter<Integer, Integer> dot = new DOTExporter<>(v -> "j" + v);
    dot.setGraphAttributeProvider(() -> Map.of("rankdir", DefaultAttribute.createAttribute("LR")));
    dot.setVertexAttributeProvider(this::looks);
    return dot;
  }

  private Map<String, Attribute> looks(int vertex) {
    DisplayGraph.Fold fold = vertices.get(vertex).fold;
    Map<String, Attribute> attributes = new LinkedHashMap<>();
    put(attributes, "label", label(fold.name() + (fold.isGroup() ? "\n" + size(fold) : "")));
    put(attributes, "shape", fold.isGroup() ? "box3d" : "box");
    put(attributes, "style", "filled");
    put(attributes, "fillcolor", colour(vertices.get(vertex).counts));
    return attributes;
  }

  private static void put(Map<String, Attribute> attributes, String name, String value) {
    attributes.put(name, DefaultAttribute.createAttribute(value));
  }

  private static String size(DisplayGraph.Fold fold) {
    return fold.open() < 0
        ? Amount.count(fold.jobs().size(), "instance")
        : "instances not known yet";
  }

  /**
   * A name as dot wants it between double quotes; the quotes in it are the exporter's to escape.
   */
  private static String label(String name) {
    return Arrays.stream(name.split("\n", -1))
        .map(SafeText::line)
        .collect(Collectors.joining("\n"))
        .replace("\\", "\\\\")
        .replace("\n", "\\n");
  }

  private static String colour(JobCounts state) {
    if (state.failed() > 0) {
      return "salmon";
    }
    return state.willRun() > 0 ? "orange" : state.mayRun() > 0 ? "khaki" : "palegreen";
  }

  private Map<String, Attribute> facts(int number) {
    Vertex vertex = vertices.get(number);
    DisplayGraph.Fold fold = vertex.fold;
    Map<String, Attribute> attributes = new LinkedHashMap<>();
    put(attributes, "verdict", vertex.counts.verdict());
    if (fold.isGroup()) {
      put(attributes, "instances", Integer.toString(fold.jobs().size()));
      return attributes;
    }
    Job job = graph.job(fold.jobs().getFirst());
    put(attributes, "last", vertex.last == null ? "never_ran" : JsonWriter.lower(vertex.last));
    put(attributes, "command", job.command());
    put(attributes, "needs", String.join("\n", Manifest.needs(job)));
    put(attributes, "produces", String.join("\n", Manifest.products(job)));
    return attributes;
  }
}
