package dev.torc.cli;

import dev.torc.ask.GraphPicture;
import dev.torc.ask.GraphPicture.Format;
import dev.torc.session.Exit;
import dev.torc.text.SafeText;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** {@code torc graph}: the jobs that targets name and all that these wait for, as a picture. */
final class GraphCommand extends Command {

  private static final String[] FORMATS = {"dot", "mermaid", "json", "text"};

  private final List<String> around = new ArrayList<>();
  private String format;
  private String depth;

  @Override
  void declare(Options options) {
    options.words("TARGET", "job, tag or produced file; all jobs without one", 0, targets::add);
    options.value(
        "--format",
        "FORMAT",
        "dot (for Graphviz, the default), mermaid, json, or text: stage by stage",
        given -> format = given,
        FORMATS);
    options.value(
        "--job", "JOB", "only what it waits for and what waits for it, all the way", around::add);
    options.value(
        "--depth", "N", "with --job: no more than N steps to either side", given -> depth = given);
    options.flag("--instances", "show each instance of a group by itself", () -> instances = true);
  }

  @Override
  int run(Console console) throws IOException {
    Format wanted = format();
    int steps = steps();
    if (!around.isEmpty() && !targets.isEmpty()) {
      String job = SafeText.name(around.getFirst());
      String target = SafeText.name(targets.getFirst());
      throw CommonOptions.usage(
          "--job %s: there is a target too, %s; give one of them".formatted(job, target));
    }
    GraphPicture.of(project(console), targets, around, steps, instances, console::warn)
        .write(wanted, console.out(), console::warn);
    return Exit.DONE;
  }

  private Format format() {
    String name = format == null ? common.json() ? "json" : "dot" : format;
    if (!List.of(FORMATS).contains(name)) {
      throw CommonOptions.usage(
          "--format " + SafeText.name(name) + ": write dot, mermaid, json or text");
    }
    Format wanted = Format.valueOf(name.toUpperCase(Locale.ROOT));
    if (common.json() && wanted != Format.JSON) {
      throw CommonOptions.usage("--format " + format + ": --json asks for json");
    }
    return wanted;
  }

  private int steps() {
    if (depth == null) {
      return Integer.MAX_VALUE;
    }
    if (!depth.matches("[0-9]{1,9}")) {
      throw CommonOptions.usage("--depth " + SafeText.name(depth) + ": write a number of steps");
    }
    if (around.isEmpty()) {
      throw CommonOptions.usage("--depth " + depth + ": name the job in the middle by --job");
    }
    return Integer.parseInt(depth);
  }
}
