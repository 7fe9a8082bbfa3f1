package dev.torc.cli;

import dev.torc.ask.WhyAnswer;
import dev.torc.session.ReadSession;
import java.io.IOException;

/** {@code torc why}: which file, value or failure makes a job run, or made it run. */
final class WhyCommand extends Command {

  @Override
  void declare(Options options) {
    options.words("JOB|FILE", "jobs, tags or files", 1, targets::add);
    options.flag(
        "-v --verbose --instances", "tell of each instance of a group", () -> instances = true);
  }

  @Override
  int run(Console console) throws IOException {
    try (ReadSession look = ReadSession.at(project(console), console::warn)) {
      return print(console, WhyAnswer.of(look, targets, instances));
    }
  }
}
