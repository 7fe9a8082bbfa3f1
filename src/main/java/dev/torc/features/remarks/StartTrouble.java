package dev.torc.features.remarks;

import dev.torc.base.posix.OwnFile;
import dev.torc.base.syntax.NearestPath;
import dev.torc.base.text.SafeText;
import dev.torc.core.here.Launch;
import dev.torc.core.here.ProcessEnd;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Explains why a command was not found or could not be started: a script with Windows line endings,
 * a program outside the PATH, a missing folder. It is used only after a failure. A program that a
 * script called is known only from the log, if the shell names it there.
 *
 * @param hint a text to append to the phrase about the end; may be empty
 * @param path the PATH in which a program was not found; empty otherwise
 */
record StartTrouble(String hint, String path) {

  private static final StartTrouble NONE = new StartTrouble("", "");

  /** Exit statuses of shells and env for a program that they could not start. */
  private static final Set<Integer> STATUSES = Set.of(126, 127);

  private static final Set<String> SHELLS = Set.of("sh", "bash", "dash", "ksh", "zsh");
  private static final Pattern OPTION = Pattern.compile("-.*|pipefail");
  private static final Pattern WORD_END = Pattern.compile("[\\s;&|()<>\"'`]+");

  /** Messages of bash, dash, ksh and busybox, then zsh, then env about a missing program. */
  private static final Pattern NOT_FOUND =
      Pattern.compile(
          "(?:.*: )?(?<shell>[^:\\s]+): (?:command )?not found.*"
              + "|.*: command not found: (?<zsh>\\S+)"
              + "|.*env: (?:can't execute )?['‘\"]?(?<env>[^'’\":]+)['’\"]?: No such file.*");

  /** Messages of a shell about a program that is there and cannot be executed. */
  private static final Pattern DENIED =
      Pattern.compile("(?:.*: )?(?<file>[^:\\s]*/[^:\\s]*): Permission denied.*");

  private static final int TAIL = 4096; // bytes of the log
  private static final int WORDS = 100; // of a command
  private static final int LINE = 300; // bytes of a script's first line

  /** Finds the reason; {@code search} is the caller's PATH, null if it was not searched here. */
  static StartTrouble of(ProcessEnd ended, Launch launch, Path root, String search)
      throws IOException {
    boolean exited = ended.how() == ProcessEnd.How.EXITED;
    boolean unstarted = !exited || STATUSES.contains(ended.code());
    if (!exited && ended.how() != ProcessEnd.How.NOT_STARTED) {
      return NONE;
    }
    boolean logged = exited && unstarted && OwnFile.exists(launch.output().log());
    String named = logged ? named(OwnFile.tail(launch.output().log(), TAIL)) : "";
    for (Launch.Step step : launch.steps()) {
      String path = step.env().getOrDefault("PATH", search);
      boolean here = step.container() == null && path != null;
      String script = windowsScript(step, here && unstarted ? path : "", unstarted);
      String program = exited ? named : step.argv().getFirst();
      String denied = here && logged ? denied(step.dir(), launch) : "";
      if (!script.isEmpty()) {
        return new StartTrouble(": " + script, "");
      } else if (!denied.isEmpty()) {
        String text =
            ": %1$s is not executable; run chmod +x %1$s, or name its interpreter before it";
        return new StartTrouble(text.formatted(denied), "");
      } else if (!exited && !Files.isDirectory(step.dir())) {
        String shown = root.relativize(step.dir()).toString();
        return new StartTrouble(NearestPath.inParentheses(step.dir(), shown), "");
      } else if (here && program.indexOf('/') >= 0) {
        Path file = step.dir().resolve(program).normalize();
        return new StartTrouble(NearestPath.inParentheses(file, program), "");
      } else if (here && !program.isEmpty() && !finds(step.dir(), path, program)) {
        String what = exited ? ": no program " + SafeText.name(program) + " in PATH" : "";
        String near = NearestPath.program(step.dir(), path, program);
        return new StartTrouble(what + NearestPath.parenthesized(near), path);
      }
    }
    return NONE;
  }

  /** Returns the script without the executable bit that the log names; empty without one. */
  private static String denied(Path dir, Launch launch) throws IOException {
    for (String line : OwnFile.tail(launch.output().log(), TAIL).lines().toList()) {
      Matcher denied = DENIED.matcher(line);
      if (denied.matches()) {
        Path file = dir.resolve(denied.group("file"));
        return Files.isRegularFile(file) && !Files.isExecutable(file) ? denied.group("file") : "";
      }
    }
    return "";
  }

  private static boolean finds(Path dir, String path, String program) {
    for (String folder : path.split(":", -1)) {
      if (Files.isExecutable(dir.resolve(folder).resolve(program))) {
        return true;
      }
    }
    return false;
  }

  /** Returns the program that a shell or env did not find, according to the log; else empty. */
  static String named(String log) {
    for (String line : log.lines().toList().reversed()) {
      Matcher found = NOT_FOUND.matcher(line);
      if (found.matches()) {
        String shell = found.group("shell") == null ? found.group("zsh") : found.group("shell");
        return shell == null ? found.group("env") : shell;
      }
    }
    return "";
  }

  /**
   * Returns a message about a script with Windows line endings, or an empty string. {@code
   * unstarted} says whether the script's own interpreter line may be the cause.
   */
  private static String windowsScript(Launch.Step step, String path, boolean unstarted)
      throws IOException {
    List<String> words =
        step.argv().stream().flatMap(WORD_END::splitAsStream).limit(WORDS).toList();
    boolean byShell = false;
    for (String word : words) {
      for (String folder : (":" + (word.indexOf('/') < 0 ? path : "")).split(":", -1)) {
        String line = firstLine(step.dir().resolve(folder), word);
        String by = line.startsWith("#!") ? line.substring(2).stripLeading() + ": " : "";
        if (line.endsWith("\r") && (byShell || unstarted && !by.isEmpty())) {
          return "%s: %sthe script has Windows line ends (save it with Unix line ends)"
              .formatted(SafeText.name(word), SafeText.line(by));
        }
      }
      String program = word.substring(word.lastIndexOf('/') + 1);
      byShell = SHELLS.contains(program) || byShell && OPTION.matcher(word).matches();
    }
    return "";
  }

  private static String firstLine(Path folder, String word) throws IOException {
    Path file;
    try {
      file = folder.resolve(word);
    } catch (InvalidPathException e) {
      return "";
    }
    if (word.isEmpty() || !Files.isRegularFile(file) || !Files.isReadable(file)) {
      return "";
    }
    try (InputStream in = Files.newInputStream(file)) {
      String begin = new String(in.readNBytes(LINE), StandardCharsets.ISO_8859_1);
      int end = begin.indexOf('\n');
      return end < 0 ? begin : begin.substring(0, end);
    }
  }
}
