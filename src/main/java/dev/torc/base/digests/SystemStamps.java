package dev.torc.base.digests;

import dev.torc.base.digests.Stamp.FileKind;
import dev.torc.base.digests.StampSource.StampPaths;
import dev.torc.base.posix.FileStatus;
import dev.torc.base.posix.FileStatus.StatusReader;
import dev.torc.base.posix.Io;
import dev.torc.base.posix.Walk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * The stamps of files on this machine. Each takes one system call, and each mount takes a few. With
 * {@code ofOpened}, for network file systems, each file is opened first. {@code mounts} is null if
 * mounts do not count.
 */
record SystemStamps(boolean ofOpened, MountStamps mounts) implements StampSource {

  @Override
  public Stamp at(Path folder, String path, boolean follow) throws IOException {
    if (Walk.isWay(path)) {
      return Stamp.ofWay(folder, path);
    }
    String file = within(folder, path);
    FileStatus s = status(file, follow);
    if (!s.exists()) {
      return Stamp.MISSING;
    }
    FileKind kind = kind(s.mode());
    long salt = hasSalt(kind) ? mounts.salt(s.mount(), s.ctime(), file) : 0;
    return new Stamp(
        kind, s.executable(), s.size(), s.mtime(), s.ctime(), s.inode() ^ salt, s.attributes());
  }

  @Override
  public StampSource.FolderStamps inFolder(Path folder, boolean follow) throws IOException {
    StatusReader reader = new StatusReader(folder.toString(), follow, ofOpened);
    StampSource.FolderStamps ways = StampSource.super.inFolder(folder, follow);
    return (names, from, to, numbers) -> {
      if (to - from > 1 && names[to - 1] == '.' && names[to - 2] < '0') {
        return ways.look(names, from, to, numbers);
      }
      int mode = reader.look(names, from, to, numbers);
      if ((mode & FileStatus.EXECUTABLE) != 0) {
        numbers[0] |= Stamp.EXECUTABLE;
      }
      FileKind kind = kind(mode);
      if (kind != FileKind.MISSING && hasSalt(kind) && !mounts.isUsual(reader.mount())) {
        String file = within(folder, new String(names, from, to - from, StandardCharsets.UTF_8));
        numbers[3] ^= mounts.salt(reader.mount(), numbers[2], file);
      }
      return kind;
    };
  }

  @Override
  public StampSource opened() {
    return new SystemStamps(true, mounts);
  }

  @Override
  public StampSource of(StampPaths paths) {
    return new SystemStamps(ofOpened, new MountStamps(paths));
  }

  @Override
  public FileClock clock(Path folder, String path, FileClock usual) {
    if (mounts == null || mounts.allUsual() || usual == FileClock.none()) {
      return usual;
    }
    String file = within(folder, path);
    try {
      long mount = status(file, true).mount();
      FileClock own = mounts.of(mount, file).clock();
      boolean same = own != FileClock.none() && status(folder.toString(), true).mount() == mount;
      return own == null || same ? usual : own;
    } catch (IOException unknown) {
      return FileClock.none();
    }
  }

  @Override
  public boolean showsNames(Path folder, String path) {
    String file = within(folder, path);
    return mounts == null
        || mounts.allUsual()
        || Io.or(() -> mounts.of(status(file, true).mount(), file).salt() == 0, false);
  }

  private FileStatus status(String file, boolean follow) throws IOException {
    return ofOpened ? FileStatus.ofOpened(file, follow) : FileStatus.of(file, follow);
  }

  /**
   * Returns whether the mount counts. The text of a link is read each time, so the mount of a link
   * does not count.
   */
  private boolean hasSalt(FileKind kind) {
    return mounts != null && kind != FileKind.LINK;
  }

  /** Resolves like {@link Path#resolve}, without parsing the path. */
  private static String within(Path folder, String path) {
    String base = folder.toString();
    if (path.isEmpty() || path.charAt(0) == '/') {
      return path.isEmpty() ? base : path;
    }
    return base.endsWith("/") ? base.concat(path) : base.concat("/").concat(path);
  }

  private static FileKind kind(int mode) {
    return switch (mode & FileStatus.KIND) {
      case 0 -> FileKind.MISSING;
      case FileStatus.FILE -> FileKind.FILE;
      case FileStatus.FOLDER -> FileKind.FOLDER;
      case FileStatus.LINK -> FileKind.LINK;
      default -> FileKind.OTHER;
    };
  }
}
