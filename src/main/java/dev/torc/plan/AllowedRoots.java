package dev.torc.plan;

import dev.torc.posix.FileStatus;
import dev.torc.posix.FolderHandle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Where products may lie: below the root, or below a folder in {@code roots}, whatever links lead
 * there. It looks each time anew, since jobs make links; the caller decides what follows.
 */
public final class AllowedRoots {

  private final List<Path> named = new ArrayList<>(); // the root first
  private final List<Path> real = new ArrayList<>();

  /**
   * Creates the places of a project below which products may lie.
   *
   * @param roots as the build file names them; those that do not exist yet may come
   */
  public AllowedRoots(Path root, List<Path> roots) throws IOException {
    named.add(root);
    named.addAll(roots);
    for (Path each : named) {
      real.add(real(each));
    }
  }

  /** Returns the root, as it is named. */
  public Path root() {
    return named.getFirst();
  }

  /** Returns the root, links followed. */
  Path home() {
    return real.getFirst();
  }

  /**
   * Returns whether a real path lies below the root or a folder in {@code roots}, or is one of
   * these.
   */
  boolean hold(Path path) {
    for (Path ground : real) {
      if (path.startsWith(ground)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Returns where a folder really is, if links lead to a place where no products may lie.
   *
   * @param folder relative to the root, or absolute; empty for the root
   * @return the real path; null where products may lie there
   */
  public Path outside(String folder) throws IOException {
    if (staysBelow(folder)) {
      return null;
    }
    Path path = real(named.getFirst().resolve(folder));
    return hold(path) ? null : path;
  }

  /**
   * Returns whether a folder lies below the root by its path alone, since no part of that is a
   * link. Each attempt asks this, with one look for each part; a real path takes one for each from
   * the top on.
   */
  private boolean staysBelow(String folder) throws IOException {
    if (folder.startsWith("/") || folder.startsWith("..")) {
      return false;
    }
    String path = named.getFirst() + "/" + folder;
    int end = path.length() - folder.length();
    while (end < path.length()) {
      int slash = path.indexOf('/', end);
      end = slash < 0 ? path.length() : slash;
      FileStatus part = FileStatus.of(path.substring(0, end), false);
      if (!part.isFolder()) {
        return !part.isLink(); // nothing can lie there yet
      }
      end++;
    }
    return true;
  }

  /**
   * Opens the folder in which a product lies, so that no link which is put on the way meanwhile
   * leads elsewhere. A link that was there before is followed to where products may lie.
   *
   * @param file absolute
   */
  public FolderHandle holder(Path file) throws IOException {
    Path folder = file.getParent();
    if (folder.startsWith(root())) {
      try {
        return FolderHandle.below(root(), folder);
      } catch (NotDirectoryException e) {
        // a link: where does it lead?
      }
    }
    Path path = real(folder);
    for (Path ground : real) {
      if (path.startsWith(ground)) {
        return FolderHandle.below(ground, path);
      }
    }
    if (real.contains(path.resolve(file.getFileName()))) {
      return FolderHandle.of(path); // the product is one of `roots`
    }
    throw new IOException(refusal(file.toString(), path));
  }

  /** Returns the message about a product that lies in a folder outside. */
  public static String refusal(String product, Path outside) {
    return "product %s is in %s, which is neither below the root nor below a folder in `roots`"
        .formatted(product, outside);
  }

  /**
   * Returns the folder in {@code roots} that a file lies in, and its path from there; of several
   * such folders the nearest.
   *
   * @return null where the root is nearer, or no such folder holds the file
   */
  public Spot spot(Path file) throws IOException {
    Path path = real(file.getParent()).resolve(file.getFileName());
    int nearest = -1;
    for (int i = 0; i < real.size(); i++) {
      boolean inside = path.startsWith(real.get(i)) && !path.equals(real.get(i));
      if (inside && (nearest < 0 || depth(i) > depth(nearest))) {
        nearest = i;
      }
    }
    return nearest <= 0 ? null : new Spot(named.get(nearest), real.get(nearest).relativize(path));
  }

  /**
   * A place below a folder in {@code roots}.
   *
   * @param ground the folder as it is named
   * @param path the way from there
   */
  public record Spot(Path ground, Path path) {}

  private int depth(int ground) {
    return real.get(ground).getNameCount();
  }

  /**
   * Returns the real path of a file that may not exist yet: links of the part that exists are
   * followed.
   */
  static Path real(Path path) throws IOException {
    Path file = path.toAbsolutePath().normalize();
    try {
      return file.toRealPath(); // as nearly always
    } catch (IOException e) {
      // It is yet to be made, or a link that leads nowhere, or round and round.
      return Files.exists(file, LinkOption.NOFOLLOW_LINKS)
          ? file
          : real(file.getParent()).resolve(file.getFileName());
    }
  }
}
