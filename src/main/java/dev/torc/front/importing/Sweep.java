package dev.torc.front.importing;

import dev.torc.base.syntax.Node;
import dev.torc.front.importing.Imported.Notes;
import dev.torc.front.importing.Text.PlacedText;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * The parameters of a job or file and all combinations of their values; without parameters, one
 * empty combination. {@link Target} decides which parameters stay in the build file, {@code
 * JobTranslation} writes them.
 *
 * @param zip whether the parameters take their values in step instead of in all combinations
 * @param rows the values by parameter, one map per combination
 */
record Sweep(List<SweepAxis> axes, boolean zip, List<Map<String, String>> rows) {

  static final Sweep NONE = new Sweep(List.of(), false, List.of(Map.of()));

  /**
   * Reads the parameters of a job or file, its own or shared ones; errors are added to the notes.
   */
  static Sweep read(MapReader entries, Map<String, Node.Entry> shared, Notes notes) {
    SequencedMap<String, Node.Entry> given = entries.entries("parameters");
    boolean own = entries.given("parameters") != null;
    for (PlacedText name : own ? List.<PlacedText>of() : entries.texts("use_parameters")) {
      Node.Entry entry = shared.get(name.text());
      if (entry != null) {
        given.put(name.text(), entry);
      } else {
        String said = "the workflow has no parameter %s, so it is not used";
        notes.changes().add(name.place(), said.formatted(name.text()));
      }
    }
    PlacedText mode = entries.text("parameter_mode");
    if (mode != null && !mode.text().matches("zip|product")) {
      notes.wrong().add(mode.place(), "parameter_mode is product or zip, not " + mode.text());
    }
    List<SweepAxis> axes = new ArrayList<>();
    given.forEach(
        (name, entry) -> {
          try {
            axes.add(SweepAxis.of(name, entry.value()));
          } catch (IllegalArgumentException e) {
            notes.wrong().add(entry.value().place(), e.getMessage());
          }
        });
    try {
      return of(axes, mode != null && mode.text().equals("zip"));
    } catch (IllegalArgumentException e) {
      notes.wrong().add(mode == null ? entries.place() : mode.place(), e.getMessage());
      return NONE;
    }
  }

  private static Sweep of(List<SweepAxis> axes, boolean zip) {
    List<Map<String, String>> rows = NONE.rows;
    for (SweepAxis axis : axes) {
      boolean inStep = zip && axis != axes.getFirst();
      int count = axis.values().size();
      if (inStep && count != rows.size()) {
        throw new IllegalArgumentException(
            "zip needs as many values of each, but %s has %d and %s has %d"
                .formatted(axes.getFirst().name(), rows.size(), axis.name(), count));
      }
      if (!inStep && (long) rows.size() * count > SweepAxis.MAX) {
        String many =
            "its parameters have more than %d combinations, which is too much for torc import";
        throw new IllegalArgumentException(many.formatted(SweepAxis.MAX));
      }
      List<Map<String, String>> longer = new ArrayList<>();
      for (int i = 0; i < rows.size(); i++) {
        for (String value : inStep ? List.of(axis.values().get(i)) : axis.values()) {
          longer.add(new LinkedHashMap<>(rows.get(i)));
          longer.getLast().put(axis.name(), value);
        }
      }
      rows = longer;
    }
    return new Sweep(axes, zip, rows);
  }

  List<String> parameters() {
    return axes.stream().map(SweepAxis::name).toList();
  }

  /** Returns the values that a combination has for some parameters. */
  static Map<String, String> part(Map<String, String> row, Collection<String> names) {
    Map<String, String> part = new LinkedHashMap<>(row);
    part.keySet().retainAll(names);
    return part;
  }

  /** Returns the values of some parameters by sorted name: a key that hashes better than a map. */
  static List<String> values(Map<String, String> row, Collection<String> names) {
    return names.stream().sorted().map(row::get).toList();
  }
}
