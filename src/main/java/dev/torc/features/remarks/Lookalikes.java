package dev.torc.features.remarks;

import dev.torc.base.syntax.ShellText;
import dev.torc.base.text.SafeText;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds characters that look like a space, a quote or the dash of an option and that a shell takes
 * for letters: they come with text pasted from a web page or a word processor. In quotes and
 * comments they are meant; texts with a here-document are not searched.
 */
final class Lookalikes {

  private static final Pattern LIKE =
      Pattern.compile(
          "(?<space>[\\u00a0\\u2000-\\u200b\\u202f\\u205f\\u3000\\ufeff])"
              + "|(?<![^\\s=(])(?:(?<quote>[\\u2018-\\u201f])|[\\u2010-\\u2015\\u2212]+(?=[A-Za-z]))");

  private static final Pattern COMMENT = Pattern.compile("(?:^|\\s)#");

  private Lookalikes() {}

  /** Returns the rest of a warning about a job; null if there is nothing to say. */
  static String in(CommandWords words) {
    String text = words.text();
    if (text.chars().allMatch(c -> c < 0xa0) || text.contains("<<")) {
      return null;
    }
    for (Matcher found = LIKE.matcher(text); found.find(); ) {
      int at = found.start();
      String line = text.substring(text.lastIndexOf('\n', at) + 1, at);
      if (!COMMENT.matcher(line).find() && !ShellText.scan(text.substring(0, at)).endsInQuote()) {
        String word = line.replaceFirst("(?s).*\\s", "") + text.substring(at).split("\\s", 2)[0];
        String is =
            found.group("space") != null
                ? "not a space to a shell; write a space"
                : found.group("quote") != null
                    ? "not a quote to a shell; write \" or '"
                    : "not the dash of an option; write -";
        return " has %s in its command, and U+%04X is %s, or quote the word"
            .formatted(SafeText.name(word), text.codePointAt(at), is);
      }
    }
    return null;
  }
}
