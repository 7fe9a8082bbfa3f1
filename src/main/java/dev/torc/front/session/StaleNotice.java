package dev.torc.front.session;

import dev.torc.base.digests.Stamp.FileKind;
import dev.torc.base.text.Amount;
import dev.torc.base.text.SafeText;
import dev.torc.core.attempt.RemovedOrSetAside;
import dev.torc.core.decide.PlanContext;
import dev.torc.core.decide.StaleFiles;
import dev.torc.core.memory.Batch;
import dev.torc.core.memory.Cache;
import dev.torc.core.memory.RecordedProduct.OwnedPath;
import dev.torc.core.model.InstanceName;
import dev.torc.features.clean.StaleProducts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Looks at the files that torc made and no job declares anymore, at the end of a build with a new
 * graph or in which something ran. What is unmodified is named in a line, since a copy of the
 * folder would include it. What the user edited is the user's from now on, even if the old bytes
 * come back (rule 13). It removes nothing.
 */
final class StaleNotice {

  private StaleNotice() {}

  /** Returns the message; null if nothing is stale. */
  static String line(PlanContext last, RemovedOrSetAside removal) throws IOException {
    StaleFiles files = last.contents().stale();
    if (files.undeclared().isEmpty()) {
      return null;
    }
    Cache cache = last.basis().cache();
    List<String> stale = new ArrayList<>(); // unmodified, and their job or group was requested
    StaleProducts products = new StaleProducts(last.graph(), last.records());
    Map<String, Boolean> asked = new HashMap<>(); // by job or group
    for (String path : files.undeclared()) {
      OwnedPath owned = cache.owned(path);
      if (owned == null
          || owned.adopted()
          || !products.test(owned, true)
          || !last.basis().digests().linkStamp(path).exists()) {
        continue;
      } else if (!removal.asRecorded(owned)) {
        if (owned.kind() != FileKind.FOLDER) {
          cache.put(new Batch().disown(path));
        }
      } else if (asked.computeIfAbsent(
              InstanceName.parse(owned.job()).group(), name -> isAsked(last, name))
          && !files.isOfOtherCall(owned)
          && !files.isTracked(path)) {
        stale.add(path);
      }
    }
    int more = stale.size() - 1;
    return stale.isEmpty()
        ? null
        : "%s is stale%s; remove %s with torc clean --stale"
            .formatted(
                SafeText.name(stale.getFirst()),
                more == 0 ? "" : ", and " + Amount.count(more, "more file"),
                more == 0 ? "it" : "them");
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
}
