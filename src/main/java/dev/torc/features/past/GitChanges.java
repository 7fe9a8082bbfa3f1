package dev.torc.features.past;

import dev.torc.base.machine.ProgramOutput;
import dev.torc.base.syntax.BadInput;
import dev.torc.base.text.SafeText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The files that differ between the working tree and the commit at which a revision branched off:
 * edited, removed and new ones, but none that git ignores. It compares only files, and knows no
 * jobs. A submodule that differs counts as its folder.
 */
public final class GitChanges {

  /** The most characters of an answer of git that a message repeats. */
  private static final int REASON = 200;

  private GitChanges() {}

  /**
   * Returns the absolute paths of these files.
   *
   * @param folder a folder of the repository, whose other files count too
   * @param revision a name of a commit, such as {@code main}
   * @throws BadInput if git does not answer
   */
  public static SortedSet<Path> since(Path folder, Map<String, String> env, String revision) {
    Path top = Path.of(say(folder, env, revision, "rev-parse", "--show-toplevel"));
    String base;
    try {
      base = say(top, env, revision, "merge-base", "--end-of-options", revision, "HEAD");
    } catch (BadInput e) {
      ProgramOutput shallow = GitCommit.ask(top, env, "rev-parse", "--is-shallow-repository");
      throw shallow.text().equals("true")
          ? refusal(revision, "this clone is shallow; fetch its history (in CI: fetch-depth: 0)")
          : e;
    }
    List<String> diff = new ArrayList<>(List.of("diff", "--name-only", "-z", "--no-renames"));
    diff.addAll(List.of("--no-ext-diff", "--no-relative", "--ignore-submodules=none", base, "--"));
    String differing = say(top, env, revision, diff.toArray(String[]::new));
    String fresh = say(top, env, revision, "ls-files", "-z", "--others", "--exclude-standard");
    SortedSet<Path> files = new TreeSet<>();
    for (String name : (differing + "\0" + fresh).split("\0")) {
      if (!name.isEmpty()) {
        files.add(top.resolve(name));
      }
    }
    return files;
  }

  private static String say(
      Path folder, Map<String, String> env, String revision, String... words) {
    ProgramOutput said = GitCommit.ask(folder, env, words);
    if (!said.ok()) {
      String first = said.errors().lines().findFirst().orElse("git knows no common commit");
      throw refusal(
          revision,
          SafeText.line(
              first.replaceFirst("^fatal: ", "").replaceFirst(" \\(or any .*", ""), REASON));
    }
    return said.text();
  }

  private static BadInput refusal(String revision, String why) {
    return new BadInput("--since " + SafeText.name(revision) + ": " + why);
  }
}
