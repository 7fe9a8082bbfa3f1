package dev.torc.cli;

import dev.torc.ask.StatsAnswer;
import java.io.IOException;

/** {@code torc stats}: what jobs used of what they ask for, and what they should ask for. */
final class StatsCommand extends Command {

  @Override
  void declare(Options options) {
    declareTargets(options);
    declareInstances(options, "--instances");
  }

  @Override
  int run(Console console) throws IOException {
    return print(console, StatsAnswer.of(project(console), targets, instances, console::warn));
  }
}
