package dev.torc.cli;

import dev.torc.session.Exit;
import dev.torc.text.SafeText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * {@code torc completion}: prints a script for a shell, and answers that script: after {@code --}
 * come the words of a line, and it prints what fits the last of them. An answer waits for nobody,
 * writes nothing, and says nothing of errors: who presses Tab asked for none.
 */
final class CompletionCommand extends Command {

  private static final String[] SHELLS = {"bash", "zsh", "fish"};

  private String shell;

  @Override
  void declare(Options options) {
    options.word("SHELL", "bash, zsh or fish", given -> shell = given, SHELLS);
    options.rest(
        "WORD", "after --, by the script: what fits the last one is printed", targets::add);
  }

  @Override
  int run(Console console) throws IOException {
    if (!List.of(SHELLS).contains(shell)) {
      throw CommonOptions.usage(SafeText.name(shell) + ": write bash, zsh or fish");
    }
    console.print(targets.isEmpty() ? script() : answer(console));
    return Exit.DONE;
  }

  private String script() throws IOException {
    try (InputStream in = CompletionCommand.class.getResourceAsStream("completion." + shell)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** How to go on, and what fits; each ends with NUL, which is in no name. */
  private String answer(Console console) {
    BashLine line = shell.equals("bash") && targets.size() == 2 ? BashLine.of(targets) : null;
    Completion found = Completion.of(line == null ? targets : line.words(), console);
    StringBuilder out = new StringBuilder(found.how()).append('\0');
    for (Completion.Fit fit : found.fits()) {
      switch (shell) {
        case "bash" -> out.append(line == null ? fit.text() : line.rest(fit.text()));
        case "zsh" -> out.append(fit.text()).append('\0').append(fit.meaning());
        default -> out.append(fit.text()).append('\t').append(fit.meaning());
      }
      out.append('\0');
    }
    return out.toString();
  }
}
