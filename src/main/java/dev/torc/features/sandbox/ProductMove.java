package dev.torc.features.sandbox;

import dev.torc.base.digests.Digest;
import dev.torc.base.digests.FolderDigest;
import dev.torc.base.posix.FileTree;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Moves what a job made to its place, each file at once: by a rename, or on another file system by
 * a copy beside it and a rename. A folder in the place stays, and gets what is in the other one.
 */
final class ProductMove {

  private ProductMove() {}

  /** Moves a file, or a symlink; makes missing folders above its place. */
  static void file(Path from, Path to) throws IOException {
    try {
      whole(from, to);
    } catch (NoSuchFileException e) {
      Files.createDirectories(to.getParent());
      whole(from, to);
    }
  }

  /** Moves the members of a folder that are not excluded; {@code excluded} may be null. */
  static void folder(Path from, Path to, FolderDigest.Excluded excluded) throws IOException {
    members(from, to, "", excluded);
  }

  private static void members(Path from, Path to, String inner, FolderDigest.Excluded excluded)
      throws IOException {
    if (!Files.isDirectory(to)) {
      Files.createDirectories(to);
    }
    for (Path each : FileTree.entries(from)) {
      String name = each.getFileName().toString();
      Path place = to.resolve(name);
      if (excluded == null) {
        whole(each, place);
      } else if (!Files.isDirectory(each, LinkOption.NOFOLLOW_LINKS)) {
        if (!excluded.member(inner + name)) {
          whole(each, place);
        }
      } else if (!excluded.whole(inner + name)) {
        members(each, place, inner + name + "/", excluded);
      }
    }
  }

  private static void whole(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) { // another file system
      String name = Digest.ofText(to.toString()).hex().substring(0, 32);
      Path beside = to.resolveSibling(".torc-sandbox-" + name);
      FileTree.remove(beside); // of a killed torc
      FileTree.copy(from, beside);
      Files.move(beside, to, StandardCopyOption.ATOMIC_MOVE);
    }
  }
}
