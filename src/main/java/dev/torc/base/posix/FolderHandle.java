package dev.torc.base.posix;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Changes the names in an open folder. Its calls use the folder's descriptor and follow no links,
 * so a link put in place of the folder, or of one above it, cannot redirect them. Only listing uses
 * the path; each listed name is then looked up in the open folder. The callers decide which files
 * may be removed. For one thread at a time.
 */
public final class FolderHandle implements AutoCloseable {

  private static final int FLAGS = Libc.O_CLOEXEC | Libc.O_DIRECTORY | Libc.O_NONBLOCK;
  private static final int AT_REMOVEDIR = NativeCall.number(0x200, 0x80);
  private static final int OWNER = 0700;
  private static final int BITS = 07777;

  private static final NativeCall OPENAT = NativeCall.of("openat");
  private static final NativeCall UNLINKAT = NativeCall.of("unlinkat");
  private static final NativeCall RENAMEAT = NativeCall.of("renameat");
  private static final NativeCall MKDIRAT = NativeCall.of("mkdirat");
  private static final NativeCall FCHMOD = NativeCall.of("fchmod");
  private static final NativeCall FCHMODAT = NativeCall.of("fchmodat");

  private static final ThreadLocal<ScratchMemory> NAMES =
      ThreadLocal.withInitial(ScratchMemory::new);

  private final Path path;
  private final int fd;
  private final long mount;

  private FolderHandle(Path path, int opened) throws IOException {
    this.path = path;
    this.fd = Libc.check(path.toString(), opened);
    StatusBuffer status = FileStatus.BUFFER.get();
    status.lookAtOpen(fd);
    this.mount = status.mount();
  }

  /** Opens a folder by a trusted path, following links in it. */
  public static FolderHandle of(Path folder) throws IOException {
    return new FolderHandle(folder, Libc.open(folder.toString(), FLAGS, 0));
  }

  /** Opens a folder below a trusted one; throws if it, or one between the two, is a link. */
  public static FolderHandle below(Path ground, Path folder) throws IOException {
    if (folder.equals(ground)) {
      return of(ground);
    }
    Path way = ground.relativize(folder);
    Path first = ground.resolve(way.getName(0));
    FolderHandle at = inner(first, Libc.open(first.toString(), FLAGS | Libc.O_NOFOLLOW, 0));
    for (int i = 1; i < way.getNameCount(); i++) {
      try (FolderHandle above = at) {
        Path name = way.getName(i);
        at = inner(above.path.resolve(name), above.open(name));
      }
    }
    return at;
  }

  /** Opens a folder in this one, and gives its owner the permissions that changing it requires. */
  public FolderHandle enter(Path name) throws IOException {
    int opened = open(name);
    if (opened == -Libc.EACCES) {
      int mode = status(name).mode() & BITS | OWNER;
      FCHMODAT.call(fd, name(NAMES.get(), name), mode, Libc.AT_SYMLINK_NOFOLLOW);
      opened = open(name);
    }
    FolderHandle entered = inner(path.resolve(name), opened);
    int mode = FileStatus.BUFFER.get().modeAsIs(); // still from the new handle's constructor
    if ((mode & OWNER) != OWNER) {
      FCHMOD.call(opened, mode & BITS | OWNER); // if this fails, a later call reports it
    }
    return entered;
  }

  private int open(Path name) {
    return OPENAT.again(fd, name(NAMES.get(), name), FLAGS | Libc.O_NOFOLLOW);
  }

  private static FolderHandle inner(Path inner, int opened) throws IOException {
    if (opened == -Libc.ENOTDIR || opened == -Libc.ELOOP) {
      throw new NotDirectoryException(inner.toString());
    }
    return new FolderHandle(inner, opened);
  }

  /** Opens one folder inside another; {@link #below} calls it for each name of a path. */
  public interface WayStep {
    FolderHandle enter(FolderHandle above, Path name) throws IOException;
  }

  /** Opens a folder below a trusted one: {@code step} opens each folder of the path in turn. */
  public static FolderHandle below(Path ground, Path folder, WayStep step) throws IOException {
    FolderHandle at = of(ground);
    for (Path name : folder.equals(ground) ? List.<Path>of() : ground.relativize(folder)) {
      try (FolderHandle above = at) {
        at = step.enter(above, name);
      }
    }
    return at;
  }

  /** Opens a folder in this one, and makes it if it is missing; throws if it is a link. */
  public FolderHandle make(Path name) throws IOException {
    Path folder = path.resolve(name);
    int opened = open(name);
    if (opened == -Libc.ENOENT) {
      Libc.check(folder.toString(), MKDIRAT.call(fd, name(NAMES.get(), name), 0777));
      opened = open(name);
    }
    return inner(folder, opened);
  }

  /** Enters a folder; throws a {@link MountedException} if it is a mount point. */
  public FolderHandle enterSame(Path name) throws IOException {
    FolderHandle inner = enter(name);
    if (inner.mount != mount) {
      inner.close();
      throw new MountedException(inner.path.toString());
    }
    return inner;
  }

  /** Throws a {@link MountedException} if something is mounted in this folder, or below. */
  public void refuseMounts() throws IOException {
    for (Path each : FileTree.entries(path)) {
      Path name = each.getFileName();
      FileStatus there = status(name);
      refuseMount(name, there);
      if (there.isFolder()) {
        try (FolderHandle inner = enterSame(name)) {
          inner.refuseMounts();
        }
      }
    }
  }

  /** Throws a {@link MountedException} if a name's status shows another mount. */
  public void refuseMount(Path name, FileStatus there) throws MountedException {
    // Without mount numbers, only folders count: files in an overlay may be on other devices.
    boolean known = there.isFolder() || there.mount() >= 0;
    if (there.exists() && known && there.mount() != mount) {
      throw new MountedException(path.resolve(name).toString());
    }
  }

