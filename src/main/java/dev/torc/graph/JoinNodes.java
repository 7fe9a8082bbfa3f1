package dev.torc.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The join nodes of a graph that is being built: one for each set of jobs that readers wait for.
 */
final class JoinNodes {

  private final int first;
  private final List<JoinNode> joins = new ArrayList<>();
  private final List<int[]> members = new ArrayList<>();
  private final Map<String, Integer> shared = new HashMap<>();

  /** Numbers join nodes from {@code first} on. */
  JoinNodes(int first) {
    this.first = first;
  }

  /** Adds a join node whoever waits for it; returns its number. */
  int add(JoinNode join, int[] behind) {
    joins.add(join);
    members.add(behind);
    return first + joins.size() - 1;
  }

  /**
   * The node that stands for all of the given ones, the same for equal keys: a join node, or the
   * one node itself; -1 where there is none to wait for.
   */
  int of(String key, String text, int[] nodes) {
    if (nodes.length <= 1) {
      return nodes.length == 0 ? -1 : nodes[0];
    }
    return shared.computeIfAbsent(key, _ -> add(new JoinNode(text, null), nodes));
  }

  int size() {
    return joins.size();
  }

  /** A join node by its index, from 0. */
  JoinNode get(int index) {
    return joins.get(index);
  }

  /** What a join node waits for, by its index. */
  int[] members(int index) {
    return members.get(index);
  }

  /** Says what a join node waits for, where that was not known when it was added. */
  void members(int index, int[] nodes) {
    members.set(index, nodes);
  }
}
