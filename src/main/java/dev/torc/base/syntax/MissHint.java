package dev.torc.base.syntax;

import dev.torc.base.digests.FolderDigest;
import dev.torc.base.posix.FileTree;
import dev.torc.base.text.Refusal;
import dev.torc.base.text.SafeText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Explains in a few words why a pattern or folder has no files: the folder is missing or empty, or
 * there are only files whose names differ in one part. Only messages use this class.
 */
public final class MissHint {

  /**
   * How many parts of a pattern are replaced by a wildcard, one at a time; each try walks the
   * folders.
   */
  private static final int TRIES = 4;

  /**
   * Matches a part of a pattern, with brackets and braces kept whole, and the separator after it.
   */
  private static final Pattern PART =
      Pattern.compile(
          "(?<part>(?:\\\\.|\\[.[^]]*]|\\{(?:[^{}]|\\{[^{}]*})*}|[^/._-])*+)(?<separator>[/._-]|\\z)",
          Pattern.DOTALL);

  private MissHint() {}

  /** Explains why a pattern matches nothing, or names similar files. */
  public static String pattern(NearestPath near, Glob glob) {
    try {
      return why(near, glob);
    } catch (IOException e) {
      return Refusal.line(e); // perhaps about an excluded folder
    }
  }

  private static String why(NearestPath near, Glob glob) throws IOException {
    Path root = near.base();
    String folder = glob.fixedPrefix();
    if (!FolderDigest.counts(folder)) {
      return "files in " + folder + " never count; name them one by one";
    }
    String empty = folder(near, folder.isEmpty() ? "." : folder);
    if (!empty.isEmpty()) {
      return empty;
    }
    if (!GlobWalk.files(root, glob).isEmpty()) {
      return "what it matches is excluded, or no source";
    }
    List<String> parts = parts(glob.toString());
    int tries = 0;
    for (int i = parts.size() - 2; i >= 0 && tries < TRIES; i -= 2) {
      if (!parts.get(i).replace("*", "").isEmpty()) {
        tries++;
        List<String> found = GlobWalk.files(root, with(parts, i));
        if (!found.isEmpty()) {
          String more = found.size() == 1 ? "" : " and " + (found.size() - 1) + " more like it";
          return "there is " + SafeText.name(found.getFirst()) + more;
        }
      }
    }
    return "nothing in " + (folder.isEmpty() ? "the root" : folder) + " is like it";
  }

  /**
   * Explains that a folder is missing, not a folder, or empty; returns an empty text if it has
   * entries.
   */
  public static String folder(NearestPath near, String folder) throws IOException {
    Path root = near.base();
    Path path = root.resolve(folder);
    Path missing = null;
    for (Path at = path; at != null && !Files.isDirectory(at); at = at.getParent()) {
      missing = at;
    }
    if (missing != null) {
      String name = Paths.named(root, missing);
      return Files.exists(missing, LinkOption.NOFOLLOW_LINKS)
          ? name + " is not a folder"
          : "folder " + SafeText.name(name) + " not found" + near.inParentheses(name + "/");
    }
    boolean empty = FileTree.entries(path).isEmpty();
    return empty ? "folder " + folder + " is empty" + Submodules.hint(root, path) : "";
  }

  /** Returns a pattern with one part replaced by a wildcard. */
  private static Glob with(List<String> parts, int any) {
    List<String> relaxed = new ArrayList<>(parts);
    relaxed.set(any, "*");
    return Glob.of(String.join("", relaxed));
  }

  /** Returns the parts of a pattern, each followed by its separator. */
  private static List<String> parts(String pattern) {
    List<String> parts = new ArrayList<>();
    for (Matcher part = PART.matcher(pattern); part.find(); ) {
      parts.addAll(List.of(part.group("part"), part.group("separator")));
    }
    return parts;
  }
}
