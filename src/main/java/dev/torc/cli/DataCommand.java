package dev.torc.cli;

import dev.torc.ask.DataAnswer;
import java.io.IOException;

/**
 * {@code torc data}: the values that the jobs' last runs stored, as they wrote them, and those of
 * the data section. It works from the records where the build file is refused.
 */
final class DataCommand extends Command {

  @Override
  void declare(Options options) {
    options.words("JOB", "jobs or groups; all without one", 0, targets::add);
  }

  @Override
  int run(Console console) throws IOException {
    return print(console, DataAnswer.of(folder(console, false), targets, console::warn));
  }
}
