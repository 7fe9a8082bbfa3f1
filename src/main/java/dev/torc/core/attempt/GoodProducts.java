package dev.torc.core.attempt;

import dev.torc.base.posix.Walk;
import dev.torc.base.syntax.Glob;
import dev.torc.base.text.SafeText;
import dev.torc.core.decide.Condition;
import dev.torc.core.decide.PlanContext;
import dev.torc.core.memory.RecordedProduct;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Job;
import dev.torc.core.model.Ref;
import java.io.IOException;
import java.util.BitSet;

/**
 * Decides whether the products in their places are a good result, whichever way they came there: by
 * an attempt, a restore or {@code torc adopt}. {@link ProductScan} tells which exist and their
 * kinds; this class knows no manifest.
 */
public final class GoodProducts {

  private GoodProducts() {}

  /** Throws an {@link AttemptFailure} if the scanned products of a job are not good. */
  public static void check(PlanContext plan, int id, ProductScan products) throws IOException {
    Job job = plan.graph().job(id);
    String rival = plan.taken().shared(id, job);
    if (rival != null) {
      throw new AttemptFailure(rival);
    }
    for (RecordedProduct made : products.made()) {
      if (made.isLink()) {
        refuseUnneeded(plan.graph(), id, made.path());
      }
    }
    for (Ref ref : job.productRefs()) {
      if (ref.nonEmpty() && isEmpty(ref, products)) {
        throw new AttemptFailure(
            "product %s is empty, and says non_empty: true".formatted(SafeText.name(ref.text())));
      }
    }
    for (Condition condition : plan.basis().conditions().of(job)) {
      String refusal = condition.refusal(job, products.made());
      if (refusal != null) {
        throw new AttemptFailure(refusal);
      }
    }
  }

  /** Returns whether a folder or glob has no files, or a file no bytes. */
  private static boolean isEmpty(Ref ref, ProductScan products) {
    if (ref instanceof Ref.OfFolder folder) {
      return products.emptyFolders().contains(folder.path());
    }
    boolean file = ref instanceof Ref.OfFile || Glob.ownText(ref.text()) != null;
    boolean any = ref.optional();
    for (RecordedProduct made : products.made()) {
      if (ref instanceof Ref.OfGlob of ? of.holds(made.path()) : ref.text().equals(made.path())) {
        any = true;
        if (file && made.size() == 0) {
          return true;
        }
      }
    }
    return !any;
  }

  /** Fails if a product is a link to another job's product that may change before or after it. */
  private static void refuseUnneeded(Graph graph, int id, String path) {
    String real = Walk.name(graph.workflow().root(), path);
    BitSet makers = graph.makersOf(Glob.of(Glob.escape(real) + "/**"));
    if (graph.makerOf(real) >= 0) {
      makers.set(graph.makerOf(real));
    }
    makers.clear(id);
    for (int maker : graph.inOrder(makers)) {
      if (!graph.precedes(maker, id)) {
        throw new AttemptFailure(
            "product %s is a symlink to %s, a product of %s; add that to needs"
                .formatted(SafeText.name(path), SafeText.name(real), graph.title(maker)));
      }
    }
  }
}