  public Path path() {
    return path;
  }

  /** Returns the status of a name; a link is not followed. */
  public FileStatus status(Path name) throws IOException {
    return FileStatus.in(fd, bytes(name), path.resolve(name));
  }

  public void setMode(int mode) throws IOException {
    Libc.check(path.toString(), FCHMOD.call(fd, mode & BITS));
  }

  /** Makes a folder at another path, with the permissions of this one; returns the path. */
  public Path makeAlike(Path fresh) throws IOException {
    Files.createDirectory(fresh);
    StatusBuffer status = FileStatus.BUFFER.get();
    if (status.lookAtOpen(fd) == 0) {
      Files.setAttribute(fresh, "unix:mode", status.modeAsIs() & BITS);
    }
    return fresh;
  }

  /** Removes a name and everything below it, except mounts and the folders above them. */
  public void remove(Path name) throws IOException {
    FileStatus there = status(name);
    if (!there.exists()) {
      return;
    }
    if (!there.isFolder()) {
      removeFile(name);
      return;
    }
    try (FolderHandle inner = enterSame(name)) {
      inner.empty();
    }
    removeEmpty(name);
  }

  /** Removes everything in this folder except mounts; if there are any, throws at the end. */
  public void empty() throws IOException {
    MountedException mounted = null;
    for (Path each : FileTree.entries(path)) {
      try {
        remove(each.getFileName());
      } catch (MountedException e) {
        mounted = e;
      }
    }
    if (mounted != null) {
      throw mounted;
    }
  }

  /** Removes a file or a link; a folder is an error. */
  public void removeFile(Path name) throws IOException {
    Path file = path.resolve(name);
    int result = unlink(file);
    if (result < 0 && result != -Libc.ENOENT) {
      throw refused(file, result);
    }
  }

  public void removeEmpty(Path name) throws IOException {
    Path folder = path.resolve(name);
    int result = rmdir(folder);
    if (result == -Libc.ENOTEMPTY) {
      throw new DirectoryNotEmptyException(folder.toString());
    }
    if (result < 0 && result != -Libc.ENOENT) {
      throw refused(folder, result);
    }
  }

  /**
   * Moves a name into another folder; returns false if it is missing. Throws an {@link
   * AtomicMoveNotSupportedException} if that folder is on another file system.
   */
  public boolean move(Path name, FolderHandle to, Path fresh) throws IOException {
    return move(name, to.path.resolve(fresh), to.fd);
  }

  /** Moves a name to a trusted path; returns false if it is missing. */
  public boolean move(Path name, Path to) throws IOException {
    return move(name, to, Libc.AT_FDCWD);
  }

  private boolean move(Path name, Path to, int folder) throws IOException {
    Path from = path.resolve(name);
    int result = rename(from, to, folder);
    if (result == -Libc.EACCES && status(name).isFolder()) {
      enter(name).close(); // only a folder that is writable can be moved
      result = rename(from, to, folder);
    }
    if (result == -Libc.EXDEV) {
      throw new AtomicMoveNotSupportedException(from.toString(), to.toString(), "other disk");
    }
    if (result < 0 && result != -Libc.ENOENT) {
      boolean closed = result == -Libc.EACCES && !Files.isWritable(to.getParent());
      throw refused(closed ? to : from, result);
    }
    return result == 0;
  }

  private int unlink(Path file) {
    return UNLINKAT.call(fd, name(NAMES.get(), file), 0);
  }

  private int rmdir(Path folder) {
    return UNLINKAT.call(fd, name(NAMES.get(), folder), AT_REMOVEDIR);
  }

  private int rename(Path from, Path to, int folder) {
    ScratchMemory names = NAMES.get();
    long name = name(names, from);
    boolean whole = folder == Libc.AT_FDCWD;
    byte[] fresh = whole ? to.toString().getBytes(StandardCharsets.UTF_8) : bytes(to.getFileName());
    return RENAMEAT.call(fd, name, folder, names.text(fresh));
  }

  /** Returns the address of the last name of a path; valid until the next call. */
  private static long name(ScratchMemory names, Path path) {
    names.clear();
    return names.text(bytes(path.getFileName()));
  }

  private IOException refused(Path at, int result) throws IOException {
    refuseMount(at.getFileName(), status(at.getFileName()));
    try {
      Libc.check(at.toString(), result);
      throw new IllegalArgumentException("not refused");
    } catch (FileSystemException e) {
      return FileTree.explained(at, e);
    }
  }

  /** Returns the bytes of a name. If they are not valid UTF-8, only its URI has them. */
  private static byte[] bytes(Path name) {
    String text = name.toString();
    if (text.indexOf('\uFFFD') < 0) {
      return text.getBytes(StandardCharsets.UTF_8);
    }
    String raw = Path.of("/").resolve(name).toUri().getRawPath();
    byte[] bytes = new byte[raw.length()];
    int length = 0;
    for (int i = 1; i < raw.length() && raw.charAt(i) != '/'; i++) {
      boolean coded = raw.charAt(i) == '%';
      bytes[length++] =
          (byte) (coded ? Integer.parseInt(raw.substring(i + 1, i + 3), 16) : raw.charAt(i));
      i += coded ? 2 : 0;
    }
    return Arrays.copyOf(bytes, length);
  }

  @Override
  public void close() {
    Libc.close(fd);
  }

  /** Names the mount point at which removing, moving or hashing a folder stopped. */
  public static final class MountedException extends FileSystemException {

    private static final long serialVersionUID = 1;

    public MountedException(String path) {
      super(path, null, "a mount point, which torc does not cross; unmount it first");
    }
  }
}
