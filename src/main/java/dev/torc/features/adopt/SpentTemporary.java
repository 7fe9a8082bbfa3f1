package dev.torc.features.adopt;

import dev.torc.base.digests.Digest;
import dev.torc.base.digests.Stamp;
import dev.torc.core.attempt.ProductScan;
import dev.torc.core.decide.GoneProducts;
import dev.torc.core.decide.PlanContext;
import dev.torc.core.memory.JobResult;
import dev.torc.core.memory.RecordedProduct;
import dev.torc.core.model.Downstream;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Group;
import dev.torc.core.model.Job;
import dev.torc.core.model.Ref;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * The missing products of a temporary job that is adopted together with all its readers. If no good
 * run has recorded a file, a digest that no file has stands for it: once the file is made, its
 * readers run again.
 */
final class SpentTemporary {

  private SpentTemporary() {}

  /** Returns the products that a spent temporary job may lack; none for any other job. */
  static List<RecordedProduct> of(PlanContext context, int id) {
    Graph graph = context.graph();
    if (!graph.isTemporary(id) || !areAllNamed(context, id)) {
      return List.of();
    }
    Job job = graph.job(id);
    GoneProducts gone = context.contents().gone();
    List<RecordedProduct> spent = new ArrayList<>();
    for (Ref ref : job.productRefs()) {
      boolean folder = ref instanceof Ref.OfFolder;
      String path = folder ? ((Ref.OfFolder) ref).path() : ref.text();
      if ((folder || ref instanceof Ref.OfFile) && gone.isGone(path)) {
        RecordedProduct last = last(context, id, path);
        if (last != null && (!folder || gone.tells(last))) {
          spent.add(last);
        } else if (!folder) {
          Digest none = Digest.ofText("the unknown bytes of " + path);
          spent.add(new RecordedProduct(path, Stamp.FileKind.FILE, none, 0, null));
        }
      }
    }
    return spent;
  }

  /** Returns whether a job has readers, all of which are named, and none is a group's table. */
  private static boolean areAllNamed(PlanContext context, int id) {
    Graph graph = context.graph();
    BitSet readers = new BitSet();
    Downstream.addReaders(graph, id, readers);
    BitSet jobs = graph.jobsOf(readers);
    boolean open = graph.open().keySet().stream().anyMatch(readers::get);
    BitSet others = (BitSet) jobs.clone();
    others.andNot(context.selection().named());
    return !jobs.isEmpty() && !open && others.isEmpty() && !isTable(graph, id);
  }

  private static boolean isTable(Graph graph, int id) {
    for (Group group : graph.workflow().groups()) {
      for (String table : group.sources().tables()) {
        if (graph.makerOf(table) == id) {
          return true;
        }
      }
    }
    return false;
  }

  private static RecordedProduct last(PlanContext context, int id, String path) {
    JobResult result = context.records().result(id);
    List<RecordedProduct> made =
        result == null || !result.outcome().isGood() ? List.of() : result.products();
    return made.stream().filter(each -> each.path().equals(path)).findFirst().orElse(null);
  }

  /** Returns what a job left, with the products that it may lack. */
  static ProductScan with(ProductScan left, List<RecordedProduct> spent) {
    List<RecordedProduct> made = new ArrayList<>(left.made());
    made.addAll(spent);
    return new ProductScan(
        made, left.owned(), left.depfile(), left.files(), left.folders(), left.dotted());
  }
}
