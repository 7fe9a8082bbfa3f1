package dev.torc.cli;

import dev.torc.report.CheckAnswer;
import dev.torc.session.CheckRequest;
import dev.torc.session.Exit;
import java.io.IOException;

/**
 * {@code torc check}: all that can be told of a build file without running anything. Warnings and
 * errors go to standard error, the line that counts them to standard output.
 */
final class CheckCommand extends Command {

  @Override
  String description() {
    return "read the build file and say what is wrong";
  }

  @Override
  int run(Console console) throws IOException {
    CheckAnswer answer =
        new CheckRequest(common.project(console)).answer(console.caller(), console::warn);
    if (!common.json()) {
      console.tellAll(answer.lines(console.errPalette(common.color())));
    }
    print(console, answer);
    return answer.errors().isEmpty() ? Exit.DONE : Exit.USAGE;
  }
}
