package dev.torc.hash;

import java.nio.file.Path;
import java.util.List;

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
    return other instanceof StampPaths with && never.equals(with.never) && trust.equals(with.trust);
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

  /** Returns how many names the nearest path above a file has, or the file itself; -1 for none. */
  private static int nearest(List<Path> paths, Path file) {
    return paths.stream().filter(file::startsWith).mapToInt(Path::getNameCount).max().orElse(-1);
  }
}
