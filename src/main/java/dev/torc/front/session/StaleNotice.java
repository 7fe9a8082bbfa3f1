package dev.torc.front.session;

import dev.torc.base.text.Amount;
import dev.torc.base.text.SafeText;
import dev.torc.core.decide.PlanContext;
import dev.torc.core.memory.BuildRecord.Said;
import dev.torc.core.memory.RecordedProduct.OwnedPath;
import dev.torc.core.model.Graph;
import dev.torc.core.model.InstanceName;
import dev.torc.core.run.RemovedOrSetAside;
import dev.torc.features.clean.OtherSettings;
import dev.torc.features.clean.StaleProducts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds the stale products of the requested jobs and groups, for a line at the end of a build: a
 * copy of their folder would include them. It removes nothing. Only a new graph makes products
 * stale, so all records are read only for a new graph; otherwise the last build's stale products
 * are checked again.
 *
 * @param known the recorded products that no job declares or needs, existing or not
 * @param stale those of them that exist unmodified and whose job or group was requested
 */
record StaleNotice(List<String> known, List<String> stale) {

  /**
   * Finds the stale products after a build. {@code before} are those that the last build found with
   * the same graph; null if unknown.
   */
  static StaleNotice of(PlanContext last, List<String> before, RemovedOrSetAside removal, Said now)
      throws IOException {
    List<String> known = before == null ? find(last, now) : before;
    Map<String, Boolean> asked = new HashMap<>(); // by job or group
    List<String> stale = new ArrayList<>();
    for (String path : known) {
      OwnedPath owned = last.basis().cache().owned(path);
      if (owned != null
          && asked.computeIfAbsent(InstanceName.parse(owned.job()).group(), g -> isAsked(last, g))
          && last.basis().digests().linkStamp(path).exists()
          && removal.unaltered(owned)) {
        stale.add(path);
      }
    }
    return new StaleNotice(known, stale);
  }

  private static List<String> find(PlanContext last, Said now) {
    Graph graph = last.graph();
    List<OwnedPath> undeclared = new ArrayList<>();
    last.basis()
        .cache()
        .eachOwned(
            owned -> {
              if (!owned.adopted() && graph.makerAt(owned.path()) < 0 && !isDepfile(graph, owned)) {
                undeclared.add(owned);
              }
            });
    if (undeclared.isEmpty()) {
      return List.of();
    }
    StaleProducts stale = new StaleProducts(graph, last.records());
    OtherSettings others = new OtherSettings(graph, last.basis().cache(), now);
    return undeclared.stream()
        .filter(owned -> stale.test(owned, true) && !others.test(owned))
        .map(OwnedPath::path)
        .toList();
  }

  private static boolean isDepfile(Graph graph, OwnedPath owned) {
    int job = graph.jobId(owned.job());
    return job >= 0 && owned.path().equals(graph.job(job).depfile());
  }

  /**
   * Returns whether a job, or an instance of a group, was requested. A group without instances does
   * not count: often its input files are only unreachable, and then its products must not be
   * removed.
   */
  private static boolean isAsked(PlanContext last, String name) {
    int[] jobs = last.graph().nodesOf(name);
    return jobs != null && Arrays.stream(jobs).anyMatch(last.selection().jobs()::get);
  }

  /** Returns the message; null if nothing is stale. */
  String line() {
    if (stale.isEmpty()) {
      return null;
    }
    int more = stale.size() - 1;
    return SafeText.name(stale.getFirst())
        + " is stale"
        + (more == 0 ? "" : ", and " + Amount.count(more, "more file"))
        + "; remove "
        + (more == 0 ? "it" : "them")
        + " with torc clean --stale";
  }
}
