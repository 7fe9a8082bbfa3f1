package dev.torc.cli;

import dev.torc.session.Exit;
import dev.torc.text.SafeText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * {@code torc completion}: prints a script for a shell, and answers that script: after {@code --}
 * come the words of a line, and it prints what fits the last of them. An answer waits for no lock,
 * writes nothing, and tells no errors: a press of Tab asks for none.
 */
final class CompletionCommand {
  private CompletionCommand() {}

  static int run(Call call) throws IOException {
    String shell = call.targets().getFirst();
    List<String> words = call.targets().subList(1, call.targets().size());
    if (!List.of("bash", "zsh", "fish").contains(shell)) {
      throw Call.usage(SafeText.name(shell) + ": write bash, zsh or fish");
    }
    call.console.print(words.isEmpty() ? script(shell) : answer(shell, words, call.console));
    return Exit.DONE;
  }

  private static String script(String shell) throws IOException {
    try (InputStream in = CompletionCommand.class.getResourceAsStream("completion." + shell)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** How to go on, and what fits; each ends with NUL, which is in no name. */
  private static String answer(String shell, List<String> words, Console console) {
    BashLine line = shell.equals("bash") && words.size() == 2 ? BashLine.of(words) : null;
    Completion found = Completion.of(line == null ? words : line.words(), console);
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
