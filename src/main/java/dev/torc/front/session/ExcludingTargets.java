package dev.torc.front.session;

import dev.torc.core.model.Graph;
import java.util.List;

/** Targets that begin with {@code !}: they take jobs away from those before them, or from all. */
final class ExcludingTargets {

  private ExcludingTargets() {}

  /** Returns whether targets name jobs, instead of taking some away from all. */
  static boolean areNamed(Graph graph, List<String> targets) {
    return !targets.isEmpty() && !is(graph, targets.getFirst());
  }

  static boolean is(Graph graph, String target) {
    return target.startsWith("!") && graph.nodesOf(target) == null;
  }
}
