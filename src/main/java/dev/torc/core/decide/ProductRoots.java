package dev.torc.core.decide;

import dev.torc.base.posix.FileStatus;
import dev.torc.base.posix.FolderHandle;
import dev.torc.base.posix.Walk;
import java.io.IOException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The folders that may contain products once all links are followed: the root and the folders in
 * {@code roots}. Each call looks at the disk again, since jobs make links. The caller decides what
 * happens to a product in any other folder.
 */
public final class ProductRoots {

  private final List<Path> named = new ArrayList<>(); // the root first
  private final List<Path> real = new ArrayList<>();

  /** Creates the allowed folders of a project. Folders in {@code roots} need not exist yet. */
  public ProductRoots(Path root, List<Path> roots) throws IOException {
    named.add(root);
    named.addAll(roots);
    for (Path each : named) {
      real.add(Walk.real(each));
    }
  }

  public Path root() {
    return named.getFirst();
  }

  /** Returns the root with all links followed. */
  public Path home() {
    return real.getFirst();
  }

  /** Returns whether a real path is the root, a folder in {@code roots}, or below either. */
  public boolean hold(Path path) {
    return real.stream().anyMatch(path::startsWith);
  }

  /** Returns the real path of a folder; null if products may be in it. */
  public Path outside(String folder) throws IOException {
    if (staysBelow(folder)) {
      return null;
    }
    Path path = Walk.real(named.getFirst().resolve(folder));
    return hold(path) ? null : path;
  }

  /**
   * Returns whether a folder is below the root and no part of its path below the root is a link.
   * This check is fast enough for every attempt, since it looks only at these parts.
   */
  public boolean staysBelow(String folder) throws IOException {
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
        return !part.isLink(); // the rest of the path cannot exist
      }
      end++;
    }
    return true;
  }

  /**
   * Opens the folder of a product, so that a link created later on its path cannot lead elsewhere.
   * Links that exist now are followed if they lead to an allowed folder.
   *
   * @param file absolute
   */
  public FolderHandle holder(Path file) throws IOException {
    Path folder = file.getParent();
    if (folder.startsWith(root())) {
      try {
        return FolderHandle.below(root(), folder);
      } catch (NotDirectoryException e) {
        // the link may lead to an allowed place
      }
    }
    Path path = Walk.real(folder);
    Path ground = ground(path);
    if (ground != null) {
      return FolderHandle.below(ground, path);
    }
    if (real.contains(path.resolve(file.getFileName()))) {
      return FolderHandle.of(path); // the product is one of `roots`
    }
    throw new IOException(refusal(file.toString(), path));
  }

  /** Returns the allowed folder that contains a path, as written or real; null for none. */
  public Path ground(Path path) {
    if (path.startsWith(root())) {
      return root();
    }
    return real.stream().filter(path::startsWith).findFirst().orElse(null);
  }

  public static String refusal(String product, Path outside) {
    return "product %s is in %s, which is neither below the root nor below a folder in `roots`"
        .formatted(product, outside);
  }

  /**
   * Returns the innermost folder in {@code roots} that contains a file; null if the root is the
   * innermost, or if no allowed folder contains the file.
   */
  public Spot spot(Path file) throws IOException {
    Path path = Walk.real(file.getParent()).resolve(file.getFileName());
    int nearest = -1;
    for (int i = 0; i < real.size(); i++) {
      boolean inside = path.startsWith(real.get(i)) && !path.equals(real.get(i));
      if (inside && (nearest < 0 || depth(i) > depth(nearest))) {
        nearest = i;
      }
    }
    return nearest <= 0 ? null : new Spot(named.get(nearest), real.get(nearest).relativize(path));
  }

  /** A path relative to a folder in {@code roots}; {@code ground} is that folder as written. */
  public record Spot(Path ground, Path path) {}

  private int depth(int ground) {
    return real.get(ground).getNameCount();
  }
}
