package dev.torc.importing;

import dev.torc.buildfile.PlaceholderFormat;
import dev.torc.syntax.Place;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.stream.Collectors;

/**
 * A job or file as the workflow file has it, with its parameters and all combinations of their
 * values. Without parameters there is one combination, an empty one. Which parameters the build
 * file keeps is said by {@link Target}.
 *
 * @param name with its placeholders
 * @param zip whether the values are taken in step
 * @param rows the values by parameter, one map per expansion
 */
record ParameterSweep(
    PlacedText name, List<SweepAxis> axes, boolean zip, List<SequencedMap<String, String>> rows) {

  /** How many expansions a job or file may have. */
  private static final int MAX = 200_000;

  /**
   * Expands.
   *
   * @throws IllegalArgumentException with the reason where that cannot be
   */
  static ParameterSweep of(PlacedText name, List<SweepAxis> axes, boolean zip) {
    List<SequencedMap<String, String>> rows = new ArrayList<>(List.of(new LinkedHashMap<>()));
    for (SweepAxis axis : axes) {
      boolean inStep = zip && axis != axes.getFirst();
      int count = axis.values().size();
      if (inStep && count != rows.size()) {
        throw new IllegalArgumentException(
            "zip needs as many values of each, but %s has %d and %s has %d"
                .formatted(axes.getFirst().name(), rows.size(), axis.name(), count));
      }
      if (!zip && (long) rows.size() * count > MAX) {
        throw new IllegalArgumentException(
            "its parameters have more than %d combinations, which is too much for torc import"
                .formatted(MAX));
      }
      List<SequencedMap<String, String>> longer = new ArrayList<>();
      for (int i = 0; i < rows.size(); i++) {
        for (String value : inStep ? List.of(axis.values().get(i)) : axis.values()) {
          SequencedMap<String, String> row = new LinkedHashMap<>(rows.get(i));
          row.put(axis.name(), value);
          longer.add(row);
        }
      }
      rows = longer;
    }
    return new ParameterSweep(name, axes, zip, rows);
  }

  Place place() {
    return name.place();
  }

  /** The names of its parameters. */
  List<String> parameters() {
    return axes.stream().map(SweepAxis::name).toList();
  }

  /** The distinct rows of some of the parameters. */
  SequencedSet<SequencedMap<String, String>> rows(Collection<String> kept) {
    SequencedSet<SequencedMap<String, String>> distinct = new LinkedHashSet<>();
    rows.forEach(row -> distinct.add(part(row, kept)));
    return distinct;
  }

  /** Some of the values of a row. */
  static SequencedMap<String, String> part(Map<String, String> row, Collection<String> kept) {
    SequencedMap<String, String> part = new LinkedHashMap<>();
    row.forEach(
        (name, value) -> {
          if (kept.contains(name)) {
            part.put(name, value);
          }
        });
    return part;
  }

  /** A text of this sweep in one of its expansions; what is no parameter's stays. */
  static String expand(List<TextPiece> pieces, Map<String, String> row) {
    return pieces.stream()
        .map(
            piece ->
                switch (piece) {
                  case TextPiece.Plain plain -> plain.text();
                  case TextPiece.Hole hole -> format(hole.format(), row.get(hole.name()));
                  case TextPiece.Reference _ ->
                      throw new IllegalStateException("a reference within a name");
                })
        .collect(Collectors.joining());
  }

  /** A value in a format; as it is in one that does not fit, as NREL's torc has it. */
  static String format(String format, String value) {
    if (format == null || !fits(format, value)) {
      return value;
    }
    return PlaceholderFormat.apply(format, value);
  }

  /** Whether torc takes this format for this value. */
  static boolean fits(String format, String value) {
    try {
      // A width without zeros would pad with blanks, which NREL's torc does not.
      return format.matches("[-+#0]*[0-9]*(\\.[0-9]+)?[dixXoeEfgGs]")
          && PlaceholderFormat.apply(format, value).indexOf(' ') < 0;
    } catch (IllegalArgumentException no) {
      return false;
    }
  }

  /** Whether torc takes this format for all values of a parameter. */
  boolean fits(TextPiece.Hole hole) {
    return axes.stream()
        .filter(axis -> axis.name().equals(hole.name()))
        .flatMap(axis -> axis.values().stream())
        .allMatch(value -> fits(hole.format(), value));
  }
}
