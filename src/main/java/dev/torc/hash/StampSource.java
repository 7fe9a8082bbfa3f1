package dev.torc.hash;

import dev.torc.posix.FileStatus;
import java.io.IOException;
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
   * @return {@link Stamp#MISSING} where nothing stands there, a link that leads nowhere included
   * @throws IOException with a line that names the path, where the system refuses to say
   */
  Stamp stamp(Path path) throws IOException;

  /**
   * The stamp of a file in or outside a folder, links followed.
   *
   * @param prefix of the folder: its path with a slash at its end
   * @param path relative to the folder, or absolute
   */
  default Stamp stamp(Path folder, String prefix, String path) throws IOException {
    return stamp(folder.resolve(path));
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
      public Stamp stamp(Path folder, String prefix, String path) throws IOException {
        return stampOf(FileStatus.of(path.startsWith("/") ? path : prefix.concat(path), true));
      }

      @Override
      public Stamp linkStamp(Path path) throws IOException {
        return stampOf(FileStatus.of(path.toString(), false));
      }
    };
  }

  private static Stamp stampOf(FileStatus s) {
    if (!s.exists()) {
      return Stamp.MISSING;
    }
    Stamp.Kind kind =
        s.isFile()
            ? Stamp.Kind.FILE
            : s.isFolder() ? Stamp.Kind.FOLDER : s.isLink() ? Stamp.Kind.LINK : Stamp.Kind.OTHER;
    return new Stamp(kind, s.executable(), s.size(), s.mtime(), s.ctime(), s.inode());
  }
}
