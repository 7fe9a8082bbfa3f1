package dev.torc.importing;

import dev.torc.syntax.JsonText;
import dev.torc.syntax.Place;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Writes maps, lists and texts as YAML that a person would write: blocks, short lists on one line,
 * quotes only where they are needed. It remembers which line came from which place. It knows no
 * keys.
 */
final class YamlWriter {

  /** How long a list or map on one line may be. */
  private static final int WIDTH = 72;

  private static final Pattern PLAIN =
      Pattern.compile("[^\\s\\-?:,\\[\\]{}#&*!|>'\"%@`=~][^\\n]*|-[^\\s\\-][^\\n]*|[=~][^\\n]+");

  /** A value that came from a place of the workflow file. */
  record Placed(Place place, Object value) {}

  /** A map that stands on one line where it is short. */
  record Flow(Map<String, ?> map) {}

  /** A text that stands without quotes: a number, {@code null}. */
  record Bare(String text) {}

  /** A text in quotes, also where it could stand without. */
  record Quoted(String text) {}

  private final StringBuilder out = new StringBuilder();
  private final NavigableMap<Integer, Place> places = new TreeMap<>();
  private int line = 1;

  /** What was written so far. */
  String text() {
    return out.toString();
  }

  /** For each line where something placed begins, its place. */
  NavigableMap<Integer, Place> places() {
    return places;
  }

  /** Writes a line as it stands: a comment, or an empty one. */
  void line(String text) {
    append(text + "\n");
  }

  /** Writes an entry of the map at the top. */
  void entry(String key, Object value) {
    entry(key, value, 0);
  }

  /** Writes a map of maps at the top, a blank line between them where they are long. */
  void section(String key, Map<?, ?> entries) {
    line(key + ":");
    boolean first = true;
    for (Map.Entry<?, ?> each : entries.entrySet()) {
      if (!first && isLong(each.getValue())) {
        line("");
      }
      first = false;
      entry(each.getKey().toString(), each.getValue(), 2);
    }
  }

  private static boolean isLong(Object value) {
    return value instanceof Placed placed ? isLong(placed.value()) : value instanceof Map;
  }

  private void entry(String key, Object value, int indent) {
    append(" ".repeat(indent) + scalar(key, false) + ":");
    value(value, indent);
  }

  /** Writes what stands behind a key or the dash of a list. */
  private void value(Object value, int indent) {
    switch (value) {
      case Placed placed -> {
        places.put(line, placed.place());
        value(placed.value(), indent);
      }
      case Map<?, ?> map when !map.isEmpty() -> {
        append("\n");
        map.forEach((key, each) -> entry(key.toString(), each, indent + 2));
      }
      case List<?> list when !list.isEmpty() && !isShort(list) -> {
        append("\n");
        for (Object item : list) {
          append(" ".repeat(indent + 2) + "-");
          if (item instanceof Map<?, ?> map) {
            // The first key stands behind the dash.
            int start = out.length();
            map.forEach((key, each) -> entry(key.toString(), each, indent + 4));
            out.replace(start, start + indent + 4, " ");
          } else {
            value(item, indent + 2);
          }
        }
      }
      case String text when isBlock(text) -> {
        append(text.endsWith("\n") ? " |\n" : " |-\n");
        text.lines()
            .forEach(each -> append(each.isEmpty() ? "\n" : " ".repeat(indent + 2) + each + "\n"));
      }
      default -> append(" " + flow(value, false) + "\n");
    }
  }

  private static boolean isShort(List<?> list) {
    boolean leaves =
        list.stream().noneMatch(item -> item instanceof Map || item instanceof Collection);
    return leaves && flow(list, true).length() <= WIDTH;
  }

  private static String flow(Object value, boolean inside) {
    return switch (value) {
      case Placed placed -> flow(placed.value(), inside);
      case Quoted quoted -> quote(quoted.text());
      case Bare bare -> bare.text();
      case Flow flow -> map(flow.map());
      case Map<?, ?> map -> map(map);
      case Collection<?> list ->
          list.stream().map(item -> flow(item, true)).collect(Collectors.joining(", ", "[", "]"));
      default -> scalar(value.toString(), inside);
    };
  }

  private static String map(Map<?, ?> map) {
    if (map.isEmpty()) {
      return "{}";
    }
    return map.entrySet().stream()
        .map(each -> scalar(each.getKey().toString(), true) + ": " + flow(each.getValue(), true))
        .collect(Collectors.joining(", ", "{ ", " }"));
  }

  /** Whether a text of several lines can stand as a block and be read back as it is. */
  private static boolean isBlock(String text) {
    int end = text.length() - (text.endsWith("\n") ? 1 : 0);
    return text.indexOf('\n') >= 0
        && end > 0
        && text.charAt(end - 1) != '\n'
        && !text.startsWith(" ")
        && !text.startsWith("\n")
        && !text.startsWith("\t")
        && text.lines().noneMatch(each -> !each.isEmpty() && each.isBlank())
        && text.codePoints().allMatch(c -> c == '\n' || c == '\t' || isPrintable(c));
  }

  private static boolean isPrintable(int c) {
    return c >= 0x20 && c < 0x7f
        || c >= 0xa0
            && c != 0xfeff
            && c != 0x2028
            && c != 0x2029
            && c < 0xfffe
            && !(c >= 0xd800 && c < 0xe000)
        || c > 0xffff;
  }

  private static String scalar(String text, boolean inside) {
    boolean plain =
        PLAIN.matcher(text).matches()
            && !text.contains(": ")
            && !text.contains(" #")
            && !text.endsWith(":")
            && !text.endsWith(" ")
            && !text.equals("null")
            && !text.equals("<<")
            && !text.equals("...")
            && text.codePoints().allMatch(YamlWriter::isPrintable)
            && (!inside || text.chars().noneMatch(c -> ",[]{}".indexOf(c) >= 0));
    return plain ? text : quote(text);
  }

  private static String quote(String text) {
    if (text.codePoints().allMatch(YamlWriter::isPrintable)) {
      boolean single = text.indexOf('"') >= 0 || text.indexOf('\\') >= 0;
      return single ? "'" + text.replace("'", "''") + "'" : '"' + text + '"';
    }
    // In double quotes YAML reads what JSON does; what it may not hold is written by its number.
    return JsonText.string(text)
        .codePoints()
        .mapToObj(c -> isPrintable(c) ? Character.toString(c) : "\\u%04X".formatted(c))
        .collect(Collectors.joining());
  }

  private void append(String text) {
    out.append(text);
    for (int i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) {
      line++;
    }
  }
}
