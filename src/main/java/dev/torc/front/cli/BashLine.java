package dev.torc.front.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Splits a bash line up to the cursor into the words that the program would get, and prepares a
 * completed word for readline. Readline replaces only the text after the last break character, such
 * as a colon, or after an open quote, and does not quote it. Expansions stay unexpanded.
 */
final class BashLine {

  /** Characters that need a backslash in a word. */
  private static final Pattern SPECIAL = Pattern.compile("[\\p{ASCII}&&[^A-Za-z0-9_./:=,@%+^-]]");

  /** Characters that need the form {@code $'a\012b'}. */
  private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

  private final List<String> words = new ArrayList<>();
  private char quote; // the open quote, 0 for none
  private int kept; // length of the beginning of the last word that readline keeps

  private BashLine() {}

  /**
   * @param given the characters at which readline breaks words, and the line
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

  /** Returns the words after the program's name; the last one may be incomplete. */
  List<String> words() {
    return words;
  }

  /** Returns the text that readline must insert to complete the last word to {@code whole}. */
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
