package dev.torc.features.groups;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.NearestName;
import dev.torc.base.syntax.Place;
import dev.torc.core.model.InstanceName;
import dev.torc.features.reading.Value;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a group says about its instances besides the sources of their values.
 *
 * @param key the parameters that name the instances; empty if the sources decide that
 * @param place where the key is
 * @param excludes the combinations that are no instances
 */
public record InstanceRules(List<String> key, Place place, List<LeftOutValues> excludes) {

  static final InstanceRules NONE = new InstanceRules(List.of(), Place.NONE, List.of());

  /** An entry of {@code exclude}: the combinations that have one of these values of each name. */
  record LeftOutValues(Place place, SortedMap<String, Set<String>> values) {

    private boolean matches(List<String> names, List<Value> row) {
      for (Map.Entry<String, Set<String>> each : values.entrySet()) {
        Value value = row.get(names.indexOf(each.getKey()));
        List<Value> some = value instanceof Value.Items list ? list.items() : List.of(value);
        if (some.stream().noneMatch(one -> each.getValue().contains(one.text()))) {
          return false;
        }
      }
      return true;
    }

    private BadInput.Diagnostic unused(String group) {
      List<String> said = new ArrayList<>();
      values.forEach((name, some) -> said.add(name + ": " + String.join(", ", some)));
      String line = "excludes nothing: no instance of %s has %s";
      return new BadInput.Diagnostic(place, line.formatted(group, String.join(", ", said)));
    }
  }

  /**
   * Checks that each name is a parameter.
   *
   * @throws BadInput for any other name
   */
  void check(String group, List<String> names) {
    key.forEach(name -> require(name, place, group, names));
    excludes.forEach(
        each -> each.values.keySet().forEach(name -> require(name, each.place, group, names)));
  }

  private static void require(String name, Place place, String group, List<String> names) {
    if (!names.contains(name)) {
      String hint = NearestName.hint(name, names, "; it has ");
      throw new BadInput(place, group + " has no parameter " + name + hint);
    }
  }

  /** Checks and counts the instances of one expansion. */
  final class Combinations {

    private final String group;
    private final List<String> names;
    private final BitSet used = new BitSet();
    private final Map<List<Value>, Place> named = new HashMap<>();

    Combinations(String group, List<String> names) {
      this.group = group;
      this.names = names;
    }

    /**
     * Returns whether a combination of values is an instance.
     *
     * @throws BadInput if another one has the same key
     */
    boolean takes(Axis.Row row) {
      boolean excluded = false;
      for (int i = 0; i < excludes.size(); i++) {
        if (excludes.get(i).matches(names, row.values())) {
          used.set(i);
          excluded = true;
        }
      }
      if (!excluded && !key.isEmpty()) {
        List<Value> values =
            key.stream().map(each -> row.values().get(names.indexOf(each))).toList();
        Place earlier = named.putIfAbsent(values, row.place());
        if (earlier != null) {
          SortedMap<String, String> shown = new TreeMap<>();
          key.forEach(each -> shown.put(each, row.values().get(names.indexOf(each)).toString()));
          String same = new InstanceName("", shown).toString().substring(1);
          throw new BadInput(row.place(), "the same key as at " + earlier + ": " + same);
        }
      }
      return !excluded;
    }

    /** Returns a warning for each entry of {@code exclude} that excludes nothing. */
    List<BadInput.Diagnostic> unused() {
      List<BadInput.Diagnostic> lines = new ArrayList<>(0);
      for (int i = 0; i < excludes.size(); i++) {
        if (!used.get(i)) {
          lines.add(excludes.get(i).unused(group));
        }
      }
      return lines;
    }
  }
}
