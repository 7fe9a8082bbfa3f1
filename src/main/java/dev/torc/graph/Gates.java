package dev.torc.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The gates of a graph that is being built: one for each set of jobs that readers wait for. */
final class Gates {

  private final int first;
  private final List<Gate> gates = new ArrayList<>();
  private final List<int[]> members = new ArrayList<>();
  private final Map<String, Integer> shared = new HashMap<>();

  /** Numbers gates from {@code first} on. */
  Gates(int first) {
    this.first = first;
  }

  /** Adds a gate whoever waits for it; returns its number. */
  int add(Gate gate, int[] behind) {
    gates.add(gate);
    members.add(behind);
    return first + gates.size() - 1;
  }

  /**
   * The node that stands for all of the given ones, the same for equal keys: a gate, or the one
   * node itself; -1 where there is none to wait for.
   */
  int of(String key, String text, int[] nodes) {
    if (nodes.length <= 1) {
      return nodes.length == 0 ? -1 : nodes[0];
    }
    return shared.computeIfAbsent(key, _ -> add(new Gate(text, null), nodes));
  }

  int size() {
    return gates.size();
  }

  /** A gate by its index, from 0. */
  Gate get(int index) {
    return gates.get(index);
  }

  /** What a gate waits for, by its index. */
  int[] members(int index) {
    return members.get(index);
  }

  /** Says what a gate waits for, where that was not known when it was added. */
  void members(int index, int[] nodes) {
    members.set(index, nodes);
  }
}
