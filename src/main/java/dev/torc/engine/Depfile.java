package dev.torc.engine;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads the Makefile syntax that compilers write with {@code -MD -MF}: rules of targets, a colon,
 * and the files that they depend on. The escapes are those that gcc and clang write, and that make
 * and ninja read: 2N+1 backslashes and a blank are N backslashes and the blank; an even number
 * stays as it is, and the blank behind ends the name; one {@code \} before {@code #} or {@code :}
 * is left out, however many there are; {@code $$} is a dollar; an odd number at the end of a line
 * joins it with the next.
 *
 * <p>It runs once for every compiled file, mostly in a torc that has just started: it goes over the
 * text once, and copies only names.
 */
final class Depfile {

  /** The most files that a depfile may name, doubles included. */
  static final int MOST = 100_000;

  private final String text;
  private final List<String> files = new ArrayList<>();
  private int at;
  private String word;

  private Depfile(String text) {
    this.text = text;
  }

  /**
   * The files named behind the colons, in order, doubles included.
   *
   * @throws IllegalArgumentException with one line, where there is no rule in the text, or too many
   *     files
   */
  static List<String> parse(String text) {
    if (text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("it holds a NUL character");
    }
    Depfile depfile = new Depfile(text);
    boolean rule = false;
    while (depfile.at < text.length()) {
      rule |= depfile.line();
    }
    if (!rule && !text.isBlank()) {
      throw new IllegalArgumentException("it holds no rule");
    }
    return depfile.files;
  }

  /** Reads a line, with those that are joined to it; false for an empty one. */
  private boolean line() {
    int begin = at;
    boolean words = false;
    boolean behindColon = false;
    while (next()) {
      words = true;
      if (behindColon) {
        files.add(word);
        if (files.size() > MOST) {
          throw new IllegalArgumentException("it names more than " + MOST + " files");
        }
      } else {
        behindColon = text.charAt(at - 1) == ':' && (at == 1 || text.charAt(at - 2) != '\\');
      }
    }
    if (words && !behindColon) {
      String line = text.substring(begin, at).replaceAll("\\\\\r?\n", " ");
      if (!line.isBlank()) { // some white space ends no word
        throw new IllegalArgumentException("it has a line without a colon: " + shorten(line));
      }
    }
    at = Math.min(at + newline(at), text.length());
    return behindColon;
  }

  private static String shorten(String line) {
    return line.length() <= 60 ? line : line.substring(0, 60) + "…";
  }

  /** Goes to the next word of the line, if there is one; {@code a:b} is one word. */
  private boolean next() {
    skipBlanks();
    int begin = at;
    for (; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c == '\\' || c == '$') {
        unescape(begin);
        return true;
      }
      if (endsWord(c)) {
        break;
      }
    }
    word = text.substring(begin, at);
    return at > begin;
  }

  private void skipBlanks() {
    while (at < text.length()) {
      char c = text.charAt(at);
      if (isBlank(c)) {
        at++;
      } else if (c == '\\' && newline(at + 1) > 0) {
        at += 1 + newline(at + 1);
      } else {
        return;
      }
    }
  }

  /** Reads the rest of a word from its first backslash or dollar on. */
  private void unescape(int begin) {
    StringBuilder out = new StringBuilder().append(text, begin, at);
    while (at < text.length() && !endsWord(text.charAt(at))) {
      int end = at;
      while (end < text.length() && text.charAt(end) == '\\') {
        end++;
      }
      int backslashes = end - at;
      boolean odd = backslashes % 2 == 1;
      if (odd && newline(end) > 0) {
        out.repeat('\\', backslashes - 1);
        at = end - 1; // the last one joins the lines
        break;
      }
      char c = end < text.length() ? text.charAt(end) : '\0';
      at = end + 1;
      if (odd && isBlank(c)) {
        out.repeat('\\', backslashes / 2).append(c);
      } else if (backslashes > 0 && (c == '#' || c == ':')) {
        out.repeat('\\', backslashes - 1).append(c);
      } else if (backslashes > 0) {
        out.repeat('\\', backslashes);
        at = end;
      } else {
        out.append(c);
        at += text.startsWith("$$", end) ? 1 : 0;
      }
    }
    word = out.toString();
  }

  /** Whether the character, which is the one at {@code at}, is a blank or ends the line. */
  private boolean endsWord(char c) {
    return c <= ' ' && (isBlank(c) || newline(at) > 0);
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t';
  }

  /** How many characters end a line at a place; 0 if none do. */
  private int newline(int i) {
    if (i >= text.length()) {
      return 0;
    }
    char c = text.charAt(i);
    if (c == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n') {
      return 2;
    }
    return c == '\n' ? 1 : 0;
  }
}
