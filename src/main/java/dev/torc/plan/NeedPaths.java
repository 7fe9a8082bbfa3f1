package dev.torc.plan;

import dev.torc.graph.Graph;
import dev.torc.workflow.Job;
import dev.torc.workflow.Ref;
import java.util.ArrayDeque;
import java.util.BitSet;

/**
 * Whether what one job makes reaches another by needs, directly or through others: {@code after}
 * orders jobs, and is no need. {@link Graph#precedes} asks for order alone.
 */
final class NeedPaths {

  private final Graph graph;
  private long left;

  /**
   * @param steps how many edges may be followed in all; what is asked beyond that is answered with
   *     yes
   */
  NeedPaths(Graph graph, long steps) {
    this.graph = graph;
    this.left = steps;
  }

  /** Whether {@code later} needs what {@code earlier} makes; both are nodes. */
  boolean lead(int earlier, int later) {
    if (graph.place(later) < graph.place(earlier)) {
      return false;
    }
    Search search = new Search(earlier);
    for (Integer node = later; node != null; node = search.open.poll()) {
      search.follow(node);
      if (search.seen.get(earlier) || left < 0) {
        return true;
      }
    }
    return false;
  }

  private final class Search {
    private final int from;
    private final BitSet seen = new BitSet();
    private final ArrayDeque<Integer> open = new ArrayDeque<>();

    Search(int earlier) {
      this.from = graph.place(earlier);
    }

    private void reach(int node) {
      left--;
      if (node >= 0 && graph.place(node) >= from && !seen.get(node)) {
        seen.set(node);
        open.add(node);
      }
    }

    /** Goes on to what a node needs. */
    private void follow(int node) {
      Job job = graph.isJob(node) ? graph.job(node) : null;
      if (job == null || job.after().isEmpty()) {
        for (int i = graph.before().from(node); i < graph.before().to(node); i++) {
          reach(graph.before().at(i));
        }
        return;
      }
      for (int file : graph.needs().row(node)) {
        reach(graph.maker(file));
      }
      for (int list : graph.listNeeds().row(node)) {
        reach(graph.list(list).awaited());
      }
      for (Ref ref : job.needRefs()) {
        if (ref instanceof Ref.OfData data && data.job() != null) {
          for (int maker : graph.meant(data.job())) {
            reach(maker);
          }
        }
      }
    }
  }
}
