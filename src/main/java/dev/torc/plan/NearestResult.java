package dev.torc.plan;

import dev.torc.graph.Graph;
import dev.torc.records.JobResult.Origin;
import dev.torc.results.Result;
import dev.torc.results.SharedStores;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;

/**
 * The earlier result that is nearest to a job as it is now, and why it cannot stand for a run, for
 * people. It decides nothing.
 *
 * @param from where it comes from
 * @param reasons what differs between the manifests
 * @param lack what else is in the way, in a phrase; empty for nothing
 */
public record NearestResult(Origin from, List<Reason> reasons, String lack) {

  /** So many records of others are looked at. */
  private static final int MOST = 1000;

  /** The nearer first; of two alike the newer. */
  private static final Comparator<NearestResult> ORDER =
      Comparator.comparingInt(NearestResult::distance)
          .thenComparing(near -> near.from.time(), Comparator.reverseOrder());

  /**
   * The nearest ones to jobs that will run, by job, as far as one is known that tells more than why
   * it runs. All that is stored is looked at once.
   *
   * @param runs why they run
   * @param folders shared stores that are asked too; null for none
   */
  public static Map<Integer, NearestResult> of(
      PlanContext context, Map<Integer, Verdict.WillRun> runs, SharedStores folders) {
    Map<Integer, NearestResult> nearest = new HashMap<>();
    KnownResults known = context.decider().known();
    Graph graph = context.graph();
    known.each(
        stored -> {
          int id = graph.jobId(stored.job());
          if (runs.containsKey(id) && KnownResults.mayKeep(graph.job(id))) {
            boolean here = stored.key().equals(known.key(id, stored.found()));
            String lack = here ? "its products are not in the store any more" : "";
            NearestResult near = of(context, id, stored, stored.origin(), lack);
            near.putInto(nearest, id, runs.get(id));
          }
        });
    boolean shares = runs.keySet().stream().anyMatch(job -> KnownResults.mayShare(graph.job(job)));
    if (folders != null && shares) {
      folders.newest(
          MOST,
          found -> {
            Result each = found.result();
            int id = graph.jobId(each.job());
            if (runs.containsKey(id) && KnownResults.mayShare(graph.job(id))) {
              String lack = each.root() == null ? "" : "its bytes name its root, " + each.root();
              Origin from = each.originFor(each.job(), found.store().name());
              of(context, id, each, from, lack).putInto(nearest, id, runs.get(id));
            }
          });
    }
    return nearest;
  }

  private static NearestResult of(
      PlanContext context, int id, Result then, Origin from, String lack) {
    List<Reason> reasons = context.decider().difference(id, then.found(), then.lines());
    String programs = context.decider().known().otherPrograms(id, then.terms().programs());
    String why = programs.isEmpty() ? lack : programs;
    return new NearestResult(
        from,
        reasons,
        why.isEmpty() && reasons.isEmpty()
            ? "it was made on another system, or with other parameters"
            : why);
  }

  private void putInto(Map<Integer, NearestResult> nearest, int id, Verdict.WillRun will) {
    if (!reasons.equals(will.reasons())) {
      nearest.merge(id, this, BinaryOperator.minBy(ORDER));
    }
  }

  private int distance() {
    return 2 * reasons.size() + (lack.isEmpty() ? 0 : 1);
  }
}
