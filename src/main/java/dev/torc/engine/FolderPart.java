package dev.torc.engine;

import dev.torc.hash.FolderDigest.Excluded;
import dev.torc.posix.FileStatus;
import dev.torc.posix.FileTree;
import dev.torc.posix.FolderHandle;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
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
 * @param excluded the members that the product leaves out
 */
record FolderPart(Excluded excluded) {

  /** What is done with each file, link or other thing. */
  interface PartStep {
    /**
     * Does it.
     *
     * @param to the folder for it; null for none
     */
    void take(FolderHandle from, Path name, FolderHandle to) throws IOException;
  }

  /** Returns whether the part holds nothing but folders. */
  boolean isEmpty(FolderHandle folder) throws IOException {
    List<Path> found = new ArrayList<>();
    each(folder, null, "", false, (_, name, _) -> found.add(name));
    return found.isEmpty();
  }

  /** Returns whether a path in the folder is excluded; a folder only with all that it holds. */
  boolean leavesOut(String path, FileStatus there) {
    return excluded.whole(path) || !there.isFolder() && excluded.member(path);
  }

  /** Removes the part; the folder stays if anything is left in it. */
  void remove(FolderHandle holder, Path name) throws IOException {
    try (FolderHandle folder = holder.enter(name)) {
      each(folder, null, "", true, (from, file, _) -> from.removeFile(file));
    }
    removeEmpty(holder, name);
  }

  void move(FolderHandle holder, Path name, Path to, PartStep step) throws IOException {
    try (FolderHandle folder = holder.enter(name);
        FolderHandle target = FolderHandle.of(to)) {
      each(folder, target, "", true, step);
    }
    removeEmpty(holder, name);
  }

  /**
   * Moves the members of a folder, which stays, to another one.
   *
   * @param part which of them; null for all, which move with all that they hold
   */
  static void move(FolderHandle folder, FolderPart part, FolderHandle to, PartStep step)
      throws IOException {
    if (part != null) {
      part.each(folder, to, "", true, step);
      return;
    }
    for (Path each : FileTree.entries(folder.path())) {
      step.take(folder, each.getFileName(), to);
    }
  }

  /** Copies the part to another folder. */
  void copy(FolderHandle folder, Path to) throws IOException {
    try (FolderHandle target = FolderHandle.of(to)) {
      each(
          folder,
          target,
          "",
          false,
          (from, name, into) ->
              FileTree.copy(from.path().resolve(name), into.path().resolve(name)));
    }
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

  /**
   * Does something with each thing of the part.
   *
   * @param to a folder in which the inner folders are made; null for none
   * @param leaves whether inner folders that are empty then are removed
   */
  private void each(
      FolderHandle folder, FolderHandle to, String inner, boolean leaves, PartStep step)
      throws IOException {
    for (Path each : FileTree.entries(folder.path())) {
      Path name = each.getFileName();
      String path = inner + name;
      FileStatus there = folder.status(name);
      if (!there.exists() || leavesOut(path, there)) {
        continue;
      }
      folder.refuseMount(name, there);
      if (!there.isFolder()) {
        step.take(folder, name, to);
        continue;
      }
      try (FolderHandle within = folder.enterSame(name);
          FolderHandle target = to == null ? null : make(to.path().resolve(name))) {
        each(within, target, path + "/", leaves, step);
      }
      if (!excluded.member(path)) {
        if (leaves) {
          removeEmpty(folder, name);
        }
      } else if (to != null) {
        removeEmpty(to, name);
      }
    }
  }

  private static FolderHandle make(Path folder) throws IOException {
    return FolderHandle.of(Files.createDirectory(folder));
  }

  private static void removeEmpty(FolderHandle holder, Path name) throws IOException {
    try {
      holder.removeEmpty(name);
    } catch (DirectoryNotEmptyException e) {
      return; // it holds what is excluded
    }
  }

  private static boolean isFolder(Path path) {
    return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
  }
}
