package dev.torc.cli;

import dev.torc.ask.ListAnswer;
import java.io.IOException;

/** {@code torc list}: the jobs, one on a line. Why they run is for {@code torc why}. */
final class ListCommand extends Command {

  private boolean groups;

  @Override
  void declare(Options options) {
    declareTargets(options);
    declareInstances(options, "--instances");
    options.flag("--groups", "show the groups alone", () -> groups = true);
  }

  @Override
  int run(Console console) throws IOException {
    if (groups && instances) {
      throw CommonOptions.usage("--groups: --instances shows no groups");
    }
    int columns = console.stdoutTerminal() ? console.columns().getAsInt() : 0;
    return print(
        console,
        ListAnswer.of(project(console), targets, instances, groups, columns, console::warn));
  }
}
