package dev.torc.graph;

import dev.torc.syntax.BadInput;
import dev.torc.syntax.Place;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.jgrapht.alg.connectivity.KosarajuStrongConnectivityInspector;
import org.jgrapht.traverse.BreadthFirstIterator;

/**
 * Puts the nodes in an order in which each comes after all that it waits for, the jobs as near to
 * the written order as that allows (Kahn's algorithm); refuses a cycle by naming the shortest one.
 */
final class TopologicalOrder {

  /** Nodes of a long cycle that are named at its beginning, and as many at its end. */
  private static final int SHOWN = 10;

  private static final int MOST_STEPS = 1_000_000;

  private TopologicalOrder() {}

  /**
   * The nodes in topological order.
   *
   * @param written the jobs as written
   * @throws BadInput for a cycle
   */
  static int[] of(
      Adjacency before, int[] written, IntFunction<String> names, IntFunction<Place> places) {
    int nodes = before.rows();
    if (written.length == nodes && isWrittenInOrder(before)) {
      return written;
    }
    Adjacency after = before.reversed(0);
    int[] waiting = new int[nodes];
    int[] order = sorted(before, after, 0, written, waiting);
    if (order.length < nodes) {
      throw refusal(shortestCycle(before, after, waiting), names, places);
    }
    return order;
  }

  /**
   * The nodes of a graph that grew: new ones come between those that were there, which stay.
   *
   * @param base the order of those
   * @param renewed the nodes that wait for others than they did; all new ones
   * @return null where one of those would have to move, as a cycle asks for, too
   */
  static int[] grown(Adjacency before, int[] written, NodeOrder base, BitSet renewed) {
    int first = base.nodes().length;
    int count = before.rows() - first;
    int[] most = new int[count]; // before which of those that were there each has to come
    Arrays.fill(most, first);
    for (int n = renewed.nextSetBit(0); n >= 0 && n < first; n = renewed.nextSetBit(n + 1)) {
      for (int i = before.from(n); i < before.to(n); i++) {
        int earlier = before.at(i);
        if (earlier >= first) {
          most[earlier - first] = Math.min(most[earlier - first], base.place(n));
        } else if (base.place(earlier) > base.place(n)) {
          return null;
        }
      }
    }
    int[] order = sorted(before, before.reversed(first), first, written, new int[count]);
    if (order.length < count) {
      return null;
    }
    for (int k = count - 1; k >= 0; k--) {
      int node = order[k];
      for (int i = before.from(node); i < before.to(node); i++) {
        int earlier = before.at(i) - first;
        if (earlier >= 0) {
          most[earlier] = Math.min(most[earlier], most[node - first]);
        }
      }
    }
    int[] position = positions(written, first, count);
    int[] least = new int[count];
    long[] ranked = new long[count];
    for (int k = 0; k < count; k++) {
      int node = order[k] - first;
      for (int i = before.from(order[k]); i < before.to(order[k]); i++) {
        int earlier = before.at(i) - first;
        int at = earlier >= 0 ? least[earlier] : base.place(earlier + first) + 1;
        least[node] = Math.max(least[node], at);
      }
      if (least[node] > most[node]) {
        return null;
      }
      int last = position[node] > 0 ? written[position[node] - 1] : -1;
      int wish = last < 0 ? 0 : last < first ? base.place(last) + 1 : least[last - first];
      least[node] = Math.max(least[node], Math.min(wish, most[node]));
      ranked[k] = (long) least[node] << Integer.SIZE | k;
    }
    Arrays.sort(ranked);
    int[] all = new int[first + count];
    int from = 0;
    for (int k = 0; k < count; k++) {
      int to = (int) (ranked[k] >>> Integer.SIZE);
      System.arraycopy(base.nodes(), from, all, from + k, to - from);
      all[to + k] = order[(int) ranked[k]];
      from = to;
    }
    System.arraycopy(base.nodes(), from, all, from + count, first - from);
    return all;
  }

  /** Where the nodes from a number on are written; -1 for join nodes. */
  private static int[] positions(int[] written, int first, int count) {
    int[] position = new int[count];
    Arrays.fill(position, -1);
    for (int i = 0; i < written.length; i++) {
      if (written[i] >= first) {
        position[written[i] - first] = i;
      }
    }
    return position;
  }

  /**
   * The nodes from a number on in topological order, as if there were no others; fewer where they
   * wait for each other.
   *
   * @param after what waits for each of them, counted from the first
   * @param waiting takes for how many each waits still
   */
  private static int[] sorted(
      Adjacency before, Adjacency after, int first, int[] written, int[] waiting) {
    int[] position = positions(written, first, waiting.length);
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
      // A join node comes as soon as it can: it must not keep back what is written early.
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

  /** Whether each node waits for earlier ones only: then none has to be moved. */
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

  /** Begins with the job that is written first. */
  private static BadInput refusal(
      List<Integer> cycle, IntFunction<String> names, IntFunction<Place> places) {
    List<Integer> turned = new ArrayList<>(cycle);
    Collections.rotate(turned, -cycle.indexOf(Collections.min(cycle)));
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < turned.size(); i++) {
      if (i == SHOWN && turned.size() > 2 * SHOWN) {
        text.append("… ").append(turned.size() - 2 * SHOWN).append(" more … → ");
        i = turned.size() - SHOWN;
      }
      text.append(names.apply(turned.get(i))).append(" → ");
    }
    text.append(names.apply(turned.getFirst()));
    return new BadInput(
        places.apply(turned.getFirst()),
        "jobs wait for each other in a cycle: " + text + "; remove one of these needs");
  }

  /**
   * The shortest cycle among the nodes that never became ready, as nodes each waiting for the next:
   * a breadth-first search from each node of a strongly connected component, cut off at the best
   * length so far and, in very large tangles, after a bounded number of steps (then the shortest
   * found is told).
   */
  private static List<Integer> shortestCycle(Adjacency before, Adjacency after, int[] waiting) {
    dropEnds(before, after, waiting);
    var tangle = DisplayGraph.copy(before, n -> waiting[n] > 0, _ -> true);
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

  /** Nodes that only wait for a cycle wait no more: a million jobs may stand behind one. */
  private static void dropEnds(Adjacency before, Adjacency after, int[] waiting) {
    int[] readers = new int[waiting.length];
    ArrayDeque<Integer> ends = new ArrayDeque<>();
    for (int n = 0; n < waiting.length; n++) {
      readers[n] = after.count(n);
      if (waiting[n] > 0 && readers[n] == 0) {
        ends.add(n);
      }
    }
    while (!ends.isEmpty()) {
      int end = ends.poll();
      waiting[end] = 0;
      for (int other : before.row(end)) {
        if (--readers[other] == 0 && waiting[other] > 0) {
          ends.add(other);
        }
      }
    }
  }
}
