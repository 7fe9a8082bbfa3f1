package dev.torc.plan;

import dev.torc.graph.Graph;
import dev.torc.graph.NeedList;
import dev.torc.workflow.Ref;
import dev.torc.workflow.Walk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds needed globs that match nothing, on disk or among what jobs make: likely a typing error.
 */
public final class EmptyGlobs {

  private EmptyGlobs() {}

  /** The needed globs of a job that match nothing, in written order. */
  public static List<Ref.OfGlob> of(Graph graph, int job) throws IOException {
    if (graph.listNeeds().count(job) == 0) {
      return List.of();
    }
    List<Ref.OfGlob> empty = new ArrayList<>();
    for (Ref ref : graph.job(job).needRefs()) {
      if (ref instanceof Ref.OfGlob glob && matchesNothing(graph, job, glob)) {
        empty.add(glob);
      }
    }
    return empty;
  }

  private static boolean matchesNothing(Graph graph, int job, Ref.OfGlob glob) throws IOException {
    for (int i = graph.listNeeds().from(job); i < graph.listNeeds().to(job); i++) {
      NeedList list = graph.list(graph.listNeeds().at(i));
      if (list.kind() == NeedList.Kind.GLOB && list.text().equals(glob.pattern())) {
        return list.makers().isEmpty()
            && Walk.of(graph.workflow().root(), list.glob()).stream()
                .noneMatch(path -> !list.excludes(path) && graph.makerOf(path) != job);
      }
    }
    return false;
  }
}
