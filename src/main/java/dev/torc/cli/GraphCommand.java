package dev.torc.cli;

import dev.torc.cache.JobResult;
import dev.torc.graph.DisplayGraph;
import dev.torc.graph.Graph;
import dev.torc.graph.JgraphtView;
import dev.torc.machine.Amount;
import dev.torc.machine.JsonOut;
import dev.torc.machine.SafeText;
import dev.torc.plan.JobSelection;
import dev.torc.plan.Manifest;
import dev.torc.plan.Plan;
import dev.torc.session.Exit;
import dev.torc.session.ReadSession;
import dev.torc.workflow.Job;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jgrapht.nio.Attribute;
import org.jgrapht.nio.BaseExporter;
import org.jgrapht.nio.DefaultAttribute;
import org.jgrapht.nio.GraphExporter;
import org.jgrapht.nio.dot.DOTExporter;
import org.jgrapht.nio.json.JSONExporter;

/**
 * {@code torc graph}: the jobs that targets name and all that these wait for, as a picture's
 * source. An edge leads from a job to one that waits for it; none is left out because others imply
 * it. JGraphT writes the formats.
 */
final class GraphCommand extends Command {

  private final List<String> targets = new ArrayList<>();

  private String format;
  private boolean instances;

  @Override
  String description() {
    return "write the graph of jobs as dot or json";
  }

  @Override
  void declare(Options options) {
    options.words("TARGET", "job, tag or produced file; all jobs without one", 0, targets::add);
    options.value(
        "--format", "FORMAT", "dot (for Graphviz, the default) or json", given -> format = given);
    options.flag("--instances", "show each instance of a group by itself", () -> instances = true);
  }

  @Override
  int run(Console console) throws IOException {
    String wanted = format == null ? common.json() ? "json" : "dot" : format;
    if (!wanted.equals("dot") && !wanted.equals("json")) {
      throw CommonOptions.usage("--format " + SafeText.name(wanted) + ": write dot or json");
    }
    if (common.json() && wanted.equals("dot")) {
      throw CommonOptions.usage("--format dot: --json asks for json");
    }
    try (ReadSession look = ReadSession.at(project(console), console::warn)) {
      JobSelection selection = look.project().select(targets);
      Plan plan = look.plan(selection, false);
      Graph graph = look.project().graph();
      DisplayGraph shown = DisplayGraph.of(graph, selection.jobs(), selection.open(), instances);
      BitSet all = new BitSet();
      all.set(0, shown.folds().size());
      StringWriter text = new StringWriter();
      exporter(wanted, new Picture(graph, look, plan, shown))
          .exportGraph(new JgraphtView(shown.before(), all), text);
      if (wanted.equals("json")) {
        new JsonOut(console.out()).write(text.append('\n').toString());
      } else {
        console.print(text.toString());
      }
    }
    return Exit.DONE;
  }

  /** What is shown of the vertices. */
  private record Picture(Graph graph, ReadSession look, Plan plan, DisplayGraph shown) {
    DisplayGraph.Fold fold(int vertex) {
      return shown.folds().get(vertex);
    }

    JobCounts state(int vertex) {
      return JobCounts.of(fold(vertex), plan, look.records());
    }
  }

  private static GraphExporter<Integer, Integer> exporter(String format, Picture picture) {
    if (format.equals("json")) {
      JSONExporter<Integer, Integer> json = new JSONExporter<>(v -> picture.fold(v).name());
      return with(json, v -> attributes(picture, v));
    }
    DOTExporter<Integer, Integer> dot = new DOTExporter<>(v -> "j" + v);
    dot.setGraphAttributeProvider(() -> Map.of("rankdir", DefaultAttribute.createAttribute("LR")));
    return with(
        dot,
        v -> {
          DisplayGraph.Fold fold = picture.fold(v);
          Map<String, Attribute> attributes = new LinkedHashMap<>();
          put(attributes, "label", label(fold.name() + (fold.isGroup() ? "\n" + size(fold) : "")));
          put(attributes, "shape", fold.isGroup() ? "box3d" : "box");
          put(attributes, "style", "filled");
          put(attributes, "fillcolor", colour(picture.state(v)));
          return attributes;
        });
  }

  private interface Attributes {
    Map<String, Attribute> of(int vertex);
  }

  private static <E extends BaseExporter<Integer, Integer>> E with(E exporter, Attributes of) {
    exporter.setVertexAttributeProvider(of::of);
    return exporter;
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

  private static Map<String, Attribute> attributes(Picture picture, int vertex) {
    DisplayGraph.Fold fold = picture.fold(vertex);
    Map<String, Attribute> attributes = new LinkedHashMap<>();
    put(attributes, "verdict", picture.state(vertex).verdict());
    if (fold.isGroup()) {
      put(attributes, "instances", Integer.toString(fold.jobs().size()));
      return attributes;
    }
    Job job = picture.graph.job(fold.jobs().getFirst());
    JobResult result = picture.look.records().result(fold.jobs().getFirst());
    put(attributes, "last", result == null ? "never_ran" : JsonPrinter.lower(result.outcome()));
    put(attributes, "command", job.command());
    put(attributes, "needs", String.join("\n", Manifest.needs(job)));
    put(attributes, "produces", String.join("\n", Manifest.products(job)));
    return attributes;
  }
}
