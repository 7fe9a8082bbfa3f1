package dev.torc.features.reading;

import dev.torc.base.syntax.Paths;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The values of the vars. A nested map gives one var for each of its values, with dots in the name;
 * a var that is a list may have maps in it, and a table is one map. {@code VariableReader} finds
 * the values.
 *
 * @param values the values by name
 * @param unfit why a value in a vars file cannot be used, by name
 * @param unset the caller's variable that a value needs and that is not set, by name
 * @param asked the caller's variables that the values need, with their values
 * @param maps the keys of each nested map, in the order written
 * @param odd the names that need care in braces
 * @param home what the other names of the build file mean
 */
public record Vars(
    Map<String, Value> values,
    Map<String, String> unfit,
    Map<String, String> unset,
    SortedMap<String, Optional<String>> asked,
    Map<String, SequencedSet<String>> maps,
    OddNames odd,
    Home home) {

  /** Names that mean something else in braces ({@code clashes}), and that contain a {@code }}. */
  public record OddNames(Set<String> clashes, List<String> withBraces) {}

  /** The start of the stand-in for a value that {@link #unset} has; a colon ends it. */
  private static final String UNSET = "torc:unset:";

  private static final Pattern STAND_IN = Pattern.compile(UNSET + "([A-Za-z_][A-Za-z0-9_]*):");

  public static final Vars NONE = of(Map.of());

  public static Vars of(Map<String, String> texts) {
    Map<String, Value> values = new HashMap<>();
    texts.forEach((name, text) -> values.put(name, new Value.OfText(text)));
    return of(values, Map.of(), Map.of(), Collections.emptySortedMap(), Map.of(), Home.PROJECT);
  }

  public static Vars of(
      Map<String, Value> values,
      Map<String, String> unfit,
      Map<String, String> unset,
      SortedMap<String, Optional<String>> asked,
      Map<String, SequencedSet<String>> maps,
      Home home) {
    OddNames none = new OddNames(Set.of(), List.of());
    Vars plain = new Vars(values, unfit, unset, asked, maps, none, home);
    OddNames odd =
        new OddNames(
            plain.all().filter(Scope::clashes).collect(Collectors.toSet()),
            plain.all().filter(Vars::isBraced).toList());
    return new Vars(values, unfit, unset, asked, maps, odd, home);
  }

  /**
   * Adds the vars of the build file that includes this package: texts from there name them with
   * {@link Paths#OUTER} before their names.
   */
  public void addOuter(Vars outer) {
    outer.values.forEach((name, value) -> values.put(Paths.OUTER + name, value));
    outer.unfit.forEach((name, why) -> unfit.put(Paths.OUTER + name, why));
    outer.unset.forEach((name, why) -> unset.put(Paths.OUTER + name, why));
    outer.maps.forEach((name, keys) -> maps.put(Paths.OUTER + name, keys));
  }

  public static boolean isBraced(String name) {
    return name.indexOf('}') >= 0;
  }

  /** Returns the first name that belongs to the nested map {@code map}; null if there is none. */
  public static String inside(String map, Stream<String> names) {
    return names.filter(name -> name.startsWith(map + ".")).findFirst().orElse(null);
  }

  public boolean has(String name) {
    return values.containsKey(name) || unfit.containsKey(name) || unset.containsKey(name);
  }

  public Stream<String> all() {
    return Stream.of(values, unfit, unset)
        .flatMap(each -> each.keySet().stream())
        .filter(name -> !name.startsWith(Paths.OUTER));
  }

  /** Returns the text of a var; null if it has none. */
  public String text(String name) {
    Value value = values.get(name);
    return value == null ? null : value.text();
  }

  /** Returns a var with all that is in it if it is a map; null if there is none. */
  public Value tree(String name) {
    SequencedSet<String> keys = maps.get(name);
    if (keys == null || values.containsKey(name)) {
      return values.get(name);
    }
    SequencedMap<String, Value> fields = new LinkedHashMap<>();
    for (String key : keys) {
      Value value = tree(name + "." + key);
      fields.put(key, value == null ? new Value.OfText("") : value);
    }
    return new Value.Fields(fields);
  }

  /** Returns what stands for a value in jobs, if it needs a variable that is not set. */
  public static String standIn(String variable) {
    return UNSET + variable + ":";
  }

  /**
   * Returns the caller's variable that a text needs and that is not set; null if there is none. A
   * job with such a text gets a need with the text's name, which does not exist. So it is an error
   * only if it is selected.
   */
  public static String lacking(String text) {
    Matcher found = STAND_IN.matcher(text);
    return text.contains(UNSET) && found.find() ? found.group(1) : null;
  }

  /** Returns the message that a variable is not set. */
  public static String isUnset(String variable) {
    return "%s is not set, and vars have {env.%1$s}; set it, give the var by -D, or write {env.%1$s:-DEFAULT}"
        .formatted(variable);
  }

  public Set<String> names() {
    return all().collect(Collectors.toCollection(TreeSet::new));
  }
}
