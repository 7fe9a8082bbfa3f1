package dev.torc.base.syntax;

import dev.torc.base.digests.FolderDigest;
import dev.torc.base.digests.StopFlag;
import dev.torc.base.posix.FileStatus;
import dev.torc.base.posix.FileTree;
import dev.torc.base.posix.FileTree.KindedName;
import dev.torc.base.posix.Questions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Finds the files on disk that a glob matches, including names with a leading dot if {@link Glob}
 * matches them. Symlinks to files count; FIFOs and devices do not. It enters only folders that the
 * pattern may match something in, and of symlinks to folders only those that the pattern names
 * before its first wildcard.
 */
public final class GlobWalk {

  private final Glob glob;
  private final List<Glob> excludes;
  private final StopFlag stop;
  private final List<String> found = new ArrayList<>();
  private final Set<String> links = new HashSet<>(0);
  private final List<String> folders = new ArrayList<>();
  private boolean certain = true;

  /**
   * The result of a walk.
   *
   * @param files sorted; relative to the root, or absolute if the glob is
   * @param links the files among them that are symlinks
   * @param folders all folders that were looked into, in the order in which they were entered
   * @param certain whether the matches can change only if such a folder changes; false if something
   *     other than a plain file or folder matches
   */
  public record Found(
      List<String> files, Set<String> links, List<String> folders, boolean certain) {}

  private GlobWalk(Glob glob, List<Glob> excludes, StopFlag stop) {
    this.glob = glob;
    this.excludes = excludes;
    this.stop = stop;
  }

  /** Returns the matching files, sorted; relative to the root, or absolute if the glob is. */
  public static List<String> files(Path root, Glob glob) throws IOException {
    return files(root, glob, List.of(), new StopFlag());
  }

  /** Returns the matching files that no exclude matches. {@code stop} can stop the walk. */
  public static List<String> files(Path root, Glob glob, List<Glob> excludes, StopFlag stop)
      throws IOException {
    return find(root, glob, excludes, stop).files();
  }

  /**
   * Returns the matching files that no exclude matches, and the folders that were listed. It does
   * not enter a folder that is excluded completely.
   */
  public static Found find(Path root, Glob glob, List<Glob> excludes) throws IOException {
    return find(root, glob, excludes, new StopFlag());
  }

  /** Searches like {@link #find(Path, Glob, List)}. {@code stop} can stop the walk. */
  public static Found find(Path root, Glob glob, List<Glob> excludes, StopFlag stop)
      throws IOException {
    GlobWalk walk = new GlobWalk(glob, excludes, stop);
    String prefix = glob.fixedPrefix();
    Path start = root.resolve(prefix);
    Questions.look(start, true);
    if (FolderDigest.counts(prefix)
        && !Excludes.folder(excludes, prefix)
        && Files.isDirectory(start)) {
      walk.enter(start, prefix, (int) below(prefix).chars().filter(c -> c == '/').count());
    }
    walk.found.sort(null);
    return new Found(walk.found, walk.links, walk.folders, walk.certain);
  }

  /** Returns a pattern and its excludes as one text, for {@link #find(Path, String)}. */
  public static String text(Glob glob, List<Glob> excludes) {
    StringBuilder text = new StringBuilder(glob.toString());
    excludes.forEach(exclude -> text.append('\0').append(exclude)); // no path has a NUL
    return text.toString();
  }

  /** Returns the patterns of a {@link #text}: the glob, then its excludes. */
  public static List<Glob> patterns(String text) {
    return Stream.of(text.split("\0")).map(Glob::of).toList();
  }

  /** Returns the files and folders that the patterns of a {@link #text} find. */
  public static Found find(Path root, String text) throws IOException {
    List<Glob> patterns = patterns(text);
    return find(root, patterns.getFirst(), patterns.subList(1, patterns.size()));
  }

  /** Returns the kind of an entry, as in {@link FileStatus#KIND}; 0 if it was removed since. */
  private static int kind(Path folder, KindedName entry) {
    if (entry.kind() != 0) {
      return entry.kind();
    }
    try {
      Path path = folder.resolve(entry.name());
      var there = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      int link = there.isSymbolicLink() ? FileStatus.LINK : FileStatus.KIND;
      int known = there.isDirectory() ? FileStatus.FOLDER : link;
      return there.isRegularFile() ? FileStatus.FILE : known;
    } catch (IOException e) {
      return 0;
    }
  }

  /** Returns the entries of a folder; at most one where the glob says its name. */
  private List<KindedName> entries(Path folder, String path, int depth) throws IOException {
    String name = glob.nameAt(depth);
    List<KindedName> only = name == null ? null : FileTree.named(folder, name);
    if (only != null) {
      return only;
    }
    Questions.look(folder, true);
    return FolderDigest.listed(folder, path.isEmpty() ? "." : path);
  }

  private static String below(String path) {
    return path.isEmpty() || path.endsWith("/") ? path : path + "/";
  }

  /** Searches a folder; {@code depth} is the number of slashes before the names in it. */
  private void enter(Path folder, String path, int depth) throws IOException {
    String start = below(path);
    folders.add(path.isEmpty() ? "." : path);
    for (KindedName each : entries(folder, path, depth)) {
      stop.check();
      String name = FolderDigest.valid(path.isEmpty() ? "." : path, each);
      if (FolderDigest.IGNORED.contains(name)) {
        continue;
      }
      String child = start + name;
      int kind = kind(folder, each);
      if (kind == 0 || kind == FileStatus.LINK) {
        Questions.look(folder.resolve(name), true); // all others change only with the folder
      }
      if (kind == FileStatus.FOLDER) {
        if (glob.leadsInto(child) && !Excludes.folder(excludes, child)) {
          enter(folder.resolve(name), child, depth + 1);
        }
      } else if (glob.matches(child) && !Excludes.path(excludes, child)) {
        if (kind == FileStatus.FILE
            || kind == FileStatus.LINK && Files.isRegularFile(folder.resolve(name))) {
          found.add(child);
          if (kind == FileStatus.LINK) {
            links.add(child);
          }
        } else {
          certain = false;
        }
      }
    }
  }
}
