package dev.torc.features.stores;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Counts how many results use each name in a store. The bytes of a name can be freed when its last
 * result is removed. This class removes nothing.
 */
final class Uses<N> {

  private final Map<N, Integer> counts = new HashMap<>();

  /** Adds the names of one result. A name that occurs twice counts twice. */
  void add(List<N> names) {
    names.forEach(name -> counts.merge(name, 1, Integer::sum));
  }

  /** Subtracts the names of one result. Returns the names that no result uses anymore. */
  List<N> remove(List<N> names) {
    return names.stream().filter(name -> counts.merge(name, -1, Integer::sum) == 0).toList();
  }

  int of(N name) {
    return counts.getOrDefault(name, 0);
  }
}
