package dev.torc.graph;

import java.util.ArrayDeque;
import java.util.BitSet;

/** Finds the nodes before and behind a node of a graph, and all that follows from some jobs. */
public final class Downstream {

  private Downstream() {}

  /** Adds the nodes that wait for a node, directly or through join nodes, and these join nodes. */
  public static void addReaders(Graph graph, int node, BitSet into) {
    add(graph, graph.after(), node, into);
  }

  /** Adds the nodes that a node waits for, directly or through join nodes, and these join nodes. */
  public static void addBefore(Graph graph, int node, BitSet into) {
    add(graph, graph.before(), node, into);
  }

  private static void add(Graph graph, Adjacency edges, int node, BitSet into) {
    for (int i = edges.from(node); i < edges.to(node); i++) {
      int next = edges.at(i);
      if (!into.get(next)) {
        into.set(next);
        if (!graph.isJob(next)) {
          add(graph, edges, next, into);
        }
      }
    }
  }

  /** Returns some jobs, and all that follow from them. */
  public static BitSet with(Graph graph, BitSet jobs) {
    return graph.jobsOf(along(graph.after(), jobs));
  }

  /** Returns some nodes, and all nodes that ways along the edges lead to from them. */
  static BitSet along(Adjacency edges, BitSet nodes) {
    BitSet all = (BitSet) nodes.clone();
    ArrayDeque<Integer> open = new ArrayDeque<>();
    for (int first = nodes.nextSetBit(0); first >= 0; first = nodes.nextSetBit(first + 1)) {
      for (int node = first; node >= 0; node = open.isEmpty() ? -1 : open.pop()) {
        for (int i = edges.from(node); i < edges.to(node); i++) {
          if (!all.get(edges.at(i))) {
            all.set(edges.at(i));
            open.push(edges.at(i));
          }
        }
      }
    }
    return all;
  }
}
