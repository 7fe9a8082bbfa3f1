package dev.torc.base.posix;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Finds where a path leads once all symlinks are followed. Unlike {@link Path#toRealPath}, it
 * answers for files that do not exist yet, also behind a symlink whose target does not exist yet:
 * the files that jobs will make belong to their real paths from the beginning.
 */
public final class RealPath {

  /** The maximum number of dangling symlinks that are followed, since they may form a circle. */
  private static final int LINKS = 40;

  private RealPath() {}

  /** Returns the real path of a file; the last parts of the path need not exist. */
  public static Path of(Path path) throws IOException {
    return of(path.toAbsolutePath().normalize(), LINKS);
  }

  private static Path of(Path file, int links) throws IOException {
    try {
      return file.toRealPath(); // the usual case
    } catch (IOException e) {
      if (file.getParent() == null) {
        throw e;
      }
      Path there = of(file.getParent(), links).resolve(file.getFileName());
      return links > 0 && Files.isSymbolicLink(there)
          ? of(there.resolveSibling(Files.readSymbolicLink(there)).normalize(), links - 1)
          : there;
    }
  }

  /**
   * Returns the real path of a file as a build file would write it: relative to the root, empty for
   * the root itself, absolute outside.
   */
  public static String name(Path root, String path) throws IOException {
    Path home = of(root);
    Path real = of(root.resolve(path));
    return (real.startsWith(home) ? home.relativize(real) : real).toString();
  }
}
