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
   * @return {@link Stamp#MISSING} where nothing stands there, a link that leads nowhere included
   * @throws IOException with a line that names the path, where the system refuses to say
   */
  Stamp stamp(Path path) throws IOException;

  /** A way to look at many files of a folder, which is absolute. */
  default Lookout lookout(Path folder) throws IOException {
    return new Lookout() {
      private Stamp last = Stamp.MISSING;

      @Override
      public Stamp.Kind look(byte[] names, int from, int to) throws IOException {
        String path = new String(names, from, to - from, StandardCharsets.UTF_8);
        last = stamp(folder.resolve(path));
        return last.kind();
      }

      @Override
      public long size() {
        return last.size();
      }

      @Override
      public long mtime() {
        return last.mtime();
      }

      @Override
      public long ctime() {
        return last.ctime();
      }

      @Override
      public long inode() {
        return last.inode();
      }
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
      public Lookout lookout(Path folder) throws IOException {
        return new FileLookout(new StatusReader(folder.toString()));
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
    Stamp.Kind kind = FileLookout.kind(s.mode());
    return new Stamp(kind, s.executable(), s.size(), s.mtime(), s.ctime(), s.inode());
  }
}
