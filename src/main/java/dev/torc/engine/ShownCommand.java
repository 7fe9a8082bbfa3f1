package dev.torc.engine;

import dev.torc.syntax.Quoting;
import dev.torc.syntax.ShellText.Quote;
import dev.torc.text.SafeText;
import java.util.List;

/** Commands as a shell reads them back, for people to paste. It fills no placeholders. */
final class ShownCommand {

  private ShownCommand() {}

  /**
   * What was or would be started.
   *
   * @param shell the words before a text for the shell
   */
  static String of(List<String> argv, List<String> shell) {
    int last = argv.size() - 1;
    if (last == shell.size() && argv.subList(0, last).equals(shell)) {
      return argv.getLast().stripTrailing();
    }
    StringBuilder text = new StringBuilder();
    for (String word : argv) {
      boolean plain = text.isEmpty() ? Quoting.isPlain(word) : Quoting.isPlainArgument(word);
      text.append(text.isEmpty() ? "" : " ").append(plain ? word : quoted(word));
    }
    return text.toString();
  }

  private static String quoted(String word) {
    return word.codePoints().anyMatch(SafeText::hidden)
        ? SafeText.name(word)
        : Quoting.quote(word, Quote.BARE);
  }
}
