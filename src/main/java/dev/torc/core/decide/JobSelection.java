package dev.torc.core.decide;

import dev.torc.base.syntax.NearestPath;
import dev.torc.core.model.Adjacency;
import dev.torc.core.model.Extra;
import dev.torc.core.model.Graph;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The jobs that a command is about: the jobs that its targets name, and all jobs that these wait
 * for.
 *
 * @param jobs the named jobs and everything before them
 * @param named the jobs that the targets name. Without targets, all jobs; but a build omits manual
 *     jobs that no other job waits for
 * @param open the selected groups that are not expanded yet, as nodes
 * @param namedOpen the groups of {@code open} that the targets name
 */
public record JobSelection(
    BitSet jobs, BitSet named, BitSet open, BitSet namedOpen, boolean targeted) {

  public static JobSelection of(Graph graph, BitSet some) {
    return of(graph, some, false);
  }

  /** Selects the named nodes and everything before them. */
  public static JobSelection of(Graph graph, BitSet named, boolean targeted) {
    return of(graph, named, targeted, graph.having(Extra.STAYS));
  }

  /** Selects the named nodes and everything before them, but nothing before {@code still}. */
  public static JobSelection of(Graph graph, BitSet named, boolean targeted, BitSet still) {
    BitSet all = withPredecessors(graph, named, still);
    BitSet open = new BitSet();
    for (int node : graph.open().keySet()) {
      open.set(node, all.get(node));
    }
    BitSet namedOpen = (BitSet) open.clone();
    namedOpen.and(named);
    return new JobSelection(graph.jobsOf(all), graph.jobsOf(named), open, namedOpen, targeted);
  }

  /** Returns this selection with these jobs as if no target named them. */
  public JobSelection without(BitSet some) {
    BitSet others = (BitSet) named.clone();
    others.andNot(some);
    return new JobSelection(jobs, others, open, namedOpen, targeted);
  }

  /**
   * Returns the jobs that may run because a target names them: those that {@code rerun} selects,
   * and temporary jobs, whose products are wanted then.
   */
  public BitSet asked(Graph graph, Rerun rerun) {
    if (rerun == Rerun.ALL) {
      return named;
    }
    BitSet asked = new BitSet();
    if (rerun == Rerun.MANUAL) {
      graph.workflow().manual().stream()
          .mapToInt(graph::jobId)
          .filter(job -> job >= 0 && named.get(job) && graph.job(job).isAction())
          .forEach(asked::set);
    }
    if (targeted) {
      named.stream().filter(graph::isTemporary).forEach(asked::set);
    }
    return asked;
  }

  /** Returns a search for existing paths like a missing one; all products count as existing. */
  public static NearestPath likelyPaths(Graph graph) {
    return new NearestPath(
        graph.workflow().root(),
        () ->
            IntStream.range(0, graph.jobs())
                .flatMap(job -> Arrays.stream(graph.products().row(job)))
                .mapToObj(graph::path)
                .toList());
  }

  /**
   * Returns the nodes and all nodes before them, without those that only {@code still} nodes wait
   * for.
   */
  public static BitSet withPredecessors(Graph graph, BitSet named, BitSet still) {
    BitSet all = (BitSet) named.clone();
    Adjacency before = graph.before();
    for (int place = graph.nodes() - 1; place >= 0; place--) {
      int node = graph.inOrder(place);
      if (all.get(node) && !still.get(node)) {
        for (int i = before.from(node); i < before.to(node); i++) {
          all.set(before.at(i));
        }
      }
    }
    return all;
  }

  /** Which of the named jobs run even if they are up to date. */
  public enum Rerun {
    NONE,

    /** Manual jobs without products, such as a deployment, run each time they are named. */
    MANUAL,

    ALL;

    public static Rerun of(List<String> targets, boolean force) {
      boolean all = targets.isEmpty() || targets.getFirst().startsWith("!");
      return force ? ALL : all ? NONE : MANUAL;
    }
  }
}
