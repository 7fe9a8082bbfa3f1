package dev.torc.features.packages;

import dev.torc.base.posix.Io;
import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.FileValues;
import dev.torc.base.syntax.Glob;
import dev.torc.base.syntax.GlobWalk;
import dev.torc.base.syntax.Node;
import dev.torc.base.syntax.Paths;
import dev.torc.core.model.Workflow;
import dev.torc.core.model.Workflow.PackageFile;
import dev.torc.features.reading.BuildFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Decides whether a build file is a member of a project: exactly one package of it, in the folder
 * of the build file.
 */
public final class Members {

  private static final String INCLUDE = "include";

  private Members() {}

  /**
   * Returns the build files above a build file that may include it, the topmost first: those with
   * the word {@code include}.
   */
  public static List<Path> candidates(Path member) {
    return above(member).stream().filter(Members::includes).toList();
  }

  /** Returns the build files above a build file, the topmost first; reads none of them. */
  public static List<Path> above(Path member) {
    List<Path> all = new ArrayList<>(0);
    Path own = BuildFile.root(member);
    for (Path dir = own == null ? null : own.getParent(); dir != null; dir = dir.getParent()) {
      List<Path> found = BuildFile.in(dir);
      if (found.size() == 1) {
        all.addFirst(found.getFirst());
      }
    }
    return all;
  }

  /** Returns whether a build file has the word {@code include}. */
  public static boolean includes(Path file) {
    return Io.or(
        () -> new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(INCLUDE),
        false);
  }

  /**
   * Returns whether a build file may have the member: one of its items of {@code include}, or those
   * of a file that it includes, leads to it. This costs less than to read all jobs. A file that
   * cannot be read may have it.
   */
  public static boolean mayHave(Path above, Path member) {
    return leads(above, real(member), new HashSet<>());
  }

  private static boolean leads(Path file, Path member, Set<Path> seen) {
    Path real = real(file);
    if (real.equals(member) || !seen.add(real) || !includes(file)) {
      return real.equals(member);
    }
    try {
      Node tree = FileValues.tree(Files.readAllBytes(file), file.toString());
      Node include = tree instanceof Node.Mapping map ? map.get(INCLUDE) : null;
      List<Node> items =
          include instanceof Node.Sequence list
              ? list.items()
              : include == null ? List.of() : List.of(include);
      for (Node item : items) {
        Node of = item instanceof Node.Mapping map ? map.get("file") : item;
        for (Path each :
            of instanceof Node.Scalar text ? files(text.text(), file) : List.<Path>of()) {
          if (leads(each, member, seen)) {
            return true;
          }
        }
      }
      return false;
    } catch (IOException | BadInput unknown) {
      return true;
    }
  }

  /** Returns the files that an item of {@code include} names. */
  private static List<Path> files(String item, Path by) throws IOException {
    Path folder = by.getParent();
    if (!Glob.isPattern(item) || Files.exists(folder.resolve(item))) {
      return List.of(folder.resolve(item));
    }
    int cut = item.lastIndexOf('/', Glob.firstSpecial(item)) + 1;
    Path start = folder.resolve(item.substring(0, cut));
    return GlobWalk.files(start, Glob.of(item.substring(cut))).stream()
        .map(start::resolve)
        .toList();
  }

  /** Returns the package of a project that a build file is a member as; null for none. */
  public static PackageFile part(Workflow whole, Path member) {
    Path file = BuildFile.located(member);
    String folder = Paths.named(whole.root(), file.getParent());
    String own = folder.isEmpty() ? "." : folder;
    PackageFile found = null;
    boolean there = true;
    for (PackageFile each : whole.settings().packages()) {
      boolean begins = each.folder().equals(own);
      if (each.file().equals(file) || begins && real(each.file()).equals(real(file))) {
        there = found == null && (begins || begins(whole, each, file.getParent()));
        found = each;
      }
    }
    return there ? found : null; // not a module that is used twice, or elsewhere
  }

  private static boolean begins(Workflow whole, PackageFile of, Path folder) {
    return real(whole.root().resolve(of.folder())).equals(folder);
  }

  private static Path real(Path file) {
    return Io.or(file::toRealPath, file);
  }
}
