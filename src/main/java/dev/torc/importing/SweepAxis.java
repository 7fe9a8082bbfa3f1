package dev.torc.importing;

import dev.torc.buildfile.NumberRange;
import dev.torc.syntax.Place;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * One parameter of the workflow file and its values, as texts. It reads NREL torc's notation:
 * {@code 1:100}, {@code 0:1:0.25}, {@code [a,'b c']}, or one value (their {@code
 * parameter_expansion.rs}).
 *
 * @param name as the workflow file has it
 * @param range from, to and step where the values were written as a range, otherwise empty
 */
record SweepAxis(Place place, String name, List<String> values, List<String> range) {

  /** How many values a parameter may have. */
  private static final int MAX = 1_000_000;

  /**
   * Reads the notation.
   *
   * @throws IllegalArgumentException with the reason if it is none
   */
  static SweepAxis of(Place place, String name, String text) {
    String given = text.strip();
    // `{1:100}` is a common slip, and NREL's torc takes it.
    if (given.startsWith("{") && given.endsWith("}") && given.indexOf(',') < 0) {
      given = given.substring(1, given.length() - 1).strip();
    }
    if (given.startsWith("[") && given.endsWith("]") && given.length() > 1) {
      return list(place, name, items(given.substring(1, given.length() - 1)));
    }
    if (given.indexOf(':') < 0) {
      return list(place, name, List.of(unquoted(given)));
    }
    String[] parts = given.split(":", -1);
    if (parts.length > 3) {
      throw new IllegalArgumentException(
          name + " is no range: " + given + "; a range is START:END or START:END:STEP");
    }
    String from = parts[0].strip();
    String to = parts[1].strip();
    String step = parts.length < 3 || parts[2].isBlank() ? "1" : parts[2].strip();
    return new SweepAxis(place, name, steps(name, from, to, step), List.of(from, to, step));
  }

  private static List<String> steps(String name, String from, String to, String step) {
    try {
      return NumberRange.of(from, to, step, MAX);
    } catch (IllegalArgumentException e) {
      if (e.getMessage().contains("leads away")) {
        return List.of();
      }
      throw new IllegalArgumentException(name + ": " + e.getMessage(), e);
    }
  }

  /** A parameter with these values; equal ones count once. */
  static SweepAxis list(Place place, String name, List<String> values) {
    return new SweepAxis(place, name, List.copyOf(new LinkedHashSet<>(values)), List.of());
  }

  /** What stands between the commas; a comma in quotes separates nothing. */
  private static List<String> items(String text) {
    List<String> items = new ArrayList<>();
    StringBuilder item = new StringBuilder();
    char quote = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quote == 0 && c == ',') {
        items.add(unquoted(item.toString().strip()));
        item.setLength(0);
        continue;
      }
      if (quote != 0 && c == quote) {
        quote = 0;
      } else if (quote == 0 && (c == '\'' || c == '"') && item.toString().isBlank()) {
        quote = c;
      }
      item.append(c);
    }
    if (quote != 0) {
      throw new IllegalArgumentException("a quote is not closed in the list [" + text + "]");
    }
    if (!items.isEmpty() || !item.toString().isBlank()) {
      items.add(unquoted(item.toString().strip()));
    }
    return items;
  }

  private static String unquoted(String item) {
    boolean quoted =
        item.length() > 1
            && (item.charAt(0) == '\'' || item.charAt(0) == '"')
            && item.charAt(item.length() - 1) == item.charAt(0);
    return quoted ? item.substring(1, item.length() - 1) : item;
  }
}
