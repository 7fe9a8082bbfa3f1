package dev.torc.hash;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.List;

/** The seam that lets tests give a file any stamp. It reads no files. Safe for several threads. */
public interface StampSource {

  /**
   * Returns the stamp of a file; {@link Stamp#MISSING} also for a followed link to nothing. The
   * path is relative to an absolute folder, or absolute, or empty for the folder. Throws an {@link
   * IOException} that names the path if the system refuses to say.
   */
  Stamp at(Path folder, String path, boolean follow) throws IOException;

  /** Returns the stamp of a path, following links. */
  default Stamp stamp(Path path) throws IOException {
    return at(path, "", true);
  }

  /** Returns the stamp of a path itself, which may be a link. */
  default Stamp linkStamp(Path path) throws IOException {
    return at(path, "", false);
  }

  /** Returns a way to look at many files of an absolute folder. */
  default FolderStamps inFolder(Path folder, boolean follow) throws IOException {
    return (names, from, to, numbers) -> {
      Stamp stamp = at(folder, new String(names, from, to - from, StandardCharsets.UTF_8), follow);
      System.arraycopy(stamp.numbers(), 0, numbers, 0, Stamp.NUMBERS);
      return stamp.kind();
    };
  }

  /**
   * Returns this source for roots that other hosts write to: it opens a file before it looks, since
   * a network file system may otherwise answer from its cache. An injected source stays as it is.
   */
  default StampSource opened() {
    return this;
  }

  /**
   * Returns this source for needs and products (rule 4): where ctime is not reliable, a stamp also
   * contains the mount, which it does not for torc's own files. An injected source stays as it is.
   */
  default StampSource of(StampPaths paths) {
    return this;
  }

  /**
   * Returns the clock for the window of rule 4: {@code usual} on the file system of the folder, an
   * observed one elsewhere, {@link FileClock#none} if the file's stamp never counts.
   */
  default FileClock clock(Path folder, String path, FileClock usual) {
    return usual;
  }

  /** Returns the source of the machine's own files; another file system needs an injected one. */
  static StampSource of(FileSystem files) {
    if (files != FileSystems.getDefault()) {
      throw new IllegalArgumentException("stamps of " + files + " must be injected");
    }
    return new SystemStamps(false, null);
  }

  /** Looks at many files of one folder. For one thread. */
  public interface FolderStamps {

    /**
     * Looks at the file whose name stands from an index to another, in UTF-8, relative to the
     * folder or absolute. {@code numbers} takes the {@link Stamp#numbers}, unless nothing is there.
     * Throws as {@link StampSource#at} does.
     */
    Stamp.FileKind look(byte[] names, int from, int to, long[] numbers) throws IOException;
  }

  /**
   * The files and folders for which the user says whether stamps count, as absolute paths: each
   * build reads the first ones; the second ones are not read again after a mount. Links are not
   * followed.
   */
  public record StampPaths(List<Path> never, List<Path> trust) {

    public static final StampPaths NONE = new StampPaths(List.of(), List.of());

    /** Compares in plain code: the JVM links a record's own equals again at each start. */
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

    /** Returns whether the stamp of a file counts, by the nearest path above; null if none is. */
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
