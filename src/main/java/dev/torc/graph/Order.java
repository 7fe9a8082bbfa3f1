package dev.torc.graph;

import dev.torc.workflow.BadInput;
import dev.torc.workflow.Job;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Puts the jobs in an order in which each comes after all that it waits for, as near to the written
 * order as that allows (Kahn's algorithm over a heap); refuses a cycle by naming the shortest one.
 */
final class Order {

  private Order() {}

  /** Jobs of a long cycle that are named at its beginning, and as many at its end. */
  private static final int SHOWN = 10;

  /** The written numbers in topological order; throws {@link BadInput} for a cycle. */
  static int[] of(Adjacency before, List<Job> written) {
    int jobs = written.size();
    Adjacency after = before.reversed(jobs);
    int[] waiting = new int[jobs];
    PriorityQueue<Integer> ready = new PriorityQueue<>();
    for (int j = 0; j < jobs; j++) {
      waiting[j] = before.count(j);
      if (waiting[j] == 0) {
        ready.add(j);
      }
    }
    int[] order = new int[jobs];
    int done = 0;
    while (!ready.isEmpty()) {
      int j = ready.poll();
      order[done++] = j;
      for (int i = after.from(j); i < after.to(j); i++) {
        if (--waiting[after.at(i)] == 0) {
          ready.add(after.at(i));
        }
      }
    }
    if (done < jobs) {
      List<Integer> cycle = shortestCycle(before, waiting);
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < cycle.size(); i++) {
        if (i == SHOWN && cycle.size() > 2 * SHOWN) {
          text.append("… ").append(cycle.size() - 2 * SHOWN).append(" more … → ");
          i = cycle.size() - SHOWN;
        }
        text.append(written.get(cycle.get(i)).name()).append(" → ");
      }
      text.append(written.get(cycle.getFirst()).name());
      throw new BadInput(
          written.get(cycle.getFirst()).place(),
          "jobs wait for each other in a cycle: " + text + "; remove one of these needs");
    }
    return order;
  }

  /**
   * The shortest cycle among the jobs that never became ready, as jobs each waiting for the next:
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
