package dev.torc.text;

import dev.torc.posix.OwnFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Any text as one line of torc's own files: backslash and line feed are written {@code \\} and
 * {@code \n}. It opens no files; {@link OwnFile} does.
 */
public final class OneLine {

  private static final Pattern ESCAPED = Pattern.compile("\\\\(.)", Pattern.DOTALL);

  private OneLine() {}

  /** Returns the line for a text. */
  public static String of(String text) {
    return text.replace("\\", "\\\\").replace("\n", "\\n");
  }

  /** Returns the text that a line stands for; a backslash before anything else is left out. */
  public static String text(String line) {
    return ESCAPED
        .matcher(line)
        .replaceAll(
            escaped -> {
              String c = escaped.group(1);
              return c.equals("n") ? "\n" : Matcher.quoteReplacement(c);
            });
  }
}
