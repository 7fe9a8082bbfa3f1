package dev.torc.features.reading;

import dev.torc.base.syntax.Node;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds a list that was written as one text: {@code a.txt, b.txt}, or items without dashes, which
 * YAML joins with spaces; a path in typographic quotes; and a range of bash. Such a text may also
 * be one odd name, so it is only a hint.
 */
public final class TextLists {

  private static final Pattern COMMA = Pattern.compile(",\\s+");

  private static final Pattern SPACES = Pattern.compile(",?\\s+");

  /** What a path has and hardly a word: a slash or an ending. */
  private static final Pattern PATH = Pattern.compile("!?[^\\s,]*(?:/[^\\s,]*|[^\\s,./]\\.\\w+)");

  /** A path with an ending; a part of {@code my folder/f 4.txt} lacks it. */
  private static final Pattern FILE = Pattern.compile("!?[^\\s,]*[^\\s,./*]\\.\\w+");

  private static final Pattern VALUES =
      Pattern.compile(
          "(\\d{1,9}) *(?:\\.\\.\\.?|-) *(\\d{1,9})|range\\( *(\\d{1,9}) *, *(\\d{1,9}) *\\)");

  private static final Pattern RANGE = Pattern.compile("\\{\\w+\\.\\.\\w+}");

  /** What bash with {@code extglob} and minimatch know beyond other patterns. */
  private static final Pattern EXTENDED = Pattern.compile("[!@?*+]\\([^()/]*\\)");

  /** What is replaced in no path, or by other tools. */
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{?\\w|\\$\\(|\\{\\{|%\\w+%");

  private TextLists() {}

  /** Returns a hint for a missing file whose path another tool would read otherwise; else empty. */
  public static String ofMissing(String path) {
    String hint = ofPaths(path);
    if (!hint.isEmpty()) {
      return hint;
    } else if (VARIABLE.matcher(path).find()) {
      return "; paths have vars and parameters as {NAME}, and begin at the root";
    }
    return path.matches("[^%]*%[^%]*")
        ? "; for one job per file write match: \"%s\"".formatted(path.replace("%", "{stem}"))
        : path.startsWith("^") ? "; to need the products of jobs, write {job: NAME}" : "";
  }

  /** Returns a hint for a text that looks like several paths; empty for any other text. */
  public static String ofPaths(String text) {
    if (!text.isEmpty() && text.charAt(0) >= '\u2018' && text.charAt(0) <= '\u201f') {
      return "; " + text.charAt(0) + " is not a quote in YAML; write \" or '";
    }
    if (text.indexOf('(') >= 0 && EXTENDED.matcher(text).find()) {
      return "; write {a,b} for one of several, and \"!PATTERN\" as an item to leave files out";
    }
    if (text.indexOf('{') >= 0 && RANGE.matcher(text).find()) {
      return "; {A..B} is not a range; write *, or need {job: GROUP}";
    }
    return severalPaths(text);
  }

  /** Returns a hint for paths with commas or spaces between them; empty for any other text. */
  static String severalPaths(String text) {
    String hint = hint(text, COMMA, PATH);
    return hint.isEmpty() ? hint(text, SPACES, FILE) : hint;
  }

  /** Returns a hint for a text that looks like several values or names with commas between them. */
  public static String ofWords(Node node) {
    return node instanceof Node.Scalar text
        ? hint(text.text(), COMMA, Pattern.compile("[^\\s,{}]+"))
        : "";
  }

  /** Returns a hint for the one value of a parameter that looks like a range, a list or a var. */
  public static String ofValues(Node node, Predicate<String> isVar) {
    if (!(node instanceof Node.Scalar scalar)) {
      return "";
    }
    String text = scalar.text().strip();
    Matcher range = VALUES.matcher(text);
    if (range.matches()) {
      boolean python = range.group(3) != null;
      String from = range.group(python ? 3 : 1);
      String to = range.group(python ? 4 : 2);
      return "; for a range write {from: %s, to: %s}"
          .formatted(from, python ? Long.parseLong(to) - 1 : to);
    } else if (text.startsWith("[") && text.endsWith("]")) {
      return "; for several write " + text + " without quotes";
    }
    return isVar.test(text)
        ? "; for the values of the var write {var: " + text + "}"
        : ofWords(node);
  }

  /** Returns a hint for a text that looks like several programs, which have no spaces in names. */
  public static String ofPrograms(Node node) {
    String hint = ofWords(node);
    return hint.isEmpty() && node instanceof Node.Scalar text
        ? hint(text.text(), Pattern.compile("\\s+"), Pattern.compile("[\\w.+-]+"))
        : hint;
  }

  private static String hint(String text, Pattern between, Pattern part) {
    if (text.indexOf(' ') < 0 && text.indexOf('\n') < 0) {
      return "";
    }
    List<String> parts = List.of(between.split(text.strip()));
    boolean list = parts.size() > 1 && parts.stream().allMatch(p -> part.matcher(p).matches());
    return list ? "; for several write [" + String.join(", ", parts) + "]" : "";
  }
}
