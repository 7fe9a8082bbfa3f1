package dev.torc.bench;

/**
 * A {@link Graph} in the language of each tool: what a user would write there by hand for these
 * jobs, without tricks for or against a tool.
 */
final class BuildFiles {

  private BuildFiles() {}

  /** As torc.yaml; a job has the name of its product with dashes for slashes. */
  static String torc(Graph graph) {
    StringBuilder out = new StringBuilder("jobs:\n");
    for (Rule rule : graph.rules()) {
      out.append("  ").append(rule.product().replace('/', '-')).append(":\n");
      out.append("    command: ").append(rule.line()).append('\n');
      out.append("    needs: ");
      if (rule.bundle() == null) {
        out.append('[').append(String.join(", ", rule.needs())).append("]\n");
      } else {
        out.append('"').append(bundle(graph, rule).glob()).append("\"\n");
      }
      out.append("    produces: [").append(rule.product()).append("]\n");
      if (rule.depfile()) {
        out.append("    depfile: ").append(rule.depfileName()).append('\n');
      }
    }
    return out.toString();
  }

  /** As build.ninja. */
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

  /** As Makefile, for GNU make. */
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

  private static Bundle bundle(Graph graph, Rule rule) {
    return graph.bundles().stream()
        .filter(bundle -> bundle.name().equals(rule.bundle()))
        .findFirst()
        .orElseThrow();
  }
}
