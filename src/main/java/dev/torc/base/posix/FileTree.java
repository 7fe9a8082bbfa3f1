package dev.torc.base.posix;

import dev.torc.base.posix.FolderHandle.MountedException;
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

/** Removes, lists and copies folders. The callers decide whether a folder may be removed. */
public final class FileTree {

  private static final int STICKY = 01000;

  /** The system's message for a call that only the owner may make. */
  private static final String DENIED = "operation not permitted";

  private FileTree() {}

  /**
   * Removes a file, a link, or a folder with everything in it, even folders without permissions
   * (module caches have them). Follows no links; a missing path is no error. Skips mounts below it,
   * but throws a {@link MountedException} at the end. The parent folder must be trusted.
   */
  public static void remove(Path path) throws IOException {
    Path file = path.toAbsolutePath();
    try (FolderHandle folder = FolderHandle.of(file.getParent())) {
      folder.remove(file.getFileName());
    } catch (NoSuchFileException e) {
      return; // its folder is gone too
    }
  }

  /** Returns the paths in a folder, in no particular order. */
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
   * Copies a file, a link, or a folder and its content to a path where nothing exists. Files keep
   * permissions and times, and share their bytes if possible. A FIFO or device is an error.
   */
  public static void copy(Path from, Path to) throws IOException {
    var what = Files.readAttributes(from, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (what.isOther()) {
      throw new FileSystemException(
          from.toString(), null, "not a regular file"); // reading a FIFO would block
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

  /** Returns an error that says what the owner can do, or {@code refused} if that is unknown. */
  static FileSystemException explained(Path path, FileSystemException refused) {
    Path folder = path.toAbsolutePath().getParent();
    if (refused instanceof AccessDeniedException) {
      // Moving a folder changes its "..", so the folder itself must be writable.
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
        String next = "permission denied; make " + path + " writable";
        return refused instanceof AccessDeniedException
            ? new FileSystemException(refused.getFile(), null, next)
            : refused;
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
