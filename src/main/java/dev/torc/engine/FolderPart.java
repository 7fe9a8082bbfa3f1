package dev.torc.engine;

import dev.torc.hash.FolderDigest.Excluded;
import dev.torc.posix.FileTree;
import dev.torc.posix.OwnFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The part of a folder product that its job declares, where something is excluded: moves, copies or
 * removes it. What is excluded stays where it is, with the folders above it. Knows no records;
 * {@link ProductRemoval} decides what becomes of a product.
 *
 * @param excluded what is no part of it
 */
record FolderPart(Excluded excluded) {

  /** What is done with each file, link or other thing. */
  private interface Step {
    void take(Path from, Path to) throws IOException;
  }

  /** Whether the part holds nothing but folders. */
  boolean isEmpty(Path folder) throws IOException {
    List<Path> found = new ArrayList<>();
    each(folder, null, "", (from, _) -> found.add(from));
    return found.isEmpty();
  }

  /** Removes the part; the folder stays if anything is left in it. */
  void remove(Path folder) throws IOException {
    each(folder, null, "", (from, _) -> FileTree.remove(from));
    removeEmpty(folder, "");
  }

  /** Moves the part to a folder that it makes if need be. */
  void move(Path folder, Path to) throws IOException {
    Files.createDirectories(to);
    each(folder, to, "", Files::move);
    removeEmpty(folder, "");
  }

  /** Copies the part to a folder that it makes if need be. */
  void copy(Path folder, Path to) throws IOException {
    Files.createDirectories(to);
    each(folder, to, "", FileTree::copy);
  }

  /**
   * Moves what is excluded back into the folder in which it stood; what stands there stays.
   *
   * @param aside where the whole folder was moved
   */
  void restore(Path aside, Path folder) throws IOException {
    restore(aside, folder, "");
  }

  private void restore(Path aside, Path folder, String inner) throws IOException {
    for (Path each : FileTree.entries(aside)) {
      String path = inner + each.getFileName();
      Path to = folder.resolve(each.getFileName());
      boolean inside = isFolder(each);
      if (inside && (!excluded.whole(path) || isFolder(to))) {
        restore(each, to, path + "/");
      } else if ((excluded.whole(path) || !inside && excluded.member(path))
          && !Files.exists(to, LinkOption.NOFOLLOW_LINKS)) {
        Files.createDirectories(folder);
        Files.move(each, to);
      }
    }
  }

  private void each(Path folder, Path to, String inner, Step step) throws IOException {
    for (Path each : FileTree.entries(folder)) {
      String path = inner + each.getFileName();
      Path target = to == null ? null : to.resolve(each.getFileName());
      boolean counts = !excluded.whole(path) && !excluded.member(path);
      if (isFolder(each) && !excluded.whole(path)) {
        if (counts && to != null) {
          Files.createDirectories(target);
        }
        each(each, target, path + "/", step);
      } else if (counts) {
        if (to != null) {
          Files.createDirectories(to);
        }
        step.take(each, target);
      }
    }
  }

  /** Removes folders that count and are empty. */
  private void removeEmpty(Path folder, String inner) throws IOException {
    for (Path each : FileTree.entries(folder)) {
      String path = inner + each.getFileName();
      if (isFolder(each) && !excluded.whole(path) && !excluded.member(path)) {
        removeEmpty(each, path + "/");
      }
    }
    OwnFile.removeEmpty(folder);
  }

  private static boolean isFolder(Path path) {
    return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
  }
}
