package dev.torc.core.model;

import dev.torc.base.posix.Walk;
import dev.torc.base.syntax.Glob;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Two names of a folder: one that leads through a symlink, and the real one, which declared
 * products have. It converts names between the two and looks at no file behind them.
 *
 * @param written relative to the root, or absolute
 * @param real the same; empty for the root
 */
public record FolderAlias(String written, String real) {

  /** Returns the alias that a folder's name is; null if no symlink is on the way to the folder. */
  public static FolderAlias of(Path root, String folder) {
    String real = folder.isEmpty() || folder.equals(".") ? folder : Walk.name(root, folder);
    return real.equals(folder) ? null : new FolderAlias(folder, real);
  }

  /** Returns the symlinks on the ways to some folders; looks at each name once. */
  public static List<FolderAlias> on(Path root, Iterable<String> folders) {
    List<FolderAlias> found = new ArrayList<>(0);
    Set<String> seen = new HashSet<>();
    for (String folder : folders) {
      String at = folder;
      while (!at.isEmpty() && seen.add(at)) {
        FolderAlias alias = Files.isSymbolicLink(root.resolve(at)) ? of(root, at) : null;
        if (alias != null) {
          found.add(alias);
        }
        at = at.substring(0, Math.max(0, at.lastIndexOf('/')));
      }
    }
    return found;
  }

  /** Returns the real name of a path in the folder; any other path stays as it is. */
  public String real(String path) {
    return moved(path, written, real);
  }

  /** Returns the written name of a real path in the folder; any other path stays as it is. */
  public String written(String path) {
    return moved(path, real, written);
  }

  /** Returns a pattern with the real name of the folder. */
  public Glob real(Glob glob) {
    return Glob.of(moved(glob.toString(), Glob.escape(written), Glob.escape(real)));
  }

  private static String moved(String path, String from, String to) {
    if (path.equals(from)) {
      return to.isEmpty() ? "." : to;
    }
    String start = from.isEmpty() || from.endsWith("/") ? from : from + "/";
    if (!path.startsWith(start) || from.isEmpty() && path.startsWith("/")) {
      return path;
    }
    String rest = path.substring(start.length());
    return to.isEmpty() ? rest : to + "/" + rest;
  }
}
