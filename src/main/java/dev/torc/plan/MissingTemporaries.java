package dev.torc.plan;

import dev.torc.graph.Downstream;
import dev.torc.graph.Graph;
import dev.torc.graph.NeedList;
import dev.torc.hash.Stamp;
import dev.torc.records.JobResult;
import dev.torc.records.RecordedProduct;
import dev.torc.syntax.Glob;
import dev.torc.workflow.Group;
import dev.torc.workflow.Job.Trait;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;

/**
 * The products of temporary jobs that are not there, or need not be, and which jobs read them.
 * {@link Plan} decides whether they are made again.
 */
final class MissingTemporaries {

  /**
   * A read of such a product by a job or group.
   *
   * @param told whether the records tell what the reader would find
   */
  record MissingRead(int maker, String path, boolean told) {}

  private final Graph graph;
  private final JobRecords records;
  private final GoneProducts products;
  private final IntFunction<List<RecordedProduct>> missing;
  private final Map<Integer, List<RecordedProduct>> gone = new HashMap<>();
  private final Map<Integer, List<MissingRead>> ofList = new HashMap<>();

  /** Finds the products that are not there. */
  MissingTemporaries(PlanContext context) {
    this(context, context.contents().gone()::of);
  }

  private MissingTemporaries(PlanContext context, IntFunction<List<RecordedProduct>> missing) {
    this.graph = context.graph();
    this.records = context.records();
    this.products = context.contents().gone();
    this.missing = missing;
  }

  /**
   * Returns the products of some temporary jobs that can go: jobs read them, none of these jobs
   * will run as far as its record tells, and the records will tell the jobs what the products held.
   * A table from which a group takes its values cannot go.
   *
   * @param further jobs that may read them beside those that wait for the makers themselves
   */
  static List<String> spent(PlanContext context, BitSet makers, BitSet further) {
    MissingTemporaries all =
        new MissingTemporaries(
            context,
            maker -> {
              JobResult made = makers.get(maker) ? context.records().result(maker) : null;
              boolean own = made != null && made.outcome() == JobResult.Outcome.OK;
              return own ? made.products() : List.of();
            });
    BitSet readers = (BitSet) further.clone();
    makers.stream().forEach(maker -> Downstream.addReaders(all.graph, maker, readers));
    Map<String, Boolean> can = new TreeMap<>();
    for (int j : all.graph.inOrder(all.graph.jobsOf(readers))) {
      List<MissingRead> reads = all.reads(j);
      boolean well = !reads.isEmpty() && all.isGood(j);
      reads.forEach(read -> can.merge(read.path, read.told && well, Boolean::logicalAnd));
    }
    all.graph.workflow().groups().forEach(group -> can.keySet().removeAll(group.tables()));
    can.values().removeIf(each -> !each);
    return List.copyOf(can.keySet());
  }

  /** Returns whether the record of a job gives no reason to run it. */
  private boolean isGood(int job) {
    JobResult result = records.result(job);
    boolean good = result != null && result.outcome().isGood() && result.moved().isEmpty();
    return good && !graph.job(job).has(Trait.ALWAYS);
  }

  private List<RecordedProduct> of(int maker) {
    return maker >= 0 && graph.isTemporary(maker)
        ? gone.computeIfAbsent(maker, missing::apply)
        : List.of();
  }

  /**
   * Returns the missing products that a node reads: a job, also by what its depfile named, or a
   * group that is not expanded yet.
   */
  List<MissingRead> reads(int node) {
    List<MissingRead> reads = new ArrayList<>(0);
    Group group = graph.open().get(node);
    if (group == null) {
      addReads(node, reads);
    } else if (group.problems().isEmpty()) {
      addAwaited(node, group, reads);
    }
    return reads;
  }

  private void addReads(int job, List<MissingRead> reads) {
    for (int file : graph.needs().row(job)) {
      addFile(graph.maker(file), graph.path(file), reads);
    }
    for (int list : graph.listNeeds().row(job)) {
      reads.addAll(ofList.computeIfAbsent(list, id -> ofList(graph.list(id))));
    }
    for (String path : records.found(job)) {
      int maker = graph.makerOf(path);
      if (maker >= 0 && graph.precedes(maker, job)) {
        addFile(maker, path, reads);
      }
    }
  }

  private void addFile(int maker, String path, List<MissingRead> reads) {
    for (RecordedProduct made : of(maker)) {
      boolean whole = path.equals(made.path());
      if (whole || path.startsWith(made.path() + "/")) {
        reads.add(new MissingRead(maker, made.path(), whole || products.tells(made)));
      }
    }
  }

  private List<MissingRead> ofList(NeedList list) {
    List<MissingRead> reads = new ArrayList<>(0);
    for (int maker : list.makers()) {
      for (RecordedProduct made : of(maker)) {
        if (list.ofJobs() || holds(list, made)) {
          reads.add(new MissingRead(maker, made.path(), products.tells(list, made)));
        }
      }
    }
    return reads;
  }

  /** Returns whether a product, or what was in it, may be among the members of a glob or folder. */
  private static boolean holds(NeedList list, RecordedProduct made) {
    String path = made.path();
    if (made.kind() == Stamp.FileKind.FILE) {
      return list.covers(path) && !list.excludes(path);
    }
    return list.kind() == NeedList.ListKind.GLOB
        ? list.glob().overlaps(Glob.of(Glob.escape(path) + "/**"))
        : list.covers(path) || (list.text() + "/").startsWith(path + "/");
  }

  /**
   * Adds what a group that is not expanded yet awaits: for a file its recorded name is enough,
   * unless the file is a table.
   */
  private void addAwaited(int node, Group group, List<MissingRead> reads) {
    for (int before : graph.before().row(node)) {
      for (RecordedProduct made : of(before)) {
        boolean told = made.kind() == Stamp.FileKind.FILE && !group.tables().contains(made.path());
        reads.add(new MissingRead(before, made.path(), told));
      }
    }
  }
}
