package dev.torc.plan;

import dev.torc.cache.JobResult;
import dev.torc.cache.RecordedProduct;
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
 * The products of temporary jobs that are not there, and which jobs read them. {@link
 * WantedTemporaries} decides whether they are made again.
 */
final class MissingTemporaries {

  /**
   * A read of such a product.
   *
   * @param told whether the records tell what the reader would find; of a folder they know only the
   *     digest of the whole
   */
  record Read(int maker, String path, boolean told) {}

  private final Graph graph;
  private final JobRecords records;
  private final Map<Integer, List<RecordedProduct>> gone = new HashMap<>();
  private final Map<Integer, List<Read>> ofList = new HashMap<>();

  /** Looks for what some jobs made. */
  MissingTemporaries(PlanContext context, BitSet jobs) {
    this.graph = context.graph();
    this.records = context.records();
    for (int j : graph.inOrder(jobs)) {
      if (graph.isTemporary(j)) {
        List<RecordedProduct> lost = context.contents().gone(j);
        if (!lost.isEmpty()) {
          gone.put(j, lost);
        }
      }
    }
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
        reads.add(new Read(maker, made.path(), whole));
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
              case JOB -> true;
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
          boolean told =
              list.kind() == NeedList.Kind.JOB || file && list.kind() == NeedList.Kind.GLOB;
          reads.add(new Read(maker, made.path(), told));
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
