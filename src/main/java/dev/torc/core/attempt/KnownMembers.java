package dev.torc.core.attempt;

import dev.torc.base.digests.FolderDigest.Member;
import dev.torc.base.digests.FolderPart;
import dev.torc.base.digests.Stamp;
import dev.torc.base.posix.FileStatus;
import dev.torc.base.posix.FileTree;
import dev.torc.base.posix.FolderHandle;
import dev.torc.base.posix.FolderHandle.MountedException;
import dev.torc.core.attempt.RemovedOrSetAside.Standing;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The members that a folder product had when it was found unaltered; anything added to the folder
 * later is set aside. It compares kinds, sizes and times, but no inodes or ctimes, since renaming a
 * folder changes those on some file systems.
 *
 * @param product where the folder is, or was
 * @param gits the paths of each {@code .git} in it, which goes with the folder
 * @param part the members that may be touched; null for all
 */
record KnownMembers(
    Path product,
    Map<String, Member> members,
    List<String> gits,
    FolderPart part,
    MovesAside aside) {

  /** How often a removal is tried if files are added to the folder at the same time. */
  private static final int TRIES = 20;

  static KnownMembers of(Path product, Standing standing, FolderPart part, MovesAside aside) {
    Map<String, Member> members =
        standing.members().stream().collect(Collectors.toMap(Member::path, member -> member));
    return new KnownMembers(product, members, standing.gits(), part, aside);
  }

  /** Sets aside all but the unaltered members; returns whether no member is missing. */
  boolean sort(FolderHandle folder) throws IOException {
    return walk(folder, "", false) == members.size();
  }

  /** Removes the unaltered members from a folder, which stays, and sets the others aside. */
  void empty(FolderHandle folder) throws IOException {
    walk(folder, "", true);
  }

  /** Removes a folder and its unaltered members, and sets others aside; a mount point stays. */
  void remove(FolderHandle holder, Path name) throws IOException {
    for (int i = 1; ; i++) {
      try (FolderHandle folder = holder.enter(name)) {
        walk(folder, "", true);
      }
      try {
        removeEmptied(holder, name);
        return;
      } catch (DirectoryNotEmptyException e) {
        if (part != null) {
          return; // it holds excluded members
        }
        if (i == TRIES) {
          throw e;
        }
      }
    }
  }

  /** Removes the empty folder of a product; a mount point stays. */
  static void removeEmptied(FolderHandle holder, Path name) throws IOException {
    try {
      holder.removeEmpty(name);
    } catch (MountedException e) {
      return;
    }
  }

  /**
   * Sets aside all members that are not unaltered. Counts the others, and removes them if {@code
   * remove}.
   */
  private int walk(FolderHandle folder, String prefix, boolean remove) throws IOException {
    int found = 0;
    for (Path each : FileTree.entries(folder.path())) {
      Path name = each.getFileName();
      String path = prefix + name;
      FileStatus now = folder.status(name);
      if (gits.contains(path)) {
        if (remove) {
          folder.remove(name);
        }
        continue;
      }
      if (part != null && part.leavesOut(path, now)) {
        continue;
      }
      Member then = members.get(path);
      folder.refuseMount(name, now);
      boolean passed = then == null && part != null && now.isFolder();
      if (passed) { // it may hold excluded members
        inner(folder, name, path, remove || !part.excluded().member(path));
      } else if (now.exists() && (then == null || !isUnaltered(then, now))) {
        aside.move(product.resolve(path), folder, name, null, MovesAside.ALTERED);
      } else if (now.exists()) {
        found++;
        found += now.isFolder() ? inner(folder, name, path, remove) : 0;
        if (remove && !now.isFolder()) {
          folder.removeFile(name);
        }
      }
    }
    return found;
  }

  private int inner(FolderHandle folder, Path name, String path, boolean remove)
      throws IOException {
    int found = 0;
    try (FolderHandle inner = folder.enterSame(name)) {
      found = walk(inner, path + "/", remove);
    }
    if (remove && (part == null || !part.excluded().member(path))) {
      try {
        folder.removeEmpty(name);
      } catch (DirectoryNotEmptyException e) {
        if (part == null) {
          throw e;
        }
      }
    }
    return found;
  }

  private static boolean isUnaltered(Member then, FileStatus now) {
    return switch (then.kind()) {
      case FOLDER -> now.isFolder();
      case LINK -> now.isLink() && isSame(then.stamp(), now);
      default -> now.isFile() && isSame(then.stamp(), now);
    };
  }

  private static boolean isSame(Stamp then, FileStatus now) {
    return then.size() == now.size() && then.mtime() == now.mtime();
  }
}
