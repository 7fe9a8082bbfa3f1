package dev.torc.front.page;

import dev.torc.core.model.Adjacency;
import dev.torc.core.model.Adjacency.RowCollector;
import dev.torc.core.model.TopologicalOrder;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.jgrapht.alg.connectivity.KosarajuStrongConnectivityInspector;

/**
 * The stages of a graph, and the edges that other edges imply. A vertex that waits for nothing is
 * in the first stage. Any other vertex is in the stage after the last one that it waits for.
 * Vertices that wait for each other, as folded groups may, are in the same stage. This class draws
 * nothing.
 */
public record Stages(int[] stage, int count, BitSet implied) {

  /** Finds the stages of a graph, given the vertices that each vertex waits for. */
  public static Stages of(Adjacency before) {
    int[] knot = new int[before.rows()];
    int[] order = order(before, knot);
    Adjacency behind = between(before, knot, order);

    int[] level = new int[behind.rows()];
    int count = 0;
    for (int k = 0; k < level.length; k++) {
      for (int e = behind.from(k); e < behind.to(k); e++) {
        level[k] = Math.max(level[k], level[behind.at(e)] + 1);
      }
      count = Math.max(count, level[k] + 1);
    }
    int[] stage = new int[knot.length];
    Arrays.setAll(stage, v -> level[knot[v]]);
    return new Stages(stage, count, spread(implied(behind), behind, before, knot, order));
  }

  /** Returns the stage of a vertex, from 0. */
  public int of(int vertex) {
    return stage[vertex];
  }

  /**
   * Returns whether other edges imply an edge, given by its index in the rows: a longer path has
   * the same ends.
   */
  public boolean isImplied(int edge) {
    return implied.get(edge);
  }

  /** Returns the vertices that a vertex waits for, except by implied edges. */
  public int[] behind(Adjacency before, int vertex) {
    return IntStream.range(before.from(vertex), before.to(vertex))
        .filter(e -> !isImplied(e))
        .map(before::at)
        .toArray();
  }

  /**
   * Collects vertices that wait for each other into knots, and sets {@code knot} for each vertex. A
   * knot has a higher number than the knots that it waits for. Returns the vertices, knot by knot.
   * Most knots have one vertex: {@link TopologicalOrder} finds those, and JGraphT finds the rest.
   */
  private static int[] order(Adjacency before, int[] knot) {
    int[] waits = new int[knot.length];
    int[] all = IntStream.range(0, knot.length).toArray();
    int[] plain = TopologicalOrder.sorted(before, before.reversed(0), 0, all, waits);
    int[] order = Arrays.copyOf(plain, knot.length);
    for (int k = 0; k < plain.length; k++) {
      knot[plain[k]] = k;
    }
    if (plain.length < order.length) {
      int count = plain.length;
      int done = count;
      var tangle = TopologicalOrder.copy(before, v -> waits[v] > 0, _ -> true);
      // Kosaraju's algorithm finds a component after all components with an edge to it.
      for (Set<Integer> tied :
          new KosarajuStrongConnectivityInspector<>(tangle).stronglyConnectedSets()) {
        for (int v : tied) {
          knot[v] = count;
          order[done++] = v;
        }
        count++;
      }
    }
    return order;
  }

  /** Returns, for each knot, the knots that it waits for. */
  private static Adjacency between(Adjacency before, int[] knot, int[] order) {
    RowCollector rows = new RowCollector();
    for (int i = 0; i < order.length; i++) {
      int v = order[i];
      for (int e = before.from(v); e < before.to(v); e++) {
        if (knot[before.at(e)] != knot[v]) {
          rows.add(knot[before.at(e)]);
        }
      }
      if (i + 1 == order.length || knot[order[i + 1]] != knot[v]) {
        rows.endRow(true);
      }
    }
    return rows.build();
  }

  /**
   * Returns the edges that other edges imply. Every edge must go from a lower to a higher number.
   * For 64 vertices at a time, it finds which vertices they reach, up to the last one they have an
   * edge to. JGraphT's TransitiveReduction is not used: its matrix of all paths is too large.
   */
  private static BitSet implied(Adjacency behind) {
    int[] last = new int[behind.rows()];
    for (int v = 0; v < last.length; v++) {
      for (int e = behind.from(v); e < behind.to(v); e++) {
        last[behind.at(e)] = v;
      }
    }
    BitSet implied = new BitSet();
    long[] ways = new long[last.length];
    for (int first = 0; first < last.length; first += Long.SIZE) {
      int end = 0;
      for (int v = first; v < Math.min(first + Long.SIZE, last.length); v++) {
        end = Math.max(end, last[v]);
      }
      for (int v = first; v <= end; v++) {
        ways[v] = ways(behind, v, first, ways, implied);
      }
    }
    return implied;
  }

  /**
   * Returns a bit for each of the 64 vertices from {@code first} on that reaches {@code vertex}.
   * Marks the edges to {@code vertex} that other edges imply.
   */
  private static long ways(Adjacency behind, int vertex, int first, long[] ways, BitSet implied) {
    long direct = 0;
    long longer = 0;
    for (int e = behind.from(vertex); e < behind.to(vertex); e++) {
      int from = behind.at(e) - first;
      if (from >= 0) {
        direct |= from < Long.SIZE ? 1L << from : 0;
        longer |= ways[behind.at(e)];
      }
    }
    for (int e = behind.from(vertex); (direct & longer) != 0 && e < behind.to(vertex); e++) {
      int from = behind.at(e) - first;
      if (from >= 0 && from < Long.SIZE && (direct & longer & 1L << from) != 0) {
        implied.set(e);
      }
    }
    return direct | longer;
  }

  /** Returns the edges between vertices that correspond to the given edges between knots. */
  private static BitSet spread(
      BitSet some, Adjacency behind, Adjacency before, int[] knot, int[] order) {
    BitSet edges = new BitSet();
    int[] said = new int[behind.rows()]; // by knot: 1 + the last knot with a given edge from it
    for (int v : order) {
      for (int e = behind.from(knot[v]); e < behind.to(knot[v]); e++) {
        if (some.get(e)) {
          said[behind.at(e)] = knot[v] + 1;
        }
      }
      for (int e = before.from(v); e < before.to(v); e++) {
        if (said[knot[before.at(e)]] == knot[v] + 1) {
          edges.set(e);
        }
      }
    }
    return edges;
  }
}
