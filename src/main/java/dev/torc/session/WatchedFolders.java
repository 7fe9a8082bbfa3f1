package dev.torc.session;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The folders in which something happens when one of some files changes, comes or goes: the file's
 * own, all above it, since they may be moved or made, and those where links on the way stand and
 * lead. It looks where links lead, and listens to nothing; {@link Notices} do.
 */
final class WatchedFolders {

  /** So many links on the way to one file, and the system follows no more either. */
  private static final int LINKS = 40;

  /**
   * What is of interest in a folder: some names or all, and whether for the sake of a file in it,
   * or only because it is on the way to one.
   */
  static final class Names {
    private final Set<String> names = new HashSet<>();
    private boolean all;
    private boolean near;

    /** Whether this name is of interest. */
    boolean has(String name) {
      return all || names.contains(name);
    }

    /** Whether files in it count. */
    boolean isNear() {
      return near;
    }
  }

  private final Map<Path, Names> folders = new HashMap<>();
  private final Set<Path> known = new HashSet<>();

  /** Those of files, and folders in which all names count; all of these absolute. */
  static Map<Path, Names> of(Iterable<Path> files, Iterable<Path> folders) {
    WatchedFolders all = new WatchedFolders();
    files.forEach(file -> all.file(file, 0));
    for (Path folder : folders) {
      Names names = all.at(folder, null, true);
      names.all = true;
      all.way(folder, 0);
    }
    return all.folders;
  }

  private Names at(Path folder, Path inner, boolean near) {
    Names names = folders.computeIfAbsent(folder, _ -> new Names());
    names.near |= near;
    if (inner != null) {
      names.names.add(inner.getFileName().toString());
    }
    return names;
  }

  private void file(Path file, int links) {
    Path folder = file.getParent();
    if (folder != null) {
      at(folder, file, true);
      way(folder, links);
      link(file, links);
    }
  }

  /** All that leads to a folder. */
  private void way(Path folder, int links) {
    Path above = folder.getParent();
    if (known.add(folder) && above != null) {
      at(above, folder, false);
      way(above, links);
      link(folder, links);
    }
  }

  private void link(Path path, int links) {
    if (links < LINKS && Files.isSymbolicLink(path)) {
      try {
        file(path.resolveSibling(Files.readSymbolicLink(path)), links + 1);
      } catch (IOException e) {
        return; // gone in this moment, which is heard where it stood
      }
    }
  }
}
