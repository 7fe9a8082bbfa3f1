package dev.torc.hash;

import dev.torc.posix.FileStatus;
import dev.torc.posix.StatusReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Path;

/**
 * Where stamps come from: the seam that lets tests give a file any stamp. It never reads files and
 * remembers nothing. Safe for use by several threads.
 */
public interface StampSource {

  /**
   * The stamp of a file, links followed.
   *
   * @return {@link Stamp#MISSING} where nothing is there, a link that leads nowhere included
   * @throws IOException with a line that names the path, where the system refuses to say
   */
  Stamp stamp(Path path) throws IOException;

  /** The same for a path by its text, relative to an absolute folder or absolute itself. */
  default Stamp stamp(Path folder, String path) throws IOException {
    return stamp(folder.resolve(path));
  }

  /** Likewise of what stands at the path itself, be it a link. */
  default Stamp linkStamp(Path folder, String path) throws IOException {
    return linkStamp(folder.resolve(path));
  }

  /**
   * A way to look at many files of a folder, which is absolute.
   *
   * @param follow whether a link at the end of a path is followed
   */
  default FolderStamps inFolder(Path folder, boolean follow) throws IOException {
    return (names, from, to, numbers) -> {
      Path path = folder.resolve(new String(names, from, to - from, StandardCharsets.UTF_8));
      Stamp stamp = follow ? stamp(path) : linkStamp(path);
      System.arraycopy(stamp.numbers(), 0, numbers, 0, Stamp.NUMBERS);
      return stamp.kind();
    };
  }

  /** The stamp of what stands at the path itself, be it a link; else like {@link #stamp}. */
  Stamp linkStamp(Path path) throws IOException;

  /**
   * The source of the machine's own files: one system call per stamp.
   *
   * @throws IllegalArgumentException for another file system, whose stamps must be injected
   */
  static StampSource of(FileSystem files) {
    if (files != FileSystems.getDefault()) {
      throw new IllegalArgumentException("stamps of " + files + " must be injected");
    }
    return new StampSource() {
      @Override
      public Stamp stamp(Path path) throws IOException {
        return stampOf(FileStatus.of(path.toString(), true));
      }

      @Override
      public Stamp stamp(Path folder, String path) throws IOException {
        return stampOf(FileStatus.of(within(folder, path), true));
      }

      @Override
      public Stamp linkStamp(Path folder, String path) throws IOException {
        return stampOf(FileStatus.of(within(folder, path), false));
      }

      @Override
      public FolderStamps inFolder(Path folder, boolean follow) throws IOException {
        StatusReader reader = new StatusReader(folder.toString(), follow);
        return (names, from, to, numbers) -> {
          int mode = reader.look(names, from, to, numbers);
          if ((mode & FileStatus.EXECUTABLE) != 0) {
            numbers[0] |= Stamp.EXECUTABLE;
          }
          return kind(mode);
        };
      }

      @Override
      public Stamp linkStamp(Path path) throws IOException {
        return stampOf(FileStatus.of(path.toString(), false));
      }
    };
  }

  /** As {@link Path#resolve} does, without taking the path apart. */
  private static String within(Path folder, String path) {
    String base = folder.toString();
    if (path.isEmpty() || path.charAt(0) == '/') {
      return path.isEmpty() ? base : path;
    }
    return base.endsWith("/") ? base.concat(path) : base.concat("/").concat(path);
  }

  private static Stamp stampOf(FileStatus s) {
    if (!s.exists()) {
      return Stamp.MISSING;
    }
    Stamp.Kind kind = kind(s.mode());
    return new Stamp(
        kind, s.executable(), s.size(), s.mtime(), s.ctime(), s.inode(), s.attributes());
  }

  /** What a mode says that is there. */
  private static Stamp.Kind kind(int mode) {
    return switch (mode & FileStatus.KIND) {
      case 0 -> Stamp.Kind.MISSING;
      case FileStatus.FILE -> Stamp.Kind.FILE;
      case FileStatus.FOLDER -> Stamp.Kind.FOLDER;
      case FileStatus.LINK -> Stamp.Kind.LINK;
      default -> Stamp.Kind.OTHER;
    };
  }
}
