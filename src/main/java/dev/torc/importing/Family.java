package dev.torc.importing;

import dev.torc.workflow.Format;
import dev.torc.workflow.Place;
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
 * A job or file of the workflow file with its parameters: what it is expanded to there. One without
 * parameters has one row.
 *
 * @param name with its placeholders
 * @param zip whether the values are taken in step
 * @param rows the values by parameter, one map per expansion
 */
record Family(Text name, List<Axis> axes, boolean zip, List<SequencedMap<String, String>> rows) {

  /** How many expansions a job or file may have. */
  private static final int MAX = 200_000;

  /**
   * Expands.
   *
   * @throws IllegalArgumentException with the reason where that cannot be
   */
  static Family of(Text name, List<Axis> axes, boolean zip) {
    List<SequencedMap<String, String>> rows = new ArrayList<>();
    if (zip && !axes.isEmpty()) {
      Axis first = axes.getFirst();
      for (Axis axis : axes) {
        if (axis.values().size() != first.values().size()) {
          throw new IllegalArgumentException(
              "zip needs as many values of each, but %s has %d and %s has %d"
                  .formatted(
                      first.name(), first.values().size(), axis.name(), axis.values().size()));
        }
      }
      for (int i = 0; i < first.values().size(); i++) {
        SequencedMap<String, String> row = new LinkedHashMap<>();
        for (Axis axis : axes) {
          row.put(axis.name(), axis.values().get(i));
        }
        rows.add(row);
      }
    } else {
      rows.add(new LinkedHashMap<>());
      for (Axis axis : axes) {
        if ((long) rows.size() * axis.values().size() > MAX) {
          throw new IllegalArgumentException(
              "its parameters have more than "
                  + MAX
                  + " combinations, which is too much for torc import");
        }
        List<SequencedMap<String, String>> next = new ArrayList<>();
        for (SequencedMap<String, String> row : rows) {
          for (String value : axis.values()) {
            SequencedMap<String, String> longer = new LinkedHashMap<>(row);
            longer.put(axis.name(), value);
            next.add(longer);
          }
        }
        rows = next;
      }
    }
    return new Family(name, axes, zip, rows);
  }

  Place place() {
    return name.place();
  }

  /** The names of its parameters. */
  List<String> parameters() {
    return axes.stream().map(Axis::name).toList();
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

  /** A text of this family in one of its expansions; what is no parameter's stays. */
  static String expand(List<Piece> pieces, Map<String, String> row) {
    return pieces.stream()
        .map(
            piece ->
                switch (piece) {
                  case Piece.Plain plain -> plain.text();
                  case Piece.Hole hole -> format(hole.format(), row.get(hole.name()));
                  case Piece.Reference _ ->
                      throw new IllegalStateException("a reference within a name");
                })
        .collect(Collectors.joining());
  }

  /** A value in a format; as it is in one that does not fit, as NREL's torc has it. */
  static String format(String format, String value) {
    if (format == null || !fits(format, value)) {
      return value;
    }
    return Format.apply(format, value);
  }

  /** Whether torc takes this format for this value. */
  static boolean fits(String format, String value) {
    try {
      // A width without zeros would pad with blanks, which NREL's torc does not.
      return format.matches("[-+#0]*[0-9]*(\\.[0-9]+)?[dixXoeEfgGs]")
          && Format.apply(format, value).indexOf(' ') < 0;
    } catch (IllegalArgumentException no) {
      return false;
    }
  }

  /** Whether torc takes this format for all values of a parameter. */
  boolean fits(Piece.Hole hole) {
    return axes.stream()
        .filter(axis -> axis.name().equals(hole.name()))
        .flatMap(axis -> axis.values().stream())
        .allMatch(value -> fits(hole.format(), value));
  }
}
