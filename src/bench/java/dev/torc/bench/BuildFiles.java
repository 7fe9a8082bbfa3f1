package dev.torc.bench;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Writes a {@link Graph} in the language of each tool, as a user would write these jobs by hand,
 * without tricks for or against a tool.
 */
final class BuildFiles {

  private BuildFiles() {}

  /** The graph as torc.yaml; a job's name is its product's path with dashes for slashes. */
  static String torc(Graph graph) {
    StringBuilder out = new StringBuilder("shell: [sh, -e, -c] # as make and ninja\njobs:\n");
    Set<String> told = new HashSet<>();
    for (Family family : graph.families()) {
      out.append("  ").append(family.name()).append(":\n");
      out.append("    match: \"").append(family.match()).append("\"\n");
      out.append("    command: cp ").append(family.from()).append(' ').append(family.to());
      out.append("\n    produces: [\"").append(family.to()).append("\"]\n");
      told.addAll(family.products());
    }
    for (Rule rule : graph.rules()) {
      if (told.contains(rule.product())) {
        continue;
      }
      out.append("  ").append(rule.product().replace('/', '-')).append(":\n");
      String line = rule.line(); // YAML takes a colon at the beginning for a key's end
      out.append("    command: ").append(line.startsWith(":") ? "\"" + line + "\"" : line);
      out.append('\n');
      out.append("    needs: ");
      if (rule.bundle() == null) {
        out.append('[').append(String.join(", ", rule.needs())).append("]\n");
      } else {
        out.append('"').append(globOf(graph, rule)).append("\"\n");
      }
      out.append("    produces: [").append(rule.product()).append("]\n");
      if (rule.depfile()) {
        out.append("    depfile: ").append(rule.depfileName()).append('\n');
      }
    }
    return out.toString();
  }

  /** The graph as build.ninja. */
  static String ninja(Graph graph) {
    StringBuilder out = new StringBuilder("rule run\n  command = $c\n");
    out.append("rule compile\n  command = $c\n  depfile = $d\n  deps = gcc\n");
    for (Bundle bundle : graph.bundles()) {
      out.append("build ").append(bundle.name()).append(": phony ");
      out.append(String.join(" ", bundle.files())).append('\n');
    }
    for (Rule rule : graph.rules()) {
      out.append("build ").append(rule.product()).append(rule.depfile() ? ": compile" : ": run");
      rule.needs().forEach(need -> out.append(' ').append(need));
      if (rule.bundle() != null) {
        out.append(' ').append(rule.bundle());
      }
      out.append("\n  c = ").append(rule.line()).append('\n');
      if (rule.depfile()) {
        out.append("  d = ").append(rule.depfileName()).append('\n');
      }
    }
    return out.toString();
  }

  /** The graph as a Makefile for GNU make. */
  static String make(Graph graph) {
    StringBuilder out = new StringBuilder("all:");
    graph.rules().forEach(rule -> out.append(' ').append(rule.product()));
    out.append("\n.PHONY: all\n");
    for (Bundle bundle : graph.bundles()) {
      out.append(bundle.name()).append(" := ").append(String.join(" ", bundle.files()));
      out.append('\n');
    }
    for (Rule rule : graph.rules()) {
      out.append(rule.product()).append(':');
      rule.needs().forEach(need -> out.append(' ').append(need));
      if (rule.bundle() != null) {
        out.append(" $(").append(rule.bundle()).append(')');
      }
      out.append("\n\t").append(rule.line()).append('\n');
    }
    for (Rule rule : graph.rules()) {
      if (rule.depfile()) {
        out.append("-include ").append(rule.depfileName()).append('\n');
      }
    }
    return out.toString();
  }

  /** The graph as SConstruct; its jobs get the caller's environment. */
  static String scons(Graph graph) {
    StringBuilder out = new StringBuilder("import os\nenv = Environment(ENV=os.environ)\n");
    bundles(graph, out);
    for (Rule rule : graph.rules()) {
      out.append(
          "env.Command('%s', %s, '%s')\n".formatted(rule.product(), python(rule), rule.line()));
    }
    return out.toString();
  }

  /** The graph as dodo.py, for doit. */
  static String doit(Graph graph) {
    StringBuilder out = new StringBuilder();
    bundles(graph, out);
    out.append("def task_all():\n");
    for (Rule rule : graph.rules()) {
      out.append(
          "    yield {'name': '%1$s', 'actions': ['%3$s'], 'file_dep': %2$s, 'targets': ['%1$s']}\n"
              .formatted(rule.product(), python(rule), rule.line()));
    }
    return out.toString();
  }

  private static void bundles(Graph graph, StringBuilder out) {
    for (Bundle bundle : graph.bundles()) {
      out.append(bundle.name()).append(" = ").append(python(bundle.files())).append('\n');
    }
  }

  private static String python(Rule rule) {
    return rule.bundle() == null ? python(rule.needs()) : rule.bundle();
  }

  private static String python(List<String> files) {
    return "['" + String.join("', '", files) + "']";
  }

  private static String globOf(Graph graph, Rule rule) {
    return graph.bundles().stream()
        .filter(bundle -> bundle.name().equals(rule.bundle()))
        .findFirst()
        .orElseThrow()
        .glob();
  }
}
