package dev.torc.cli;

import dev.torc.cache.Result;
import dev.torc.graph.Graph;
import dev.torc.graph.View;
import dev.torc.machine.Shown;
import dev.torc.plan.Manifest;
import dev.torc.plan.Plan;
import dev.torc.plan.Selection;
import dev.torc.plan.Verdict;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jgrapht.nio.Attribute;
import org.jgrapht.nio.BaseExporter;
import org.jgrapht.nio.DefaultAttribute;
import org.jgrapht.nio.GraphExporter;
import org.jgrapht.nio.dot.DOTExporter;
import org.jgrapht.nio.json.JSONExporter;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code torc graph}: the jobs that targets name and all that these wait for, as a picture's
 * source. An edge leads from a job to one that waits for it; none is left out because others imply
 * it. JGraphT writes the formats.
 */
@CommandLine.Command(name = "graph", description = "write the graph of jobs as dot or json")
final class GraphCommand extends Command {

  @Parameters(
      paramLabel = "TARGET",
      arity = "0..*",
      description = "job, tag or produced file; all jobs without one")
  private List<String> targets = new ArrayList<>();

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "dot (for Graphviz, the default) or json")
  private String format;

  @Override
  int run(Console console) throws IOException {
    String wanted = format == null ? common.json() ? "json" : "dot" : format;
    if (!wanted.equals("dot") && !wanted.equals("json")) {
      throw Common.usage("--format " + Shown.name(wanted) + ": write dot or json");
    }
    if (common.json() && wanted.equals("dot")) {
      throw Common.usage("--format dot: --json asks for json");
    }
    try (Look look = Look.at(Project.load(console, common), console::warn)) {
      Selection selection = look.project().select(targets);
      Plan plan = look.plan(selection, false);
      Graph graph = look.project().graph();
      StringWriter text = new StringWriter();
      exporter(wanted, graph, look, plan).exportGraph(new View(graph, selection.jobs()), text);
      console.print(text.toString());
      if (wanted.equals("json")) {
        console.print("\n");
      }
    }
    return Exit.DONE;
  }

  private static GraphExporter<Integer, Integer> exporter(
      String format, Graph graph, Look look, Plan plan) {
    if (format.equals("json")) {
      JSONExporter<Integer, Integer> json = new JSONExporter<>(job -> graph.job(job).name());
      return with(json, job -> attributes(graph, look, plan, job));
    }
    DOTExporter<Integer, Integer> dot = new DOTExporter<>(job -> "j" + job);
    dot.setGraphAttributeProvider(() -> Map.of("rankdir", DefaultAttribute.createAttribute("LR")));
    return with(
        dot,
        job -> {
          Map<String, Attribute> attributes = new LinkedHashMap<>();
          put(attributes, "label", label(graph.job(job).name()));
          put(attributes, "shape", "box");
          put(attributes, "style", "filled");
          put(attributes, "fillcolor", colour(plan.verdict(job), look.records().result(job)));
          return attributes;
        });
  }

  private interface Attributes {
    Map<String, Attribute> of(int job);
  }

  private static <E extends BaseExporter<Integer, Integer>> E with(E exporter, Attributes of) {
    exporter.setVertexAttributeProvider(of::of);
    return exporter;
  }

  private static void put(Map<String, Attribute> attributes, String name, String value) {
    attributes.put(name, DefaultAttribute.createAttribute(value));
  }

  /**
   * A name as dot wants it between double quotes; the quotes in it are the exporter's to escape.
   */
  private static String label(String name) {
    return name.replace("\\", "\\\\").replace("\n", "\\n");
  }

  private static String colour(Verdict verdict, Result result) {
    if (failed(result)) {
      return "salmon";
    }
    return switch (verdict) {
      case Verdict.UpToDate _ -> "palegreen";
      case Verdict.WillRun _ -> "orange";
      case Verdict.MayRun _ -> "khaki";
    };
  }

  private static boolean failed(Result result) {
    return result != null
        && result.outcome() != Result.Outcome.OK
        && result.outcome() != Result.Outcome.ADOPTED;
  }

  private static Map<String, Attribute> attributes(Graph graph, Look look, Plan plan, int job) {
    Map<String, Attribute> attributes = new LinkedHashMap<>();
    put(
        attributes,
        "verdict",
        switch (plan.verdict(job)) {
          case Verdict.UpToDate _ -> "up_to_date";
          case Verdict.WillRun _ -> "will_run";
          case Verdict.MayRun _ -> "may_run";
        });
    Result result = look.records().result(job);
    put(attributes, "last", result == null ? "never_ran" : Json.lower(result.outcome()));
    put(attributes, "command", graph.job(job).command());
    put(attributes, "needs", String.join("\n", Manifest.needs(graph.job(job))));
    put(attributes, "produces", String.join("\n", Manifest.products(graph.job(job))));
    return attributes;
  }
}
