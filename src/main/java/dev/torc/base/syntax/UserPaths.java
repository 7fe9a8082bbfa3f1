package dev.torc.base.syntax;

import dev.torc.base.posix.Walk;
import java.nio.file.Path;
import java.util.function.Predicate;

/**
 * Converts between file names as seen from {@code cwd} and paths of the graph, as texts.
 *
 * @param home the text before the names of the jobs that the user's names mean first; empty for all
 *     jobs
 */
public record UserPaths(Path root, Path cwd, String home) {

  public UserPaths(Path root, Path cwd) {
    this(root, cwd, "");
  }

  /** Returns the graph's path for a file name: relative to the root, or absolute. */
  public String path(String named) {
    Path file = Walk.to(cwd, named);
    if (file.startsWith(root)) {
      String path = root.relativize(file).toString();
      return path.isEmpty() ? "." : path;
    }
    return file.toString();
  }

  /** Returns a test for paths of the graph that a file, folder or glob of the user means. */
  public Predicate<String> meant(String named) {
    String path = path(named);
    Glob glob = Glob.isPattern(named) ? Glob.orNull(path) : null;
    return each ->
        each.equals(path)
            || (path.equals(".") ? !each.startsWith("/") : each.startsWith(path + "/"))
            || glob != null && glob.matches(each);
  }

  /** Returns a path of the graph as seen from {@code cwd}; a folder keeps its slash. */
  public String named(String path) {
    if (cwd.equals(root) || path.startsWith("/")) {
      return path;
    }
    return cwd.relativize(root.resolve(path)) + (path.endsWith("/") ? "/" : "");
  }

  /** Returns the parent folder of a path of the graph; empty for the root. */
  public static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? "" : slash == 0 ? "/" : path.substring(0, slash);
  }
}
