package dev.torc.base.syntax;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;

/**
 * Translates the errors of the YAML parser into messages for authors of build files. {@link
 * YamlReader} runs the parser.
 *
 * @param problem the parser's message
 * @param context what the parser was reading, empty if unknown
 * @param at where the parser gave up
 * @param from where the construct that the parser was reading began
 */
record YamlTrouble(String text, String problem, String context, Mark at, Mark from) {

  private static final String COMMENT = " (a # behind a blank begins a comment)";

  private static final Pattern ODD =
      Pattern.compile("[\\u00a0\\u2000-\\u200b\\u202f\\u205f\\u3000\\ufeff]");

  static BadInput of(MarkedYamlEngineException e, String text, String shown) {
    Mark at = e.getProblemMark().or(e::getContextMark).orElseThrow();
    String problem = SourceFile.oneLine(e.getProblem());
    String context = Optional.ofNullable(e.getContext()).orElse("");
    YamlTrouble trouble =
        new YamlTrouble(text, problem, context, at, e.getContextMark().orElse(at));
    Mark mark =
        trouble.isNeverClosed() || trouble.isNoKey() || trouble.behind() != null
            ? trouble.from
            : at;
    return new BadInput(
        new Place(shown, mark.getLine() + 1, mark.getColumn() + 1),
        trouble.sentence() + trouble.odd());
  }

  /** Returns a hint at a character of the line that looks like a space; empty without one. */
  private String odd() {
    Matcher odd = ODD.matcher(line(from) + line(at));
    return odd.find()
        ? "; U+%04X on this line is not a space in YAML".formatted((int) odd.group().charAt(0))
        : "";
  }

  private boolean isNeverClosed() {
    return context.contains("quoted scalar") && problem.contains("unexpected")
        || context.contains("parsing a flow") && problem.contains("<stream end>");
  }

  private boolean isNoKey() {
    return problem.contains("could not find expected ':'");
  }

  /**
   * Returns the message for text after a closed quote or bracket, as in {@code [ -f x ] || y}; null
   * if there is no such text.
   */
  private String behind() {
    return context.startsWith("while scanning") && !isNeverClosed()
        ? behind(line(from), before(from))
        : null;
  }

  private static String behind(String line, String before) {
    char last = before.isEmpty() ? ' ' : before.charAt(before.length() - 1);
    return switch (last) {
      case '"', '\'' -> "the text goes on behind its closing quote; quote the whole of it";
      case ']', '}' -> "something follows the closing " + last + quote(line);
      default -> null;
    };
  }

  private String before(Mark mark) {
    String line = line(mark);
    return line.substring(0, line.offsetByCodePoints(0, column(mark, line))).stripTrailing();
  }

  private String sentence() {
    String line = line(at);
    String before = before(at);
    if (isNeverClosed()) {
      return "the " + first(from) + " here is never closed" + comment(line(from));
    } else if (isNoKey()) {
      return "no key: a colon is missing behind it, or it belongs to the text above and must be"
          + " indented";
    } else if (behind() != null) {
      return behind();
    } else if (context.contains("scanning an alias")) {
      return begins("*", "an alias");
    } else if (context.contains("scanning an anchor")) {
      return begins("&", "an anchor");
    } else if (context.contains("a tag")) {
      return begins("!", "a tag");
    } else if (context.contains("scanning a block scalar")) {
      return begins(first(from), "a text on the lines below");
    } else if (problem.contains("\\t")) {
      return "tabs cannot indent YAML; use spaces";
    } else if (problem.contains("cannot start any token") || problem.contains("node content")) {
      return "a text cannot begin with " + first(at) + " in YAML; quote it";
    } else if (problem.contains("unknown escape character")) {
      return "\\%1$s is not an escape in double quotes; use single quotes, or write \\\\%1$s"
          .formatted(first(at));
    } else if (problem.contains("sequence entries are not allowed")) {
      return "a list item needs a line of its own in YAML; quote a text that begins with -";
    } else if (problem.contains("mapping values are not allowed")) {
      return before.matches(".*:\\s.*")
          ? "a colon and a space begin a value in YAML; "
              + (before.matches("[- ]*(command|cmd):\\s.*")
                  ? "quote it, or write command: |"
                  : "quote the whole text")
          : "bad indentation: deeper than the key above it; both must start in the same column";
    } else if (context.contains("parsing a flow")) {
      return at.getLine() > from.getLine()
          ? "the %s of line %d is still open here; close it first%s"
              .formatted(first(from), from.getLine() + 1, comment(line(from)))
          : "a comma is missing before " + first(at) + quote(line);
    } else if (problem.contains("expected <block end>")) {
      return blockEnd(line, before);
    }
    return problem + quote(line);
  }

  private String blockEnd(String line, String before) {
    String behind = behind(line, before);
    if (behind != null) {
      return behind;
    } else if (first(at).equals("-")) {
      return "a list item where a key is expected; indent the list deeper than its key";
    } else if (context.contains("sequence") || context.contains("collection")) {
      return "a key where a list item (- …) is expected; change its indentation";
    }
    return "bad indentation: keys of one map must start in the same column";
  }

  private static String begins(String sign, String what) {
    return "%s begins %s in YAML; quote a text that begins with %1$s".formatted(sign, what);
  }

  private static String quote(String line) {
    return line.indexOf('{') >= 0 ? "; quote a text that has { in it" : "; quote the whole text";
  }

  private static String comment(String line) {
    return line.contains(" #") ? COMMENT : "";
  }

  private String line(Mark mark) {
    return text.lines().skip(mark.getLine()).findFirst().orElse("");
  }

  private String first(Mark mark) {
    String line = line(mark);
    int i = line.offsetByCodePoints(0, column(mark, line));
    return i < line.length() ? Character.toString(line.codePointAt(i)) : "end of the line";
  }

  private static int column(Mark mark, String line) {
    return Math.min(mark.getColumn(), line.codePointCount(0, line.length()));
  }
}
