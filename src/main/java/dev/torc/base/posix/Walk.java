package dev.torc.base.posix;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where names with {@code ..} lead. The kernel walks: {@code cur/..} is the folder above the one
 * that the symlink {@code cur} leads to, not the folder that holds {@code cur}. So {@code ..} is
 * folded as text only behind a name that is no symlink. Only names with {@code ..} are looked at.
 *
 * <p>A <em>way</em> is a name up to its last {@code ..}, or a name that was walked whole, with
 * {@code /.} behind it. Records keep the ways of names that a tool wrote, since a way that leads
 * elsewhere makes other files of them.
 */
public final class Walk {

  private static final int LINKS = 40; // the kernel's limit

  private Walk() {}

  /** Returns whether a name is a way. */
  public static boolean isWay(String name) {
    return name.endsWith("/..") || name.endsWith("/.") || name.equals("..");
  }

  /** Returns the way of a name, without needless slashes and dots; empty if it has no dots. */
  public static String way(String name) {
    if (name.endsWith("/.")) {
      return name;
    }
    StringBuilder all = new StringBuilder(name.startsWith("/") ? "/" : "");
    int end = 0;
    for (String part : name.contains("..") ? name.split("/") : new String[0]) {
      if (!part.isEmpty() && !part.equals(".")) {
        all.append(all.isEmpty() || all.length() == 1 && all.charAt(0) == '/' ? "" : "/")
            .append(part);
        end = part.equals("..") ? all.length() : end;
      }
    }
    return all.substring(0, end);
  }

  /** Returns where a way leads, given the real path of the folder that it starts from. */
  public static Path end(Path folder, String way) {
    return way.endsWith("/.") ? real(folder.resolve(way).normalize()) : to(folder, way);
  }

  /**
   * Returns where a name leads from a folder, without {@code .} and {@code ..}. The folder is its
   * own real path.
   */
  public static Path to(Path folder, String name) {
    Path at = name.startsWith("/") ? folder.getRoot() : folder;
    for (String part : name.split("/")) {
      if (part.equals("..")) {
        Questions.doubt("a name has ..");
        boolean link = !folder.startsWith(at) && Files.isSymbolicLink(at);
        Path real = link ? real(at) : at;
        at = real.getParent() == null ? real : real.getParent();
      } else if (!part.isEmpty() && !part.equals(".")) {
        at = at.resolve(part);
      }
    }
    return at;
  }

  /**
   * Returns a path with all symlinks followed. Unlike {@link Path#toRealPath}, it accepts a path
   * that does not exist yet: the products of a job have the same real path before and after it
   * runs.
   */
  public static Path real(Path path) {
    return real(path.toAbsolutePath(), 0);
  }

  /**
   * Returns the real path of a file as a build file would write it: relative to the root, empty for
   * the root itself, absolute outside.
   */
  public static String name(Path root, String path) {
    Path home = real(root);
    Path real = real(root.resolve(path));
    return (real.startsWith(home) ? home.relativize(real) : real).toString();
  }

  private static Path real(Path path, int links) {
    Questions.way(path);
    try {
      Path real = path.toRealPath(); // the usual case
      if (!real.equals(path)) {
        Questions.doubt("a link is on the way to " + path);
      }
      return real;
    } catch (IOException e) {
      Questions.doubt("the real path of a missing file was asked");
      Path above = path.getParent();
      if (above == null) {
        return path;
      }
      Path folder = real(above, links);
      if (path.endsWith(".")) {
        return folder;
      }
      if (path.endsWith("..")) {
        return folder.getParent() == null ? folder : folder.getParent();
      }
      Path file = folder.resolve(path.getFileName());
      try {
        return links < LINKS ? real(folder.resolve(Files.readSymbolicLink(file)), links + 1) : file;
      } catch (IOException none) {
        return file; // no symlink
      }
    }
  }
}
