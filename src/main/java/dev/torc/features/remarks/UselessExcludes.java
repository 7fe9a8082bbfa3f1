package dev.torc.features.remarks;

import dev.torc.base.digests.StopFlag;
import dev.torc.base.posix.Io;
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
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Finds items of {@code needs} that exclude nothing, neither a file on disk nor a product, likely
 * because of a typo. An item that names a leading dot or excludes an existing folder whole counts
 * as useful: the walk does not enter such a folder. So does one that names what a script imports.
 */
final class UselessExcludes implements Remark {

  /** How many instances of a group are looked at. */
  private static final int MOST = 100;

  private final Graph graph;
  private final ScriptImports imports;
  private final Set<Place> seen; // in the build
  private List<Glob> made; // what folders and globs among the products may hold; null before use

  UselessExcludes(Graph graph, ScriptImports imports, Set<Place> seen) {
    this.graph = graph;
    this.imports = imports;
    this.seen = seen;
  }

  @Override
  public Due due() {
    return Due.RUN;
  }

  /** Looks at a job and, of a group, at its other instances, in which an item may be useful. */
  @Override
  public void of(RemarkedJob of) {
    for (Ref ref : of.job().needRefs()) {
      if (ref instanceof Ref.Exclude && !of.run().isLate() && seen.add(ref.place())) {
        int[] alike = of.job().group() == null ? null : graph.nodesOf(of.job().group());
        IntStream jobs = alike == null ? IntStream.of(of.id()) : IntStream.of(alike);
        if (jobs.filter(graph::isJob).limit(MOST).noneMatch(job -> isUseful(job, ref.place()))) {
          of.say(
              "exclude", ref.place(), ref.text() + " excludes nothing that the other needs name");
        }
      }
    }
  }

  private boolean isUseful(int job, Place place) {
    return graph.job(job).needRefs().stream()
        .filter(ref -> ref.place().equals(place))
        .anyMatch(ref -> ref instanceof Ref.Exclude of && isUseful(job, Glob.of(of.pattern())));
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
    List<NeedList> lists = IntStream.of(graph.listNeeds().row(job)).mapToObj(graph::list).toList();
    return lists.stream().anyMatch(list -> hits(list, exclude, others))
        || makes(lists, exclude)
        || imports.importer(job, exclude::excludes) != null;
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
                .anyMatch(
                    ref ->
                        ref instanceof Ref.OfFolder folder // of a job as a whole
                            ? exclude.excludes(folder.path())
                            : ProductIndex.inside(ref).overlaps(exclude))) {
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
