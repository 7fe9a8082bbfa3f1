package dev.torc.cli;

import dev.torc.ask.CheckAnswer;
import java.io.IOException;

/**
 * {@code torc check}: all that can be told of a build file without running anything. Warnings and
 * errors go to standard error, the line that counts them to standard output.
 */
final class CheckCommand extends Command {

  @Override
  int run(Console console) throws IOException {
    CheckAnswer answer = CheckAnswer.of(console.caller(), common.project(console), console::warn);
    if (!common.json()) {
      console.tellAll(answer.lines(console.errPalette(common.color())));
    }
    return print(console, answer);
  }
}
