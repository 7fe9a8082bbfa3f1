package dev.torc.engine;

import dev.torc.machine.SafeText;
import dev.torc.syntax.Quote;
import dev.torc.syntax.Quoting;
import java.util.List;
import java.util.regex.Pattern;

/** Commands as a shell reads them back, for people who paste them. It fills no placeholders. */
final class CommandText {

  /** What means itself where it is not the first word. */
  private static final Pattern PLAIN =
      Pattern.compile("[A-Za-z0-9_./:+@%,-][A-Za-z0-9_./:+@%,=-]*");

  private CommandText() {}

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
      text.append(text.isEmpty() ? "" : " ");
      text.append(
          !text.isEmpty() && PLAIN.matcher(word).matches()
              ? word
              : word.codePoints().anyMatch(SafeText::hidden)
                  ? SafeText.name(word)
                  : Quoting.quote(word, Quote.BARE));
    }
    return text.toString();
  }
}
