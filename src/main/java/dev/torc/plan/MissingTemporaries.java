package dev.torc.plan;

import dev.torc.cache.JobResult;
import dev.torc.cache.RecordedProduct;
import dev.torc.graph.Downstream;
import dev.torc.graph.Graph;
import dev.torc.graph.NeedList;
import dev.torc.hash.Stamp;
import dev.torc.syntax.Glob;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The products of temporary jobs that are not there, or need not be, and which jobs read them.
 * {@link WantedTemporaries} decides whether they are made again.
 */
final class MissingTemporaries {

  /**
   * A read of such a product.
   *
   * @param told whether the records tell what the reader would find
   */
  record Read(int maker, String path, boolean told) {}

  private final Graph graph;
  private final JobRecords records;
  private final GoneProducts products;
  private final Map<Integer, List<RecordedProduct>> gone;
  private final Map<Integer, List<Read>> ofList = new HashMap<>();

  /** Looks for what some jobs made. */
  MissingTemporaries(PlanContext context, BitSet jobs) {
    this(context, new HashMap<>());
    for (int j : graph.inOrder(jobs)) {
      if (graph.isTemporary(j)) {
        List<RecordedProduct> lost = products.of(j);
        if (!lost.isEmpty()) {
          gone.put(j, lost);
        }
      }
    }
  }

  private MissingTemporaries(PlanContext context, Map<Integer, List<RecordedProduct>> gone) {
    this.graph = context.graph();
    this.records = context.records();
    this.products = context.contents().gone();
    this.gone = gone;
  }

  /**
   * The products of some temporary jobs that can go: jobs read them, none of these will run by its
   * record, and the records will tell them what the products held. A table from which a group takes
   * its values cannot go.
   *
   * @param further jobs that may read them beside those that wait for the makers themselves
   */
  static List<RecordedProduct> spent(PlanContext context, BitSet makers, BitSet further) {
    MissingTemporaries made = new MissingTemporaries(context, new HashMap<>());
    BitSet readers = (BitSet) further.clone();
    for (int j = makers.nextSetBit(0); j >= 0; j = makers.nextSetBit(j + 1)) {
      JobResult result = made.records.result(j);
      if (result != null && result.outcome() == JobResult.Outcome.OK) {
        made.gone.put(j, result.products());
        Downstream.addReaders(made.graph, j, readers);
      }
    }
    Map<String, Boolean> can = new HashMap<>();
    readers = made.graph.jobsOf(readers);
    for (int j = readers.nextSetBit(0); j >= 0; j = readers.nextSetBit(j + 1)) {
      List<Read> reads = made.reads(j);
      JobResult result = reads.isEmpty() ? null : made.records.result(j);
      boolean well =
          result != null
              && result.outcome().isGood()
              && result.moved().isEmpty()
              && !made.graph.job(j).always();
      reads.forEach(read -> can.merge(read.path, read.told && well, Boolean::logicalAnd));
    }
    made.graph.workflow().groups().forEach(group -> can.keySet().removeAll(group.tables()));
    List<RecordedProduct> spent = new ArrayList<>();
    for (List<RecordedProduct> products : made.gone.values()) {
      products.stream().filter(each -> can.getOrDefault(each.path(), false)).forEach(spent::add);
    }
    return spent;
  }

  boolean isEmpty() {
    return gone.isEmpty();
  }

  /** What a job made and is not there any more. */
  List<RecordedProduct> of(int job) {
    return gone.getOrDefault(job, List.of());
  }

  /** Which of the missing products a job reads, those included that its depfile named. */
  List<Read> reads(int job) {
    List<Read> reads = new ArrayList<>(0);
    for (int file : graph.needs().row(job)) {
      file(graph.maker(file), graph.path(file), reads);
    }
    for (int list : graph.listNeeds().row(job)) {
      reads.addAll(ofList.computeIfAbsent(list, this::list));
    }
    JobResult result = records.result(job);
    if (result != null) {
      for (String path : result.found()) {
        int maker = graph.makerOf(path);
        if (maker >= 0 && graph.precedes(maker, job)) {
          file(maker, path, reads);
        }
      }
    }
    return reads;
  }

  private void file(int maker, String path, List<Read> reads) {
    for (RecordedProduct made : of(maker)) {
      boolean whole = path.equals(made.path());
      if (whole || path.startsWith(made.path() + "/")) {
        reads.add(new Read(maker, made.path(), whole || products.tells(made)));
      }
    }
  }

  private List<Read> list(int id) {
    NeedList list = graph.list(id);
    List<Read> reads = new ArrayList<>(0);
    for (int maker : list.makers()) {
      for (RecordedProduct made : of(maker)) {
        boolean file = made.kind() == Stamp.Kind.FILE;
        boolean member =
            switch (list.kind()) {
              case JOB, SOME -> true;
              case GLOB ->
                  file
                      ? list.glob().matches(made.path())
                      : list.glob().overlaps(Glob.of(Glob.escape(made.path()) + "/**"));
              case FOLDER ->
                  list.text().equals(".")
                      || (made.path() + "/").startsWith(list.text() + "/")
                      || list.text().startsWith(made.path() + "/");
            };
        if (member && !(file && list.excludes(made.path()))) {
          reads.add(new Read(maker, made.path(), products.tells(list, made)));
        }
      }
    }
    return reads;
  }

  /** The jobs with missing products that a group which is not expanded yet awaits. */
  List<Integer> awaited(int group) {
    List<Integer> makers = new ArrayList<>();
    for (int node : graph.before().row(group)) {
      if (!graph.isJob(node)) {
        makers.addAll(graph.isOpen(node) ? List.of() : awaited(node));
      } else if (gone.containsKey(node)) {
        makers.add(node);
      }
    }
    return makers;
  }
}
