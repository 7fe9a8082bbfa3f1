package dev.torc.features.remarks;

import dev.torc.base.digests.StopFlag;
import dev.torc.base.posix.Io;
import dev.torc.base.syntax.BadInput.Diagnostic;
import dev.torc.base.syntax.Glob;
import dev.torc.base.syntax.GlobWalk;
import dev.torc.base.syntax.Place;
import dev.torc.core.model.Graph;
import dev.torc.core.model.NeedList;
import dev.torc.core.model.ProductIndex;
import dev.torc.core.model.Ref;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Finds items of {@code needs} that exclude nothing, neither a file on disk nor a product, likely
 * because of a typo. An item that names a leading dot or excludes an existing folder whole counts
 * as useful: the walk does not enter such a folder.
 */
public final class UselessExcludes {

  /** How many instances of a group are looked at. */
  private static final int MOST = 100;

  private final Graph graph;
  private List<Glob> made; // what folders and globs among the products may hold; null before use

  private UselessExcludes(Graph graph) {
    this.graph = graph;
  }

  /** Returns a warning for each item of these jobs that excludes nothing. */
  public static List<Diagnostic> of(Graph graph, int[] jobs) {
    UselessExcludes look = new UselessExcludes(graph);
    Map<Place, Diagnostic> lines = new LinkedHashMap<>();
    Set<Place> useful = new HashSet<>(0); // for a group, in any of its instances
    Map<Place, Integer> looked = new HashMap<>(0);
    for (int id : jobs) {
      for (Ref ref : graph.job(id).needRefs()) {
        if (ref instanceof Ref.Exclude exclude
            && !useful.contains(ref.place())
            && looked.merge(ref.place(), 1, Integer::sum) <= MOST) {
          String line = ref.text() + " excludes nothing that the other needs name";
          lines.put(ref.place(), new Diagnostic(ref.place(), line));
          if (look.isUseful(id, Glob.of(exclude.pattern()))) {
            useful.add(ref.place());
            lines.remove(ref.place());
          }
        }
      }
    }
    return List.copyOf(lines.values());
  }

  private boolean isUseful(int job, Glob exclude) {
    Path root = graph.workflow().root();
    Path folder = root.resolve(exclude.fixedPrefix());
    if (("/" + exclude).contains("/.")
        || exclude.excludesFolder(exclude.fixedPrefix()) && Files.exists(folder)) {
      return true;
    }
    List<Glob> others = new ArrayList<>(graph.job(job).excludes());
    others.removeIf(each -> each.toString().equals(exclude.toString()));
    List<NeedList> lists = new ArrayList<>();
    for (int id : graph.listNeeds().row(job)) {
      lists.add(graph.list(id));
    }
    return lists.stream().anyMatch(list -> hits(list, exclude, others)) || makes(lists, exclude);
  }

  /**
   * Returns whether an exclude keeps something out of a list: something on disk, or a product of a
   * named job.
   */
  private boolean hits(NeedList list, Glob exclude, List<Glob> others) {
    if (list.ofJobs()) {
      for (int maker : graph.nodesInNeed(list.text())) {
        if (!graph.isJob(maker)
            || graph.job(maker).productRefs().stream()
                .anyMatch(ref -> ProductIndex.inside(ref).overlaps(exclude))) {
          return true;
        }
      }
      return false;
    }
    Path root = graph.workflow().root();
    Glob glob = list.glob() == null ? ProductIndex.inside(list.text()) : list.glob();
    try (Stream<Path> near = Files.list(root.resolve(exclude.fixedPrefix()))) {
      // files of every kind, and links that lead nowhere
      if (near.map(path -> root.relativize(path).toString())
          .anyMatch(path -> exclude.excludes(path) && glob.dotted().matches(path))) {
        return true;
      }
    } catch (IOException | UncheckedIOException e) {
      // missing or unreadable: the walk below decides
    }
    return Io.or(
        () ->
            GlobWalk.files(root, glob.dotted(), others, new StopFlag()).stream()
                .anyMatch(exclude::excludes),
        true); // its reader reports what is wrong
  }

  /** Returns whether an exclude keeps a product out of the lists. */
  private boolean makes(List<NeedList> lists, Glob exclude) {
    for (int file = 0; file < graph.files(); file++) {
      String path = graph.path(file);
      if (graph.maker(file) >= 0
          && lists.stream()
              .anyMatch(
                  list ->
                      list.covers(path)
                          && (exclude.excludes(path) || exclude.excludes(list.named(path))))) {
        return true;
      }
    }
    if (made == null) {
      made = new ArrayList<>();
      for (int job : graph.allJobs().stream().toArray()) {
        for (Ref ref : graph.job(job).productRefs()) {
          if (ref instanceof Ref.OfMany) {
            made.add(ProductIndex.inside(ref));
          }
        }
      }
    }
    return made.stream()
        .anyMatch(
            each -> each.overlaps(exclude) && lists.stream().anyMatch(list -> list.overlaps(each)));
  }
}
