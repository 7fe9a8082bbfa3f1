package dev.torc.features.environments;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How activation makes each variable from those of its caller, as a marker has it: the marker may
 * be read by other users, so no value of a caller is in it. It is found by asking twice, the second
 * time with marks in the variables that the first activation changed. A text that contains the
 * value of another variable may depend on it: it names that variable, and is right only for callers
 * with the same value, which a keyed digest tells.
 *
 * @param lines texts by what they say: {@code set NAME}, in which {@link Activation#CALLERS} stands
 *     for the caller's value; {@code empty NAME}, if the caller has none; {@code unset NAME};
 *     {@code ask NAME}, if only asking tells; {@code digest NAME} of a variable that texts name
 */
record ActivationRecipe(SortedMap<String, String> lines) {

  private static final String SET = "set ";
  private static final String EMPTY = "empty ";
  private static final String UNSET = "unset ";
  private static final String ASK = "ask ";
  private static final String DIGEST = "digest ";

  private static final String NAMED = "\2"; // around the name of a variable

  private static final Pattern REFERENCE = Pattern.compile(NAMED + "([^" + NAMED + "]*)" + NAMED);

  private static final String MARK = "/.torc-mark-";

  private static final int PLAIN = 8; // characters of a value that is found within words

  private static final Pattern KINDS =
      Pattern.compile("(?:" + String.join("|", SET, EMPTY, UNSET, ASK, DIGEST) + ").*");

  /** Variables whose values do not count, since they change with each shell. */
  private static final Pattern PASSING = Pattern.compile("_|SHLVL|OLDPWD|PS1|(TORC_|BASH_FUNC_).*");

  /** Variables without which an activation may do something else, or fail. */
  private static final Pattern NEEDED =
      Pattern.compile(
          "PATH|HOME|USER|LOGNAME|SHELL|TERM|LANG|TZ|TMPDIR|BASH_ENV|ENV|(LC|XDG|MODULE|LMOD|_).*");

  /** Returns what a marker has. */
  static ActivationRecipe of(SortedMap<String, String> marker) {
    SortedMap<String, String> lines = new TreeMap<>(marker);
    lines.keySet().removeIf(key -> !KINDS.matcher(key).matches());
    return new ActivationRecipe(lines);
  }

  /**
   * Returns the caller's variables without those that activation leaves as they are: what it sets
   * nevertheless, the caller had from an earlier activation.
   */
  static Map<String, String> bare(Map<String, String> caller, ActivationLooks looks) {
    Map<String, String> all = new TreeMap<>(caller);
    SequencedSet<String> changed = looks.changed();
    all.keySet().removeIf(name -> !changed.contains(name) && !NEEDED.matcher(name).matches());
    return all;
  }

  /** Returns the caller's variables with marks in these. */
  static Map<String, String> marked(Map<String, String> caller, Iterable<String> names) {
    Map<String, String> all = new TreeMap<>(caller);
    for (String name : names) {
      String value = all.getOrDefault(name, name.equals("PATH") ? Activation.NO_PATH : "");
      all.put(name, MARK + name + (value.isEmpty() ? "" : ":" + value));
    }
    return all;
  }

  /**
   * What the texts of a recipe may contain.
   *
   * @param caller the variables with which activation was asked first
   * @param own paths of the environment and its root, in which no value of the caller is looked for
   * @param keyed returns what stands for a value in a marker
   */
  record Surroundings(Map<String, String> caller, List<String> own, UnaryOperator<String> keyed) {}

  /**
   * Compares two activations.
   *
   * @param marked the second one, with marks; null if that failed
   */
  static ActivationRecipe of(ActivationLooks first, ActivationLooks marked, Surroundings in) {
    ActivationRecipe found = new ActivationRecipe(new TreeMap<>());
    Map<String, String> values = new TreeMap<>(in.caller);
    values.keySet().removeIf(name -> PASSING.matcher(name).matches());
    TreeSet<String> names = new TreeSet<>(first.changed());
    if (marked != null) {
      names.addAll(marked.before().keySet());
      names.removeIf(name -> !marked.before().getOrDefault(name, "").contains(MARK));
      values.keySet().removeAll(names);
      names.addAll(marked.changed());
    }
    for (String name : names) {
      if (marked == null || !found.add(name, first, marked)) {
        List.of(SET, EMPTY, UNSET).forEach(kind -> found.lines.remove(kind + name));
        found.lines.put(ASK + name, "");
      }
    }
    found.lines.replaceAll((_, text) -> named(text, values, in.own));
    TreeSet<String> references = new TreeSet<>();
    found.lines.values().forEach(text -> references.addAll(references(text)));
    references.forEach(
        name -> found.lines.put(DIGEST + name, in.keyed.apply(name + "\0" + values.get(name))));
    return found;
  }

  /** Adds how a variable is made; returns false if the two activations do not tell. */
  private boolean add(String name, ActivationLooks first, ActivationLooks marked) {
    String before = first.before().getOrDefault(name, "");
    String after = first.after().get(name);
    String markedAfter = marked.after().get(name);
    if (markedAfter == null || !markedAfter.contains(MARK)) {
      lines.put((after == null ? UNSET : SET) + name, after == null ? "" : after);
      return Objects.equals(after, markedAfter);
    }
    String text = Activation.around(marked.before().getOrDefault(name, ""), markedAfter);
    if (after == null || text == null || text.contains(MARK)) {
      return false;
    }
    lines.put(SET + name, text);
    if (before.isEmpty()) {
      lines.put(EMPTY + name, after);
    }
    return before.isEmpty() || text.equals(Activation.around(before, after));
  }

  /** Replaces the values of a caller by the names of their variables. */
  private static String named(String text, Map<String, String> values, List<String> own) {
    List<Map.Entry<String, String>> longest = new ArrayList<>(values.entrySet());
    longest.removeIf(each -> each.getValue().length() < 2 || each.getValue().matches("\\d+"));
    longest.sort((a, b) -> Integer.compare(b.getValue().length(), a.getValue().length()));
    StringBuilder named = new StringBuilder();
    for (int i = 0; i < text.length(); ) {
      int at = i;
      Optional<String> path = own.stream().filter(each -> text.startsWith(each, at)).findFirst();
      Optional<Map.Entry<String, String>> value =
          longest.stream().filter(each -> isThere(each.getValue(), text, at)).findFirst();
      if (path.isPresent()) {
        named.append(path.get());
        i += path.get().length();
      } else if (value.isPresent()) {
        named.append(NAMED).append(value.get().getKey()).append(NAMED);
        i += value.get().getValue().length();
      } else {
        named.append(text.charAt(i++));
      }
    }
    return named.toString();
  }

  /** Returns whether a value stands at an index: a short one must be a word of its own. */
  private static boolean isThere(String value, String text, int at) {
    return text.startsWith(value, at)
        && (value.length() >= PLAIN
            || !isOfWord(text, at - 1) && !isOfWord(text, at + value.length()));
  }

  private static boolean isOfWord(String text, int at) {
    return at >= 0 && at < text.length() && Character.isLetterOrDigit(text.charAt(at));
  }

  private static List<String> references(String text) {
    return REFERENCE.matcher(text).results().map(each -> each.group(1)).toList();
  }

  private static String expanded(String text, Map<String, String> caller) {
    return REFERENCE
        .matcher(text)
        .replaceAll(each -> Matcher.quoteReplacement(caller.getOrDefault(each.group(1), "")));
  }

  /** Returns what activation does for a caller; null if only asking tells. */
  Activation of(Map<String, String> caller, UnaryOperator<String> keyed) {
    SortedMap<String, Optional<String>> variables = new TreeMap<>();
    for (Map.Entry<String, String> line : lines.entrySet()) {
      String name = line.getKey().replaceFirst(".*? ", "");
      String value = caller.getOrDefault(name, "");
      String text = line.getValue();
      if (line.getKey().startsWith(SET)) {
        boolean none = value.isEmpty() && !name.equals("PATH") && text.contains(Activation.CALLERS);
        text = none ? lines.get(EMPTY + name) : text;
        if (text == null) {
          return null;
        }
        variables.put(name, Optional.of(expanded(text, caller)));
      } else if (line.getKey().startsWith(UNSET)) {
        variables.put(name, Optional.empty());
      } else if (line.getKey().startsWith(ASK)
          || line.getKey().startsWith(DIGEST) && !text.equals(keyed.apply(name + "\0" + value))) {
        return null;
      }
    }
    return new Activation(variables);
  }

  /** Returns the variables, except PATH, whose values may hold those of others of the caller. */
  Set<String> personal() {
    Set<String> names = new TreeSet<>();
    lines.forEach(
        (key, text) -> {
          if (key.startsWith(ASK) || key.startsWith(SET) && !references(text).isEmpty()) {
            names.add(key.replaceFirst(".*? ", ""));
          }
        });
    names.remove("PATH");
    return names;
  }

  /**
   * Returns the variables whose values are not made from the caller's of the same name, and for
   * PATH the folders that are put before the caller's. Values that only asking tells are empty.
   */
  Map<String, String> effects(Map<String, String> caller) {
    SortedMap<String, Optional<String>> variables = new TreeMap<>();
    lines.forEach(
        (key, text) -> {
          if (!key.startsWith(EMPTY) && !key.startsWith(DIGEST)) {
            variables.put(key.replaceFirst(".*? ", ""), Optional.of(expanded(text, caller)));
          }
        });
    return new Activation(variables).effects(caller.getOrDefault("PATH", ""));
  }
}
