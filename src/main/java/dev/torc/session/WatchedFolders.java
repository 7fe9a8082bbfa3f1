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

  private final Map<Path, FolderNames> folders = new HashMap<>();
  private final Set<Path> known = new HashSet<>();

  /** Those of files, and folders in which all names count; all of these absolute. */
  static Map<Path, FolderNames> of(Iterable<Path> files, Iterable<Path> folders) {
    WatchedFolders all = new WatchedFolders();
    files.forEach(file -> all.file(file, 0));
    for (Path folder : folders) {
      all.at(folder).everything();
      all.way(folder, 0);
    }
    return all.folders;
  }

  private FolderNames at(Path folder) {
    return folders.computeIfAbsent(folder, _ -> new FolderNames());
  }

  private void file(Path file, int links) {
    Path folder = file.getParent();
    if (folder != null) {
      at(folder).file(file.getFileName().toString());
      way(folder, links);
      link(file, links);
    }
  }

  /** All that leads to a folder. */
  private void way(Path folder, int links) {
    Path above = folder.getParent();
    if (known.add(folder) && above != null) {
      at(above).way(folder.getFileName().toString());
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
