package dev.torc.features.packages;

import dev.torc.base.posix.Io;
import dev.torc.base.syntax.Paths;
import dev.torc.core.model.Workflow;
import dev.torc.core.model.Workflow.PackageFile;
import dev.torc.features.reading.BuildFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Decides whether a build file is a member of a project: exactly one package of it, in the folder
 * of the build file. It reads no build file.
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
