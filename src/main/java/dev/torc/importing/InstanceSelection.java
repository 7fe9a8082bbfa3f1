package dev.torc.importing;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SortedSet;

/**
 * Which instances of one target each instance of another refers to, as a rule that a build file can
 * say. For each parameter there are three cases: it has the same value as a parameter of the other
 * target, it always has one value, or it takes all values. The rule is inferred from the instances
 * that the expanded names refer to, holds for all of them, or is not found.
 *
 * @param bounds by parameter of the target; without one, all values are meant
 */
record InstanceSelection(Target target, SequencedMap<String, Bound> bounds) {

  /** What a parameter is bound to. */
  sealed interface Bound {
    /** The value of a parameter of the other target. */
    record Same(String parameter) implements Bound {}

    /** Always this value. */
    record Constant(String value) implements Bound {}
  }

  /** Whether no value is left open, so that just one instance is meant. */
  boolean isOne() {
    return target.kept.stream().allMatch(p -> bounds.containsKey(p) || target.only(p) != null);
  }

  /** The one instance of a target, with all its values. */
  static InstanceSelection of(Target target, int instance) {
    SequencedMap<String, Bound> bounds = new LinkedHashMap<>();
    target.rows.get(instance).forEach((name, value) -> bounds.put(name, new Bound.Constant(value)));
    return new InstanceSelection(target, bounds);
  }

  /**
   * Finds the rule.
   *
   * @param sets for each instance of {@code from} those it refers to
   * @return null where there is none
   */
  static InstanceSelection infer(Target from, Target to, List<SortedSet<Integer>> sets) {
    if (sets.isEmpty() || sets.stream().anyMatch(SortedSet::isEmpty)) {
      return null;
    }
    boolean shared = isShared(sets);
    int cases = shared ? 1 : sets.size();
    SequencedMap<String, Bound> bounds = new LinkedHashMap<>();
    for (String parameter : to.kept) {
      if (to.only(parameter) != null) {
        continue;
      }
      Bound bound = shared ? null : same(from, to, sets, parameter);
      bound = bound == null ? constant(to, sets, cases, parameter) : bound;
      if (bound != null) {
        bounds.put(parameter, bound);
      }
    }
    InstanceSelection selection = new InstanceSelection(to, bounds);
    Map<List<String>, Integer> counts = new HashMap<>();
    for (SequencedMap<String, String> row : to.rows) {
      List<String> key = new ArrayList<>();
      bounds.keySet().forEach(name -> key.add(row.get(name)));
      counts.merge(key, 1, Integer::sum);
    }
    for (int i = 0; i < cases; i++) {
      if (!counts.get(selection.key(from.rows.get(i))).equals(sets.get(i).size())) {
        return null;
      }
    }
    return selection;
  }

  /** Whether all instances refer to the same. */
  static boolean isShared(List<SortedSet<Integer>> sets) {
    return sets.stream().allMatch(set -> set == sets.getFirst());
  }

  private List<String> key(Map<String, String> row) {
    List<String> key = new ArrayList<>();
    for (Bound bound : bounds.values()) {
      key.add(
          switch (bound) {
            case Bound.Same same -> row.get(same.parameter());
            case Bound.Constant constant -> constant.value();
          });
    }
    return key;
  }

  private static Bound same(
      Target from, Target to, List<SortedSet<Integer>> sets, String parameter) {
    List<String> candidates = new ArrayList<>(from.kept);
    // The same name first: others may have the same values by chance.
    candidates.sort((a, b) -> Boolean.compare(b.equals(parameter), a.equals(parameter)));
    for (String candidate : candidates) {
      boolean all = true;
      for (int i = 0; i < sets.size() && all; i++) {
        String value = from.rows.get(i).get(candidate);
        all = sets.get(i).stream().allMatch(j -> to.rows.get(j).get(parameter).equals(value));
      }
      if (all) {
        return new Bound.Same(candidate);
      }
    }
    return null;
  }

  private static Bound constant(
      Target to, List<SortedSet<Integer>> sets, int cases, String parameter) {
    String value = to.rows.get(sets.getFirst().first()).get(parameter);
    for (int i = 0; i < cases; i++) {
      if (!sets.get(i).stream().allMatch(j -> to.rows.get(j).get(parameter).equals(value))) {
        return null;
      }
    }
    return new Bound.Constant(value);
  }
}
