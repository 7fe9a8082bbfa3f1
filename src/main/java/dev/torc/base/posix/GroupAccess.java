package dev.torc.base.posix;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Gives files that torc makes in a folder to the group that can write there, so that each member
 * can continue another member's work, whatever their umasks. A file gets the group and {@code
 * g+rw}; a folder gets the group (automatically if {@code inherited}), {@code g+rwx} and the setgid
 * bit of the folder. Only an owner may set these, so files of other users stay unchanged. Files are
 * opened without following links, which a member might have put there. The callers know which files
 * belong to torc.
 */
public record GroupAccess(int group, boolean inherited) {

  /** The access for a folder that no group can write to: nothing is changed. */
  public static final GroupAccess NONE = new GroupAccess(-1, false);

  /** The mode bit that lets the group write. */
  public static final int WRITES = 0020;

  private static final int OF_FILE = 0060;
  private static final int OF_FOLDER = 0070;
  private static final int OF_OTHERS = 0007;
  private static final int SETGID = 02000;
  private static final int PERMISSIONS = 07777;

  private static final NativeCall FCHMOD = NativeCall.of("fchmod");
  private static final NativeCall FCHOWN = NativeCall.of("fchown");

  private static final int FLAGS =
      Libc.O_NONBLOCK | Libc.O_NOCTTY | Libc.O_NOFOLLOW | Libc.O_CLOEXEC;

  /** Returns the access for the group that can write to a folder; {@link #NONE} without one. */
  public static GroupAccess of(Path folder) throws IOException {
    StatusBuffer status = new StatusBuffer();
    int fd = Libc.open(folder.toString(), FLAGS | Libc.O_DIRECTORY, 0);
    if (fd < 0) {
      return NONE;
    }
    try {
      Libc.check(folder.toString(), status.lookAtOpen(fd));
      int mode = status.modeAsIs();
      return (mode & WRITES) == 0 ? NONE : new GroupAccess(status.group(), (mode & SETGID) != 0);
    } finally {
      Libc.close(fd);
    }
  }

  /**
   * Gives this user's own file or folder to the group. Returns false if it is missing, or if it
   * belongs to another user and the group cannot write it.
   */
  public boolean give(Path path) throws IOException {
    return give(path, 0);
  }

  /** Gives a path only to the group; for {@link #NONE}, only to this user. */
  public void giveAlone(Path path) throws IOException {
    if (isNone()) {
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
    }
    give(path, OF_OTHERS);
  }

  public boolean isNone() {
    return this == NONE;
  }

  private boolean give(Path path, int taken) throws IOException {
    if (isNone()) {
      return true;
    }
    StatusBuffer status = new StatusBuffer();
    int fd = Libc.open(path.toString(), FLAGS, 0);
    if (fd < 0) {
      return false;
    }
    try {
      Libc.check(path.toString(), status.lookAtOpen(fd));
      int mode = status.modeAsIs();
      int kind = mode & FileStatus.KIND;
      boolean folder = kind == FileStatus.FOLDER;
      int given = folder ? OF_FOLDER | (inherited ? SETGID : 0) : OF_FILE;
      int wanted = (mode | given) & ~taken;
      if (mode == wanted && status.group() == group) {
        return true;
      }
      boolean plain = folder || kind == FileStatus.FILE && status.links() == 1;
      if (!plain || !OwnUser.is(status.owner())) {
        return status.group() == group && (mode & WRITES) != 0;
      }
      if (status.group() != group) {
        int result = FCHOWN.call(fd, -1, group);
        if (isRefused(result)) {
          return true; // its own group must not get the bits
        }
        Libc.check(path.toString(), result);
      }
      int result = FCHMOD.call(fd, wanted & PERMISSIONS);
      if (!isRefused(result)) {
        Libc.check(path.toString(), result);
      }
      return true;
    } finally {
      Libc.close(fd);
    }
  }

  /**
   * Ensures that the group can write a file. Creates a missing file, and replaces one that belongs
   * to another user and that the group cannot write. The content must be disposable.
   */
  public void ready(Path file) throws IOException {
    if (isNone()) {
      return;
    }
    OwnFile.prepare(file);
    if (!give(file)) {
      Files.deleteIfExists(file);
      OwnFile.outChannel(file).close();
      give(file);
    }
  }

  /** Makes a folder and its missing parents, and gives the new folders to the group. */
  public void makeFolders(Path folder) throws IOException {
    Deque<Path> missing = new ArrayDeque<>();
    for (Path at = folder; !isNone() && at != null && !Files.exists(at); at = at.getParent()) {
      missing.push(at);
    }
    Files.createDirectories(folder);
    for (Path made : missing) {
      give(made);
    }
  }

  /** Returns whether this user may give files to the group: as a member or as root. */
  public boolean isMember() {
    return OwnUser.isRoot() || OwnUser.isMember(group);
  }

  /** Returns whether the call was denied: not a member, or the file system has one mode for all. */
  private static boolean isRefused(int result) {
    return result == -Libc.EPERM
        || result == -Libc.EACCES
        || result == -Libc.ENOSYS
        || result == -Libc.EOPNOTSUPP;
  }
}
