package dev.torc.features.environments;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What activating an environment does to variables. It holds no value of a caller: of a list such
 * as {@code PATH} it has only what is put before and behind.
 *
 * @param variables the values, in which {@link #CALLERS} stands for the caller's; empty for a
 *     variable that is removed
 */
record Activation(SortedMap<String, Optional<String>> variables) {

  private static final String CALLERS = "\1"; // in no value of a variable

  private static final String SET = "set ";

  private static final String UNSET = "unset ";

  /** Variables of the shell that was asked, of torc, or that a module tool keeps its state in. */
  private static final Pattern NOT_ITS =
      Pattern.compile(
          "_|SHLVL|PWD|OLDPWD|PS1|(TORC_|BASH_FUNC_).*"
              + "|LOADEDMODULES|_LMFILES_|(__MODULES|__LMOD|_ModuleTable).*|.*_modshare");

  private static final String NO_PATH = "/bin:/usr/bin"; // if PATH is unset, as in execvp

  /** Compares what {@code env -0} printed before and, after an empty entry, afterwards. */
  static Activation between(String printed) {
    String[] looks = printed.split("\0\0", 2);
    Map<String, String> then = values(looks[0]);
    Map<String, String> now = values(looks[1]);
    Activation found = new Activation(new TreeMap<>());
    then.keySet().stream()
        .filter(name -> !now.containsKey(name))
        .forEach(name -> found.variables.put(name, Optional.empty()));
    now.forEach(
        (name, value) -> {
          if (!value.equals(then.get(name))) {
            found.variables.put(
                name, Optional.of(aroundCallers(then.getOrDefault(name, ""), value)));
          }
        });
    return found;
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

  /** Finds what is put around a list; what the list had of it may be gone from its old place. */
  private static String aroundCallers(String old, String value) {
    List<String> now = List.of(value.split(":", -1));
    for (int end = old.isEmpty() ? 0 : now.size(); end > 0; end--) {
      for (int start = 0; start < end; start++) {
        List<String> around = new ArrayList<>(now);
        around.subList(start, end).clear();
        List<String> rest = new ArrayList<>(List.of(old.split(":", -1)));
        rest.removeAll(around);
        if (rest.equals(now.subList(start, end))) {
          around.add(start, CALLERS);
          return String.join(":", around);
        }
      }
    }
    return value;
  }

  /** Adds this to the texts of a marker. */
  void addTo(SortedMap<String, String> marker) {
    variables.forEach(
        (name, value) -> marker.put((value.isPresent() ? SET : UNSET) + name, value.orElse("")));
  }

  /** Returns what a marker has. */
  static Activation of(SortedMap<String, String> marker) {
    Activation found = new Activation(new TreeMap<>());
    marker.forEach(
        (name, text) -> {
          if (name.startsWith(SET)) {
            found.variables.put(name.substring(SET.length()), Optional.of(text));
          } else if (name.startsWith(UNSET)) {
            found.variables.put(name.substring(UNSET.length()), Optional.empty());
          }
        });
    return found;
  }

  /**
   * Returns the variables that no longer depend on the caller, and for PATH the folders that are
   * put before the caller's, {@code path}.
   */
  Map<String, String> effects(String path) {
    Map<String, String> all = new TreeMap<>();
    variables.forEach((name, value) -> all.put(name, value.orElse("")));
    all.values().removeIf(value -> value.contains(CALLERS));
    String set = variables.getOrDefault("PATH", Optional.empty()).orElse("");
    List<String> own = new ArrayList<>(List.of(set.split(CALLERS, 2)[0].split(":")));
    if (!set.contains(CALLERS)) {
      own.removeAll(List.of(path.split(":")));
    }
    all.put("PATH", String.join(":", own));
    return all;
  }

  /** Returns a value with the caller's in it. */
  private static String around(String text, String callers) {
    return callers == null || callers.isEmpty()
        ? text.replaceFirst("^" + CALLERS + ":|:?" + CALLERS, "")
        : text.replace(CALLERS, callers);
  }

  /**
   * Changes the variables of a step as activation would.
   *
   * @param env replaces or extends the caller's; a null value removes one
   * @param own the variables that the job sets: they win, but an own value that contains the
   *     caller's gets what is put around that
   */
  void apply(Map<String, String> env, Map<String, String> caller, Set<String> own) {
    variables.forEach(
        (name, value) -> {
          String callers = caller.getOrDefault(name, name.equals("PATH") ? NO_PATH : "");
          String text = value.orElse("");
          if (!own.contains(name)) {
            String now = env.containsKey(name) ? env.get(name) : callers;
            env.put(name, value.isPresent() ? around(text, now) : null);
          } else if (text.contains(CALLERS) && !callers.isEmpty()) {
            env.computeIfPresent(name, (_, set) -> set.replace(callers, around(text, callers)));
          }
        });
  }
}
