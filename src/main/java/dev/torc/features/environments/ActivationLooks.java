package dev.torc.features.environments;

import dev.torc.base.machine.ProgramOutput;
import dev.torc.core.attempt.AttemptFailure;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The variables before and after activation, as a shell printed them. They hold the caller's
 * values, so they come by a pipe and stay in memory; {@link ActivationRecipe} is what may be kept.
 *
 * @param before without what the shell and torc's own unsetting hide from activation
 * @param loaded the full names of the modules that are loaded in the end
 */
record ActivationLooks(Map<String, String> before, Map<String, String> after, List<String> loaded) {

  /** The variable in which module tools keep the full names of loaded modules. */
  static final String LOADED = "LOADEDMODULES";

  /** Asks bash if it is there, since activation scripts are often for bash only. */
  private static final String BASH =
      "torc_sh=$(command -v bash) || torc_sh=sh; exec \"$torc_sh\" -c \"$1\"";

  /** Prints the variables to the pipe; a login shell that the activation begins does so again. */
  private static final String QUESTION =
      """
      [ -n "${TORC_LOGIN-}" ] || exec 9>&1 1>&2
      unset VIRTUAL_ENV CONDA_SHLVL CONDA_PREFIX CONDA_DEFAULT_ENV CONDA_PROMPT_MODIFIER
      unset PIXI_IN_SHELL PIXI_PROMPT PIXI_ENVIRONMENT_NAME PIXI_ENVIRONMENT_PLATFORMS
      unset PIXI_PROJECT_ROOT PIXI_PROJECT_NAME PIXI_PROJECT_MANIFEST PIXI_PROJECT_VERSION
      { env -0 && printf '\\0'; } >&9 || exit
      %s
      torc_status=$?
      { env -0 && printf '\\0'; } >&9 || exit
      exit $torc_status
      """;

  /** Variables of the shell that was asked, of torc, or that a module tool keeps its state in. */
  private static final Pattern NOT_ITS =
      Pattern.compile(
          "_|SHLVL|PWD|OLDPWD|PS1|(TORC_|BASH_FUNC_).*"
              + "|LOADEDMODULES|_LMFILES_|(__MODULES|__LMOD|_ModuleTable).*|.*_modshare");

  /**
   * Asks a shell.
   *
   * @param activate the command that enters the environment
   * @param env the variables of the shell
   */
  static ProgramOutput ask(
      String activate, Map<String, String> env, Path folder, Duration patience) {
    Map<String, String> all = new HashMap<>(env);
    all.values().removeIf(Objects::isNull);
    List<String> argv = List.of("sh", "-c", BASH, "sh", QUESTION.formatted(activate));
    return ProgramOutput.of(argv, all, folder, patience);
  }

  /** Returns a caller's variables as a process in the root has them. */
  static Map<String, String> caller(Map<String, String> variables, Path root) {
    Map<String, String> all = new TreeMap<>(variables);
    all.put("PWD", root.toString());
    all.putIfAbsent("USER", System.getProperty("user.name"));
    return all;
  }

  /** Returns what a shell printed, at last if it did so twice. */
  static ActivationLooks of(String printed) {
    String[] looks = printed.split("\0\0");
    int last = looks.length - 1;
    if (last < 1) {
      throw new AttemptFailure("the activation of the environment ended its shell");
    }
    return new ActivationLooks(values(looks[last - 1]), values(looks[last]), loaded(looks[last]));
  }

  private static List<String> loaded(String printed) {
    for (String entry : printed.split("\0")) {
      if (entry.startsWith(LOADED + "=")) {
        return names(entry.substring(LOADED.length() + 1));
      }
    }
    return List.of();
  }

  /** Returns the names in a value of {@link #LOADED}. */
  static List<String> names(String value) {
    return Stream.of(value.strip().split(":")).filter(name -> !name.isEmpty()).toList();
  }

  private static Map<String, String> values(String printed) {
    Map<String, String> all = new TreeMap<>();
    for (String entry : printed.split("\0")) {
      int at = entry.indexOf('=');
      if (at > 0 && !NOT_ITS.matcher(entry.substring(0, at)).matches()) {
        all.put(entry.substring(0, at), entry.substring(at + 1));
      }
    }
    return all;
  }

  /** Returns the names of variables that activation only seems to leave as they are. */
  SequencedSet<String> alsoSetBy(ActivationLooks bare) {
    SequencedSet<String> names = bare.changed();
    names.retainAll(before.keySet());
    names.removeAll(changed());
    return names;
  }

  /** Returns the names of the variables that are set, changed or removed. */
  SequencedSet<String> changed() {
    TreeSet<String> names = new TreeSet<>(before.keySet());
    names.addAll(after.keySet());
    names.removeIf(name -> Objects.equals(before.get(name), after.get(name)));
    return names;
  }
}
