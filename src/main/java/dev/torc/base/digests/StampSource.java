package dev.torc.base.digests;

import dev.torc.base.digests.Stamp.FileKind;
import dev.torc.base.posix.FileStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.List;

/** The source of stamps, which tests replace. It reads no files. Any thread may call it. */
public interface StampSource {

  /**
   * Returns the stamp of a file; {@link Stamp#MISSING} if it is missing or a broken symlink that
   * was followed. {@code path} is relative to an absolute folder, or absolute, or empty for the
   * folder. Throws an {@link IOException} that names the path if the system reports an error.
   */
  Stamp at(Path folder, String path, boolean follow) throws IOException;

  /** Returns the stamp of a path, following symlinks. */
  default Stamp stamp(Path path) throws IOException {
    return at(path, "", true);
  }

  /** Returns the stamp of a path itself, which may be a symlink. */
  default Stamp linkStamp(Path path) throws IOException {
    return at(path, "", false);
  }

  /** Returns a function that reads the stamps of many files in an absolute folder. */
  default FolderStamps inFolder(Path folder, boolean follow) throws IOException {
    return (names, from, to, numbers) -> {
      Stamp stamp = at(folder, new String(names, from, to - from, StandardCharsets.UTF_8), follow);
      System.arraycopy(stamp.numbers(), 0, numbers, 0, Stamp.NUMBERS);
      return stamp.kind();
    };
  }

  /**
   * Returns a source for roots that other hosts write to. It opens each file before it reads the
   * stamp, because a network file system may otherwise answer from its cache. An injected source
   * returns itself.
   */
  default StampSource opened() {
    return this;
  }

  /**
   * Returns a source for needs and products (rule 4). If ctime is not reliable, its stamps also
   * depend on the mount; the stamps of torc's own files do not. An injected source returns itself.
   */
  default StampSource of(StampPaths paths) {
    return this;
  }

  /**
   * Returns the clock for a file's racy window (rule 4). It is {@code usual} for a file on the file
   * system of the folder, and for one whose times this machine's clock sets. A file whose stamp
   * never counts has {@link FileClock#none}, any other file an observed clock.
   */
  default FileClock clock(Path folder, String path, FileClock usual) {
    return usual;
  }

  /** Returns whether each new name in a folder changes the folder's stamp (rule 4). */
  default boolean showsNames(Path folder, String path) {
    return true;
  }

  /**
   * Returns whether each change of an existing file gives it a new ctime, by this machine's clock,
   * and no other image can be mounted in the place of its file system (rule 4).
   */
  static boolean keepsTimes(String file) throws IOException {
    MountTimes times = MountTimes.of(file, FileStatus.of(file, true).mount());
    return times != null && times.keepsCtime() && times.byKernel();
  }

  /** Returns the source for the default file system; others need an injected source. */
  static StampSource of(FileSystem files) {
    if (files != FileSystems.getDefault()) {
      throw new IllegalArgumentException("stamps of " + files + " must be injected");
    }
    return new SystemStamps(false, null);
  }

  /** Reads the stamps of many files in one folder. Only one thread may use it. */
  public interface FolderStamps {

    /**
     * Returns the kind of a file. Its name is in {@code names} between two indexes, in UTF-8,
     * relative to the folder or absolute. {@code numbers} receives the {@link Stamp#numbers} if the
     * file exists. Throws like {@link StampSource#at}.
     */
    FileKind look(byte[] names, int from, int to, long[] numbers) throws IOException;
  }

  /**
   * The files and folders for which the user decides whether stamps count, as absolute paths. Each
   * build reads those in {@code never}. Those in {@code trust} are not read again after a new
   * mount. Symlinks are not followed.
   */
  public record StampPaths(List<Path> never, List<Path> trust) {

    public static final StampPaths NONE = new StampPaths(List.of(), List.of());

    /** Compares in plain code. A generated equals would slow down each start of the JVM. */
    @Override
    public boolean equals(Object other) {
      return other instanceof StampPaths with
          && never.equals(with.never)
          && trust.equals(with.trust);
    }

    @Override
    public int hashCode() {
      return 31 * never.hashCode() + trust.hashCode();
    }

    /** Returns whether a file's stamp counts, by the nearest listed path; null without one. */
    Boolean counts(String file) {
      if (never.isEmpty() && trust.isEmpty()) {
        return null;
      }
      Path path = Path.of(file);
      int no = nearest(never, path);
      int yes = nearest(trust, path);
      return no < 0 && yes < 0 ? null : yes > no;
    }

    /** Returns the number of names of the nearest path that covers a file, or -1. */
    private static int nearest(List<Path> paths, Path file) {
      return paths.stream().filter(file::startsWith).mapToInt(Path::getNameCount).max().orElse(-1);
    }
  }
}
