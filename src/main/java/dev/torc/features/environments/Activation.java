package dev.torc.features.environments;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What activating an environment does to the variables of one caller. It is never written; {@link
 * ActivationRecipe} is.
 *
 * @param variables the values, in which {@link #CALLERS} stands for the caller's; empty for a
 *     variable that is removed
 */
record Activation(SortedMap<String, Optional<String>> variables) {

  static final String CALLERS = "\1"; // in no value of a variable

  static final String NO_PATH = "/bin:/usr/bin"; // if PATH is unset, as in execvp

  /** Returns what one activation did. */
  static Activation of(ActivationLooks looks) {
    Activation found = new Activation(new TreeMap<>());
    for (String name : looks.changed()) {
      String value = looks.after().get(name);
      String old = looks.before().getOrDefault(name, "");
      String around = value == null || old.isEmpty() ? null : inList(old, value);
      found.variables.put(name, Optional.ofNullable(around == null ? value : around));
    }
    return found;
  }

  /**
   * Returns a value with {@link #CALLERS} in place of the caller's, which it contains once; null if
   * it does not.
   */
  static String around(String old, String value) {
    int at = value.indexOf(old);
    return at >= 0 && value.indexOf(old, at + 1) < 0
        ? value.substring(0, at) + CALLERS + value.substring(at + old.length())
        : inList(old, value);
  }

  /** Does so for a list; what it had of the folders around it may be gone from its old place. */
  private static String inList(String old, String value) {
    List<String> now = List.of(value.split(":", -1));
    for (int end = now.size(); end > 0; end--) {
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
    return null;
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
  private static String around(String text, String callers, boolean none) {
    return none
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
            boolean none = now == null || now.isEmpty();
            env.put(name, value.isPresent() ? around(text, now, none) : null);
          } else if (text.contains(CALLERS) && !callers.isEmpty()) {
            String word = "(?<!\\w)" + Pattern.quote(callers) + "(?!\\w)";
            String now = Matcher.quoteReplacement(text.replace(CALLERS, callers));
            env.computeIfPresent(name, (_, set) -> set.replaceAll(word, now));
          }
        });
  }
}
