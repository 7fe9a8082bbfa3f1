package dev.torc.cli;

import dev.torc.ask.AdoptAnswer;
import java.io.IOException;

/**
 * {@code torc adopt}: takes the files that are there for the results of jobs, without running them.
 */
final class AdoptCommand extends Command {

  private boolean dry;
  private boolean force;
  private final LockOptions lock = new LockOptions();

  @Override
  void declare(Options options) {
    options.words("TARGET", "job, group, instance, tag or produced file", 1, targets::add);
    options.flag("-n --dry-run", "only say what would be adopted", () -> dry = true);
    options.flag("--force", "cancel first what is out at a scheduler", () -> force = true);
    lock.declare(options);
  }

  @Override
  int run(Console console) throws IOException {
    AdoptAnswer answer =
        AdoptAnswer.of(
            project(console),
            targets,
            dry,
            force,
            lock.terms(console),
            console::say,
            console::warn);
    if (answer != null) {
      answer.problems().forEach(console::say);
    }
    return print(console, answer);
  }
}
