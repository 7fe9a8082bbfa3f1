package dev.torc.features.finds;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads the Makefile syntax that compilers write with {@code -MD -MF}, with the escapes that gcc
 * and clang write and that make and ninja read:
 *
 * <p>2N+1 backslashes before a space or tab mean N backslashes and that character. An even number
 * is kept, and the space or tab ends the name. One {@code \} before {@code #} or {@code :} is
 * dropped. {@code $$} is a dollar sign. The last of an odd number at the end of a line joins it
 * with the next line; at the end of the text it is dropped. {@code #} at the beginning of a word
 * begins a comment; within a word it is part of the name, since not all compilers escape it. Files
 * after {@code |} count like the others. After a rule, a line that begins with a tab is a recipe,
 * and so is everything after a {@code ;}.
 *
 * <p>It runs once for every compiled file, usually in a torc that has just started, so it reads the
 * text only once and copies only names.
 */
final class Depfile {

  /** The most files that a depfile may name, including duplicates. */
  static final int MOST = 100_000;

  private final String text;
  private final List<String> files = new ArrayList<>();
  private int at;
  private int start; // of the word
  private String word;

  private Depfile(String text) {
    this.text = text;
  }

  /**
   * Returns the files named after the colons, in order, with duplicates. Throws an {@link
   * IllegalArgumentException} with a one-line message if a line is not a rule or there are too many
   * files.
   */
  static List<String> parse(String text) {
    if (text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("it holds a NUL character");
    }
    Depfile depfile = new Depfile(text);
    boolean rule = false;
    while (depfile.at < text.length()) {
      if (rule && text.charAt(depfile.at) == '\t') {
        depfile.skipLine();
      } else {
        rule |= depfile.line();
      }
    }
    return depfile.files;
  }

  /** Reads a line with the lines joined to it; returns false for an empty one. */
  private boolean line() {
    int begin = at;
    int known = files.size();
    boolean words = false;
    boolean behindColon = false;
    boolean glued = false; // whether a colon was within a word; used if none ends a word
    while (next()) {
      words = true;
      if (text.charAt(at - 1) == ':' && colon(at - 1)) {
        if (!behindColon) {
          files.subList(known, files.size()).clear();
        }
        behindColon = true; // each word that ends in a colon is a target
        continue;
      }
      int colon = behindColon || glued ? -1 : colon();
      if (colon >= 0) {
        glued = true;
        at = colon + 1;
      }
      if ((behindColon || glued) && (colon < 0 || next())) {
        add();
      }
    }
    if (words && !behindColon && !glued) {
      String line = text.substring(begin, at).replaceAll("\\\\\r?\n", " ");
      if (!line.isBlank()) { // other white space counts as a word
        throw new IllegalArgumentException("it has a line without a colon: " + shorten(line));
      }
    }
    at = Math.min(at + newline(at), text.length());
    return behindColon || glued;
  }

  private void add() {
    if (word.equals("|")) {
      return;
    }
    files.add(word);
    if (files.size() > MOST) {
      throw new IllegalArgumentException("it names more than " + MOST + " files");
    }
  }

  /** Returns the first colon within the word that is neither escaped nor a drive's, or -1. */
  private int colon() {
    for (int i = start; i < at; i++) {
      boolean drive = i == start + 1 && i + 1 < at && "/\\".indexOf(text.charAt(i + 1)) >= 0;
      if (text.charAt(i) == ':' && !drive && colon(i)) {
        return i + 1 < at && text.charAt(i + 1) == ':' ? i + 1 : i; // or a double colon
      }
    }
    return -1;
  }

  private boolean colon(int at) {
    int i = at;
    while (i > start && text.charAt(i - 1) == '\\') {
      i--;
    }
    return (at - i) % 2 == 0;
  }

  private static String shorten(String line) {
    return line.length() <= 60 ? line : line.substring(0, 60) + "…";
  }

  private boolean next() {
    skipBlanks();
    start = at;
    for (; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c == '\\' || c == '$') {
        unescape(start);
        return true;
      }
      if (endsWord(c)) {
        break;
      }
    }
    word = text.substring(start, at);
    return at > start;
  }

  /** Skips spaces, joined lines and a comment or recipe. */
  private void skipBlanks() {
    while (at < text.length()) {
      char c = text.charAt(at);
      if (isBlank(c)) {
        at++;
      } else if (c == '\\' && joins(at + 1)) {
        at += 1 + newline(at + 1);
      } else if (c == '#' || c == ';') {
        skipToEnd();
      } else {
        return;
      }
    }
  }

  /** Skips to the end of the line, or of the last line joined to it. */
  private void skipToEnd() {
    while (at < text.length() && newline(at) == 0) {
      at +=
          text.charAt(at) == '\\' && at + 1 < text.length() ? 1 + Math.max(1, newline(at + 1)) : 1;
    }
  }

  private void skipLine() {
    skipToEnd();
    at = Math.min(at + newline(at), text.length());
  }

  /** Returns whether a backslash before this index joins lines, or ends the text. */
  private boolean joins(int i) {
    return i == text.length() || newline(i) > 0;
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
      if (odd && joins(end)) {
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

  private boolean endsWord(char c) {
    return c <= ' ' && (isBlank(c) || newline(at) > 0);
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t';
  }

  /** Returns the length of the line terminator at an index; 0 if there is none. */
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
