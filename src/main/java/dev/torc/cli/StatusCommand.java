package dev.torc.cli;

import dev.torc.ask.StatusAnswer;
import dev.torc.session.Exit;
import java.io.IOException;

/**
 * {@code torc status}: what is up to date and what is not, how the last build ended, and what runs
 * now. Where the build file is refused it tells what the records say (rule 13).
 */
final class StatusCommand extends Command {

  private boolean exitCode;

  @Override
  void declare(Options options) {
    declareTargets(options);
    declareInstances(options, "-v --verbose --instances");
    options.flag(
        "--exit-code", "end with status 1 where anything would run", () -> exitCode = true);
  }

  @Override
  int run(Console console) throws IOException {
    StatusAnswer answer =
        StatusAnswer.of(
            folder(console, !targets.isEmpty()),
            targets,
            instances,
            console::warn,
            refused -> ErrorMessage.of(refused).lines().forEach(console::say));
    print(console, answer);
    if (!exitCode) {
      return Exit.DONE;
    }
    // An answer that is not known must not look like "nothing would run".
    return answer.isAccepted() ? answer.isQuiet() ? Exit.DONE : Exit.FAILED : Exit.USAGE;
  }
}
