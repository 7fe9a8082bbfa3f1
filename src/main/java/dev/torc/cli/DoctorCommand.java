package dev.torc.cli;

import dev.torc.ask.DoctorAnswer;
import dev.torc.text.Amount;
import java.io.IOException;

/** {@code torc doctor}: whether builds work here, and what to do where they do not. */
final class DoctorCommand extends Command {

  @Override
  int run(Console console) throws IOException {
    return print(
        console, DoctorAnswer.of(console.caller(), common.project(console), terminal(console)));
  }

  private static String terminal(Console console) {
    if (!console.stderrTerminal()) {
      return "none, so builds write plain lines";
    }
    String kind = console.env().getOrDefault("TERM", "");
    int columns = console.columns().getAsInt();
    return (kind.isEmpty() ? "of no kind" : kind)
        + (columns > 0 ? ", " + Amount.count(columns, "column") : "");
  }
}
