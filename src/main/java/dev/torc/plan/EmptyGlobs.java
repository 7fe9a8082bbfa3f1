package dev.torc.plan;

import dev.torc.graph.Graph;
import dev.torc.graph.NeedList;
import dev.torc.workflow.Ref;
import dev.torc.workflow.Walk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds needed globs that match nothing, on disk or among what jobs make: likely a typing error.
 * The folders of a list are walked once, however many jobs need it.
 */
public final class EmptyGlobs {

  /** Instead of a maker: the glob matches nothing. */
  private static final int NOTHING = -2;

  /** Instead of a maker: it matches the products of several jobs, or of none. */
  private static final int SEVERAL = -3;

  private final Graph graph;
  private final Map<Integer, Integer> makers = new HashMap<>(); // by list

  /** For the jobs of a graph. */
  public EmptyGlobs(Graph graph) {
    this.graph = graph;
  }

  /** The needed globs of a job that match nothing, in written order. */
  public List<Ref.OfGlob> of(int job) {
    if (graph.listNeeds().count(job) == 0) {
      return List.of();
    }
    List<Ref.OfGlob> empty = new ArrayList<>();
    for (Ref ref : graph.job(job).needRefs()) {
      if (ref instanceof Ref.OfGlob glob && matchesNothing(job, glob)) {
        empty.add(glob);
      }
    }
    return empty;
  }

  private boolean matchesNothing(int job, Ref.OfGlob glob) {
    for (int i = graph.listNeeds().from(job); i < graph.listNeeds().to(job); i++) {
      int id = graph.listNeeds().at(i);
      NeedList list = graph.list(id);
      if (list.kind() == NeedList.Kind.GLOB && list.text().equals(glob.pattern())) {
        if (!list.makers().isEmpty()) {
          return false;
        }
        Integer maker = makers.get(id);
        if (maker == null) {
          maker = maker(list);
          makers.put(id, maker);
        }
        return maker == NOTHING || maker == job; // its own products are not for it
      }
    }
    return false;
  }

  /** The one job that makes all that a list matches on disk. */
  private int maker(NeedList list) {
    List<String> paths;
    try {
      paths = Walk.of(graph.workflow().root(), list.glob());
    } catch (IOException e) {
      return SEVERAL; // something is there: who reads it tells what is wrong with it
    }
    int only = NOTHING;
    for (String path : paths) {
      if (!list.excludes(path)) {
        int maker = graph.makerOf(path);
        if (maker < 0 || only != NOTHING && only != maker) {
          return SEVERAL;
        }
        only = maker;
      }
    }
    return only;
  }
}
