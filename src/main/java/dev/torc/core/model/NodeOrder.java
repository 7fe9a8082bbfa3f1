package dev.torc.core.model;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * A topological order of all nodes, independent of their numbers. {@link TopologicalOrder} finds
 * it.
 */
final class NodeOrder {

  final int[] nodes;
  private final int[] place;
  private final BitSet joins;
  private final boolean natural; // whether the order is that of the numbers, without joins

  /** Creates an order of nodes; {@code joins} are the join nodes. */
  NodeOrder(int[] nodes, BitSet joins) {
    this.nodes = nodes;
    this.joins = joins;
    this.place = new int[nodes.length];
    boolean same = joins.isEmpty();
    for (int i = 0; i < nodes.length; i++) {
      place[nodes[i]] = i;
      same &= nodes[i] == i;
    }
    this.natural = same;
  }

  /** Returns all nodes in display order: jobs first, then join nodes. */
  int[] ranked() {
    int[] ranked = new int[nodes.length];
    int jobs = 0;
    int others = nodes.length - joins.cardinality();
    for (int node : nodes) {
      ranked[joins.get(node) ? others++ : jobs++] = node;
    }
    return ranked;
  }

  int place(int node) {
    return place[node];
  }

  /** Sorts some nodes in display order: jobs first, then join nodes. */
  void sort(int[] some, int from, int to) {
    boolean sorted = true;
    for (int i = from + 1; !natural && sorted && i < to; i++) {
      sorted = rank(some[i - 1]) < rank(some[i]);
    }
    if (!sorted) {
      long[] ranked = new long[to - from];
      for (int i = from; i < to; i++) {
        ranked[i - from] = (long) rank(some[i]) << Integer.SIZE | some[i];
      }
      Arrays.sort(ranked);
      for (int i = from; i < to; i++) {
        some[i] = (int) ranked[i - from];
      }
    }
  }

  /** Returns nodes in display order; the same list if it is sorted. */
  List<Integer> sorted(List<Integer> some) {
    List<Integer> sorted = some.stream().sorted(this::compare).toList();
    return sorted.equals(some) ? some : sorted;
  }

  /** Returns some nodes in display order: jobs first, then join nodes. */
  int[] sorted(BitSet some) {
    int[] sorted = new int[some.cardinality()];
    int n = 0;
    for (int node = some.nextSetBit(0); node >= 0; node = some.nextSetBit(node + 1)) {
      sorted[n++] = node;
    }
    sort(sorted, 0, n);
    return sorted;
  }

  BitSet places(BitSet some) {
    BitSet places = new BitSet(nodes.length);
    for (int node = some.nextSetBit(0); node >= 0; node = some.nextSetBit(node + 1)) {
      places.set(place[node]);
    }
    return places;
  }

  /** Returns whether {@code later} waits for {@code earlier}, directly or through other nodes. */
  boolean precedes(Adjacency before, int earlier, int later) {
    int from = place[earlier];
    int reach = place[later] - from;
    if (reach <= 0) {
      return false;
    }
    BitSet seen = new BitSet(reach);
    int[] stack = new int[reach + 1];
    int top = 0;
    stack[top++] = later;
    while (top > 0) {
      int node = stack[--top];
      for (int i = before.from(node); i < before.to(node); i++) {
        int at = place[before.at(i)] - from;
        if (at == 0) {
          return true;
        }
        if (at > 0 && !seen.get(at)) {
          seen.set(at);
          stack[top++] = before.at(i);
        }
      }
    }
    return false;
  }

  int compare(int node, int other) {
    return Integer.compare(rank(node), rank(other));
  }

  /** Returns a node's place in display order: all jobs come before all join nodes. */
  private int rank(int node) {
    return joins.get(node) ? nodes.length + place[node] : place[node];
  }
}
