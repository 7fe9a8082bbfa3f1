package dev.torc.importing;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * A job or file of the workflow file as this torc will have it: its family, with only those
 * parameters that tell its instances apart. A job that lists a parameter only to name what it
 * depends on is one job for all its values.
 */
final class Unit {

  final Family family;

  /** The parameters that are left. */
  final List<String> kept;

  /** The distinct values of those, one map per instance. */
  final List<SequencedMap<String, String>> rows;

  private final Map<Map<String, String>, Integer> index = new HashMap<>();

  Unit(Family family, List<String> kept) {
    this.family = family;
    this.kept = kept;
    this.rows = List.copyOf(family.rows(kept));
    for (SequencedMap<String, String> row : rows) {
      index.put(row, index.size());
    }
  }

  /** The number of the instance that an expansion of the family belongs to. */
  int instance(Map<String, String> row) {
    return index.get(Family.part(row, kept));
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
