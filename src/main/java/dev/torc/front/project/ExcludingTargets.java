package dev.torc.front.project;

import dev.torc.core.model.Graph;
import java.util.List;

/**
 * Targets that begin with {@code !}: such a target removes jobs from those that the targets before
 * it name or, if it is the first one, from all jobs.
 */
final class ExcludingTargets {

  private ExcludingTargets() {}

  /** Returns whether the first target names jobs; if not, the targets only remove some from all. */
  static boolean areNamed(Graph graph, List<String> targets) {
    return !targets.isEmpty() && !is(graph, targets.getFirst());
  }

  static boolean is(Graph graph, String target) {
    return target.startsWith("!") && graph.nodesOf(target) == null;
  }
}
