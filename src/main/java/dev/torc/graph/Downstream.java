package dev.torc.graph;

import java.util.BitSet;

/** What lies behind jobs in a graph: their readers, and what follows from these. */
public final class Downstream {

  private Downstream() {}

  /** Adds the nodes that wait for one, join nodes and those that wait for them included. */
  public static void addReaders(Graph graph, int node, BitSet into) {
    for (int reader : graph.after().row(node)) {
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
    for (int j = all.nextSetBit(0); j >= 0 && graph.isJob(j); j = all.nextSetBit(j + 1)) {
      addReaders(graph, j, all);
    }
    return all.get(0, graph.jobs());
  }
}
