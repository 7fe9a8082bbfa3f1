package dev.torc.cli;

import dev.torc.session.Exit;
import dev.torc.session.StatsRequest;
import java.io.IOException;

/** {@code torc stats}: what jobs used of what they ask for, and what they should ask for. */
final class StatsCommand extends Command {

  private boolean instances;

  @Override
  String description() {
    return "show what jobs used of the resources that they ask for";
  }

  @Override
  void declare(Options options) {
    options.words(
        "TARGET",
        "job, group, instance, tag or produced file; all jobs without one",
        0,
        targets::add);
    options.flag(
        "--instances", "show each instance of a group on its own line", () -> instances = true);
  }

  @Override
  int run(Console console) throws IOException {
    print(console, new StatsRequest(targets, instances).answer(project(console), console::warn));
    return Exit.DONE;
  }
}
