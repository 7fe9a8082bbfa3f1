package dev.torc.core.model;

import java.util.BitSet;

/** Collects the nodes before and after given nodes of a graph. */
public final class Downstream {

  private Downstream() {}

  /** Adds the nodes that wait for a node, and the join nodes between. */
  public static void addReaders(Graph graph, int node, BitSet into) {
    add(graph, graph.after(), node, into);
  }

  /** Adds the nodes that a node waits for, and the join nodes between. */
  public static void addBefore(Graph graph, int node, BitSet into) {
    add(graph, graph.before(), node, into);
  }

  /** Returns the jobs that a job waits for, directly or through join nodes. */
  public static int[] jobsBefore(Graph graph, int job) {
    BitSet found = new BitSet();
    addBefore(graph, job, found);
    return graph.jobsOf(found).stream().toArray();
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

  /** Returns the given jobs and all jobs that wait for them, directly or through other nodes. */
  public static BitSet with(Graph graph, BitSet jobs) {
    return graph.jobsOf(graph.after().along(jobs));
  }
}
