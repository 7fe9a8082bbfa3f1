package dev.torc.results;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Counts for each name in a store how many results have it: its bytes are freed when the last of
 * them goes. It removes nothing.
 */
final class Uses<N> {

  private final Map<N, Integer> counts = new HashMap<>();

  /** Adds the names of one more result; a name that it has twice counts twice. */
  void add(List<N> names) {
    names.forEach(name -> counts.merge(name, 1, Integer::sum));
  }

  /** Subtracts the names of one result; returns those that no result has now. */
  List<N> remove(List<N> names) {
    List<N> free = new ArrayList<>();
    for (N name : names) {
      if (counts.merge(name, -1, Integer::sum) == 0) {
        free.add(name);
      }
    }
    return free;
  }

  int of(N name) {
    return counts.getOrDefault(name, 0);
  }
}
