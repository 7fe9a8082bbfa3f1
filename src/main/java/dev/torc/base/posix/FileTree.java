package dev.torc.base.posix;

import dev.torc.base.posix.FolderHandle.MountedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
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

  private static final NativeCall SYSCALL = NativeCall.of("syscall");
  private static final int GETDENTS64 = Libc.ARM ? 61 : 217;
  private static final int ROOM = 1 << 15;

  // Offsets in struct linux_dirent64.
  private static final int LENGTH = 16;
  private static final int KIND = 18;
  private static final int NAME = 19;

  private static final int FLAGS = Libc.O_CLOEXEC | Libc.O_DIRECTORY | Libc.O_NONBLOCK;

  private static final ThreadLocal<Memory> BUFFER = ThreadLocal.withInitial(() -> Memory.of(ROOM));

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
   * An entry of a folder, with its kind.
   *
   * @param path the entry as Java lists it; null if the name alone says all, since it is valid
   *     UTF-8
   * @param kind the bits of its mode for its kind, not following a link: see {@link
   *     FileStatus#KIND}; 0 if the folder does not tell
   */
  public record KindedName(String name, Path path, int kind) {}

  /**
   * Returns the entries of a folder with their kinds, in no particular order. On Linux the folder
   * itself has the kinds, so that no entry has to be looked at; Java's lists leave them out.
   */
  public static List<KindedName> kinded(Path folder) throws IOException {
    boolean tells = !Libc.MAC && folder.getFileSystem() == FileSystems.getDefault();
    List<KindedName> entries = tells ? told(folder) : null;
    if (entries == null) {
      entries = new ArrayList<>();
      for (Path each : entries(folder)) {
        entries.add(new KindedName(each.getFileName().toString(), each, 0));
      }
    }
    return entries;
  }

  /**
   * Returns the entry of a folder that has a name; an empty list if there is none. Returns null if
   * only the whole list can tell: on macOS, where a file answers to other names too, and if the
   * folder cannot be searched.
   */
  public static List<KindedName> named(Path folder, String name) {
    if (Libc.MAC || folder.getFileSystem() != FileSystems.getDefault()) {
      return null;
    }
    FileStatus file = Io.or(() -> FileStatus.identity(folder + "/" + name, false), null);
    if (file == null) {
      return null; // the list says what is wrong
    }
    return file.exists()
        ? List.of(new KindedName(name, null, file.mode() & FileStatus.KIND))
        : List.of();
  }

  /** Returns null if a name is not valid UTF-8, whose bytes only Java's own list keeps. */
  private static List<KindedName> told(Path folder) throws IOException {
    String shown = folder.toString();
    int fd = Libc.check(shown, Libc.open(shown.isEmpty() ? "." : shown, FLAGS, 0));
    try {
      List<KindedName> entries = new ArrayList<>();
      Memory buffer = BUFFER.get();
      byte[] all = new byte[ROOM];
      int read;
      while ((read = Libc.check(shown, SYSCALL.call(GETDENTS64, fd, buffer.address(), ROOM))) > 0) {
        buffer.get(0, all, 0, read);
        for (int at = 0; at < read; at += buffer.getShort(at + LENGTH)) {
          int end = at + NAME;
          while (all[end] != 0) {
            end++;
          }
          String name = new String(all, at + NAME, end - at - NAME, StandardCharsets.UTF_8);
          if (name.indexOf('\uFFFD') >= 0) {
            return null;
          }
          if (!name.equals(".") && !name.equals("..")) {
            entries.add(new KindedName(name, null, (all[at + KIND] & 0xf) << 12));
          }
        }
      }
      return entries;
    } finally {
      Libc.close(fd);
    }
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
