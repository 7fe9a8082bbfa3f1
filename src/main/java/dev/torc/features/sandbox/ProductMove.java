package dev.torc.features.sandbox;

import dev.torc.base.digests.Digest;
import dev.torc.base.digests.FolderDigest;
import dev.torc.base.posix.FileTree;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

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
      rename(from, to);
    } catch (AccessDeniedException e) { // by folders that the job made read-only
      boolean folder = Files.isDirectory(from, LinkOption.NOFOLLOW_LINKS);
      Set<PosixFilePermission> closed = folder ? open(from) : null;
      if (open(from.getParent()) == null && closed == null) {
        throw e;
      }
      rename(from, to);
      if (closed != null) {
        Files.setPosixFilePermissions(to, closed);
      }
    }
  }

  /** Lets the owner write in a folder; returns its earlier permissions, or null if it was so. */
  private static Set<PosixFilePermission> open(Path folder) throws IOException {
    Set<PosixFilePermission> closed = Files.getPosixFilePermissions(folder);
    if (closed.contains(PosixFilePermission.OWNER_WRITE)) {
      return null;
    }
    Set<PosixFilePermission> open = EnumSet.copyOf(closed);
    open.addAll(PosixFilePermissions.fromString("rwx------"));
    Files.setPosixFilePermissions(folder, open);
    return closed;
  }

  private static void rename(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) { // another file system
      String name = Digest.ofText(to.toString()).hex().substring(0, 32);
      Path beside = to.resolveSibling(".torc-sandbox-" + name);
      FileTree.remove(beside); // of a killed torc
      FileTree.copy(from, beside);
      Files.move(beside, to, StandardCopyOption.ATOMIC_MOVE);
      open(from.getParent());
      FileTree.remove(from); // what stays counts as something else that the job wrote
    }
  }
}
