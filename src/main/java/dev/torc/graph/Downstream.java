package dev.torc.graph;

import java.util.BitSet;

/** What lies behind jobs in a graph: their readers, and what follows from these. */
public final class Downstream {

  private Downstream() {}

  /** Adds the nodes that wait for one, join nodes and those that wait for them included. */
  public static void addReaders(Graph graph, int node, BitSet into) {
    Adjacency after = graph.after();
    for (int i = after.from(node); i < after.to(node); i++) {
      int reader = after.at(i);
      if (!into.get(reader)) {
        into.set(reader);
        if (!graph.isJob(reader)) {
          addReaders(graph, reader, into);
        }
      }
    }
  }

  /** Some jobs, and all that follow from them. */
  public static BitSet with(Graph graph, BitSet jobs) {
    BitSet all = (BitSet) jobs.clone();
    for (int place = 0; place < graph.nodes(); place++) {
      int node = graph.inOrder(place);
      if (all.get(node)) {
        addReaders(graph, node, all);
      }
    }
    return graph.jobsOf(all);
  }
}
