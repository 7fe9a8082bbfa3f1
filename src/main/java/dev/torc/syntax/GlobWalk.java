package dev.torc.syntax;

import dev.torc.hash.FolderDigest;
import dev.torc.hash.StopFlag;
import dev.torc.posix.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds the files on disk that a glob matches. Links to files count, FIFOs and devices do not,
 * links to folders are not entered (the folders that the pattern names before its first wildcard
 * are, links or not). {@link Glob} decides which names match, names with a leading dot too. A walk
 * does not know what the files contain or which job made them.
 */
public final class GlobWalk {

  private final Glob glob;
  private final StopFlag stop;
  private final long depth;
  private final List<String> found = new ArrayList<>();
  private final List<String> folders = new ArrayList<>();
  private boolean certain = true;

  /**
   * What a walk found.
   *
   * @param files the paths of matching files, sorted; relative to the root, or absolute as the glob
   *     is
   * @param folders the paths of all folders that were listed, in the order entered
   * @param certain whether files can come or go only where a listed folder changes; not so if
   *     something else than a plain file or folder matches
   */
  public record Found(List<String> files, List<String> folders, boolean certain) {}

  private GlobWalk(Glob glob, StopFlag stop) {
    this.glob = glob;
    this.stop = stop;
    String pattern = glob.toString();
    boolean flat = !pattern.contains("**") && pattern.indexOf('{') < 0;
    this.depth = flat ? slashes(pattern) : Long.MAX_VALUE;
  }

  private static long slashes(String path) {
    return path.chars().filter(c -> c == '/').count();
  }

  /** The paths of matching files, sorted; relative to the root, or absolute as the glob is. */
  public static List<String> of(Path root, Glob glob) throws IOException {
    return of(root, glob, new StopFlag());
  }

  /** As {@link #of(Path, Glob)}, until the flag tells it to stop. */
  public static List<String> of(Path root, Glob glob, StopFlag stop) throws IOException {
    return all(root, glob, stop).files();
  }

  /** The matching files, and the folders in which they were looked for. */
  public static Found all(Path root, Glob glob) throws IOException {
    return all(root, glob, new StopFlag());
  }

  private static Found all(Path root, Glob glob, StopFlag stop) throws IOException {
    GlobWalk walk = new GlobWalk(glob, stop);
    String prefix = glob.fixedPrefix();
    Path start = root.resolve(prefix);
    if (FolderDigest.counts(prefix) && Files.isDirectory(start)) {
      walk.enter(start, prefix);
    }
    walk.found.sort(null);
    return new Found(walk.found, walk.folders, walk.certain);
  }

  /** What stands at a path, a link not followed; null if it is gone since it was listed. */
  private static BasicFileAttributes look(Path path) {
    try {
      return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    } catch (IOException e) {
      return null;
    }
  }

  private void enter(Path folder, String path) throws IOException {
    String start = path.isEmpty() || path.endsWith("/") ? path : path + "/";
    if (slashes(start) > depth) {
      return;
    }
    folders.add(path.isEmpty() ? "." : path);
    for (Path entry : FileTree.entries(folder)) {
      stop.check();
      String name = FolderDigest.valid(path.isEmpty() ? "." : path, entry.getFileName());
      if (FolderDigest.IGNORED.contains(name)) {
        continue;
      }
      String child = start + name;
      BasicFileAttributes there = look(entry);
      if (there != null && there.isDirectory()) {
        enter(entry, child);
      } else if (glob.matches(child)) {
        if (there != null && (there.isRegularFile() || Files.isRegularFile(entry))) {
          found.add(child);
        } else {
          certain = false;
        }
      }
    }
  }
}
