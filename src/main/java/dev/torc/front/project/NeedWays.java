package dev.torc.front.project;

import dev.torc.core.model.FolderAlias;
import dev.torc.core.model.Graph;
import dev.torc.core.model.NeedList;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/**
 * Tells whether the symlinks on the ways to needed globs and folders have changed since the graph
 * was derived. If they have, these globs and folders may find the products of other jobs, and the
 * graph has to be derived again.
 */
public record NeedWays(Graph graph) {

  /** Returns whether each symlink on a way leads where it led. Does not look for new symlinks. */
  public boolean leadAsBefore() {
    Path root = graph.workflow().root();
    for (int id = 0; id < graph.lists(); id++) {
      FolderAlias alias = graph.list(id).alias();
      if (alias != null && !alias.equals(FolderAlias.of(root, alias.written()))) {
        return false;
      }
    }
    return true;
  }

  /** Returns whether a symlink is now on a way that had none. */
  public boolean areNew() {
    Set<String> folders = new HashSet<>();
    for (int id = 0; id < graph.lists(); id++) {
      NeedList list = graph.list(id);
      if (list.alias() == null && !list.ofJobs()) {
        folders.add(list.folder());
      }
    }
    return !FolderAlias.on(graph.workflow().root(), folders).isEmpty();
  }
}
