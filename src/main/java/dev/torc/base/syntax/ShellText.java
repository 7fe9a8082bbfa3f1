package dev.torc.base.syntax;

import dev.torc.base.syntax.ShellMarks.Level;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Reads the text of a POSIX shell command. It answers three questions: how each value in it is
 * quoted (a {@linkplain #HOLE hole} marks a value), whether the text ends inside quotes, and what
 * each character is ({@link #marked}). It follows the token rules of POSIX.1-2024, Shell Command
 * Language 2.3. At an ambiguous construct it gives up instead of guessing: all later holes are
 * {@link Quote#REFUSE}. It runs and expands nothing; {@link Quoting} quotes the values.
 */
public final class ShellText {

  /** Stands for a value; no text of a build file can contain it. */
  public static final char HOLE = '\0';

  /** Stands for the end of the text; it is not a character. */
  private static final char END = '\uffff';

  /** The deepest nesting of substitutions that is read. */
  private static final int MAX_DEPTH = 100;

  /** What may stand before the name of a variable, in the forms that give its value. */
  private static final List<String> EXPANSIONS = List.of("$", "${", "${#", "${!");

  private final String text;
  private final ShellMarks marks; // null if nothing asks for them
  private final List<Quote> holes = new ArrayList<>();
  private final List<Insert> inserts = new ArrayList<>();
  private final Deque<Frame> frames = new ArrayDeque<>();
  private final List<String> documents = new ArrayList<>();
  private boolean joinsName;
  private boolean cases;
  private boolean gaveUp;
  private boolean open;
  private int i;

  /**
   * Returns whether a text uses a variable: {@code $name}, or <code>${name}</code> with any ending
   * of the name.
   */
  public static boolean uses(String text, String name) {
    for (int at = text.indexOf(name); at > 0; at = text.indexOf(name, at + 1)) {
      int end = at + name.length();
      boolean whole = end == text.length() || !isOfName(text.charAt(end));
      String before = text.substring(Math.max(0, at - 3), at);
      if (whole && EXPANSIONS.stream().anyMatch(before::endsWith)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isOfName(char c) {
    return c == '_' || c < 128 && Character.isLetterOrDigit(c);
  }

  /** One level of nesting. */
  private static final class Frame {
    private final Level kind;

    /** How many parentheses are open on this level. */
    private int open;

    /** The offset where the current word begins; -1 between words. */
    private int word = -1;

    Frame(Level kind) {
      this.kind = kind;
    }

    void word(int at) {
      word = word < 0 ? at : word;
    }
  }

  /** A text to insert before an offset. */
  public record Insert(int at, String text) {}

  private ShellText(String text, ShellMarks marks) {
    this.text = text;
    this.marks = marks;
  }

  public static ShellText scan(String text) {
    ShellText scan = new ShellText(text, null);
    scan.run();
    return scan;
  }

  /** Returns what each character is, as {@link ShellMarks} names it. */
  public static String marked(String text) {
    ShellText scan = new ShellText(text, new ShellMarks(text));
    scan.run();
    return scan.marks.toString();
  }

  /** Returns how each hole is quoted, in order. */
  public List<Quote> holes() {
    return holes;
  }

  /**
   * Returns what must be inserted to keep values apart from the text around them: a space where
   * digits would become the number of a redirection ({@code echo {n}>file}), empty quotes where a
   * value would lengthen the name of a variable ({@code $X{v}}).
   */
  public List<Insert> inserts() {
    return inserts;
  }

  /**
   * Returns whether a value would lengthen the name of a variable where quotes cannot prevent it.
   */
  public boolean joinsName() {
    return joinsName;
  }

  public boolean endsInQuote() {
    return open;
  }

  private void run() {
    frames.push(new Frame(Level.COMMAND));
    while (i < text.length() && !gaveUp) {
      int from = i;
      Frame frame = frames.peek();
      boolean inWord = frame.word >= 0;
      switch (frame.kind) {
        case COMMAND -> command();
        case DOUBLE -> doubled();
        case PARAMETER -> parameter();
        case ARITHMETIC -> arithmetic();
      }
      if (marks != null && !gaveUp) {
        marks.mark(from, Math.min(i, text.length()), frame.kind, inWord, frames.peek().kind);
      }
    }
    open = !gaveUp && (open || frames.size() > 1);
    pass(END);
  }

  private void command() {
    Frame frame = frames.peek();
    char c = text.charAt(i);
    switch (c) {
      case ' ', '\t', '\r', ';', '&', '|' -> {
        endWord(frame);
        i++;
      }
      case '\n' -> {
        endWord(frame);
        i++;
        hereDocuments();
      }
      case HOLE -> {
        hole(Quote.BARE);
        frame.word(i++);
        if (redirected()) {
          inserts.add(new Insert(digitsEnd(), " "));
        }
      }
      case '\\' -> {
        if (charAt(i + 1) != '\n') {
          frame.word(i);
        }
        escaped();
      }
      case '\'' -> single(frame);
      case '"' -> {
        frame.word(i);
        push(Level.DOUBLE);
        i++;
      }
      case '`' -> {
        frame.word(i);
        backticks();
      }
      case '$' -> {
        frame.word(i);
        dollar(frame, false);
      }
      case '#' -> {
        if (frame.word >= 0) {
          i++;
        } else {
          pass('\n');
        }
      }
      case '(' -> open(frame);
      case ')' -> close(frame);
      case '<', '>' -> redirection(frame);
      default -> {
        frame.word(i++);
        while (i < text.length() && isPlain(text.charAt(i))) {
          i++;
        }
      }
    }
  }

  /** Reads a {@code (}: a subshell or, doubled, an arithmetic command. */
  private void open(Frame frame) {
    endWord(frame);
    if (charAt(i + 1) == '(') {
      push(Level.ARITHMETIC);
      frames.peek().open = 2;
      i += 2;
    } else {
      frame.open++;
      i++;
    }
  }

  /** Reads a {@code )}: the end of a subshell, a substitution or a pattern of {@code case}. */
  private void close(Frame frame) {
    endWord(frame);
    i++;
    if (frame.open > 0) {
      frame.open--;
    } else if (frames.size() > 1) {
      // Give up: the `)` may end a case pattern instead, or here-documents may begin only after it.
      gaveUp = cases || !documents.isEmpty();
      frames.pop();
    }
  }

  private void escaped() {
    hole(Quote.REFUSE, i + 1);
    i += 2;
  }

  private static boolean isPlain(char c) {
    return c >= 'a' && c <= 'z' || c >= '-' && c <= '9' || c >= 'A' && c <= 'Z' || c == '_';
  }

  private void redirection(Frame frame) {
    endWord(frame);
    if (text.charAt(i) == '<' && charAt(i + 1) == '<' && charAt(i + 2) != '<') {
      i += 2;
      hereDocument();
    } else if (charAt(i + 1) == '(') {
      // Process substitution: a command of its own.
      i += 2;
      push(Level.COMMAND);
    } else {
      i++;
      while (i < text.length() && "<>|&".indexOf(text.charAt(i)) >= 0) {
        i++;
      }
    }
  }

  /** Returns whether a value, with any digits after it, is followed by a redirection. */
  private boolean redirected() {
    int end = digitsEnd();
    return (charAt(end) == '<' || charAt(end) == '>') && charAt(end + 1) != '(';
  }

  private int digitsEnd() {
    int end = i;
    while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
      end++;
    }
    return end;
  }

  private void hereDocument() {
    boolean tabs = charAt(i) == '-';
    i += tabs ? 1 : 0;
    while (charAt(i) == ' ' || charAt(i) == '\t') {
      i++;
    }
    StringBuilder end = new StringBuilder();
    char quote = ' ';
    for (; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == HOLE
          || c == '$'
          || c == '`'
          || c == '\\' && (charAt(i + 1) == '\n' || charAt(i + 1) == HOLE)) {
        gaveUp = true;
        return;
      } else if (quote != ' ' && c == quote) {
        quote = ' ';
      } else if (quote != ' ') {
        end.append(c);
      } else if (c == '\'' || c == '"') {
        quote = c;
      } else if (c == '\\') {
        end.append(charAt(++i));
      } else if (c == ' ' || c == '\t' || ShellMarks.OPERATORS.indexOf(c) >= 0) {
        break;
      } else {
        end.append(c);
      }
    }
    documents.add((tabs ? "\t" : "") + end);
  }

  /** Skips the bodies of the here-documents that the previous line announced. */
  private void hereDocuments() {
    for (String document : documents) {
      boolean tabs = document.startsWith("\t");
      String end = tabs ? document.substring(1) : document;
      while (i < text.length()) {
        int stop = text.indexOf('\n', i);
        stop = stop < 0 ? text.length() : stop;
        String line = text.substring(i, stop);
        boolean last = (tabs ? line.replaceFirst("^\t+", "") : line).equals(end);
        pass('\n');
        i = Math.min(stop + 1, text.length());
        if (last) {
          break;
        }
      }
    }
    documents.clear();
  }

  private void single(Frame frame) {
    frame.word(i);
    for (i++; i < text.length() && text.charAt(i) != '\''; i++) {
      hole(Quote.SINGLE);
      newline();
    }
    open = i == text.length();
    i++;
  }

  private void doubled() {
    Frame frame = frames.peek();
    char c = text.charAt(i);
    switch (c) {
      case '"' -> {
        frames.pop();
        i++;
      }
      case '\\' -> escaped();
      case '`' -> backticks();
      case '$' -> dollar(frame, true);
      default -> {
        hole(Quote.DOUBLE);
        newline();
        i++;
      }
    }
  }

  private void dollar(Frame frame, boolean quoted) {
    char next = charAt(i + 1);
    if (next == '(' && charAt(i + 2) == '(') {
      push(Level.ARITHMETIC);
      frames.peek().open = 2;
      i += 3;
    } else if (next == '(') {
      push(Level.COMMAND);
      i += 2;
    } else if (next == '{') {
      push(Level.PARAMETER);
      i += 2;
    } else if (next == '[' || next == HOLE || next == '\'' && frame.kind == Level.PARAMETER) {
      gaveUp = true;
    } else if (next == '\'' && !quoted) {
      ansi();
    } else {
      i++;
      // Skip a special character after the `$`: `$#` is not a comment, and `$$` is one token.
      if (i < text.length() && "#$!?*@-".indexOf(text.charAt(i)) >= 0) {
        i++;
      }
    }
  }

  /** Reads {@code $'...'}. Not every sh supports it, so an escaped quote may or may not end it. */
  private void ansi() {
    for (i += 2; i < text.length() && text.charAt(i) != '\''; i++) {
      hole(Quote.REFUSE);
      if (text.charAt(i) == '\\') {
        gaveUp |= charAt(i + 1) == '\'' || charAt(i + 1) == '\\' && charAt(i + 2) == '\'';
        if (gaveUp) {
          return;
        }
      }
      newline();
    }
    i++;
  }

  private void parameter() {
    char c = text.charAt(i);
    boolean quoted = frames.stream().anyMatch(f -> f.kind == Level.DOUBLE);
    switch (c) {
      case '}' -> {
        frames.pop();
        i++;
      }
      case '\\' -> escaped();
      case '\'' -> {
        if (quoted) {
          gaveUp = true;
          return;
        }
        i++;
        pass('\'');
        i++;
      }
      case '"' -> gaveUp = true;
      case '`' -> backticks();
      case '$' -> dollar(frames.peek(), true);
      default -> {
        hole(Quote.REFUSE);
        i++;
      }
    }
  }

  private void arithmetic() {
    Frame frame = frames.peek();
    char c = text.charAt(i);
    switch (c) {
      case '(' -> frame.open++;
      case ')' -> {
        frame.open--;
        // `((a) b)` is a subshell in a subshell: in arithmetic, the last two `)` are adjacent.
        gaveUp = frame.open == 1 && charAt(i + 1) != ')';
        if (frame.open == 0) {
          frames.pop();
        }
      }
      case '\'', '"', '`', '\\' -> gaveUp = true;
      case '$' -> gaveUp = "({[".indexOf(charAt(i + 1)) >= 0;
      default -> hole(Quote.REFUSE);
    }
    i++;
  }

  private void backticks() {
    for (i++; i < text.length() && text.charAt(i) != '`'; i++) {
      hole(Quote.REFUSE);
      if (text.charAt(i) == '\\') {
        i++;
        hole(Quote.REFUSE);
      }
    }
    i++;
  }

  /**
   * Gives up if a line ends inside quotes while here-documents are pending: shells differ there.
   */
  private void newline() {
    gaveUp |= text.charAt(i) == '\n' && !documents.isEmpty();
  }

  /** Skips the text up to {@code end}, where nothing can be quoted. */
  private void pass(char end) {
    for (; i < text.length() && text.charAt(i) != end; i++) {
      hole(Quote.REFUSE);
    }
  }

  private void hole(Quote quote) {
    hole(quote, i);
  }

  private void hole(Quote quote, int at) {
    if (at < text.length() && text.charAt(at) == HOLE) {
      Quote known = inside() ? Quote.REFUSE : quote;
      holes.add(known);
      if (known != Quote.SINGLE && endsName(at)) {
        switch (known) {
          case BARE -> inserts.add(new Insert(at, "''"));
          case DOUBLE -> inserts.add(new Insert(at, "\"\""));
          default -> joinsName = true;
        }
      }
    }
  }

  private boolean endsName(int at) {
    int start = at;
    while (start > 0
        && (Character.isLetterOrDigit(text.charAt(start - 1)) || text.charAt(start - 1) == '_')) {
      start--;
    }
    return start < at && start > 0 && text.charAt(start - 1) == '$';
  }

  /**
   * Returns whether some level is a parameter expansion or arithmetic, where quoting is unknown.
   */
  private boolean inside() {
    return frames.stream()
        .anyMatch(frame -> frame.kind == Level.PARAMETER || frame.kind == Level.ARITHMETIC);
  }

  private void push(Level kind) {
    frames.push(new Frame(kind));
    gaveUp |= frames.size() > MAX_DEPTH;
  }

  private void endWord(Frame frame) {
    if (frame.word >= 0) {
      cases |= text.substring(frame.word, i).replace("\\\n", "").equals("case");
      frame.word = -1;
    }
  }

  private char charAt(int at) {
    return at < text.length() ? text.charAt(at) : END;
  }

  /** How a value is quoted at its place in the text of a shell command, or in another text. */
  public enum Quote {
    /** Not in a shell command: the value is inserted unchanged. */
    NONE,
    /** Outside all quotes. */
    BARE,
    /** Within double quotes. */
    DOUBLE,
    /** Within single quotes. */
    SINGLE,
    /** Unknown: a value that needs quoting is refused. */
    REFUSE
  }
}
