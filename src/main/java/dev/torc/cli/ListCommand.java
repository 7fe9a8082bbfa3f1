package dev.torc.cli;

import dev.torc.session.Exit;
import dev.torc.session.JobsRequest;
import java.io.IOException;

/** {@code torc list}: the jobs, one on a line. Why they run is for {@code torc why}. */
final class ListCommand extends Command {

  private boolean instances;

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
  }

  @Override
  int run(Console console) throws IOException {
    print(console, new JobsRequest(targets, instances).list(project(console), console::warn));
    return Exit.DONE;
  }
}
