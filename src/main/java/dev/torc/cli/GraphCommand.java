package dev.torc.cli;

import dev.torc.machine.SafeText;
import dev.torc.session.Exit;
import dev.torc.session.JobsRequest;
import java.io.IOException;

/** {@code torc graph}: the jobs that targets name and all that these wait for, as a picture. */
final class GraphCommand extends Command {

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
        "--format",
        "FORMAT",
        "dot (for Graphviz, the default) or json",
        given -> format = given,
        "dot",
        "json");
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
    new JobsRequest(targets, instances)
        .picture(project(console), wanted.equals("json"), console::warn)
        .write(console.out());
    return Exit.DONE;
  }
}
