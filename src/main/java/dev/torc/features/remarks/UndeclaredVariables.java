package dev.torc.features.remarks;

import dev.torc.core.decide.NeedContents;
import dev.torc.core.model.Job;
import dev.torc.core.model.Step;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the caller's variables that a command names and {@code env} does not, since their changes
 * go unseen. Only variables that the caller has now: others are most likely the command's own. A
 * variable that an environment may set is not the caller's.
 */
final class UndeclaredVariables {

  /** {@code $x}, {@code ${x}}, or a form such as {@code ${x:-y}}. */
  private static final Pattern NAMED =
      Pattern.compile("\\$\\{?#?([A-Za-z_]\\w*+).*", Pattern.DOTALL);

  /**
   * Variables of the user, the terminal and the system, and those that a shell or torc sets anew.
   */
  private static final Pattern USUAL =
      Pattern.compile(
          "PATH|HOME|USER|LOGNAME|SHELL|PWD|OLDPWD|TERM|LANG|LC_.*|TMPDIR|HOSTNAME|DISPLAY|EDITOR"
              + "|PAGER|COLUMNS|LINES|IFS|UID|EUID|PPID|RANDOM|SECONDS|LINENO|SHLVL|_|XDG_.*|TORC_.*"
              + "|MAKEFLAGS|CUDA_VISIBLE_DEVICES|HIP_VISIBLE_DEVICES|.*_NUM_THREADS");

  private UndeclaredVariables() {}

  /** Returns whether the environment of a job decides a variable, or may once it is made. */
  static boolean mayBeSet(String name, Job job, NeedContents contents) {
    Map<String, String> made = contents.variables(job);
    return made == null ? job.surroundings() != null : made.containsKey(name);
  }

  /** Returns the rest of a warning about the first such step of a job; null for none. */
  static String line(RemarkedJob of) {
    String line = null;
    for (int s = 0; s < of.steps().size() && line == null; s++) {
      line = in(of, of.commands().get(s), of.steps().get(s));
    }
    return line;
  }

  private static String in(RemarkedJob of, CommandWords words, Step step) {
    NeedContents contents = of.contents();
    Set<String> unnamed = new TreeSet<>();
    for (String expansion : words.expansions()) {
      Matcher named = NAMED.matcher(expansion);
      String name = named.matches() ? named.group(1) : "PATH";
      if (!USUAL.matcher(name).matches()
          && !step.env().containsKey(name)
          && contents.machine().answer(name).isPresent()
          && !mayBeSet(name, of.job(), contents)
          && !words.maySet(name)) {
        unnamed.add(name);
      }
    }
    return unnamed.isEmpty()
        ? null
        : " uses $%s of the caller, whose changes go unseen; add `%s:` to env to make the value count"
            .formatted(String.join(", $", unnamed), String.join(":`, `", unnamed));
  }
}
