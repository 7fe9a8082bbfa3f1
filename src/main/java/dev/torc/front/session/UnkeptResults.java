package dev.torc.front.session;

import dev.torc.base.syntax.BadInput.Diagnostic;
import dev.torc.base.text.Amount;
import dev.torc.base.text.SafeText;
import dev.torc.core.decide.Plan;
import dev.torc.core.decide.Reason;
import dev.torc.core.decide.Reason.Kind;
import dev.torc.core.decide.Verdict;
import dev.torc.core.memory.JobResult;
import dev.torc.core.memory.RecordedProduct;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Job;
import dev.torc.features.stores.LocalStore;
import dev.torc.features.stores.StoredProducts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Tells, before a run replaces them, of results that are too large for the store. The sizes are
 * those on record; no file is looked at.
 */
final class UnkeptResults {

  /** A job or group, and what its line says of a run that is not certain. */
  private record Named(String name, String end) {}

  /** The results of a job or group: how many, their bytes, and whether each took long. */
  private record Sum(int count, long bytes, boolean isLong) {
    Sum and(long more, boolean alsoLong) {
      return new Sum(count + 1, bytes + more, isLong && alsoLong);
    }
  }

  private UnkeptResults() {}

  /** Returns a line for each job or group; {@code variables} are the names that {@code -D} set. */
  static List<Diagnostic> of(Plan plan, LocalStore store, Set<String> variables)
      throws IOException {
    List<Diagnostic> lines = new ArrayList<>(0);
    if (store.isOff()) {
      return lines; // stores.keep says so
    }
    Graph graph = plan.context().graph();
    Map<Named, Sum> sums = new LinkedHashMap<>();
    for (int id : graph.inOrder(plan.selected(UnkeptResults::replaces))) {
      JobResult last = plan.context().records().result(id);
      long bytes = 0;
      for (RecordedProduct made : last == null ? List.<RecordedProduct>of() : last.products()) {
        bytes += made.size();
      }
      if (bytes > 0
          && last.outcome() == JobResult.Outcome.OK
          && !store.mayStore(bytes, 0)
          && graph.job(id).mayStore()) {
        Job job = graph.job(id);
        String end = plan.verdict(id) instanceof Verdict.MayRun ? " if it runs" : "";
        sums.merge(
            new Named(job.group() == null ? job.name() : job.group(), end),
            new Sum(1, bytes, StoredProducts.isLong(last)),
            (old, one) -> old.and(one.bytes, one.isLong));
      }
    }
    String way =
        variables.isEmpty() ? "" : "write {" + variables.iterator().next() + "} into the path or ";
    for (Map.Entry<Named, Sum> each : sums.entrySet()) {
      Named jobs = each.getKey();
      Sum sum = each.getValue();
      String size = Amount.count(sum.count, "result") + " (" + Amount.size(sum.bytes) + ") ";
      String what = sum.isLong ? "will move to .torc/kept" : "will not be kept";
      String next = " (stores.keep is " + Amount.size(store.bound()) + "); " + way + "raise it";
      lines.add(new Diagnostic(SafeText.name(jobs.name) + ": " + size + what + jobs.end + next));
    }
    return lines;
  }

  /** Returns whether a verdict lets a job replace products that are as its last run left them. */
  private static boolean replaces(Verdict verdict) {
    return !verdict.isIdle()
        && !(verdict instanceof Verdict.WillFail)
        && verdict.reasons().stream()
            .map(Reason::kind)
            .noneMatch(kind -> kind == Kind.PRODUCT_MISSING || kind == Kind.PRODUCT_ALTERED);
  }
}
