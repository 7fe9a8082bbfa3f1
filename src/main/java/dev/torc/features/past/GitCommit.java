package dev.torc.features.past;

import dev.torc.base.machine.ProgramOutput;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The git commit of a folder, for readers of a report or of the history. Finding it takes no lock
 * and runs no program that the repository names. Decisions about jobs never depend on it.
 *
 * @param differs whether tracked files differ from the commit; null if git did not say
 */
public record GitCommit(String hash, Boolean differs) {

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final int DIGITS = 12;

  /** A hash, and whether files differ, in the record of a build. */
  private static final Pattern TEXT = Pattern.compile("([0-9a-f]{40,64})([+?]?)");

  private static final int NO_SUCH_SETTING = 1;

  /** Overrides settings with which git would run a repository's programs or ask another host. */
  private static final List<String> GIT =
      List.of(
          ("/usr/bin/env git --no-pager -c core.fsmonitor=false -c core.hooksPath=/dev/null"
                  + " -c protocol.allow=never")
              .split(" "));

  /** Variables that would make git look at another repository. */
  private static final List<String> ELSEWHERE =
      List.of("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE");

  /** Asks git; returns null if git cannot answer, or if HEAD does not contain the folder. */
  public static GitCommit of(Path folder, Map<String, String> env) {
    // The second name fails in a folder that git ignores or does not track yet.
    ProgramOutput commit = ask(folder, env, "rev-parse", "HEAD", "HEAD:./");
    String hash = commit.text().lines().findFirst().orElse("");
    if (!commit.ok() || !TEXT.matcher(hash).matches()) {
      return null;
    }
    Boolean differs = null;
    if (!runsFilters(folder, env)) {
      String status = "status --porcelain --untracked-files=no --ignore-submodules=dirty";
      ProgramOutput changes = ask(folder, env, status.split(" "));
      differs = changes.ok() ? !changes.text().isEmpty() : null;
    }
    return new GitCommit(hash, differs);
  }

  /** Returns which files at and below these paths git tracks in a folder; none if it fails. */
  static List<String> tracked(Path folder, Map<String, String> env, List<String> paths) {
    List<String> words =
        new ArrayList<>(List.of("--literal-pathspecs", "ls-files", "-z", "--cached", "--"));
    words.addAll(paths);
    ProgramOutput files = ask(folder, env, words.toArray(String[]::new));
    return files.ok() && !files.text().isEmpty() ? List.of(files.text().split("\0")) : List.of();
  }

  /** Returns the commit in the record of a build; null if it is unknown. */
  static GitCommit parse(String text) {
    Matcher parts = TEXT.matcher(text == null ? "" : text);
    return !parts.matches()
        ? null
        : new GitCommit(
            parts.group(1), parts.group(2).equals("?") ? null : parts.group(2).equals("+"));
  }

  /** Returns what {@link #parse} reads. */
  String text() {
    return hash + (differs == null ? "?" : differs ? "+" : "");
  }

  /** Returns {@code commit 3f2a9c1d4e5b with changes}, for people. */
  public String words() {
    return "commit " + hash.substring(0, DIGITS) + changes();
  }

  /** Returns the same with the whole hash, for archives. */
  public String whole() {
    return "commit " + hash + changes();
  }

  private String changes() {
    return differs == null ? ", changes unknown" : differs ? " with changes" : "";
  }

  private static Map<String, String> quiet(Map<String, String> env) {
    Map<String, String> quiet = new HashMap<>(env);
    quiet.keySet().removeAll(ELSEWHERE);
    quiet.putAll(Map.of("GIT_OPTIONAL_LOCKS", "0", "GIT_NO_LAZY_FETCH", "1", "LC_ALL", "C"));
    return quiet;
  }

  /** Returns whether the repository may name filters: programs that a status would run. */
  private static boolean runsFilters(Path folder, Map<String, String> env) {
    ProgramOutput filters =
        ask(folder, env, "config", "--show-scope", "--get-regexp", "^filter\\.");
    boolean some = filters.text().lines().anyMatch(line -> line.matches("(local|worktree)\t.*"));
    return some || !filters.ok() && filters.status() != NO_SUCH_SETTING;
  }

  /** Asks git about the repository of a folder, whatever repository the variables name. */
  static ProgramOutput ask(Path folder, Map<String, String> env, String... words) {
    List<String> argv = new ArrayList<>(GIT);
    argv.addAll(List.of(words));
    return ProgramOutput.of(argv, quiet(env), folder, PATIENCE);
  }
}
