package dev.torc.plan;

import java.nio.file.Path;

/**
 * Files as a user names them from a folder, and as a graph has them. It looks at no disk.
 *
 * @param root the folder of the build file
 * @param cwd where the user stands
 */
public record UserPaths(Path root, Path cwd) {

  /** A file as the user names it, as the graph has it: relative to the root, or absolute. */
  public String path(String named) {
    Path file = cwd.resolve(named).normalize();
    if (file.startsWith(root)) {
      String path = root.relativize(file).toString();
      return path.isEmpty() ? "." : path;
    }
    return file.toString();
  }

  /** The other way: a file of the graph as the user names it; a folder keeps its slash. */
  public String named(String path) {
    if (cwd.equals(root) || path.startsWith("/")) {
      return path;
    }
    return cwd.relativize(root.resolve(path)) + (path.endsWith("/") ? "/" : "");
  }

  /** The folder that a path of a graph lies in, by text: empty for the root. */
  public static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? "" : slash == 0 ? "/" : path.substring(0, slash);
  }
}
