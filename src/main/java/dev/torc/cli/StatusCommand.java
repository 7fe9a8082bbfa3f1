package dev.torc.cli;

import dev.torc.report.StatusAnswer;
import dev.torc.session.Exit;
import dev.torc.session.JobsRequest;
import java.io.IOException;

/**
 * {@code torc status}: what is up to date and what is not, how the last build ended, and what runs
 * now. Where the build file is refused it tells what the records say (rule 13).
 */
final class StatusCommand extends Command {

  private boolean instances;
  private boolean exitCode;

  @Override
  String description() {
    return "show what is up to date, and the last build";
  }

  @Override
  void declare(Options options) {
    options.words(
        "TARGET",
        "job, group, instance, tag or produced file; all jobs without one",
        0,
        targets::add);
    options.flag(
        "-v --verbose --instances",
        "show each instance of a group on its own line",
        () -> instances = true);
    options.flag(
        "--exit-code", "end with status 1 where anything would run", () -> exitCode = true);
  }

  @Override
  int run(Console console) throws IOException {
    StatusAnswer answer =
        new JobsRequest(targets, instances)
            .status(
                folder(console, !targets.isEmpty()),
                console::warn,
                refused -> ErrorMessage.of(refused).lines().forEach(console::say));
    print(console, answer);
    if (!exitCode) {
      return Exit.DONE;
    }
    // An answer that nobody knows must not look like "nothing would run".
    return answer.isAccepted() ? answer.isQuiet() ? Exit.DONE : Exit.FAILED : Exit.USAGE;
  }
}
