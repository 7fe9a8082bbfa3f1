package dev.torc.hash;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.List;

/**
 * Where stamps come from: the seam that lets tests give a file any stamp. It never reads files and
 * remembers nothing. Safe for use by several threads.
 */
public interface StampSource {

  /**
   * Returns the stamp of a file.
   *
   * @param path relative to the folder, which is absolute then, or absolute itself; empty for the
   *     path of the folder itself
   * @param follow whether a link at the end of the path is followed
   * @return {@link Stamp#MISSING} where nothing is there, a followed link that leads nowhere
   *     included
   * @throws IOException with a line that names the path, where the system refuses to say
   */
  Stamp at(Path folder, String path, boolean follow) throws IOException;

  /** Returns the stamp of a whole path, links followed. */
  default Stamp stamp(Path path) throws IOException {
    return at(path, "", true);
  }

  /** Returns the stamp of a whole path itself; a link there is not followed. */
  default Stamp linkStamp(Path path) throws IOException {
    return at(path, "", false);
  }

  /**
   * Returns a way to look at many files of a folder, which is absolute.
   *
   * @param follow whether a link at the end of a path is followed
   */
  default FolderStamps inFolder(Path folder, boolean follow) throws IOException {
    return (names, from, to, numbers) -> {
      Stamp stamp = at(folder, new String(names, from, to - from, StandardCharsets.UTF_8), follow);
      System.arraycopy(stamp.numbers(), 0, numbers, 0, Stamp.NUMBERS);
      return stamp.kind();
    };
  }

  /**
   * Returns this source for roots that other hosts write to: it takes a stamp after it has opened
   * the file, since a client of a network file system would otherwise tell what it heard seconds
   * ago. An injected source has no such memory, and stays as it is.
   */
  default StampSource opened() {
    return this;
  }

  /**
   * Returns this source for needs and products (rule 4): where nothing keeps ctime, a stamp also
   * contains the mount. Without it, as for torc's own files, it does not. An injected source stays
   * as it is.
   */
  default StampSource of(StampPaths paths) {
    return this;
  }

  /**
   * Returns the clock by which the window of rule 4 passes for a file: that of its file system, if
   * torc has no file there; {@link FileClock#none} if its stamp never counts.
   *
   * @param usual the clock of the file system of the folder
   */
  default FileClock clock(Path folder, String path, FileClock usual) {
    return usual;
  }

  /**
   * Returns the source of the machine's own files: one system call per stamp.
   *
   * @throws IllegalArgumentException for another file system, whose stamps must be injected
   */
  static StampSource of(FileSystem files) {
    if (files != FileSystems.getDefault()) {
      throw new IllegalArgumentException("stamps of " + files + " must be injected");
    }
    return new SystemStamps(false, null);
  }

  /** Looks at many files of one folder, one after the other. For one thread. */
  public interface FolderStamps {

    /**
     * Looks at a file.
     *
     * @param names paths in UTF-8; the wanted one stands from an index to another, relative to the
     *     folder or absolute
     * @param numbers takes the stamp's, unless nothing is there; see {@link Stamp#numbers}
     * @throws IOException with a line that names the path, where the system refuses to say
     */
    Stamp.FileKind look(byte[] names, int from, int to, long[] numbers) throws IOException;
  }

  /**
   * The files, and the folders with all below, for which a user knows better than the file system
   * whether stamps count. It goes by the paths by which files are named, and follows no links.
   *
   * @param never absolute paths of files that each build reads
   * @param trust absolute paths of files that are not read again after a mount
   */
  public record StampPaths(List<Path> never, List<Path> trust) {

    /** No such files. */
    public static final StampPaths NONE = new StampPaths(List.of(), List.of());

    /** Compares in plain code: a record's own way would be linked anew at every start. */
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

    /**
     * Returns whether the stamp of a file counts, by the nearest of the paths; null if none covers
     * it.
     */
    Boolean counts(String file) {
      if (never.isEmpty() && trust.isEmpty()) {
        return null;
      }
      Path path = Path.of(file);
      int no = nearest(never, path);
      int yes = nearest(trust, path);
      return no < 0 && yes < 0 ? null : yes > no;
    }

    /**
     * Returns how many names the nearest path above a file has, or the file itself; -1 for none.
     */
    private static int nearest(List<Path> paths, Path file) {
      return paths.stream().filter(file::startsWith).mapToInt(Path::getNameCount).max().orElse(-1);
    }
  }
}
