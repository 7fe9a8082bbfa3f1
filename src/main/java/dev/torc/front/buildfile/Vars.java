package dev.torc.front.buildfile;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The values of the vars: each var is a text or a list of texts. {@link VariableReader} finds them.
 *
 * @param texts the texts by name
 * @param lists the lists by name; no name is in both
 * @param unfit why a value in a vars file is neither a text nor a list, by name
 * @param clashes names that mean something else in braces
 * @param withBraces names that contain a {@code }}
 */
public record Vars(
    Map<String, String> texts,
    Map<String, List<String>> lists,
    Map<String, String> unfit,
    Set<String> clashes,
    List<String> withBraces) {

  static final Vars NONE = of(Map.of());

  static Vars of(Map<String, String> texts) {
    return of(texts, Map.of(), Map.of());
  }

  static Vars of(
      Map<String, String> texts, Map<String, List<String>> lists, Map<String, String> unfit) {
    Vars plain = new Vars(texts, lists, unfit, Set.of(), List.of());
    return new Vars(
        texts,
        lists,
        unfit,
        plain.all().filter(Scope::clashes).collect(Collectors.toSet()),
        plain.all().filter(Vars::isBraced).toList());
  }

  static boolean isBraced(String name) {
    return name.indexOf('}') >= 0;
  }

  /** Returns the first name that belongs to the nested map {@code map}; null if there is none. */
  static String inside(String map, Stream<String> names) {
    return names.filter(name -> name.startsWith(map + ".")).findFirst().orElse(null);
  }

  boolean has(String name) {
    return texts.containsKey(name) || lists.containsKey(name) || unfit.containsKey(name);
  }

  Stream<String> all() {
    return Stream.of(texts, lists, unfit).flatMap(each -> each.keySet().stream());
  }

  Set<String> names() {
    return all().collect(Collectors.toCollection(TreeSet::new));
  }
}
