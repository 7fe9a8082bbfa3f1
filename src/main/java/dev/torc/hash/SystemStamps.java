package dev.torc.hash;

import dev.torc.posix.FileStatus;
import dev.torc.posix.FileStatus.StatusReader;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The stamps of the machine's own files: one system call for each.
 *
 * @param ofOpened whether each file is opened first, as on file systems of other machines
 */
record SystemStamps(boolean ofOpened) implements StampSource {

  @Override
  public Stamp at(Path folder, String path, boolean follow) throws IOException {
    String file = within(folder, path);
    FileStatus s = ofOpened ? FileStatus.ofOpened(file, follow) : FileStatus.of(file, follow);
    if (!s.exists()) {
      return Stamp.MISSING;
    }
    Stamp.FileKind kind = kind(s.mode());
    return new Stamp(
        kind, s.executable(), s.size(), s.mtime(), s.ctime(), s.inode(), s.attributes());
  }

  @Override
  public StampSource.FolderStamps inFolder(Path folder, boolean follow) throws IOException {
    StatusReader reader = new StatusReader(folder.toString(), follow, ofOpened);
    return (names, from, to, numbers) -> {
      int mode = reader.look(names, from, to, numbers);
      if ((mode & FileStatus.EXECUTABLE) != 0) {
        numbers[0] |= Stamp.EXECUTABLE;
      }
      return kind(mode);
    };
  }

  @Override
  public StampSource opened() {
    return new SystemStamps(true);
  }

  /** As {@link Path#resolve} does, without taking the path apart. */
  private static String within(Path folder, String path) {
    String base = folder.toString();
    if (path.isEmpty() || path.charAt(0) == '/') {
      return path.isEmpty() ? base : path;
    }
    return base.endsWith("/") ? base.concat(path) : base.concat("/").concat(path);
  }

  /** The kind of file that a mode tells. */
  private static Stamp.FileKind kind(int mode) {
    return switch (mode & FileStatus.KIND) {
      case 0 -> Stamp.FileKind.MISSING;
      case FileStatus.FILE -> Stamp.FileKind.FILE;
      case FileStatus.FOLDER -> Stamp.FileKind.FOLDER;
      case FileStatus.LINK -> Stamp.FileKind.LINK;
      default -> Stamp.FileKind.OTHER;
    };
  }
}
