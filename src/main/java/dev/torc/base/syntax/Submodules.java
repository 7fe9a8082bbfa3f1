package dev.torc.base.syntax;

import dev.torc.base.posix.FileTree;
import dev.torc.base.posix.Io;
import dev.torc.base.text.SafeText;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds submodules of git that are not checked out: paths in {@code .gitmodules} whose folder is
 * empty or missing. It reads files and never starts git.
 */
public final class Submodules {

  private static final Pattern PATH =
      Pattern.compile("(?m)^\\s*path\\s*=\\s*\"?([^\"\\n]*?)\"?\\s*$");

  private Submodules() {}

  /** Returns the folders of these submodules in the repository in which a folder lies. */
  public static List<Path> missing(Path folder) {
    List<Path> missing = new ArrayList<>(0);
    for (Path top = folder; top != null; top = top.getParent()) {
      Path file = top.resolve(".gitmodules");
      String text = Files.exists(file) ? Io.or(() -> Files.readString(file), "") : "";
      for (Matcher path = PATH.matcher(text); path.find(); ) {
        Path module = top.resolve(path.group(1)).normalize();
        if (Io.or(() -> FileTree.entries(module).isEmpty(), !Files.exists(module))) {
          missing.add(module);
        }
      }
      if (Files.exists(top.resolve(".git"))) {
        break;
      }
    }
    return missing;
  }

  /** Returns the end of a message about a path in such a submodule; empty for any other path. */
  public static String hint(Path base, Path path) {
    for (Path module : missing(path.getParent() == null ? path : path.getParent())) {
      if (path.startsWith(module)) {
        return "; its submodule is not checked out: " + command(base, module);
      }
    }
    return "";
  }

  /** Returns the command that checks a submodule out. */
  public static String command(Path base, Path module) {
    return "run `git submodule update --init " + SafeText.name(Paths.named(base, module)) + "`";
  }
}
