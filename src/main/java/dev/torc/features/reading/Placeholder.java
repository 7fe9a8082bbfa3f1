package dev.torc.features.reading;

import dev.torc.base.syntax.ValueFormat;
import dev.torc.core.model.Template;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One placeholder as written: {@code {name}}, {@code {name[0]}}, {@code {name.member}}, {@code
 * {name:format}}. A member may have dots; that of {@code data} is the full name of a value, which
 * may contain placeholders. A name such as {@code samples[sample]} is for {@link VarLookup}; only
 * such a one and {@code {env.NAME:-none}} may have a default, {@code {samples[sample]:-none}}. A
 * {@link Names known name} may contain any characters and takes precedence over every other reading
 * of the same braces; any other name is an identifier. {@link Scope} has the values.
 *
 * @param written the placeholder with its braces
 * @param index -1 if there is none
 * @param member null if there is none
 * @param format as {@link ValueFormat} reads it; null if there is none
 * @param fallback the default; null if there is none
 * @param formats what {@code format} says of a value
 */
public record Placeholder(
    String written,
    String name,
    int index,
    String member,
    String format,
    String fallback,
    ValueFormat formats) {

  public Placeholder(
      String written, String name, int index, String member, String format, String fallback) {
    this(written, name, index, member, format, fallback, ValueFormat.of(format));
  }

  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z_0-9]*+");

  /** A name in a {@code match}: letters of any script, digits, {@code _ -} and spaces. */
  private static final Pattern MATCHED =
      Pattern.compile("[\\p{L}_](?:[ -]*+[\\p{L}\\p{M}\\p{N}_])*+");

  private static final Pattern MEMBER =
      Pattern.compile("[A-Za-z_][A-Za-z_0-9]*+(?:\\.[A-Za-z_][A-Za-z_0-9]*+)*+");

  private static final Pattern LOOKUP =
      Pattern.compile(
          "(([A-Za-z_][A-Za-z_0-9]*+)(?:\\.[A-Za-z_][A-Za-z_0-9]*+)*+"
              + "(?:\\[[A-Za-z_][A-Za-z_0-9.-]*+](?:\\.[A-Za-z_][A-Za-z_0-9]*+)*+)++)");

  private static final Pattern INDEX = Pattern.compile("[0-9]{1,6}+]");

  /** How many values away another value of a parameter is, then formats, then a join of a list. */
  private static final Pattern FORMATS =
      Pattern.compile(
          "(?:[-+]\\d{1,9}+(?=[:}])|(?!(?:join|each) )[-+#.0-9]*+\\p{L}++)"
              + "(?::(?!(?:join|each) )[-+#.0-9]*+\\p{L}++)*+(?::(?:join|each) [^}]*+)?+"
              + "|(?:join|each) [^}]*+");

  /** How many characters are searched for the next brace; no name is longer. */
  private static final int MAX = 1024;

  /** The names that a text may use in braces. Methods also receive the text's other braces. */
  public interface Names {

    boolean has(String name);

    /** Returns the known names that contain a {@code }}. */
    default Collection<String> withBraces() {
      return List.of();
    }

    /** Returns whether there may be names that are not known yet. */
    default boolean mayHaveMore() {
      return false;
    }

    /** Returns whether a backslash before a brace makes it text. */
    default boolean escapes() {
      return false;
    }

    /** Receives a placeholder in double braces, which becomes text without the outer braces. */
    default void checkDoubled(Placeholder hole) {}

    /**
     * Receives the text inside braces that are not a placeholder. It is one line, without spaces at
     * its edges.
     */
    default void checkText(String inside) {}

    /** Receives a text with braces in its braces; {@code open} is the offset of the outer ones. */
    default void checkNested(String text, int open) {}
  }

  /**
   * Splits a text into strings and placeholders, in order. {@code {{name}}} becomes the text {@code
   * {name}}; {@code ${name}} and all other braces stay as they are.
   */
  public static List<Object> split(String text, Names names) {
    return split(text, names, false);
  }

  /** Splits a text. If {@code match}, a format is a regular expression with balanced braces. */
  public static List<Object> split(String text, Names names, boolean match) {
    int next = text.indexOf('{');
    if (next < 0) {
      return List.of(text);
    }
    List<Object> parts = new ArrayList<>();
    StringBuilder out = new StringBuilder();
    int from = 0;
    for (int i = next; i >= 0; i = text.indexOf('{', i)) {
      Placeholder doubled = text.startsWith("{{", i) ? at(text, i + 1, names, match) : null;
      int end = doubled == null ? -1 : i + 1 + doubled.written.length();
      if (doubled != null && text.startsWith("}", end)) {
        boolean more = text.startsWith("{", i - 1) && text.startsWith("}}", end);
        if (!more) { // {{{name}}} is what the warning says to write
          names.checkDoubled(doubled);
        }
        out.append(text, from, i).append(doubled.written);
        i = from = end + 1;
        continue;
      }
      char before = i == 0 ? ' ' : text.charAt(i - 1);
      boolean escaped = names.escapes() && isEscaped(text, i);
      Placeholder hole = before == '$' || escaped ? null : at(text, i, names, match);
      if (hole == null) {
        if (!escaped && "${\\".indexOf(before) < 0) {
          braces(text, i, names);
        }
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

  /** Returns whether an odd number of backslashes stands before an offset. */
  private static boolean isEscaped(String text, int at) {
    int from = at;
    while (from > 0 && text.charAt(from - 1) == '\\') {
      from--;
    }
    return (at - from) % 2 == 1;
  }

  /**
   * Passes the text inside braces that are not a placeholder to {@code names}, if it could be meant
   * as a name.
   */
  private static void braces(String text, int open, Names names) {
    int close = near('}', text, open);
    String inside = close < 0 ? "" : text.substring(open + 1, close);
    if (inside.indexOf('{') >= 0) {
      names.checkNested(text, open);
    } else if (inside.indexOf('\n') < 0 && isTrim(inside)) {
      names.checkText(inside);
    }
  }

  private static boolean isTrim(String text) {
    return !text.isEmpty() && !isSpace(text.charAt(0)) && !isSpace(text.charAt(text.length() - 1));
  }

  private static boolean isSpace(char c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c);
  }

  /**
   * Returns whether a text is an identifier: letters, digits and {@code _}, not beginning with a
   * digit.
   */
  public static boolean isIdentifier(String text) {
    return NAME.matcher(text).matches();
  }

  /** Returns the placeholder that begins at an offset; null if there is none. */
  public static Placeholder at(String text, int open, Names names, boolean match) {
    int close = near('}', text, open);
    if (close < 0) {
      return null;
    }
    int next = near('}', text, close + 1);
    int behind = next < 0 ? -1 : near('{', text, close + 1);
    boolean inName = next >= 0 && (behind < 0 || next < behind); // this may be {a}b}
    for (String name : inName ? names.withBraces() : List.<String>of()) {
      if (text.startsWith(name + "}", open + 1)) {
        return new Placeholder("{" + name + "}", name, -1, null, null, null);
      }
    }
    Placeholder known = known(text, open, close, names);
    Placeholder hole = known == null ? unknown(text, open, close, names, match) : known;
    if (hole != null || !names.mayHaveMore()) {
      return hole;
    }
    String inside = text.substring(open + 1, close);
    return inside.indexOf(',') < 0 && isTrim(inside) ? known(text, open, close, _ -> true) : null;
  }

  /**
   * Returns the offset of the next brace within {@link #MAX} characters, or -1. The limit keeps a
   * text that consists of braces fast.
   */
  private static int near(char brace, String text, int from) {
    return text.indexOf(brace, from, Math.min(text.length(), from + MAX));
  }

  /**
   * Returns the placeholder of a known name between two braces, perhaps with an index or a format;
   * null if there is none.
   */
  static Placeholder known(String text, int open, int close, Names names) {
    String name = text.substring(open + 1, close);
    String written = text.substring(open, close + 1);
    if (names.has(name)) {
      return new Placeholder(written, name, -1, null, null, null);
    }
    for (int colon = name.lastIndexOf(':'); colon > 0; colon = name.lastIndexOf(':', colon - 1)) {
      String head = name.substring(0, colon);
      if (!names.has(head)) {
        continue;
      }
      int formats = end(FORMATS, text, open + colon + 2) - open - 1;
      if (head.indexOf('[') > 0 && name.startsWith(":-", colon)) {
        return new Placeholder(written, head, -1, null, null, name.substring(colon + 2));
      } else if (formats == name.length()) {
        return new Placeholder(written, head, -1, null, name.substring(colon + 1), null);
      } else if (head.indexOf('[') > 0 && formats > colon + 1 && name.startsWith(":-", formats)) {
        String format = name.substring(colon + 1, formats);
        return new Placeholder(written, head, -1, null, format, name.substring(formats + 2));
      }
      return null;
    }
    int bracket = name.endsWith("]") ? name.lastIndexOf('[') : -1;
    if (bracket <= 0
        || end(INDEX, name, bracket + 1) < name.length()
        || !names.has(name.substring(0, bracket))) {
      return null;
    }
    int index = Integer.parseInt(name.substring(bracket + 1, name.length() - 1));
    return new Placeholder(written, name.substring(0, bracket), index, null, null, null);
  }

  /**
   * Returns the placeholder of an identifier or, in a {@code match}, of a new name; null if there
   * is none.
   */
  private static Placeholder unknown(String text, int open, int close, Names names, boolean match) {
    Matcher looked =
        match || text.indexOf('[', open, close) < 0
            ? null
            : LOOKUP.matcher(text).region(open + 1, text.length());
    if (looked != null
        && looked.lookingAt()
        && !names.has(looked.group(2))
        && !Template.SLOTS.contains(looked.group(2))) {
      int behind = looked.end();
      boolean formatted = text.startsWith(":", behind) && !text.startsWith(":-", behind);
      int end = formatted ? end(FORMATS, text, behind + 1) : behind;
      boolean given = text.startsWith(":-", end); // a default
      if (end != behind + 1 && (given || text.startsWith("}", end))) {
        String format = formatted ? text.substring(behind + 1, end) : null;
        String fallback = given ? text.substring(end + 2, close) : null;
        String written = text.substring(open, close + 1);
        return new Placeholder(written, looked.group(1), -1, null, format, fallback);
      }
    }
    int nameEnd = end(match ? MATCHED : NAME, text, open + 1);
    if (nameEnd == open + 1 || nameEnd == text.length()) {
      return null;
    }
    String name = text.substring(open + 1, nameEnd);
    String member = null;
    if (text.charAt(nameEnd) == '.') {
      int from = nameEnd + 1;
      nameEnd = name.equals("data") ? dataEnd(text, from, names) : end(MEMBER, text, from);
      if (nameEnd == from || nameEnd == text.length()) {
        return null;
      }
      member = text.substring(from, nameEnd);
    }
    int index = -1;
    if (text.charAt(nameEnd) == '[') {
      int from = nameEnd + 1;
      nameEnd = end(INDEX, text, from);
      if (nameEnd == from || nameEnd == text.length()) {
        return null;
      }
      index = Integer.parseInt(text.substring(from, nameEnd - 1));
    }
    String format = null;
    String fallback = null;
    if (text.startsWith(":-", nameEnd) && name.equals("env") && member != null) {
      fallback = text.substring(nameEnd + 2, close);
      nameEnd = close;
    } else if (text.charAt(nameEnd) == ':') {
      int from = nameEnd + 1;
      nameEnd = match ? constraintEnd(text, from) : end(FORMATS, text, from);
      format = text.substring(from, nameEnd);
    }
    return "".equals(format) || !text.startsWith("}", nameEnd)
        ? null
        : new Placeholder(text.substring(open, nameEnd + 1), name, index, member, format, fallback);
  }

  /**
   * Returns the offset of the brace that ends a placeholder with a regular expression; {@code
   * start} if there is none.
   */
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

  /**
   * Returns the offset after the name of a data value, which has no spaces, quotes or shell
   * operators.
   */
  private static int dataEnd(String text, int from, Names names) {
    int i = from;
    while (i < text.length()
        && text.charAt(i) > ' '
        && "}\"'`;()<>|&\\".indexOf(text.charAt(i)) < 0) {
      if (text.charAt(i) != '{') {
        i++;
        continue;
      }
      Placeholder inner = at(text, i, names, false);
      if (inner == null) {
        return from;
      }
      i += inner.written.length();
    }
    return i;
  }

  /** Returns the end of a pattern's match at an offset; the offset itself if there is none. */
  private static int end(Pattern pattern, String text, int from) {
    Matcher matcher = pattern.matcher(text).region(from, text.length());
    return matcher.lookingAt() ? matcher.end() : from;
  }
}
