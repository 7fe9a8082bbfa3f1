package dev.torc.graph;

import java.util.ArrayDeque;
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
    ArrayDeque<Integer> open = new ArrayDeque<>();
    for (int job = jobs.nextSetBit(0); job >= 0; job = jobs.nextSetBit(job + 1)) {
      for (int node = job; node >= 0; node = open.isEmpty() ? -1 : open.pop()) {
        for (int i = graph.after().from(node); i < graph.after().to(node); i++) {
          if (!all.get(graph.after().at(i))) {
            all.set(graph.after().at(i));
            open.push(graph.after().at(i));
          }
        }
      }
    }
    return graph.jobsOf(all);
  }
}
