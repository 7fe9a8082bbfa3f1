package dev.torc.graph;

import java.util.ArrayDeque;
import java.util.BitSet;

/** What lies behind and before jobs in a graph, join nodes seen through, and what follows. */
public final class Downstream {

  private Downstream() {}

  /** Adds the nodes that wait for one, join nodes and those that wait for them included. */
  public static void addReaders(Graph graph, int node, BitSet into) {
    add(graph, graph.after(), node, into);
  }

  /** Adds the nodes that one waits for, join nodes and what these wait for included. */
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
