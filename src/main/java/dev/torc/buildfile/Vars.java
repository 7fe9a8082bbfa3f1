package dev.torc.buildfile;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The values of the vars: each var is a text or a list of texts. {@link VariableReader} finds them.
 *
 * @param texts by name
 * @param lists likewise; no name is in both
 */
public record Vars(Map<String, String> texts, Map<String, List<String>> lists) {

  /** No vars. */
  static final Vars NONE = new Vars(Map.of(), Map.of());

  /** Whether there is a var of this name. */
  boolean has(String name) {
    return texts.containsKey(name) || lists.containsKey(name);
  }

  /** All names, sorted. */
  Set<String> names() {
    Set<String> names = new TreeSet<>(texts.keySet());
    names.addAll(lists.keySet());
    return names;
  }
}
