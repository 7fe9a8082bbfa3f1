package dev.torc.plan;

import dev.torc.cache.ManifestEntry;
import dev.torc.cache.Origin;
import dev.torc.results.Result;
import dev.torc.results.ResultStore;
import dev.torc.results.SharedStores;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The earlier result that is nearest to what a job is now, and why it cannot stand for a run: for
 * people who wonder. It decides nothing.
 *
 * @param from where it comes from
 * @param reasons what differs between the manifests
 * @param lack what else is in the way, in a phrase; empty for nothing
 */
public record NearestResult(Origin from, List<Reason> reasons, String lack) {

  /** So many records of others are looked at. */
  private static final int MOST = 1000;

  /**
   * The nearest one to a job that will run; null where none is known that tells more than why it
   * runs.
   *
   * @param will why it runs
   * @param folders shared stores that are asked too; null for none
   */
  public static NearestResult of(
      PlanContext context, int id, Verdict.WillRun will, SharedStores folders) {
    KnownResults known = context.decider().known();
    String job = context.graph().name(id);
    List<NearestResult> all = new ArrayList<>();
    if (!KnownResults.mayKeep(context.graph().job(id))) {
      return null;
    }
    known.each(
        job,
        stored -> {
          boolean here = stored.key().equals(known.key(id, stored.found()));
          String lack = here ? "its products are not in the store any more" : "";
          all.add(
              of(
                  context,
                  id,
                  stored.origin(),
                  stored.found(),
                  stored.lines(),
                  known.otherPrograms(id, stored.programs()),
                  lack));
        });
    if (folders != null && SharedResults.mayShare(context.graph().job(id))) {
      for (ResultStore.Hit found : folders.newest(job, MOST)) {
        Result each = found.result();
        String lack = each.root() == null ? "" : "its bytes name its root, " + each.root();
        all.add(
            of(
                context,
                id,
                SharedResults.origin(each, found.store().name()),
                each.found(),
                each.lines(),
                known.otherPrograms(id, each.programs()),
                lack));
      }
    }
    return all.stream()
        .filter(near -> !near.reasons.equals(will.reasons()))
        .min(
            Comparator.comparingInt(NearestResult::distance)
                .thenComparing(near -> near.from.time(), Comparator.reverseOrder()))
        .orElse(null);
  }

  private static NearestResult of(
      PlanContext context,
      int id,
      Origin from,
      List<String> found,
      List<ManifestEntry> then,
      String programs,
      String lack) {
    List<Reason> reasons = context.decider().difference(id, found, then);
    String why = programs.isEmpty() ? lack : programs;
    return new NearestResult(
        from,
        reasons,
        why.isEmpty() && reasons.isEmpty()
            ? "it was made on another system, or with other parameters"
            : why);
  }

  private int distance() {
    return 2 * reasons.size() + (lack.isEmpty() ? 0 : 1);
  }
}
