package dev.torc.buildfile;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One placeholder as written: {@code {name}}, {@code {name[0]}}, {@code {name.member}}, {@code
 * {name:format}}; for {@code data} the member is the whole name of a value, in which placeholders
 * may stand. It finds placeholders in a text and knows no values; {@link Scope} does.
 *
 * @param written with its braces
 * @param index -1 if there is none
 * @param member null if there is none; the same holds for {@code format}
 */
record Placeholder(String written, String name, int index, String member, String format) {

  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z_0-9]*+");
  private static final Pattern INDEX = Pattern.compile("[0-9]{1,6}+]");
  private static final Pattern FORMAT = Pattern.compile("[-+#.0-9]*+\\p{L}++");

  /**
   * Splits a text into strings and placeholders, in order. {@code {{name}}} becomes the text {@code
   * {name}}; {@code ${name}} and whatever else has braces stays as it is.
   */
  public static List<Object> split(String text) {
    return split(text, false);
  }

  /**
   * Splits a text; with {@code constraints}, a format is a regular expression whose braces balance.
   */
  static List<Object> split(String text, boolean constraints) {
    int next = text.indexOf('{');
    if (next < 0) {
      return List.of(text);
    }
    List<Object> parts = new ArrayList<>();
    StringBuilder out = new StringBuilder();
    int from = 0;
    for (int i = next; i >= 0; i = text.indexOf('{', i)) {
      Placeholder doubled = text.startsWith("{{", i) ? at(text, i + 1, constraints) : null;
      int end = doubled == null ? -1 : i + 1 + doubled.written.length();
      if (doubled != null && text.startsWith("}", end)) {
        out.append(text, from, i).append(doubled.written);
        i = from = end + 1;
        continue;
      }
      Placeholder hole = i > 0 && text.charAt(i - 1) == '$' ? null : at(text, i, constraints);
      if (hole == null) {
        i++;
        continue;
      }
      out.append(text, from, i);
      if (!out.isEmpty()) {
        parts.add(out.toString());
        out.setLength(0);
      }
      parts.add(hole);
      i = from = i + hole.written.length();
    }
    out.append(text, from, text.length());
    if (!out.isEmpty() || parts.isEmpty()) {
      parts.add(out.toString());
    }
    return parts;
  }

  /** Whether a text is an identifier: a letter or {@code _}, then also digits. */
  static boolean isIdentifier(String text) {
    return NAME.matcher(text).matches();
  }

  /** The placeholder that begins at an offset, null if none does. */
  static Placeholder at(String text, int open, boolean constraints) {
    int nameEnd = end(NAME, text, open + 1);
    if (nameEnd == open + 1 || nameEnd == text.length()) {
      return null;
    }
    String name = text.substring(open + 1, nameEnd);
    char sign = text.charAt(nameEnd);
    int start = nameEnd + 1;
    int end =
        switch (sign) {
          case '[' -> end(INDEX, text, start);
          case '.' -> name.equals("data") ? dataEnd(text, start) : end(NAME, text, start);
          case ':' -> constraints ? constraintEnd(text, start) : end(FORMAT, text, start);
          default -> nameEnd;
        };
    if (end == start || !text.startsWith("}", end)) {
      return null;
    }
    String written = text.substring(open, end + 1);
    int index = sign == '[' ? Integer.parseInt(text.substring(start, end - 1)) : -1;
    String member = sign == '.' ? text.substring(start, end) : null;
    String format = sign == ':' ? text.substring(start, end) : null;
    return new Placeholder(written, name, index, member, format);
  }

  /** The brace that ends a regular expression's placeholder; {@code start} if there is none. */
  private static int constraintEnd(String text, int start) {
    int depth = 0;
    for (int i = start; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\') {
        i++;
      } else if (c == '}' && depth == 0) {
        return i;
      } else {
        depth += c == '{' ? 1 : c == '}' ? -1 : 0;
      }
    }
    return start;
  }

  /** The offset behind a value's name, which has no blanks, quotes or signs that a shell reads. */
  private static int dataEnd(String text, int from) {
    int i = from;
    while (i < text.length()
        && text.charAt(i) > ' '
        && "}\"'`;()<>|&\\".indexOf(text.charAt(i)) < 0) {
      if (text.charAt(i) != '{') {
        i++;
        continue;
      }
      Placeholder inner = at(text, i, false);
      if (inner == null) {
        return from;
      }
      i += inner.written.length();
    }
    return i;
  }

  /** The end of the match of a pattern at an offset; the offset itself where there is none. */
  private static int end(Pattern pattern, String text, int from) {
    Matcher matcher = pattern.matcher(text).region(from, text.length());
    return matcher.lookingAt() ? matcher.end() : from;
  }
}
