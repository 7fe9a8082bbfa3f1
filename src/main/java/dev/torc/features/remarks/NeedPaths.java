package dev.torc.features.remarks;

import dev.torc.core.model.Graph;
import dev.torc.core.model.Job;
import dev.torc.core.model.Ref;
import java.util.ArrayDeque;
import java.util.BitSet;

/**
 * Tells whether one job's products reach another job through needs, directly or through other jobs.
 * {@code after} only orders jobs, so it does not count; {@link Graph#precedes} counts it.
 */
public final class NeedPaths {

  private final Graph graph;
  private final BitSet seen = new BitSet();
  private final ArrayDeque<Integer> open = new ArrayDeque<>();
  private long steps;

  /**
   * Creates a search that follows at most {@code steps} edges; beyond that the answer is always
   * yes.
   */
  public NeedPaths(Graph graph, long steps) {
    this.graph = graph;
    this.steps = steps;
  }

  /**
   * Returns whether {@code later} needs a product of {@code earlier}, directly or not; both are
   * nodes.
   */
  public boolean lead(int earlier, int later) {
    int from = graph.place(earlier);
    seen.clear();
    open.clear();
    for (Integer node = later; node != null; node = open.poll()) {
      follow(node, from);
      if (seen.get(earlier) || steps < 0) {
        return true;
      }
    }
    return false;
  }

  /** Visits the nodes whose products a node needs, except those before place {@code from}. */
  private void follow(int node, int from) {
    Job job = graph.isJob(node) ? graph.job(node) : null;
    if (job == null || job.links().after().isEmpty()) {
      for (int i = graph.before().from(node); i < graph.before().to(node); i++) {
        reach(graph.before().at(i), from);
      }
      return;
    }
    for (int file : graph.needs().row(node)) {
      reach(graph.maker(file), from);
    }
    for (int list : graph.listNeeds().row(node)) {
      reach(graph.list(list).awaited(), from);
    }
    for (Ref ref : job.needRefs()) {
      if (ref instanceof Ref.OfData data && data.job() != null) {
        for (int maker : graph.makers(data)) {
          reach(maker, from);
        }
      }
    }
  }

  private void reach(int node, int from) {
    steps--;
    if (node >= 0 && graph.place(node) >= from && !seen.get(node)) {
      seen.set(node);
      open.add(node);
    }
  }
}
