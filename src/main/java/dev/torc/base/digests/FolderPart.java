package dev.torc.base.digests;

import dev.torc.base.digests.FolderDigest.Excluded;
import dev.torc.base.posix.FileStatus;
import dev.torc.base.posix.FileTree;
import dev.torc.base.posix.FolderHandle;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Moves, copies or removes a folder without its excluded members. These stay where they are, with
 * the folders above them.
 */
public record FolderPart(Excluded excluded) {

  /** An operation on each entry that is not a folder. */
  public interface PartStep {
    /** Moves, copies or removes an entry; {@code to} is its new folder, or null. */
    void apply(FolderHandle from, Path name, FolderHandle to) throws IOException;
  }

  public boolean isEmpty(FolderHandle folder) throws IOException {
    List<Path> found = new ArrayList<>();
    each(folder, null, "", false, (_, name, _) -> found.add(name));
    return found.isEmpty();
  }

  /**
   * Returns whether a path in the folder is excluded. A folder is excluded only with all its
   * members.
   */
  public boolean leavesOut(String path, FileStatus there) {
    return excluded.whole(path) || !there.isFolder() && excluded.member(path);
  }

  /** Removes the part; the folder stays if anything remains in it. */
  public void remove(FolderHandle holder, Path name) throws IOException {
    try (FolderHandle folder = holder.enter(name)) {
      each(folder, null, "", true, (from, file, _) -> from.removeFile(file));
    }
    removeEmpty(holder, name);
  }

  public void move(FolderHandle holder, Path name, Path to, PartStep step) throws IOException {
    try (FolderHandle folder = holder.enter(name);
        FolderHandle target = FolderHandle.of(to)) {
      each(folder, target, "", true, step);
    }
    removeEmpty(holder, name);
  }

  /**
   * Moves the members of a folder, or only the given part, to another folder; the folder itself
   * stays.
   */
  public static void move(FolderHandle folder, FolderPart part, FolderHandle to, PartStep step)
      throws IOException {
    if (part != null) {
      part.each(folder, to, "", true, step);
      return;
    }
    for (Path each : FileTree.entries(folder.path())) {
      step.apply(folder, each.getFileName(), to);
    }
  }

  public void copy(FolderHandle folder, Path to) throws IOException {
    PartStep copy =
        (from, name, into) -> FileTree.copy(from.path().resolve(name), into.path().resolve(name));
    try (FolderHandle target = FolderHandle.of(to)) {
      each(folder, target, "", false, copy);
    }
  }

  /**
   * Moves excluded members of a folder back from {@code aside}, to which the whole folder was
   * moved. Replaces nothing, and follows no link.
   */
  public void restore(FolderHandle aside, FolderHandle holder, Path name, PartStep step)
      throws IOException {
    restore(aside, holder, name, "", step);
  }

  private void restore(
      FolderHandle aside, FolderHandle holder, Path name, String inner, PartStep step)
      throws IOException {
    FileStatus there = holder.status(name);
    if (there.exists() && !there.isFolder()) {
      return;
    }
    try (FolderHandle folder = holder.make(name)) {
      for (Path each : FileTree.entries(aside.path())) {
        Path member = each.getFileName();
        String path = inner + member;
        FileStatus moved = aside.status(member);
        FileStatus now = folder.status(member);
        if (moved.isFolder() && (!excluded.whole(path) || now.isFolder())) {
          try (FolderHandle within = aside.enterSame(member)) {
            restore(within, folder, member, path + "/", step);
          }
        } else if (leavesOut(path, moved) && !now.exists()) {
          step.apply(aside, member, folder);
        }
      }
    }
    if (!there.exists()) {
      removeEmpty(holder, name);
    }
  }

  /**
   * Applies a step to each entry of the part. With {@code to}, makes the inner folders there; with
   * {@code leaves}, removes inner folders that become empty.
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
        step.apply(folder, name, to);
        continue;
      }
      try (FolderHandle within = folder.enterSame(name);
          FolderHandle target = to == null ? null : made(to, name)) {
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

  /** Opens an inner folder, and makes a missing one; throws for a link, which may lead anywhere. */
  private static FolderHandle made(FolderHandle to, Path name) throws IOException {
    to.make(name).close();
    return to.enterSame(name);
  }

  private static void removeEmpty(FolderHandle holder, Path name) throws IOException {
    try {
      holder.removeEmpty(name);
    } catch (DirectoryNotEmptyException e) {
      return; // it holds excluded members
    }
  }
}
