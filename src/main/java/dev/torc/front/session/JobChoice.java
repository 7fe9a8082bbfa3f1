package dev.torc.front.session;

import dev.torc.core.decide.JobSelection;
import dev.torc.core.decide.JobSelection.UserPaths;
import dev.torc.core.model.Graph;
import java.util.BitSet;
import java.util.List;

/**
 * Which jobs a build is about, as the command line says it: without targets, all jobs except manual
 * ones that no other job waits for. {@link Targets} decides what a target means.
 *
 * @param failed the only jobs that may be targets, since they failed; null for any
 * @param downstream whether the jobs that wait for the targets count as targets too
 */
public record JobChoice(List<String> targets, List<String> failed, boolean downstream) {

  public static JobChoice of(List<String> targets) {
    return new JobChoice(targets, null, false);
  }

  /** Returns this choice with only failed jobs as targets. */
  public JobChoice with(List<String> onlyFailed) {
    return new JobChoice(targets, onlyFailed, downstream);
  }

  /** Returns the chosen jobs of a graph; {@code paths} are the user's names of files. */
  JobSelection select(Graph graph, UserPaths paths) {
    boolean targeted = !targets.isEmpty() && Targets.areAny(graph, targets);
    BitSet named = targeted ? new BitSet() : Targets.all(graph);
    if (!targeted && failed == null) {
      named = JobSelection.withPredecessors(graph, withoutManual(graph, named));
    }
    if (!targets.isEmpty()) {
      named = Targets.nodes(graph, targets, paths, named);
    }
    if (failed != null) {
      named.and(FailedJobs.nodes(graph, failed));
    }
    if (downstream) {
      BitSet behind = graph.after().along(named);
      behind.and(Targets.all(graph));
      named.or(withoutManual(graph, behind));
    }
    return JobSelection.of(graph, named, targeted || failed != null);
  }

  /** Returns {@code nodes} without the manual jobs and groups. */
  private static BitSet withoutManual(Graph graph, BitSet nodes) {
    for (String manual : graph.workflow().manual()) {
      int job = graph.jobId(manual);
      int[] found = job < 0 ? graph.nodesOf(manual) : new int[] {job}; // all nodes of the group
      for (int i = 0; found != null && i < found.length; i++) {
        nodes.clear(found[i]);
      }
    }
    return nodes;
  }
}
