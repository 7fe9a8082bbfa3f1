package dev.torc.base.syntax;

import java.util.Arrays;

/**
 * What each character of a shell's text is, one of the signs below; the lexer of a text says where
 * its tokens are.
 */
public final class ShellMarks {

  /** A character of a word outside quotes. */
  public static final char WORD = 'w';

  /** A quoted or escaped character of a word. */
  public static final char QUOTED = 'q';

  /** A quote sign or the backslash of an escape, which the shell removes. */
  public static final char QUOTE = '"';

  /** A part of an expansion, except for the command in it. */
  public static final char EXPANSION = '$';

  /** A parenthesis around a command. */
  public static final char OPEN = '(';

  public static final char CLOSE = ')';
  public static final char OPERATOR = ';';
  public static final char BLANK = ' ';

  /** A part of a comment or a here-document. */
  public static final char NOT_RUN = '#';

  /** What stands behind an ambiguous construct. */
  public static final char UNKNOWN = '\0';

  /** Characters that end a bare word. */
  static final String OPERATORS = ";&|()<>\n";

  enum Level {
    /** A command line: the whole text, or that of a command substitution. */
    COMMAND,
    DOUBLE,
    /** A parameter expansion in braces. */
    PARAMETER,
    ARITHMETIC
  }

  private final String text;
  private final char[] marks;

  ShellMarks(String text) {
    this.text = text;
    this.marks = new char[text.length()];
  }

  @Override
  public String toString() {
    return new String(marks);
  }

  /**
   * Marks a token.
   *
   * @param kind where it begins
   * @param inWord whether it continues a word
   * @param next where the text behind it is
   */
  void mark(int from, int end, Level kind, boolean inWord, Level next) {
    char c = text.charAt(from);
    char first = WORD;
    if (kind == Level.PARAMETER
        || kind == Level.ARITHMETIC
        || "$`\0".indexOf(c) >= 0
        || text.startsWith("((", from)) {
      first = EXPANSION;
    } else if (c == '\\' && !text.startsWith("\n", from + 1)
        || c == '"'
        || c == '\'' && kind == Level.COMMAND) {
      first = QUOTE;
    } else if (kind == Level.DOUBLE) {
      first = QUOTED;
    } else if (c == '(' || c == ')') {
      first = c;
    } else if (c == '#' && !inWord) {
      first = NOT_RUN;
    } else if (OPERATORS.indexOf(c) >= 0) {
      first = OPERATOR;
    } else if (" \t\r\\".indexOf(c) >= 0) {
      first = BLANK;
    }
    boolean document = c == '\n' || text.startsWith("<<", from) && !text.startsWith("<<<", from);
    char rest = first == QUOTE ? QUOTED : first == OPERATOR && document ? NOT_RUN : first;
    Arrays.fill(marks, from, end, rest);
    marks[from] = first;
    boolean begins = "$<>".indexOf(c) >= 0 && end > from + 1 && text.charAt(end - 1) == '(';
    if (begins && rest != NOT_RUN && next == Level.COMMAND) {
      marks[end - 1] = OPEN;
    } else if (c == '\'' && first == QUOTE) {
      marks[end - 1] = QUOTE;
    }
  }
}
