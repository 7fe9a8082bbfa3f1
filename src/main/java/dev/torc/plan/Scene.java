package dev.torc.plan;

import dev.torc.cache.Cache;
import dev.torc.graph.Graph;
import dev.torc.hash.Digests;
import java.util.Map;
import java.util.Set;

/**
 * A graph, and all that is told in its numbers: results, contents, verdicts, what is asked for. As
 * groups are expanded one scene follows another, and what was known goes with it.
 *
 * @param force whether the named jobs run whatever their state
 */
public record Scene(
    Graph graph,
    Records records,
    Contents contents,
    Decider decider,
    Selection selection,
    boolean force) {

  /**
   * The first scene.
   *
   * @param interrupted names of jobs that a killed torc left running (rule 9)
   * @param caller the caller's environment, for variables declared without a value
   * @param containers false where steps with an image run on the host
   */
  public static Scene of(
      Graph graph,
      Cache cache,
      Set<String> interrupted,
      Digests digests,
      Map<String, String> caller,
      boolean containers,
      Selection selection,
      boolean force) {
    Records records = new Records(graph, cache, interrupted);
    Contents contents = new Contents(graph, records, digests);
    Decider decider =
        new Decider(graph, records, contents, new Manifest(graph, caller, containers));
    return new Scene(graph, records, contents, decider, selection, force);
  }

  /** The scene with other jobs in question. */
  public Scene with(Selection other, boolean forced) {
    return new Scene(graph, records, contents, decider, other, forced);
  }

  /** The same with another graph; results and what is settled are kept by the names of jobs. */
  Scene over(Graph next, Selection chosen) {
    Records kept = records.over(next);
    Contents now = contents.over(next, kept);
    return new Scene(next, kept, now, decider.over(next, kept, now), chosen, force);
  }

  /** Whether a job is to run whatever its state. */
  public boolean forces(int job) {
    return force && selection.named().get(job);
  }
}
