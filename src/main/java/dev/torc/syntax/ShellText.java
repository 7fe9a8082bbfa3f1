package dev.torc.syntax;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Reads the text of a POSIX shell command as far as needed to tell where in it a value would stand,
 * whether it has a pipe, and which words its commands are made of. A {@linkplain #HOLE hole} marks
 * a value. It follows the token rules of POSIX.1-2024, Shell Command Language 2.3, and where a
 * construct could be read in two ways it gives up from there on rather than guess: the holes behind
 * are {@link Quote#REFUSE}. It runs nothing and expands nothing.
 */
public final class ShellText {

  /** Stands for a value; no text of a build file can hold it. */
  public static final char HOLE = '\0';

  /** What stands behind the end; no character. */
  private static final char END = '\uffff';

  /** How deep substitutions are followed. */
  private static final int MAX_DEPTH = 100;

  /** Characters that end a bare word. */
  private static final String OPERATORS = ";&|()<>\n";

  private final String text;
  private final List<Quote> holes = new ArrayList<>();
  private final List<Insert> inserts = new ArrayList<>();
  private final List<ShellCommand> commands = new ArrayList<>();
  private final Deque<ShellFrame> frames = new ArrayDeque<>();
  private final List<String> documents = new ArrayList<>();
  private boolean joinsName;
  private boolean pipe;
  private boolean cases;
  private boolean tests;
  private boolean lost;
  private boolean open;
  private int i;

  /** A text to put in before an offset. */
  public record Insert(int at, String text) {}

  private ShellText(String text) {
    this.text = text;
  }

  /** Reads a text. */
  public static ShellText scan(String text) {
    ShellText scan = new ShellText(text);
    scan.run();
    return scan;
  }

  /** How the value of each hole is quoted, in order. */
  public List<Quote> holes() {
    return holes;
  }

  /**
   * What must be put into the text, by offset, to keep values apart from it: a blank where digits
   * would become the number of a redirection ({@code echo {n}>file}), empty quotes where a value
   * would lengthen the name of a variable ({@code $X{v}}).
   */
  public List<Insert> inserts() {
    return inserts;
  }

  /** Whether a value would lengthen the name of a variable where quotes cannot keep them apart. */
  public boolean joinsName() {
    return joinsName;
  }

  /** Whether a pipe joins two commands. */
  public boolean hasPipe() {
    return pipe && !cases && !tests;
  }

  /** Whether the text ends inside of quotes or a substitution. */
  public boolean endsInQuote() {
    return open;
  }

  /** The simple commands in the order of their ends: what is substituted into one comes first. */
  public List<ShellCommand> commands() {
    return commands;
  }

  private void run() {
    frames.push(new ShellFrame(ShellFrame.Kind.COMMAND));
    while (i < text.length() && !lost) {
      switch (frames.peek().kind) {
        case COMMAND -> command();
        case DOUBLE -> doubled();
        case PARAMETER -> parameter();
        case ARITHMETIC -> arithmetic();
      }
    }
    open = !lost && (open || frames.size() > 1);
    for (; i < text.length(); i++) {
      hole(Quote.REFUSE);
    }
    frames.forEach(this::endCommand);
  }

  private void command() {
    ShellFrame frame = frames.peek();
    char c = text.charAt(i);
    switch (c) {
      case ' ', '\t', '\r' -> {
        endWord(frame);
        i++;
      }
      case '\n' -> {
        endCommand(frame);
        i++;
        hereDocuments();
      }
      case HOLE -> {
        hole(Quote.BARE);
        frame.word().append(HOLE);
        frame.fixed = false;
        i++;
        if (redirected()) {
          inserts.add(new Insert(digitsEnd(), " "));
        }
      }
      case '\\' -> {
        if (charAt(i + 1) == '\n') {
          i += 2;
        } else if (charAt(i + 1) == HOLE) {
          frame.word();
          frame.fixed = false;
          hole(Quote.REFUSE, i + 1);
          i += 2;
        } else {
          frame.word();
          if (i + 1 < text.length()) {
            frame.word.append(text.charAt(i + 1));
          }
          i += 2;
        }
      }
      case '\'' -> single(frame);
      case '"' -> {
        frame.word();
        push(ShellFrame.Kind.DOUBLE);
        i++;
      }
      case '`' -> {
        frame.word();
        frame.fixed = false;
        backticks();
      }
      case '$' -> {
        frame.word();
        dollar(frame, false);
      }
      case '#' -> {
        if (frame.word == null) {
          while (i < text.length() && text.charAt(i) != '\n') {
            hole(Quote.REFUSE);
            i++;
          }
        } else {
          frame.word.append(c);
          i++;
        }
      }
      case '(' -> {
        boolean arithmetic = charAt(i + 1) == '(' && (frame.word == null || frame.fixed);
        endCommand(frame);
        if (arithmetic) {
          push(ShellFrame.Kind.ARITHMETIC);
          frames.peek().open = 2;
          i += 2;
        } else {
          frame.open++;
          i++;
        }
      }
      case ')' -> {
        endCommand(frame);
        i++;
        if (frame.open > 0) {
          frame.open--;
        } else if (frames.size() > 1) {
          // A `)` of a case pattern would end the substitution too early; documents begin later.
          lost = cases || !documents.isEmpty();
          frames.pop();
        }
      }
      case '|' -> {
        boolean or = charAt(i + 1) == '|';
        pipe |= !or;
        endCommand(frame);
        i += or ? 2 : 1;
      }
      case ';', '&' -> {
        endCommand(frame);
        i++;
      }
      case '<', '>' -> redirection(frame);
      default -> {
        int from = i++;
        while (i < text.length() && isPlain(text.charAt(i))) {
          i++;
        }
        frame.word().append(text, from, i);
        if (c == '*' || c == '?' || c == '[' || c == '~') {
          frame.fixed = false;
        }
      }
    }
  }

  /** Whether a character means itself wherever it stands outside of quotes. */
  private static boolean isPlain(char c) {
    return c >= 'a' && c <= 'z' || c >= '-' && c <= '9' || c >= 'A' && c <= 'Z' || c == '_';
  }

  private void redirection(ShellFrame frame) {
    char c = text.charAt(i);
    if (frame.word != null && frame.word.chars().allMatch(Character::isDigit)) {
      frame.word = null;
    }
    endWord(frame);
    if (c == '<' && charAt(i + 1) == '<' && charAt(i + 2) != '<') {
      i += 2;
      hereDocument();
    } else if (charAt(i + 1) == '(') {
      // Process substitution: a command of its own.
      i += 2;
      frame.place = ShellFrame.Place.WORD;
      push(ShellFrame.Kind.COMMAND);
    } else {
      int from = i++;
      while (i < text.length() && "<>|&".indexOf(text.charAt(i)) >= 0) {
        i++;
      }
      frame.place =
          c == '>' || text.charAt(i - 1) == '>'
              ? ShellFrame.Place.TARGET
              : i == from + 1 ? ShellFrame.Place.INPUT : ShellFrame.Place.NONE;
    }
  }

  /** Whether a value, and digits around it, are followed by a redirection. */
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
        lost = true;
        return;
      } else if (quote != ' ' && c == quote) {
        quote = ' ';
      } else if (quote != ' ') {
        end.append(c);
      } else if (c == '\'' || c == '"') {
        quote = c;
      } else if (c == '\\') {
        end.append(charAt(++i));
      } else if (c == ' ' || c == '\t' || OPERATORS.indexOf(c) >= 0) {
        break;
      } else {
        end.append(c);
      }
    }
    documents.add((tabs ? "\t" : "") + end);
  }

  /** Skips the bodies of the here-documents that were announced on the line just ended. */
  private void hereDocuments() {
    for (String document : documents) {
      boolean tabs = document.startsWith("\t");
      String end = tabs ? document.substring(1) : document;
      while (i < text.length()) {
        int stop = text.indexOf('\n', i);
        stop = stop < 0 ? text.length() : stop;
        String line = text.substring(i, stop);
        boolean last = (tabs ? line.replaceFirst("^\t+", "") : line).equals(end);
        for (; i < stop; i++) {
          hole(Quote.REFUSE);
        }
        i = Math.min(stop + 1, text.length());
        if (last) {
          break;
        }
      }
    }
    documents.clear();
  }

  private void single(ShellFrame frame) {
    frame.word();
    for (i++; i < text.length() && text.charAt(i) != '\''; i++) {
      hole(Quote.SINGLE);
      frame.fixed &= text.charAt(i) != HOLE;
      newline();
      frame.word.append(text.charAt(i));
    }
    open = i == text.length();
    i++;
  }

  private void doubled() {
    ShellFrame frame = frames.peek();
    ShellFrame outer = outer();
    char c = text.charAt(i);
    switch (c) {
      case '"' -> {
        frames.pop();
        i++;
      }
      case '\\' -> {
        char next = charAt(i + 1);
        if (next == HOLE) {
          hole(Quote.REFUSE, i + 1);
          outer.fixed = false;
        } else if (outer.word != null && next != '\n') {
          outer.word.append("$`\"\\".indexOf(next) >= 0 ? "" : "\\").append(next);
        }
        i += 2;
      }
      case '`' -> {
        outer.fixed = false;
        backticks();
      }
      case '$' -> dollar(frame, true);
      default -> {
        hole(Quote.DOUBLE);
        newline();
        outer.fixed &= c != HOLE;
        if (outer.word != null) {
          outer.word.append(c);
        }
        i++;
      }
    }
  }

  /** A dollar sign in a command line or in double quotes. */
  private void dollar(ShellFrame frame, boolean quoted) {
    ShellFrame outer = outer();
    outer.fixed = false;
    char next = charAt(i + 1);
    if (next == '(' && charAt(i + 2) == '(') {
      push(ShellFrame.Kind.ARITHMETIC);
      frames.peek().open = 2;
      i += 3;
    } else if (next == '(') {
      push(ShellFrame.Kind.COMMAND);
      i += 2;
    } else if (next == '{') {
      push(ShellFrame.Kind.PARAMETER);
      i += 2;
    } else if (next == '[' || next == HOLE) {
      lost = true;
    } else if (next == '\'' && frame.kind == ShellFrame.Kind.PARAMETER) {
      lost = true;
    } else if (next == '\'' && !quoted) {
      ansi();
    } else {
      i++;
      // `$` and one special character, so that `$#` begins no comment and `$$` is no `$` again.
      if (i < text.length() && "#$!?*@-".indexOf(text.charAt(i)) >= 0) {
        i++;
      }
    }
  }

  /** {@code $'...'}: not known to every sh, so a quote escaped in it cannot be told. */
  private void ansi() {
    for (i += 2; i < text.length() && text.charAt(i) != '\''; i++) {
      hole(Quote.REFUSE);
      if (text.charAt(i) == '\\') {
        lost |= charAt(i + 1) == '\'' || charAt(i + 1) == '\\' && charAt(i + 2) == '\'';
        if (lost) {
          return;
        }
      }
      newline();
    }
    i++;
  }

  private void parameter() {
    char c = text.charAt(i);
    boolean quoted = frames.stream().anyMatch(f -> f.kind == ShellFrame.Kind.DOUBLE);
    switch (c) {
      case '}' -> {
        frames.pop();
        i++;
      }
      case '\\' -> {
        hole(Quote.REFUSE, i + 1);
        i += 2;
      }
      case '\'' -> {
        if (quoted) {
          lost = true;
          return;
        }
        for (i++; i < text.length() && text.charAt(i) != '\''; i++) {
          hole(Quote.REFUSE);
        }
        i++;
      }
      case '"' -> lost = true;
      case '`' -> backticks();
      case '$' -> dollar(frames.peek(), true);
      default -> {
        hole(Quote.REFUSE);
        i++;
      }
    }
  }

  private void arithmetic() {
    ShellFrame frame = frames.peek();
    char c = text.charAt(i);
    switch (c) {
      case '(' -> frame.open++;
      case ')' -> {
        frame.open--;
        // `((a) b)` is a subshell in a subshell: the two last ones must stand together.
        lost = frame.open == 1 && charAt(i + 1) != ')';
        if (frame.open == 0) {
          frames.pop();
        }
      }
      case '\'', '"', '`', '\\' -> lost = true;
      case '$' -> {
        if (charAt(i + 1) == '(' || charAt(i + 1) == '{' || charAt(i + 1) == '[') {
          lost = true;
        }
      }
      default -> hole(Quote.REFUSE);
    }
    if (!lost) {
      i++;
    }
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

  /** A line that ends inside quotes while here-documents wait: shells differ. */
  private void newline() {
    lost |= text.charAt(i) == '\n' && !documents.isEmpty();
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

  /** Whether {@code $} and a name end here. */
  private boolean endsName(int at) {
    int start = at;
    while (start > 0
        && (Character.isLetterOrDigit(text.charAt(start - 1)) || text.charAt(start - 1) == '_')) {
      start--;
    }
    return start < at && start > 0 && text.charAt(start - 1) == '$';
  }

  /** Whether an outer level forbids to tell: a substitution within braces or arithmetic. */
  private boolean inside() {
    for (ShellFrame frame : frames) {
      if (frame.kind == ShellFrame.Kind.PARAMETER || frame.kind == ShellFrame.Kind.ARITHMETIC) {
        return true;
      }
    }
    return false;
  }

  private void push(ShellFrame.Kind kind) {
    frames.push(new ShellFrame(kind));
    lost |= frames.size() > MAX_DEPTH;
  }

  /** The nearest command line, whose word is being read. */
  private ShellFrame outer() {
    for (ShellFrame frame : frames) {
      if (frame.kind == ShellFrame.Kind.COMMAND) {
        return frame;
      }
    }
    throw new IllegalStateException("no command line");
  }

  private void endWord(ShellFrame frame) {
    if (frame.word != null) {
      String word = frame.word.toString();
      cases |= frame.fixed && word.equals("case");
      tests |= word.equals("[[");
      frame.endWord();
    }
  }

  private void endCommand(ShellFrame frame) {
    endWord(frame);
    ShellCommand ended = frame.endCommand();
    if (ended != null) {
      commands.add(ended);
    }
  }

  private char charAt(int at) {
    return at < text.length() ? text.charAt(at) : END;
  }
}
