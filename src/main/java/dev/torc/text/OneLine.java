package dev.torc.text;

import dev.torc.posix.OwnFile;

/**
 * Any text as one line of torc's own files: backslash and line feed are written {@code \\} and
 * {@code \n}. It opens no files; {@link OwnFile} does.
 */
public final class OneLine {

  private OneLine() {}

  /** The line for a text. */
  public static String of(String text) {
    return text.replace("\\", "\\\\").replace("\n", "\\n");
  }

  /** The text that a line stands for; a backslash before anything else is left out. */
  public static String text(String line) {
    StringBuilder text = new StringBuilder(line.length());
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '\\' && i + 1 < line.length()) {
        i++;
        c = line.charAt(i) == 'n' ? '\n' : line.charAt(i);
      }
      text.append(c);
    }
    return text.toString();
  }
}
