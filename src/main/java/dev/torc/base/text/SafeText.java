package dev.torc.base.text;

import java.io.FilterWriter;
import java.io.IOException;
import java.io.Writer;
import java.util.List;
import java.util.function.IntFunction;
import java.util.regex.Pattern;

/**
 * Makes text from outside (names, commands, output of jobs) harmless to a terminal, puts it on one
 * line, and fits it to a width. It writes no messages.
 */
public final class SafeText {

  private static final String CUT = "…";

  /** Matches CSI, OSC and similar strings up to their end, and then other escape sequences. */
  private static final Pattern ESCAPE =
      Pattern.compile(
          "(?:\u001b\\[|\u009b)[0-?]*[ -/]*[@-~]"
              + "|(?:\u001b[\\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\u0007\u001b\u009c]*"
              + "(?:\u0007|\u001b\\\\|\u009c)?"
              + "|\u001b[ -/]*[0-~]?");

  private static final Pattern COLOUR = Pattern.compile("\u001b\\[[0-9;:]*m");

  private SafeText() {}

  /**
   * Returns a name on one line, unchanged if all its characters are visible. If it begins or ends
   * with a space, or has invisible characters, it is quoted and these characters are spelled out:
   * {@code "a<U+00A0>b"}. A name with control characters takes the {@code $'…'} form, which bash
   * can read.
   */
  public static String name(String name) {
    if (isPlain(name, '!') && !name.isEmpty()) {
      return name;
    }
    if (name.isEmpty() || name.codePoints().anyMatch(c -> isHidden(c) && !invisible(c))) {
      return "$'"
          + escaped(
              name, c -> c == '\'' || c == '\\' ? "\\" + (char) c : invisible(c) ? escape(c) : null)
          + "'";
    }
    boolean seen = name.strip().length() == name.length();
    return seen && name.codePoints().noneMatch(SafeText::invisible)
        ? name
        : '"' + spelled(name) + '"';
  }

  /** Returns at most {@code most} names: {@code a, b and 3 more}. */
  public static String names(List<String> names, int most) {
    String first = String.join(", ", names.stream().limit(most).map(SafeText::name).toList());
    return names.size() > most ? first + " and " + (names.size() - most) + " more" : first;
  }

  /** Returns a text on one line, with line ends as ⏎ and other hidden characters as escapes. */
  public static String line(String text) {
    return isPlain(text, ' ') ? text : escaped(text, c -> c == '\n' ? " ⏎ " : null);
  }

  /** Returns a message on one line, with invisible characters spelled out. */
  public static String message(String text) {
    return isPlain(text, ' ') ? text : line(spelled(text));
  }

  private static String spelled(String text) {
    StringBuilder out = new StringBuilder();
    text.codePoints()
        .forEach(c -> out.append(invisible(c) ? "<U+%04X>".formatted(c) : Character.toString(c)));
    return out.toString();
  }

