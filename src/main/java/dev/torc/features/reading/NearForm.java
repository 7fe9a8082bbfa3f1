package dev.torc.features.reading;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the placeholder that is nearest to a text in braces that begins with a known name and is
 * none, such as {@code needs.0}, {@code s!r} or {@code y-1}. Mistyped names are for {@link
 * KnownNames}, keys of maps for {@link VarLookup}.
 */
final class NearForm {

  private static final String ENDS = ".[:!,+-";

  /** Texts that shells, awk, jq, JSON and patterns have in braces. */
  private static final Pattern OTHERS =
      Pattern.compile(
          ".*(?:,|\\.\\.).+|.*(?:[=;$(){}|\\\\]|\\+\\+|--).*|:(?:[\\s\"'\\[]|\\.\\D).*|[+-]\\W*");

  private static final Pattern INDEX = Pattern.compile("(?:\\.|\\[)(-?)(\\d{1,6})\\b.*");
  private static final Pattern MEMBER = Pattern.compile("[.\\[][\"']?([A-Za-z_]\\w*).*");
  private static final Pattern OFFSET = Pattern.compile("[+-]\\d{1,9}");
  private static final Pattern JOIN = Pattern.compile(":\\s*join[:=(]?\\s?(.*?)\\)?");
  private static final Pattern EACH = Pattern.compile(":\\s*each[:=(]?\\s*(.*?)\\)?");
  private static final Pattern SEPARATOR = Pattern.compile(":\\s*([^\\w\\s<>=^.-]+\\s*)");
  private static final Pattern WIDTH = Pattern.compile(":[^<>^\\d]?([<>^])?(\\d{1,3})[a-z]?");

  private NearForm() {}

  /**
   * The value of the name.
   *
   * @param value null for a map of vars, and for torc's own words
   * @param keys those of a map; empty for no map
   * @param numbered whether it is a parameter, which has values before and after its own
   * @param size how many items {@code {needs}} or {@code {produces}} have; -1 for any other name
   */
  record Known(Value value, List<String> keys, boolean numbered, int size) {}

  /** Returns whether what follows a name in braces is hardly meant as a part of a placeholder. */
  static boolean isOther(String rest) {
    return OTHERS.matcher(rest).matches();
  }

  /** Returns whether a name may end before a character. */
  static boolean ends(char c) {
    return ENDS.indexOf(c) >= 0;
  }

  /** Returns what belongs behind the name instead of {@code rest}. */
  static String of(String rest, Known known) {
    Matcher offset = OFFSET.matcher(rest);
    if (offset.matches() && known.numbered) {
      return ":" + rest;
    } else if (!known.keys.isEmpty()) {
      return "." + known.keys.getFirst();
    } else if (known.value == null && known.size < 0) {
      return "";
    } else if (known.value instanceof Value.OfText) {
      Matcher width = WIDTH.matcher(rest);
      boolean left = width.matches() && "<".equals(width.group(1));
      return width.matches() ? ":" + (left ? "-" : "") + width.group(2) + "s" : "";
    }
    Matcher index = INDEX.matcher(rest);
    if (index.matches()) {
      int at = Integer.parseInt(index.group(2));
      int size = known.value instanceof Value.Items list ? list.items().size() : known.size;
      return "[" + (index.group(1).isEmpty() ? at : Math.max(0, size - at)) + "]";
    }
    Matcher member = MEMBER.matcher(rest);
    if (member.matches()) {
      return known.size >= 0 ? "." + member.group(1) : "[0]";
    }
    Matcher each = EACH.matcher(rest);
    Matcher join = JOIN.matcher(rest);
    Matcher separator = SEPARATOR.matcher(rest);
    return each.matches()
        ? ":each " + (each.group(1).isEmpty() ? "WORD" : each.group(1))
        : join.matches()
            ? ":join " + (join.group(1).isEmpty() ? "," : join.group(1))
            : separator.matches() ? ":join " + separator.group(1) : "";
  }
}
