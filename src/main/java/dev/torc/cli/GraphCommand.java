package dev.torc.cli;

import dev.torc.ask.GraphPicture;
import dev.torc.ask.GraphPicture.Format;
import dev.torc.session.Exit;
import dev.torc.text.SafeText;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/** {@code torc graph}: the jobs that targets name and all that these wait for, as a picture. */
final class GraphCommand {
  private GraphCommand() {}

  static int run(Call call) throws IOException {
    Format wanted = format(call);
    List<String> around = call.values("--job");
    int steps = steps(call, around.isEmpty());
    if (!around.isEmpty() && !call.targets().isEmpty()) {
      String job = SafeText.name(around.getFirst());
      String target = SafeText.name(call.targets().getFirst());
      throw Call.usage(
          "--job %s: there is a target too, %s; give one of them".formatted(job, target));
    }
    boolean instances = call.has("--instances");
    GraphPicture.of(call.project(), call.targets(), around, steps, instances, call.console::warn)
        .write(wanted, call.console.out(), call.console::warn);
    return Exit.DONE;
  }

  private static Format format(Call call) {
    String format = call.value("--format");
    String name = format == null ? call.json() ? "json" : "dot" : format;
    if (!List.of("dot", "mermaid", "json", "text").contains(name)) {
      throw Call.usage("--format " + SafeText.name(name) + ": write dot, mermaid, json or text");
    }
    Format wanted = Format.valueOf(name.toUpperCase(Locale.ROOT));
    if (call.json() && wanted != Format.JSON) {
      throw Call.usage("--format " + format + ": --json asks for json");
    }
    return wanted;
  }

  private static int steps(Call call, boolean all) {
    String depth = call.value("--depth");
    if (depth == null) {
      return Integer.MAX_VALUE;
    }
    if (!depth.matches("[0-9]{1,9}")) {
      throw Call.usage("--depth " + SafeText.name(depth) + ": write a number of steps");
    }
    if (all) {
      throw Call.usage("--depth " + depth + ": name the job in the middle by --job");
    }
    return Integer.parseInt(depth);
  }
}
