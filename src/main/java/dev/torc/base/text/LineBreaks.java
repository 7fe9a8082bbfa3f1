package dev.torc.base.text;

import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Breaks lines that are too wide at spaces, since a terminal breaks them inside words. Not for
 * commands, which people copy, and not for the output of jobs.
 */
public final class LineBreaks {

  private static final Pattern WORD = Pattern.compile("( *)([^ ]+)");

  private LineBreaks() {}

  /**
   * Returns a text whose lines take at most {@code columns} columns if their words do; unchanged if
   * {@code columns} is not positive. The rest of a line is indented: to its second column if it is
   * the row of a table, otherwise by two more spaces.
   */
  public static String at(String text, int columns) {
    if (columns <= 0 || 2 * text.length() <= columns) {
      return text;
    }
    String end = text.endsWith("\n") ? "\n" : "";
    return text.lines().map(line -> line(line, columns)).collect(Collectors.joining("\n", "", end));
  }

  private static String line(String line, int columns) {
    if (width(line) <= columns) {
      return line;
    }
    String rest = " ".repeat(indent(line, columns));
    StringBuilder out = new StringBuilder();
    int start = 0;
    int used = 0;
    for (var word = WORD.matcher(line); word.find(); ) {
      int width = width(word.group());
      boolean breaks = used > start && used + width > columns;
      out.append(breaks ? "\n" + rest + word.group(2) : word.group());
      start = breaks ? rest.length() : start;
      used = breaks ? start + width(word.group(2)) : used + width;
    }
    return out.toString();
  }

  private static int indent(String line, int columns) {
    int own = line.length() - line.stripLeading().length();
    int gap = line.indexOf("  ", own);
    int second = gap < 0 ? 0 : width(line) - width(line.substring(gap).stripLeading());
    return Math.min(second > 0 && second <= columns / 2 ? second : own + 2, columns / 2);
  }

  private static int width(String text) {
    return SafeText.width(SafeText.uncoloured(text));
  }
}
