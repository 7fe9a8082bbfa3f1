package dev.torc.importing;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * A job or file as the build file will have it: a sweep with only those parameters that tell its
 * instances apart. A job that lists a parameter only to name what it depends on is one job for all
 * values of it. It knows no other targets.
 */
final class Target {

  final ParameterSweep sweep;

  /** The parameters that are left. */
  final List<String> kept;

  /** The distinct values of those, one map per instance. */
  final List<SequencedMap<String, String>> rows;

  private final Map<Map<String, String>, Integer> index = new HashMap<>();

  /** The values of a job that is written by itself: they are put into its texts; else empty. */
  final Map<String, String> values;

  Target(ParameterSweep sweep, List<String> kept) {
    this(sweep, kept, Map.of());
  }

  private Target(ParameterSweep sweep, List<String> kept, Map<String, String> values) {
    this.sweep = sweep;
    this.kept = kept;
    this.values = values;
    this.rows = List.copyOf(sweep.rows(kept));
    for (SequencedMap<String, String> row : rows) {
      index.put(row, index.size());
    }
  }

  /** Each instance by itself. */
  List<Target> unrolled() {
    Map<Map<String, String>, List<SequencedMap<String, String>>> parts = new LinkedHashMap<>();
    for (SequencedMap<String, String> row : sweep.rows()) {
      parts.computeIfAbsent(ParameterSweep.part(row, kept), key -> new ArrayList<>()).add(row);
    }
    return parts.entrySet().stream()
        .map(
            part ->
                new Target(
                    new ParameterSweep(sweep.name(), sweep.axes(), sweep.zip(), part.getValue()),
                    List.of(),
                    part.getKey()))
        .toList();
  }

  /** Its name in the workflow file, placeholders of a group as they stand. */
  String name() {
    return put(sweep.name().text());
  }

  /** A name with the values of a job that is written by itself. */
  String put(String name) {
    return ParameterSweep.expand(TextPiece.ofName(name, values.keySet()), values);
  }

  /** The number of the instance that an expansion of the sweep belongs to. */
  int instance(Map<String, String> row) {
    return index.get(ParameterSweep.part(row, kept));
  }

  /** Whether it stands for several instances, also where it happens to have one. */
  boolean isGroup() {
    return !kept.isEmpty();
  }

  /** The only value of a parameter, null where it has several. */
  String only(String parameter) {
    String first = rows.isEmpty() ? null : rows.getFirst().get(parameter);
    return rows.stream().allMatch(row -> row.get(parameter).equals(first)) ? first : null;
  }
}
