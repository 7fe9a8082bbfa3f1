package dev.torc.cli;

import dev.torc.session.Exit;
import dev.torc.text.SafeText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

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

  /**
   * A line of bash up to the cursor: its words as the program would get them, and a completed word
   * as readline wants it. Readline puts that in the place of the text behind the last break, such
   * as a colon, or an open quote, and quotes nothing. Expansions are left as they are written.
   */
  static final class BashLine {

    /** What needs a backslash in a word. */
    private static final Pattern SPECIAL = Pattern.compile("[\\p{ASCII}&&[^A-Za-z0-9_./:=,@%+^-]]");

    /** What no plain word can have, but {@code $'a\012b'} can. */
    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

    private final List<String> words = new ArrayList<>();
    private char quote; // the open one, 0 without
    private int kept; // how much of the last word readline leaves as it is

    private BashLine() {}

    /**
     * @param given what parts words in readline, and the line
     */
    static BashLine of(List<String> given) {
      BashLine line = new BashLine();
      line.read(given.getLast(), given.getFirst());
      return line;
    }

    private void read(String text, String breaks) {
      StringBuilder word = new StringBuilder();
      boolean begun = false;
      for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i);
        if (quote != 0) {
          if (c == quote) {
            quote = 0;
          } else if (c == '\\' && quote == '"' && "\"\\$`".indexOf(next(text, i)) >= 0) {
            word.append(next(text, i++));
          } else {
            word.append(c);
          }
        } else if (c == ' ' || c == '\t' || c == '\n') {
          if (begun) {
            words.add(word.toString());
          }
          word.setLength(0);
          begun = false;
          kept = 0;
        } else {
          begun = true;
          if (c == '\'' || c == '"') {
            quote = c;
            kept = word.length();
          } else if (c == '\\' && i + 1 < text.length()) {
            word.append(next(text, i++));
          } else if (c != '\\') {
            word.append(c);
            kept = breaks.indexOf(c) >= 0 ? word.length() : kept;
          }
        }
      }
      words.add(word.toString());
      words.removeFirst(); // the program's name
      if (words.isEmpty()) {
        words.add("");
      }
    }

    private static char next(String text, int i) {
      return i + 1 < text.length() ? text.charAt(i + 1) : 0;
    }

    /** The words after the program's name, the last one as far as it is written. */
    List<String> words() {
      return words;
    }

    /** What readline is to put there for a whole word that begins like the last one. */
    String rest(String whole) {
      String rest = whole.substring(Math.min(kept, whole.length()));
      if (quote == '\'') {
        return rest.replace("'", "'\\''");
      }
      if (quote == '"') {
        return rest.replaceAll("[\"\\\\$`]", "\\\\$0");
      }
      return CONTROL.matcher(rest).find()
          ? "$'"
              + CONTROL
                  .matcher(rest.replaceAll("['\\\\]", "\\\\$0"))
                  .replaceAll(found -> "\\\\%03o".formatted((int) found.group().charAt(0)))
              + "'"
          : SPECIAL.matcher(rest).replaceAll("\\\\$0");
    }
  }
}
