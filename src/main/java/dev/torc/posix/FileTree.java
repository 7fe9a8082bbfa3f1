package dev.torc.posix;

import dev.torc.posix.FolderHandle.MountedException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/** Removes, lists and copies folders. The callers know whose a folder is and whether it may go. */
public final class FileTree {

  private static final int STICKY = 01000;

  /** The system's words for what only the owner may do. */
  private static final String DENIED = "operation not permitted";

  private FileTree() {}

  /**
   * Removes a file, a link, or a folder with all it holds, even folders without permissions (caches
   * of modules have such). Follows no link; a missing path is no error. Mounts below it stay, and a
   * {@link MountedException} tells of them when all else is gone. The folder above must be trusted.
   */
  public static void remove(Path path) throws IOException {
    Path file = path.toAbsolutePath();
    try (FolderHandle folder = FolderHandle.of(file.getParent())) {
      folder.remove(file.getFileName());
    } catch (NoSuchFileException e) {
      return; // its folder is gone too
    }
  }

  /** Returns what stands in a folder, in no order. */
  public static List<Path> entries(Path folder) throws IOException {
    List<Path> entries = new ArrayList<>();
    try (DirectoryStream<Path> inside = Files.newDirectoryStream(folder)) {
      inside.forEach(entries::add);
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return entries;
  }

  /**
   * Copies a file, a link or a folder with all it holds, with bits and times, to a place where
   * nothing stands. The file system shares the bytes if it can. A FIFO or device is an error.
   */
  public static void copy(Path from, Path to) throws IOException {
    var what = Files.readAttributes(from, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (what.isOther()) {
      throw new FileSystemException(
          from.toString(), null, "not a regular file"); // a FIFO would be waited for
    }
    if (!what.isDirectory()) {
      Files.copy(from, to, LinkOption.NOFOLLOW_LINKS, StandardCopyOption.COPY_ATTRIBUTES);
      return;
    }
    Files.createDirectory(to);
    for (Path each : entries(from)) {
      copy(each, to.resolve(each.getFileName()));
    }
  }

  /** Returns an error that names the owner and what the owner can do, or the system's own. */
  static FileSystemException explained(Path path, FileSystemException refused) {
    Path folder = path.toAbsolutePath().getParent();
    if (refused instanceof AccessDeniedException) {
      // A folder that moves gets another "..", so it must be writable itself.
      boolean self = Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS) && Files.isWritable(folder);
      Path closed = self ? path : folder;
      return others(
          closed, ", and only the owner can change it", "chmod -R g+rwX " + closed, refused);
    }
    return DENIED.equals(refused.getReason()) && isSticky(folder)
        ? others(path, ", in a folder with the sticky bit", "chmod -t " + folder, refused)
        : refused;
  }

  private static boolean isSticky(Path folder) {
    try {
      return ((int) Files.getAttribute(folder, "unix:mode") & STICKY) != 0;
    } catch (IOException | UnsupportedOperationException unknown) {
      return false;
    }
  }

  private static FileSystemException others(
      Path path, String how, String other, FileSystemException refused) {
    try {
      int number = (int) Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
      if (OwnUser.is(number)) {
        return refused;
      }
      String owner = Files.getOwner(path, LinkOption.NOFOLLOW_LINKS).getName();
      String line = "belongs to %s%s; let %s remove it, or run %s";
      return new FileSystemException(
          path.toString(), null, line.formatted(owner, how, owner, other));
    } catch (IOException | UnsupportedOperationException unknown) {
      return refused;
    }
  }
}