  /** Escapes a text for HTML and XML, attributes included. */
  public static String markup(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  /** Quotes a word for any shell. It must not contain NUL. */
  public static String quoted(String word) {
    return "'" + word.replace("'", "'\\''") + "'";
  }

  /** Returns whether all characters are in the range from {@code first} to the tilde. */
  private static boolean isPlain(String text, char first) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < first || text.charAt(i) > '~') {
        return false;
      }
    }
    return true;
  }

  /** Returns a text on one line, shortened in the middle to {@code max} code points. */
  public static String line(String text, int max) {
    return cut(line(text), max);
  }

  /** Returns a text, shortened in the middle to {@code max} code points. */
  public static String cut(String line, int max) {
    int length = line.codePointCount(0, line.length());
    if (length <= max) {
      return line;
    }
    int head = line.offsetByCodePoints(0, max / 2);
    int tail = line.offsetByCodePoints(line.length(), -(max - 1 - max / 2));
    return line.substring(0, head) + CUT + line.substring(tail);
  }

  /**
   * Returns what a terminal would finally show of a line of output: the part after the last
   * carriage return, without escape sequences. With {@code colour}, colors stay and end with a
   * reset.
   */
  public static String output(String raw, boolean colour) {
    String line = raw.stripTrailing();
    line = line.substring(line.lastIndexOf('\r') + 1);
    if (line.indexOf('\u001b') < 0 && line.codePoints().noneMatch(SafeText::isHidden)) {
      return line;
    }
    StringBuilder out = new StringBuilder();
    boolean coloured = false;
    int from = 0;
    for (var found = ESCAPE.matcher(line); found.find(); from = found.end()) {
      out.append(plain(line.substring(from, found.start())));
      if (colour && COLOUR.matcher(found.group()).matches()) {
        out.append(found.group());
        coloured = true;
      }
    }
    out.append(plain(line.substring(from)));
    return coloured ? out.append("\u001b[0m").toString() : out.toString();
  }

  /** Returns a text without its colors. */
  static String uncoloured(String text) {
    return text.indexOf('\u001b') < 0 ? text : COLOUR.matcher(text).replaceAll("");
  }

  private static String plain(String text) {
    return escaped(text, c -> c == '\t' ? "\t" : null);
  }

  /** Replaces characters for which {@code own} returns a text, and escapes other hidden ones. */
  private static String escaped(String text, IntFunction<String> own) {
    StringBuilder out = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c -> {
              String other = own.apply(c);
              if (other != null || isHidden(c)) {
                out.append(other != null ? other : escape(c));
              } else {
                out.appendCodePoint(c);
              }
            });
    return out.toString();
  }

  private static String escape(int c) {
    return switch (c) {
      case '\n' -> "\\n";
      case '\t' -> "\\t";
      case '\r' -> "\\r";
      default -> (c < 0x80 ? "\\x%02x" : "\\u%04x").formatted(c);
    };
  }

  /**
   * Returns whether a character is a control character, a line or paragraph separator, a lone
   * surrogate, or a mark that reorders text.
   */
  public static boolean isHidden(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          true;
      default ->
          c == 0x061c
              || c == 0x200e
              || c == 0x200f
              || (c >= 0x202a && c <= 0x202e)
              || (c >= 0x2066 && c <= 0x2069);
    };
  }

  /** Returns whether a character looks like a space or like nothing, without being a control. */
  private static boolean invisible(int c) {
    int type = Character.getType(c);
    return type == Character.FORMAT || type == Character.SPACE_SEPARATOR && c != ' ';
  }

  /** Escapes, in JSON, the characters that a terminal would interpret. */
  public static final class Harmless extends FilterWriter {

    public Harmless(Writer out) {
      super(out);
    }

    @Override
    public void write(int c) throws IOException {
      write(new char[] {(char) c}, 0, 1);
    }

    @Override
    public void write(char[] text, int from, int length) throws IOException {
      int begin = from;
      for (int i = from; i < from + length; i++) {
        char c = text[i]; // up to the tilde, JSON is already safe
        if (c > '~' && !Character.isSurrogate(c) && isHidden(c)) {
          out.write(text, begin, i - begin);
          out.write(String.format("\\u%04x", (int) c));
          begin = i + 1;
        }
      }
      out.write(text, begin, from + length - begin);
    }

    @Override
    public void write(String text, int from, int length) throws IOException {
      write(text.toCharArray(), from, length);
    }
  }

  /**
   * Returns the columns of a text on a terminal: two for East Asian wide characters and emoji, none
   * for combining marks (after Markus Kuhn's {@code wcwidth}).
   */
  public static int width(String text) {
    return text.codePoints().map(SafeText::width).sum();
  }

  /** Returns the text; if it is wider than {@code columns}, its end is replaced by an ellipsis. */
  public static String fit(String text, int columns) {
    if (width(text) <= columns) {
      return text;
    }
    int used = 1;
    int end = 0;
    while (end < text.length()) {
      int c = text.codePointAt(end);
      used += width(c);
      if (used > columns) {
        break;
      }
      end += Character.charCount(c);
    }
    return columns < 1 ? "" : text.substring(0, end) + CUT;
  }

  /** Returns the text; if it is wider than {@code columns}, an ellipsis replaces its middle. */
  public static String fitMiddle(String text, int columns) {
    int over = width(text) - columns;
    String fitted = text;
    for (int length = fitted.codePointCount(0, text.length()); over > 0 && length > 1; length--) {
      fitted = cut(text, length - 1);
      over = width(fitted) - columns;
    }
    return fit(fitted, columns);
  }

  private static int width(int c) {
    return switch (Character.getType(c)) {
      case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.FORMAT -> 0;
      default -> isWide(c) ? 2 : 1;
    };
  }

  private static boolean isWide(int c) {
    return c >= 0x1100
        && (c <= 0x115f
            || (c >= 0x2e80 && c <= 0xa4cf && c != 0x303f)
            || (c >= 0xac00 && c <= 0xd7a3)
            || (c >= 0xf900 && c <= 0xfaff)
            || (c >= 0xfe30 && c <= 0xfe6f)
            || (c >= 0xff00 && c <= 0xff60)
            || (c >= 0xffe0 && c <= 0xffe6)
            || (c >= 0x1f000 && c <= 0x1faff)
            || (c >= 0x20000 && c <= 0x3fffd)
            || Character.isEmojiPresentation(c));
  }
}
