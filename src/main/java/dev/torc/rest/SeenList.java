package dev.torc.rest;

import dev.torc.graph.NeedList;
import dev.torc.hash.FolderDigest;
import dev.torc.syntax.Glob;
import dev.torc.syntax.GlobWalk;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A glob or a folder whose names are of interest: which there are now. What they contain is for
 * {@link WatchSnapshot}.
 *
 * @param glob null for a folder
 * @param folder its path; where a glob begins to look
 * @param excludes patterns whose matches do not count
 * @param made whether it is a product: no other job may put anything there
 */
record SeenList(Glob glob, String folder, List<Glob> excludes, boolean made) {

  /**
   * What is there.
   *
   * @param names relative to the root or absolute as the list is; of a folder the folders and links
   *     in it too
   * @param folders where names can come and go
   */
  record Found(List<String> names, List<String> folders) {}

  /** All that a pattern matches. */
  static SeenList of(String pattern) {
    Glob glob = Glob.of(pattern);
    return new SeenList(glob, glob.fixedPrefix(), List.of(), false);
  }

  /** Whatever is below a folder that a job made. */
  static SeenList made(String folder) {
    return new SeenList(null, folder, List.of(), true);
  }

  /** A needed glob or folder. */
  static SeenList of(NeedList list) {
    Glob glob = list.glob();
    String folder = glob == null ? list.text() : glob.fixedPrefix();
    return new SeenList(glob, folder, list.excludes(), false);
  }

  /** Goes through it; what cannot be listed has no names, since it is the build that tells. */
  Found walk(Path root) {
    Found found = new Found(new ArrayList<>(), new ArrayList<>());
    if (glob == null || FolderDigest.counts(folder)) {
      found.folders.add(folder);
    }
    try {
      if (glob != null) {
        GlobWalk.Found all = GlobWalk.all(root, glob);
        found.names.addAll(all.files());
        found.folders.addAll(all.folders());
      } else {
        enter(root, folder.equals(".") ? "" : folder, found, new HashSet<>());
      }
    } catch (IOException | DirectoryIteratorException e) {
      found.names.clear();
    }
    found.names.removeIf(name -> excludes.stream().anyMatch(each -> each.matches(name)));
    return found;
  }

  /** Links to folders are entered: those that lead out of the folder count with what is there. */
  private static void enter(Path root, String path, Found into, Set<Path> open) throws IOException {
    Path folder = root.resolve(path);
    if (!Files.isDirectory(folder)) {
      return;
    }
    Path real = folder.toRealPath();
    if (!open.add(real)) {
      return;
    }
    into.folders.add(path);
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        if (!FolderDigest.IGNORED.contains(name)) {
          String child = path.isEmpty() ? name : path + "/" + name;
          into.names.add(child);
          enter(root, child, into, open);
        }
      }
    }
    open.remove(real);
  }

  /** Whether a path is below a folder of which all counts. */
  boolean isInside(String path) {
    return glob == null && (folder.equals(".") || path.startsWith(folder + "/"));
  }

  /** Whether a name that was found is that of a file, and of no link. */
  static boolean isFile(Path root, String name) {
    return Files.isRegularFile(root.resolve(name), LinkOption.NOFOLLOW_LINKS);
  }
}
