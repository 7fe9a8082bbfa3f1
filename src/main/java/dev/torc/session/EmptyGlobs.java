package dev.torc.session;

import dev.torc.buildfile.MissHint;
import dev.torc.graph.Graph;
import dev.torc.graph.NeedList;
import dev.torc.syntax.Glob;
import dev.torc.syntax.GlobWalk;
import dev.torc.workflow.Ref;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds needed globs that match nothing, on disk or among what jobs make, and needed folders that
 * are empty: likely a typing error, or a disk that is not mounted. The folders of a list are walked
 * once, however many jobs need it.
 */
final class EmptyGlobs {

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

  /** The needed globs and folders of a job that give nothing, in written order. */
  public List<Ref> of(int job) {
    if (graph.listNeeds().count(job) == 0) {
      return List.of();
    }
    List<Ref> empty = new ArrayList<>();
    for (Ref ref : graph.job(job).needRefs()) {
      if (ref instanceof Ref.OfGlob glob && givesNothing(job, NeedList.Kind.GLOB, glob.pattern())
          || ref instanceof Ref.OfFolder folder
              && givesNothing(job, NeedList.Kind.FOLDER, folder.path())) {
        empty.add(ref);
      }
    }
    return empty;
  }

  /** What stands where such a need gives nothing, in a few words. */
  public String beside(Ref empty) throws IOException {
    Path root = graph.workflow().root();
    return empty instanceof Ref.OfGlob glob
        ? MissHint.pattern(root, Glob.of(glob.pattern()))
        : MissHint.folder(root, ((Ref.OfFolder) empty).path());
  }

  private boolean givesNothing(int job, NeedList.Kind kind, String text) {
    for (int id : graph.listNeeds().row(job)) {
      NeedList list = graph.list(id);
      if (list.kind() == kind && list.text().equals(text)) {
        if (!list.makers().isEmpty()) {
          return false;
        }
        int maker = makers.computeIfAbsent(id, _ -> maker(list));
        return maker == NOTHING || maker == job; // its own products are not for it
      }
    }
    return false;
  }

  /** The one job that makes all that a list matches on disk. */
  private int maker(NeedList list) {
    Path root = graph.workflow().root();
    List<String> paths;
    try {
      if (list.kind() == NeedList.Kind.FOLDER) { // where there is none at all, that is an error
        boolean empty = Files.isDirectory(root.resolve(list.text()));
        return empty && !MissHint.folder(root, list.text()).isEmpty() ? NOTHING : SEVERAL;
      }
      paths = GlobWalk.of(root, list.glob());
    } catch (IOException e) {
      return SEVERAL; // something is there: its reader tells what is wrong with it
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
