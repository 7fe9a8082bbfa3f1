package dev.torc.core.decide;

import dev.torc.base.posix.Walk;
import dev.torc.core.memory.RecordedProduct;
import dev.torc.core.model.FolderAlias;
import dev.torc.core.model.Graph;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Finds the makers of files that no need names, and that a depfile, a trace or a symlink leads to:
 * the makers of their real paths. Several threads may use this class.
 */
public final class RealNames {

  private final Path root;
  private final Graph graph;
  private final JobRecords records;
  private final Set<String> plain = ConcurrentHashMap.newKeySet(); // paths without symlinks
  private final Set<String> sources = ConcurrentHashMap.newKeySet(); // real paths without makers
  private List<FolderAlias> aliases; // on the ways to products; null until needed

  RealNames(Graph graph, JobRecords records) {
    this.root = graph.workflow().root();
    this.graph = graph;
    this.records = records;
  }

  /** Returns the real path of a file; a path without symlinks is looked at once. */
  public String of(String path) {
    String real = plain.contains(path) ? path : Walk.name(root, path);
    if (real.equals(path)) {
      plain.add(path);
    }
    return real;
  }

  /** Returns the name by which a real path is declared, which may lead through a symlink. */
  String declared(String real) {
    for (FolderAlias alias : aliases()) {
      String written = alias.written(real);
      if (graph.makerOf(written) >= 0) {
        return written;
      }
    }
    return real;
  }

  int makerOfFound(int job, String path) {
    int maker = sources.contains(path) ? -1 : makerOfName(job, path);
    return maker < 0 ? makerOfReal(job, of(path)) : maker;
  }

  /** Returns the maker of a path without symlinks. */
  int makerOfReal(int job, String real) {
    if (sources.contains(real)) {
      return -1;
    }
    int maker = makerOfName(job, real);
    if (maker >= 0) {
      return maker;
    }
    String name = declared(real);
    if (graph.makerOf(real) < 0 && graph.makerOf(name) < 0) {
      sources.add(real);
    }
    return makerOfName(job, name);
  }

  private synchronized List<FolderAlias> aliases() {
    aliases = aliases == null ? FolderAlias.on(root, graph.productFolders()) : aliases;
    return aliases;
  }

  /**
   * Returns the maker of a found file by its name alone. The product pattern of an open group may
   * also match sources. So until the group is expanded, a file that no recorded run made counts as
   * a source.
   */
  private int makerOfName(int job, String path) {
    int maker = graph.makerOf(path);
    boolean other = graph.isOpen(maker) && !graph.precedes(maker, job);
    return other && records.owned(path) == null ? -1 : maker;
  }

  /**
   * Returns the unsettled job before {@code job} that makes the target of a product, if the product
   * still is the symlink that the run made; else -1.
   */
  int unmadeTarget(int job, RecordedProduct made) {
    try {
      if (made.isLink()
          && Files.readSymbolicLink(root.resolve(made.path())).toString().equals(made.link())) {
        int maker = graph.makerOf(Walk.name(root, made.path()));
        boolean waits = maker >= 0 && maker != job && !records.isInPlace(maker);
        return waits && graph.precedes(maker, job) ? maker : -1;
      }
    } catch (IOException e) {
      // it is missing, or no longer a symlink
    }
    return -1;
  }
}
