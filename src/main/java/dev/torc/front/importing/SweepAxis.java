package dev.torc.front.importing;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.Node;
import dev.torc.base.syntax.NumberRange;
import dev.torc.base.syntax.SourceFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * One parameter of the workflow file and its values, each once. It reads NREL torc's notation:
 * {@code 1:100}, {@code 0:1:0.25}, {@code [a,'b c']}, or one value (their {@code
 * parameter_expansion.rs}). The range has {@code from}, {@code to} and {@code step}; null if the
 * values were not written as a range.
 */
record SweepAxis(String name, List<String> values, Map<String, String> range) {

  /** The most values of a parameter, and the most combinations of a job or file. */
  static final int MAX = 200_000;

  /**
   * Reads a list of values, or a text in that notation.
   *
   * @throws IllegalArgumentException with the reason if it is neither
   */
  static SweepAxis of(String name, Node node) {
    return node instanceof Node.Sequence list
        ? list(name, list.items().stream().map(item -> text(name, item)).toList())
        : of(name, text(name, node).strip());
  }

  private static SweepAxis list(String name, List<String> values) {
    return new SweepAxis(name, values.stream().distinct().toList(), null);
  }

  private static String text(String name, Node node) {
    if (node instanceof Node.Scalar scalar) {
      return scalar.text();
    }
    throw new IllegalArgumentException(name + " must be a text, a number or a list of these");
  }

  static SweepAxis of(String name, String text) {
    // `{1:100}` is a common typo, which NREL's torc accepts.
    String given = text.matches("\\{[^,]*}") ? text.substring(1, text.length() - 1).strip() : text;
    String[] parts = given.split("\\s*:\\s*", -1);
    try {
      if (given.matches("(?s)\\[.*]")) {
        return of(name, SourceFile.parse(given.getBytes(StandardCharsets.UTF_8), "a.yaml"));
      }
    } catch (BadInput | IOException e) {
      throw new IllegalArgumentException("no list of values: " + given, e);
    }
    if (parts.length > 3) {
      throw new IllegalArgumentException(
          name + " is not a range: " + given + "; a range is START:END or START:END:STEP");
    }
    return parts.length == 1
        ? list(name, List.of(given.replaceFirst("(?s)^(['\"])(.*)\\1$", "$2")))
        : range(name, parts[0], parts[1], parts.length < 3 || parts[2].isBlank() ? "1" : parts[2]);
  }

  private static SweepAxis range(String name, String first, String last, String step) {
    String from = plain(first);
    String to = plain(last);
    SequencedMap<String, String> range = new LinkedHashMap<>();
    range.put("from", from);
    range.put("to", to);
    if (!step.equals("1")) {
      range.put("step", plain(step));
    }
    try {
      return new SweepAxis(name, NumberRange.of(from, to, plain(step), MAX), range);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(name + ": " + e.getMessage(), e);
    }
  }

  /** Returns a number without leading and trailing zeros, which NREL's torc drops. */
  private static String plain(String number) {
    return number.replaceFirst("^(-?)0+(?=\\d)", "$1").replaceFirst("(\\.\\d*?)0+$", "$1");
  }
}
