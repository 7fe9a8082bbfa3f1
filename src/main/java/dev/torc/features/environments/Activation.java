package dev.torc.features.environments;

import static java.util.stream.Collectors.joining;

import dev.torc.base.syntax.JsonText;
import dev.torc.base.syntax.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What activating an environment does to variables. It holds no value of a caller: of a list such
 * as {@code PATH} it has only what is put before and behind.
 *
 * @param before what is put before a variable's value, with its colon
 * @param behind what is put behind it
 * @param set values of variables
 * @param unset variables that are removed
 */
record Activation(
    SortedMap<String, String> before,
    SortedMap<String, String> behind,
    SortedMap<String, String> set,
    SortedSet<String> unset) {

  /** Variables of the shell that was asked, of torc, or that a module tool keeps its state in. */
  private static final Pattern NOT_ITS =
      Pattern.compile(
          "_|SHLVL|PWD|OLDPWD|PS1|(TORC_|BASH_FUNC_).*"
              + "|LOADEDMODULES|_LMFILES_|(__MODULES|__LMOD|_ModuleTable).*|.*_modshare");

  private static final String NO_PATH = "/bin:/usr/bin"; // if PATH is unset, as in execvp

  Activation() {
    this(new TreeMap<>(), new TreeMap<>(), new TreeMap<>(), new TreeSet<>());
  }

  /** Compares what {@code env -0} printed before and after. */
  static Activation between(String before, String after) {
    Map<String, String> then = variables(before);
    Map<String, String> now = variables(after);
    Activation found = new Activation();
    then.keySet().stream().filter(name -> !now.containsKey(name)).forEach(found.unset::add);
    now.forEach(
        (name, value) -> {
          String old = then.get(name);
          if (old == null || old.isEmpty()) {
            found.set.put(name, value);
          } else if (!value.equals(old)) {
            found.add(name, old, value);
          }
        });
    return found;
  }

  /** Finds what is put around a list; what the list had of it may be gone from its old place. */
  private void add(String name, String old, String value) {
    List<String> now = List.of(value.split(":", -1));
    for (int end = now.size(); end > 0; end--) {
      for (int start = 0; start < end; start++) {
        List<String> rest = new ArrayList<>(List.of(old.split(":", -1)));
        rest.removeAll(now.subList(0, start));
        rest.removeAll(now.subList(end, now.size()));
        if (rest.equals(now.subList(start, end))) {
          before.put(
              name, now.subList(0, start).stream().map(each -> each + ":").collect(joining()));
          behind.put(
              name,
              now.subList(end, now.size()).stream().map(each -> ":" + each).collect(joining()));
          return;
        }
      }
    }
    set.put(name, value);
  }

  private static Map<String, String> variables(String printed) {
    Map<String, String> all = new TreeMap<>();
    for (String entry : printed.split("\0")) {
      int at = entry.indexOf('=');
      if (at > 0 && !NOT_ITS.matcher(entry.substring(0, at)).matches()) {
        all.put(entry.substring(0, at), entry.substring(at + 1));
      }
    }
    return all;
  }

  /**
   * Returns the variables that this sets or unsets, and for PATH the folders that the caller's,
   * {@code path}, need not have.
   */
  Map<String, String> effects(String path) {
    Map<String, String> all = new TreeMap<>(set);
    unset.forEach(name -> all.put(name, ""));
    List<String> own = new ArrayList<>(List.of(set.getOrDefault("PATH", "").split(":")));
    own.removeAll(List.of(path.split(":")));
    all.put("PATH", before.getOrDefault("PATH", String.join(":", own)).replaceFirst(":$", ""));
    return all;
  }

  /** Returns this as members of a JSON object. */
  SortedMap<String, String> members() {
    SortedMap<String, String> none = new TreeMap<>();
    unset.forEach(name -> none.put(name, ""));
    return new TreeMap<>(
        Map.of(
            "before", json(before),
            "behind", json(behind),
            "set", json(set),
            "unset", json(none)));
  }

  static String json(SortedMap<String, String> texts) {
    SortedMap<String, String> quoted = new TreeMap<>();
    texts.forEach((name, text) -> quoted.put(name, JsonText.string(text)));
    return JsonText.object(quoted);
  }

  static Activation of(Node.Mapping members) {
    return new Activation(
        texts(members, "before"),
        texts(members, "behind"),
        texts(members, "set"),
        new TreeSet<>(texts(members, "unset").keySet()));
  }

  static SortedMap<String, String> texts(Node.Mapping members, String name) {
    SortedMap<String, String> texts = new TreeMap<>();
    ((Node.Mapping) members.get(name))
        .entries()
        .forEach((key, entry) -> texts.put(key, ((Node.Scalar) entry.value()).text()));
    return texts;
  }

  /** Returns a variable's value with what is put around it. */
  private String around(String name, String value) {
    if (value == null || value.isEmpty()) {
      return (before.get(name) + behind.get(name)).replaceAll("^:+|:+$", "");
    }
    return before.get(name) + value + behind.get(name);
  }

  /**
   * Changes the variables of a step as activation would.
   *
   * @param env replaces or extends the caller's; a null value removes one
   * @param own the variables that the job sets: they win, but an own value that contains the
   *     caller's gets what is put around that
   */
  void apply(Map<String, String> env, Map<String, String> caller, Set<String> own) {
    for (String name : before.keySet()) {
      String callers = caller.getOrDefault(name, name.equals("PATH") ? NO_PATH : "");
      if (!own.contains(name)) {
        env.put(name, around(name, env.containsKey(name) ? env.get(name) : callers));
      } else if (!callers.isEmpty()) {
        env.computeIfPresent(name, (_, value) -> value.replace(callers, around(name, callers)));
      }
    }
    for (Map.Entry<String, String> each : set.entrySet()) {
      if (!own.contains(each.getKey())) {
        env.put(each.getKey(), each.getValue());
      }
    }
    for (String name : unset) {
      if (!own.contains(name)) {
        env.put(name, null);
      }
    }
  }
}
