package dev.torc.importing;

import dev.torc.buildfile.NumberRange;
import dev.torc.syntax.BadInput;
import dev.torc.syntax.Node;
import dev.torc.syntax.Place;
import dev.torc.syntax.SourceFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * One parameter of the workflow file and its values, as texts. It reads NREL torc's notation:
 * {@code 1:100}, {@code 0:1:0.25}, {@code [a,'b c']}, or one value (their {@code
 * parameter_expansion.rs}).
 *
 * @param name as the workflow file has it
 * @param range from, to and step where the values were written as a range, otherwise null
 */
record SweepAxis(String name, List<String> values, Map<String, String> range) {

  /** How many values a parameter may have. */
  private static final int MAX = 1_000_000;

  /**
   * Reads a list of values, or a text in that notation.
   *
   * @throws IllegalArgumentException with the reason if it is none
   */
  static SweepAxis of(String name, Node node) {
    return node instanceof Node.Sequence list
        ? list(name, list.items().stream().map(item -> text(name, item)).toList())
        : of(name, text(name, node).strip());
  }

  private static String text(String name, Node node) {
    if (node instanceof Node.Scalar scalar) {
      return scalar.text();
    }
    throw new IllegalArgumentException(name + " must be a text, a number or a list of these");
  }

  static SweepAxis of(String name, String text) {
    // `{1:100}` is a common slip, and NREL's torc takes it.
    String given = text.matches("\\{[^,]*}") ? text.substring(1, text.length() - 1).strip() : text;
    if (given.matches("(?s)\\[.*]")) {
      return of(name, yaml(given));
    }
    String[] parts = given.split("\\s*:\\s*", -1);
    if (parts.length == 1) {
      return list(name, List.of(given.replaceFirst("(?s)^(['\"])(.*)\\1$", "$2")));
    }
    if (parts.length > 3) {
      throw new IllegalArgumentException(
          name + " is no range: " + given + "; a range is START:END or START:END:STEP");
    }
    String step = parts.length < 3 || parts[2].isBlank() ? "1" : parts[2];
    SequencedMap<String, String> range = new LinkedHashMap<>();
    range.put("from", parts[0]);
    range.put("to", parts[1]);
    if (!step.equals("1")) {
      range.put("step", step);
    }
    return new SweepAxis(name, steps(name, parts[0], parts[1], step), range);
  }

  private static Node yaml(String list) {
    try {
      return SourceFile.parse(list.getBytes(StandardCharsets.UTF_8), "a.yaml");
    } catch (BadInput | IOException e) {
      throw new IllegalArgumentException("no list of values: " + list, e);
    }
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
  private static SweepAxis list(String name, List<String> values) {
    return new SweepAxis(name, List.copyOf(new LinkedHashSet<>(values)), null);
  }

  /** Says it where a range of one value looks like a number of steps. */
  void checkStep(Place place, Notes notes) {
    if (range != null && values.size() == 1 && !range.get("from").equals(range.get("to"))) {
      notes.say(
          place,
          "the range of %s is one value, %s: what stands last is the step; if a number of values was meant, write them as a list"
              .formatted(name, values.getFirst()));
    }
  }
}
