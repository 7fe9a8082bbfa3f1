package dev.torc.core.model;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.Place;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import java.util.stream.Stream;
import org.jgrapht.alg.connectivity.KosarajuStrongConnectivityInspector;
import org.jgrapht.graph.DefaultDirectedGraph;
import org.jgrapht.traverse.BreadthFirstIterator;

/**
 * Orders the nodes so that each comes after all nodes that it waits for. Keeps the jobs as close to
 * the order of the build file as possible (Kahn's algorithm). Refuses a cycle and names the
 * shortest one.
 */
public final class TopologicalOrder {

  private static final int SHOWN = 10; // nodes at each end of a long cycle in a message

  private static final int MOST_STEPS = 1_000_000;

  private TopologicalOrder() {}

  /**
   * Returns the nodes in topological order; throws {@link BadInput} for a cycle. {@code patterns}
   * returns which pattern of a node's needs matches a product of another node, or nothing.
   */
  static int[] of(
      Adjacency before,
      int[] written,
      IntFunction<String> names,
      IntFunction<Place> places,
      BiFunction<Integer, Integer, String> patterns) {
    int nodes = before.rows();
    if (written.length == nodes && isWrittenInOrder(before)) {
      return written;
    }
    Adjacency after = before.reversed(0);
    int[] waiting = new int[nodes];
    int[] order = sorted(before, after, 0, written, waiting);
    if (order.length < nodes) {
      throw refusal(shortestCycle(before, after, written, waiting), names, places, patterns);
    }
    return order;
  }

  /**
   * Returns the order of a graph that grew from {@code base}. Each new node comes right before the
   * first node that waits for it, and the old nodes keep their order. {@code renewed} has all new
   * nodes and the old nodes that wait for other nodes than before. Returns null if an old node
   * would have to move, and also for a cycle.
   */
  static int[] grown(Adjacency before, int[] written, NodeOrder base, BitSet renewed) {
    int first = base.nodes.length;
    int count = before.rows() - first;
    int[] added = sorted(before, before.reversed(first), first, written, new int[count]);
    if (added.length < count) {
      return null;
    }
    int[] slot = new int[before.rows()]; // a place among the old nodes; a new node comes before it
    Arrays.setAll(slot, node -> node < first ? base.place(node) : first);
    for (int k = renewed.nextSetBit(0); k >= 0; k = renewed.nextSetBit(k + 1)) {
      int node = k < first ? k : added[first + count - 1 - k]; // new nodes from last to first
      for (int i = before.from(node); i < before.to(node); i++) {
        int earlier = before.at(i);
        if (earlier >= first) {
          slot[earlier] = Math.min(slot[earlier], slot[node]);
        } else if (slot[earlier] >= slot[node]) {
          return null;
        }
      }
    }
    return merged(base.nodes, added, slot);
  }

  private static int[] merged(int[] nodes, int[] added, int[] slot) {
    long[] ranked = new long[added.length];
    Arrays.setAll(ranked, k -> (long) slot[added[k]] << Integer.SIZE | k);
    Arrays.sort(ranked);
    int[] all = new int[slot.length];
    int from = 0;
    for (int k = 0; k < ranked.length; k++) {
      int to = (int) (ranked[k] >>> Integer.SIZE);
      System.arraycopy(nodes, from, all, from + k, to - from);
      all[to + k] = added[(int) ranked[k]];
      from = to;
    }
    System.arraycopy(nodes, from, all, from + added.length, nodes.length - from);
    return all;
  }

  /**
   * Returns the nodes from {@code first} on in topological order, ignoring all lower nodes. Omits
   * the nodes of a cycle and the nodes that wait for them. Sets {@code waiting}, for each node, to
   * how many nodes it still waits for.
   */
  public static int[] sorted(
      Adjacency before, Adjacency after, int first, int[] written, int[] waiting) {
    int[] position = new int[waiting.length];
    Arrays.fill(position, -1);
    for (int i = 0; i < written.length; i++) {
      if (written[i] >= first) {
        position[written[i] - first] = i;
      }
    }
    BitSet jobs = new BitSet(); // by position
    BitSet joins = new BitSet();
    for (int n = 0; n < waiting.length; n++) {
      for (int i = before.from(first + n); i < before.to(first + n); i++) {
        waiting[n] += before.at(i) >= first ? 1 : 0;
      }
      if (waiting[n] == 0) {
        (position[n] < 0 ? joins : jobs).set(position[n] < 0 ? n : position[n]);
      }
    }
    int[] order = new int[waiting.length];
    int done = 0;
    int next = 0;
    while (true) {
      // Place join nodes as early as possible, so that none delays a job written early.
      int n = joins.nextSetBit(0);
      if (n >= 0) {
        joins.clear(n);
      } else {
        next = jobs.nextSetBit(next);
        if (next < 0) {
          break;
        }
        jobs.clear(next);
        n = written[next] - first;
      }
      order[done++] = first + n;
      for (int i = after.from(n); i < after.to(n); i++) {
        int later = after.at(i);
        if (--waiting[later] > 0) {
          continue;
        } else if (position[later] < 0) {
          joins.set(later);
        } else {
          jobs.set(position[later]);
          next = Math.min(next, position[later]);
        }
      }
    }
    return done < order.length ? Arrays.copyOf(order, done) : order;
  }

