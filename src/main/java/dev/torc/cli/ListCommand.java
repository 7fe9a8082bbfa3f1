package dev.torc.cli;

import dev.torc.report.JsonWriter;
import dev.torc.report.ListAnswer;
import dev.torc.session.Exit;
import dev.torc.session.JobsRequest;
import java.io.IOException;

/** {@code torc list}: the jobs, one on a line. Why they run is for {@code torc why}. */
final class ListCommand extends Command {

  private boolean instances;
  private boolean groups;

  @Override
  String description() {
    return "show the jobs and groups with state, times and command";
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
    options.flag("--groups", "show the groups alone", () -> groups = true);
  }

  @Override
  int run(Console console) throws IOException {
    if (groups && instances) {
      throw CommonOptions.usage("--groups: --instances shows no groups");
    }
    ListAnswer all = new JobsRequest(targets, instances).list(project(console), console::warn);
    ListAnswer answer = groups ? all.groups() : all;
    if (groups && common.json()) {
      JsonWriter.document(console.out(), answer::groupsJson);
    } else if (common.json()) {
      print(console, answer);
    } else {
      int columns = console.stdoutTerminal() ? console.columns().getAsInt() : 0;
      console.print(answer.text(console.outPalette(common.color()), columns));
    }
    return Exit.DONE;
  }
}
