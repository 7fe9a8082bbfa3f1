package dev.torc.features.reading;

import dev.torc.base.digests.Digest;
import dev.torc.base.posix.FileStatus;
import dev.torc.base.posix.Questions;
import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.Place;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Finds the build file: in the current folder or the nearest one above. It does not read the file.
 */
public final class BuildFile {

  /** The name of the build file that comes from standard input. */
  public static final String INPUT = "-";

  public static final List<String> NAMES = List.of("torc.yaml", "torc.yml", "torc.json");

  /**
   * A file that was read. {@code asked} is the absolute path that named it, {@code file} is that
   * path with the symlinks of its folder resolved, and {@code digest} is the digest of the bytes.
   */
  public record Read(Path asked, Path file, Digest digest) {}

  /** Tells whether files that were read are still where they were. Looks at each folder once. */
  public static final class Ways {
    private final Set<String> plain = new HashSet<>(); // folders without a symlink on their path

    /** Returns whether {@code asked} still leads to {@code file}. */
    public boolean lead(Read read) {
      Path folder = read.file.getParent();
      boolean usual =
          read.asked.equals(read.file)
              && folder != null
              && folder.getFileSystem() == FileSystems.getDefault();
      return usual && isPlain(folder.toString()) || located(read.asked).equals(read.file);
    }

    private boolean isPlain(String folder) {
      int slash = folder.lastIndexOf('/');
      if (folder.equals("/") || plain.contains(folder)) {
        return true;
      }
      boolean all = slash >= 0 && isPlain(slash == 0 ? "/" : folder.substring(0, slash));
      try {
        return all && FileStatus.identity(folder, false).isFolder() && plain.add(folder);
      } catch (IOException e) {
        return false; // reading the file will say what is wrong
      }
    }
  }

  private BuildFile() {}

  /**
   * Returns the path of a file with the symlinks of its folder resolved, so that {@code ..} means
   * what it means to the system. If the file itself is a symlink, it is not resolved.
   */
  public static Path located(Path file) {
    Path absolute = file.toAbsolutePath();
    Questions.way(absolute.getParent());
    try {
      Path name = absolute.getFileName();
      Path folder = name == null ? null : absolute.getParent().toRealPath();
      if (folder != null && !folder.equals(absolute.getParent())) {
        Questions.doubt("a link is on the way to " + absolute);
      }
      return name == null ? absolute : folder.resolve(name);
    } catch (IOException e) {
      // The folder is missing or locked: reading the file reports the error.
      return absolute.normalize();
    }
  }

  public static Path root(Path first) {
    return located(first).getParent();
  }

  /** Returns the entries of a folder that have the name of a build file and are not folders. */
  public static List<Path> in(Path folder) {
    return NAMES.stream()
        .map(folder::resolve)
        .peek(f -> Questions.look(f, false))
        .filter(f -> Files.exists(f, LinkOption.NOFOLLOW_LINKS))
        .peek(f -> Questions.look(f, true))
        .filter(f -> !Files.isDirectory(f))
        .toList();
  }

  /** Returns the build files of the nearest folder that has any, from {@code start} upwards. */
  public static List<Path> nearest(Path start) {
    for (Path dir = located(start.resolve("x")).getParent(); dir != null; dir = dir.getParent()) {
      List<Path> found = in(dir);
      if (!found.isEmpty()) {
        return found;
      }
    }
    return List.of();
  }

  /**
   * Returns the only build file in {@code found}.
   *
   * @throws BadInput if there is none, or more than one
   */
  public static Path requireOne(List<Path> found) {
    if (found.isEmpty()) {
      throw new BadInput("no torc.yaml here or above; `torc init` writes one");
    }
    if (found.size() > 1) {
      throw new BadInput(
          new Place(found.get(0).toString(), 0, 0),
          found.get(1).getFileName() + " also exists; keep one, or choose one with -f");
    }
    return found.getFirst();
  }
}