  /**
   * Returns whether each node waits only for nodes with lower numbers, so that no node has to move.
   */
  private static boolean isWrittenInOrder(Adjacency before) {
    for (int n = 0; n < before.rows(); n++) {
      for (int i = before.from(n); i < before.to(n); i++) {
        if (before.at(i) >= n) {
          return false;
        }
      }
    }
    return true;
  }

  /**
   * Returns the error for a cycle. The message starts with the job that the build file has first.
   */
  private static BadInput refusal(
      List<Integer> cycle,
      IntFunction<String> names,
      IntFunction<Place> places,
      BiFunction<Integer, Integer, String> patterns) {
    List<Integer> turned = new ArrayList<>(cycle);
    Collections.rotate(turned, -cycle.indexOf(Collections.min(cycle)));
    List<String> shown = new ArrayList<>();
    turned.forEach(node -> shown.add(names.apply(node)));
    int others = shown.size() - 2 * SHOWN;
    if (others > 0) {
      shown.subList(SHOWN, SHOWN + others).clear();
      shown.add(SHOWN, "… " + others + " more …");
    }
    shown.add(shown.getFirst());
    StringBuilder matches = new StringBuilder();
    for (int i = 0; i < turned.size() && turned.size() <= 2 * SHOWN; i++) {
      for (int by = 1; by <= 2; by++) { // a list may be a node between them
        String match = patterns.apply(turned.get(i), turned.get((i + by) % turned.size()));
        matches.append(match.isEmpty() ? "" : "; " + match);
      }
    }
    return new BadInput(
        places.apply(turned.getFirst()),
        "dependency cycle: %s%s; remove one of these needs"
            .formatted(String.join(" → ", shown), matches));
  }

  /**
   * Returns the shortest cycle among the nodes that never became ready. Each node in it waits for
   * the next. Nodes that only wait for a cycle are excluded: there may be a million. Searches
   * breadth-first from each node of a strongly connected component, no deeper than the best cycle
   * so far. After a fixed number of steps, the best cycle found is returned.
   */
  private static List<Integer> shortestCycle(
      Adjacency before, Adjacency after, int[] written, int[] waiting) {
    int[] readers = new int[waiting.length]; // above 0: never ready in a reversed sort
    sorted(after, before, 0, written, readers);
    var tangle = copy(before, n -> waiting[n] > 0 && readers[n] > 0, _ -> true);
    List<Integer> best = List.of();
    long steps = 0;
    for (var component :
        new KosarajuStrongConnectivityInspector<>(tangle).getStronglyConnectedComponents()) {
      for (int start : component.vertexSet()) {
        var search = new BreadthFirstIterator<>(component, start);
        while (search.hasNext() && (best.isEmpty() || steps++ < MOST_STEPS)) {
          int last = search.next();
          if (!best.isEmpty() && search.getDepth(last) + 1 >= best.size()) {
            break;
          }
          if (component.containsEdge(last, start)) {
            best = Stream.iterate(last, Objects::nonNull, search::getParent).toList();
            break;
          }
        }
      }
    }
    return best;
  }

  /**
   * Returns a copy of some vertices and edges for JGraphT, which takes far more memory than the
   * rows. An edge goes from a vertex to the one that waits for it; its value is its index in the
   * rows.
   */
  public static DefaultDirectedGraph<Integer, Integer> copy(
      Adjacency before, IntPredicate vertices, IntPredicate edges) {
    var copy = new DefaultDirectedGraph<Integer, Integer>(null, null, false);
    for (int v = 0; v < before.rows(); v++) {
      if (vertices.test(v)) {
        copy.addVertex(v);
      }
    }
    for (int v : copy.vertexSet()) {
      for (int e = before.from(v); e < before.to(v); e++) {
        if (copy.containsVertex(before.at(e)) && edges.test(e)) {
          copy.addEdge(before.at(e), v, e);
        }
      }
    }
    return copy;
  }
}
