package dev.torc.cli;

import dev.torc.report.AdoptAnswer;
import dev.torc.session.AdoptRequest;
import dev.torc.session.Exit;
import java.io.IOException;

/**
 * {@code torc adopt}: takes the files that are there for the results of jobs, without running them.
 */
final class AdoptCommand extends Command {

  private boolean dry;
  private boolean force;
  private boolean noWait;

  @Override
  String description() {
    return "accept products that are there, without running their jobs";
  }

  @Override
  void declare(Options options) {
    options.words("TARGET", "job, group, instance, tag or produced file", 1, targets::add);
    options.flag("-n --dry-run", "only say what would be adopted", () -> dry = true);
    options.flag("--force", "cancel first what is out at a scheduler", () -> force = true);
    options.flag(
        "--no-wait", "end with status 75 where another build is at work", () -> noWait = true);
  }

  @Override
  int run(Console console) throws IOException {
    AdoptAnswer answer =
        new AdoptRequest(targets, dry, force, !noWait)
            .run(project(console), console::say, console::warn);
    if (answer == null) {
      return Exit.LOCKED;
    }
    answer.problems().forEach(console::say);
    print(console, answer);
    if (!common.json()) {
      console.out().flush();
      console.tell(answer.summary());
    }
    return answer.problems().isEmpty() ? Exit.DONE : Exit.FAILED;
  }
}
