package dev.torc.ask;

import dev.torc.graph.Adjacency;
import dev.torc.graph.Graph;
import java.util.ArrayDeque;
import java.util.BitSet;

/**
 * What lies around some nodes of a graph: what they wait for, and what waits for them. What waits
 * for something else that they wait for is not around them.
 */
final class Surrounding {

  private Surrounding() {}

  /**
   * The nodes and all that is at most some steps before or behind them; join nodes are seen
   * through, and come with them.
   *
   * @param steps from one job or group to the next, at least 0
   */
  static BitSet of(Graph graph, BitSet nodes, int steps) {
    BitSet around = way(graph, graph.before(), nodes, steps);
    around.or(way(graph, graph.after(), nodes, steps));
    return around;
  }

  private static BitSet way(Graph graph, Adjacency next, BitSet nodes, int steps) {
    BitSet seen = (BitSet) nodes.clone();
    ArrayDeque<Integer> here = new ArrayDeque<>();
    nodes.stream().forEach(here::add);
    for (int step = 0; step < steps && !here.isEmpty(); step++) {
      ArrayDeque<Integer> there = new ArrayDeque<>();
      while (!here.isEmpty()) {
        for (int node : next.row(here.pop())) {
          if (!seen.get(node)) {
            seen.set(node);
            (graph.isJob(node) || graph.isOpen(node) ? there : here).push(node);
          }
        }
      }
      here = there;
    }
    return seen;
  }
}
