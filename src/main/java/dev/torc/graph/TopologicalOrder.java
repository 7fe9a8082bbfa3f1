package dev.torc.graph;

import dev.torc.syntax.BadInput;
import dev.torc.syntax.Place;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Puts the nodes in an order in which each comes after all that it waits for, the jobs as near to
 * the written order as that allows (Kahn's algorithm); refuses a cycle by naming the shortest one.
 */
final class TopologicalOrder {

  /** Nodes of a long cycle that are named at its beginning, and as many at its end. */
  private static final int SHOWN = 10;

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
    int[] position = new int[nodes];
    Arrays.fill(position, -1);
    for (int i = 0; i < written.length; i++) {
      position[written[i]] = i;
    }
    Adjacency after = before.reversed();
    int[] waiting = new int[nodes];
    BitSet jobs = new BitSet(written.length); // by position
    BitSet joins = new BitSet(nodes);
    for (int n = 0; n < nodes; n++) {
      waiting[n] = before.count(n);
      if (waiting[n] == 0) {
        (position[n] < 0 ? joins : jobs).set(position[n] < 0 ? n : position[n]);
      }
    }
    int[] order = new int[nodes];
    int done = 0;
    int first = 0;
    while (true) {
      // A join node comes as soon as it can: it must not keep back what is written early.
      int n = joins.nextSetBit(0);
      if (n >= 0) {
        joins.clear(n);
      } else {
        first = jobs.nextSetBit(first);
        if (first < 0) {
          break;
        }
        jobs.clear(first);
        n = written[first];
      }
      order[done++] = n;
      for (int i = after.from(n); i < after.to(n); i++) {
        int next = after.at(i);
        if (--waiting[next] > 0) {
          continue;
        } else if (position[next] < 0) {
          joins.set(next);
        } else {
          jobs.set(position[next]);
          first = Math.min(first, position[next]);
        }
      }
    }
    if (done < nodes) {
      throw refusal(shortestCycle(before, waiting), names, places);
    }
    return order;
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
   * one breadth-first search from each of them, cut off at the best length so far and, in very
   * large tangles, after a bounded number of steps (then the shortest found is told).
   */
  private static List<Integer> shortestCycle(Adjacency before, int[] waiting) {
    List<Integer> best = null;
    long steps = 0;
    int[] parent = new int[waiting.length];
    for (int start = 0; start < waiting.length; start++) {
      if (waiting[start] == 0 || (best != null && steps > 20_000_000)) {
        continue;
      }
      Arrays.fill(parent, -1);
      ArrayDeque<Integer> queue = new ArrayDeque<>(List.of(start));
      search:
      while (!queue.isEmpty()) {
        int j = queue.poll();
        for (int i = before.from(j); i < before.to(j); i++, steps++) {
          int next = before.at(i);
          if (next == start) {
            List<Integer> cycle = new ArrayList<>();
            for (int k = j; k != -1; k = parent[k]) {
              cycle.add(k);
            }
            if (best == null || cycle.size() < best.size()) {
              best = cycle.reversed();
            }
            break search;
          }
          if (waiting[next] > 0 && parent[next] == -1) {
            parent[next] = j;
            queue.add(next);
          }
        }
      }
      steps += waiting.length / 8;
      if (best != null && best.size() <= 2) {
        break;
      }
    }
    return best;
  }
}
