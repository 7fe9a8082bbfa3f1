package dev.torc.features.clean;

import dev.torc.base.syntax.Glob;
import dev.torc.core.decide.JobRecords;
import dev.torc.core.memory.RecordedProduct.OwnedPath;
import dev.torc.core.model.Graph;
import dev.torc.core.model.InstanceName;
import dev.torc.core.model.NeedList;
import dev.torc.core.model.Workflow.LeftOutJob;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Finds stale products, which are recorded but no longer declared (rule 15). Whether they may be
 * removed is decided elsewhere.
 */
public final class StaleProducts {

  private final Graph graph;
  private final JobRecords records;
  private final Map<String, Integer> depfiles = new HashMap<>();
  private TreeSet<String> needed; // paths that are declared or needed; null until needed

  public StaleProducts(Graph graph, JobRecords records) {
    this.graph = graph;
    this.records = records;
    for (int j : graph.inOrder(graph.allJobs())) {
      if (graph.job(j).depfile() != null) {
        depfiles.put(graph.job(j).depfile(), j);
      }
    }
  }

  /** Returns the job or open group that declares a path as product or depfile; -1 if none does. */
  public int job(String path) {
    int maker = graph.makerAt(path);
    return maker >= 0 ? maker : depfiles.getOrDefault(path, -1);
  }

  /**
   * Returns whether a recorded product is stale. If it is {@code unaltered} and torc's, it is stale
   * even if a job needs it.
   */
  public boolean test(OwnedPath owned, boolean unaltered) {
    String path = owned.path();
    boolean unknown = graph.mayBeInstance(owned.job()); // its group may still declare the path
    SortedMap<String, LeftOutJob> leftOut = graph.workflow().leftOut(); // only for this build
    boolean out =
        !leftOut.isEmpty()
            && (leftOut.containsKey(owned.job())
                || leftOut.containsKey(InstanceName.parse(owned.job()).group()));
    if (unknown || out || job(path) >= 0 || graph.makesBelow(path)) {
      return false;
    }
    return unaltered && !owned.adopted() || !isNeeded(path);
  }

  private boolean isNeeded(String path) {
    if (needed == null) {
      needed = new TreeSet<>(depfiles.keySet());
      for (int f = 0; f < graph.files(); f++) {
        needed.add(graph.path(f));
      }
      for (int j : graph.inOrder(graph.allJobs())) {
        needed.addAll(records.found(j));
      }
      graph.workflow().groups().forEach(group -> needed.addAll(group.sources().tables()));
    }
    String below = needed.ceiling(path + "/");
    Glob inside = Glob.of(Glob.escape(path) + "/**");
    return needed.contains(path)
        || below != null && below.startsWith(path + "/")
        || IntStream.range(0, graph.lists())
            .mapToObj(graph::list)
            .anyMatch(list -> needs(list, path, inside) && !list.excludes(path));
  }

  /** Returns whether a glob or folder may match a path, or anything below it. */
  private static boolean needs(NeedList list, String path, Glob inside) {
    return switch (list.kind()) {
      case GLOB -> list.covers(path) || list.overlaps(inside);
      case FOLDER -> list.covers(path) || list.liesIn(path);
      case JOB, SOME -> false;
    };
  }
}
