package dev.torc.base.syntax;

import java.util.List;

/** Checks several patterns that are written after a {@code !}; {@link Glob} is a single one. */
public final class Excludes {

  private Excludes() {}

  public static boolean path(List<Glob> excludes, String path) {
    for (Glob exclude : excludes) {
      if (exclude.excludes(path)) {
        return true;
      }
    }
    return false;
  }

  /** Returns whether one of the patterns names a path or a folder above it. */
  public static boolean namesPart(List<Glob> excludes, String path) {
    for (int end = path.length(); end > 0; end = path.lastIndexOf('/', end - 1)) {
      if (path(excludes, path.substring(0, end))) {
        return true;
      }
    }
    return false;
  }

  /** Returns whether one of the patterns excludes a folder and everything in it. */
  public static boolean folder(List<Glob> excludes, String folder) {
    for (Glob exclude : excludes) {
      if (exclude.excludesFolder(folder)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Returns whether one of the patterns certainly excludes every path that another pattern matches.
   */
  public static boolean all(List<Glob> excludes, Glob glob) {
    for (Glob exclude : excludes) {
      if (exclude.covers(glob) || exclude.excludesFolder(glob.fixedPrefix())) {
        return true;
      }
    }
    return false;
  }
}
