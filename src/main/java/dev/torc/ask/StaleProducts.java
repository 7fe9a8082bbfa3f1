package dev.torc.ask;

import dev.torc.graph.Graph;
import dev.torc.graph.NeedList;
import dev.torc.hash.Stamp;
import dev.torc.plan.JobRecords;
import dev.torc.records.JobResult;
import dev.torc.records.RecordedProduct.OwnedPath;
import dev.torc.syntax.Glob;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Tells recorded products that no job declares any more and none needs (rule 15) from those that
 * belong to a job of the build file. It does not say whether they may be deleted.
 */
final class StaleProducts {

  private final Graph graph;
  private final Map<String, Integer> depfiles = new HashMap<>();
  private final Set<String> found = new HashSet<>(); // by depfiles, and by groups that read tables
  private final TreeSet<String> paths = new TreeSet<>();

  /**
   * Looks at the declarations of a graph, its groups' tables, and what depfiles named in the last
   * runs.
   */
  public StaleProducts(Graph graph, JobRecords records) {
    this.graph = graph;
    for (int f = 0; f < graph.files(); f++) {
      paths.add(graph.path(f));
    }
    for (int j : graph.inOrder(graph.allJobs())) {
      if (graph.job(j).depfile() != null) {
        depfiles.put(graph.job(j).depfile(), j);
        paths.add(graph.job(j).depfile());
      }
      JobResult result = records.result(j);
      if (result != null) {
        found.addAll(result.found());
      }
    }
    graph.workflow().groups().forEach(group -> found.addAll(group.tables()));
    paths.addAll(found);
  }

  /** The job, or open group, that declares a path as its product or depfile, -1 if none does. */
  public int job(String path) {
    int maker = graph.makerOf(path);
    return maker >= 0 ? maker : depfiles.getOrDefault(path, -1);
  }

  /**
   * Whether a recorded product is neither declared nor needed.
   *
   * @param unaltered whether it stands as torc made it: no needed glob or folder counts such a file
   */
  public boolean test(OwnedPath owned, boolean unaltered) {
    String path = owned.path();
    if (graph.mayBeInstance(owned.job())) {
      return false; // not all instances of its group are known
    }
    if (job(path) >= 0 || graph.fileId(path) >= 0 || found.contains(path) || holds(path)) {
      return false;
    }
    if (owned.kind() == Stamp.Kind.FILE && unaltered && !owned.adopted()) {
      return true;
    }
    Glob inside = Glob.of(Glob.escape(path) + "/**");
    for (int i = 0; i < graph.lists(); i++) {
      NeedList list = graph.list(i);
      boolean needed =
          switch (list.kind()) {
            case GLOB -> list.glob().matches(path) || list.glob().overlaps(inside);
            case FOLDER ->
                list.text().equals(".") || within(path, list.text()) || within(list.text(), path);
            case JOB, SOME -> false;
          };
      if (needed && !list.excludes(path)) {
        return false;
      }
    }
    return true;
  }

  /** Whether something that is declared or needed lies below a path, which was a folder once. */
  private boolean holds(String path) {
    String below = paths.ceiling(path + "/");
    return below != null && below.startsWith(path + "/") || graph.makesBelow(path);
  }

  private static boolean within(String path, String folder) {
    return path.equals(folder) || path.startsWith(folder + "/");
  }
}
