package dev.torc.results;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Of each thing in a store, how many results have it: what goes with the last of them frees its
 * bytes. It takes nothing away.
 */
final class Uses<N> {

  private final Map<N, Integer> counts = new HashMap<>();

  /** One result more has these, a thing that it has twice counted twice. */
  void add(List<N> names) {
    names.forEach(name -> counts.merge(name, 1, Integer::sum));
  }

  /** One result less has these; returns those that none has now. */
  List<N> remove(List<N> names) {
    List<N> free = new ArrayList<>();
    for (N name : names) {
      if (counts.merge(name, -1, Integer::sum) == 0) {
        free.add(name);
      }
    }
    return free;
  }

  /** How many there are of a thing. */
  int of(N name) {
    return counts.getOrDefault(name, 0);
  }
}
