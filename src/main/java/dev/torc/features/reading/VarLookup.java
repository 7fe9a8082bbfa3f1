package dev.torc.features.reading;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.NearestName;
import dev.torc.base.syntax.Place;
import dev.torc.base.text.SafeText;
import dev.torc.features.reading.KnownNames.Near;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SequencedSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the value that a path in braces means: {@code {samples[sample]}}, {@code
 * {filters.hard[kind].max}}, {@code {stages[0].epochs}}, {@code {meta.strand}}. A path begins with
 * the name of a var, a map of vars, a parameter or a column. A name in brackets stands for the
 * value of a parameter or var, digits in brackets are an index. {@link Placeholder} finds the
 * braces.
 */
public final class VarLookup {

  /** A map and a key in brackets or behind a dot, perhaps in quotes or after a {@code $}. */
  private static final Pattern NEAR =
      Pattern.compile(
          "([\\w.-]*[\\w-])(?:\\.?\\[|\\.(?=\\$))[\"'$]?([^\\[\\]\"'$]+)[\"']?\\]?(.*)");

  private VarLookup() {}

  /** One step of a path: a name behind a dot, or a name or an index in brackets. */
  record Step(String text, boolean bracket) {
    boolean isIndex() {
      return bracket && text.length() < 7 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }
  }

  /** A path as written; {@code head} is the longest known name at its beginning. */
  public record Path(String head, List<Step> steps) {

    /** Returns the names in brackets. */
    public List<String> keys() {
      return steps.stream()
          .filter(step -> step.bracket && !step.isIndex())
          .map(Step::text)
          .toList();
    }
  }

  /**
   * What a path leads to.
   *
   * @param name the path with the values of the names in brackets
   * @param value null if the path leads to a map of vars, or to a var without a value
   */
  public record Meaning(String name, Value value) {}

  /** Returns the path that a text in braces is; null if it is none. */
  public static Path parse(String name, Predicate<String> isHead) {
    if (isHead.test(name)) {
      return new Path(name, List.of());
    }
    for (int end = name.length() - 1; end > 0; end--) {
      boolean boundary = name.charAt(end) == '[' || name.charAt(end) == '.';
      if (boundary && isHead.test(name.substring(0, end))) {
        List<Step> steps = steps(name, end);
        return steps == null ? null : new Path(name.substring(0, end), steps);
      }
    }
    return null;
  }

  private static List<Step> steps(String name, int from) {
    List<Step> steps = new ArrayList<>(2);
    for (int i = from; i < name.length(); ) {
      boolean bracket = name.charAt(i) == '[';
      int end = bracket ? name.indexOf(']', i) : i + 1;
      while (!bracket && end < name.length() && ".[".indexOf(name.charAt(end)) < 0) {
        end++;
      }
      String text = end < 0 ? "" : name.substring(i + 1, end);
      boolean odd = text.isEmpty() || !bracket && name.charAt(i) != '.';
      if (odd || text.chars().anyMatch(c -> "[]{}:".indexOf(c) >= 0)) {
        return null;
      }
      steps.add(new Step(text, bracket));
      i = bracket ? end + 1 : end;
    }
    return steps;
  }

  /**
   * Returns whether a name in braces is a path with at least one step that can lead somewhere. The
   * name of a var in a map is known by itself, so a mistyped one is no path.
   */
  static boolean is(String name, Scope scope) {
    if (name.indexOf('[') < 0 && name.indexOf('.') < 0) {
      return false;
    }
    Path path = parse(name, scope::isHead);
    if (path == null || path.steps.isEmpty()) {
      return false;
    }
    Value head = scope.valueOf(path.head);
    Step first = path.steps.getFirst();
    if (path.head.equals("data") && !first.bracket) {
      return false; // a stored value
    }
    return head == null
        ? !first.isIndex() && !path.keys().isEmpty()
        : head.text() == null
            || Scope.isAny(head.text())
            || first.isIndex() && scope.columns().containsKey(path.head);
  }

  /** Returns the name of the var that a path leads to or through; a wrong path is its head. */
  public static String var(Path path, Scope scope) {
    try {
      return find(path, "", null, scope, Place.NONE).name;
    } catch (BadInput e) {
      return path.head; // reported where the text is read
    }
  }

  /**
   * Returns what a placeholder means.
   *
   * @throws BadInput if the path cannot be walked and the placeholder has no default
   */
  static Meaning find(Placeholder hole, Scope scope, Place place) {
    Path path = parse(hole.name(), scope::isHead);
    if (path == null) { // a group read as one job may have any name
      return new Meaning(hole.name(), scope.valueOf(hole.name()));
    }
    Meaning found = find(path, hole.written(), hole.fallback(), scope, place);
    boolean empty =
        found.value != null
            && (found.value.equals(new Value.OfText(""))
                || found.value instanceof Value.Items none && none.items().isEmpty());
    return empty && hole.fallback() != null ? otherwise(hole.fallback(), found.name) : found;
  }

  /** Returns what a path outside of braces means; unlike in braces, it may be a map. */
  public static Meaning inside(String written, Scope scope, Place place) {
    Path path = parse(written, scope::isHead);
    return path == null
        ? new Meaning(written, null)
        : walk(path, "{" + written + "}", null, scope, place);
  }

  /** Returns the default of a lookup: an empty one stands for no word. */
  private static Meaning otherwise(String fallback, String name) {
    Value text = new Value.OfText(fallback);
    return new Meaning(name, fallback.isEmpty() ? new Value.Items(List.of()) : text);
  }

  private static Meaning find(
      Path path, String written, String fallback, Scope scope, Place place) {
    Meaning found = walk(path, written, fallback, scope, place);
    Value value = found.value;
    boolean map = value == null && scope.vars().maps().containsKey(found.name);
    if ((map || value instanceof Value.Fields) && !path.steps.isEmpty()) {
      Collection<String> inner = keys(found.name, value, scope);
      String one = inner.isEmpty() ? "NAME" : inner.iterator().next();
      throw new BadInput(
          place,
          "%s: %s is a map; name one of its values, such as {%s.%s}"
              .formatted(written, found.name, written.replaceAll("^\\{|\\}$", ""), one));
    }
    return found;
  }

  private static Meaning walk(
      Path path, String written, String fallback, Scope scope, Place place) {
    String at = path.head;
    Value value = scope.valueOf(at);
    for (Step step : path.steps) {
      if (value != null && Scope.isAny(value.text())) {
        return new Meaning(at, new Value.OfText(Scope.ANY_PATH));
      }
      boolean named = step.bracket && !step.isIndex();
      String key = named ? scope.keyOf(step.text) : step.text;
      if (key == null && scope.vars().unset().containsKey(step.text)) {
        return new Meaning(step.text, null); // an error of the jobs that are selected
      } else if (key == null) {
        throw unknown(written, step.text, at, scope, place);
      } else if (Scope.isAny(key)) {
        return new Meaning(at, new Value.OfText(Scope.ANY_PATH));
      }
      if (step.isIndex() && value instanceof Value.OfText && scope.columns().containsKey(at)) {
        String one =
            at
                + " is one text; for several write a;b in its cells, and split: {"
                + at
                + ": \";\"} in the table";
        if (!key.equals("0") || value.text().matches("\\[.*\\]")) {
          return missing(written, one, fallback, at, place);
        }
        value = new Value.Items(List.of(value)); // another row has a list there
      }
      Collection<String> keys = keys(at, value, scope);
      if (value instanceof Value.Items list && step.isIndex()) {
        if (Integer.parseInt(key) >= list.items().size()) {
          String only = "there are only " + list.items().size() + ", counted from 0";
          return missing(written, only, fallback, at, place);
        }
        value = list.items().get(Integer.parseInt(key));
        at += "[" + key + "]";
        continue;
      } else if (keys == null && (named || value != null)) {
        String no = value instanceof Value.Items ? "a list; write an index, [0]" : "not a map";
        throw new BadInput(place, written + ": " + at + " is " + no);
      } else if (keys != null
          && (named || value != null || fallback != null)
          && !keys.contains(key)) {
        return missing(written, at + has(key, keys), fallback, at, place);
      }
      value = value == null ? scope.vars().values().get(at + "." + key) : of(value, key);
      at += "." + key;
    }
    return new Meaning(at, value);
  }

  /** Returns the value that steps lead to; null if they lead nowhere. */
  public static Value within(Value value, List<Step> steps) {
    Value at = value;
    for (Step step : steps) {
      at =
          at instanceof Value.Fields map
              ? map.values().get(step.text)
              : at instanceof Value.Items list
                      && step.isIndex()
                      && Integer.parseInt(step.text) < list.items().size()
                  ? list.items().get(Integer.parseInt(step.text))
                  : null;
    }
    return at;
  }

  private static Value of(Value map, String key) {
    return ((Value.Fields) map).values().get(key);
  }

  /** Returns the keys of a map; null for what is no map. */
  private static Collection<String> keys(String at, Value value, Scope scope) {
    return value == null
        ? scope.vars().maps().get(at)
        : value instanceof Value.Fields map ? map.values().keySet() : null;
  }

  private static String has(String key, Collection<String> keys) {
    String near = keys.size() > 10_000 ? "" : NearestName.hint(key, keys);
    String has =
        keys.isEmpty() ? "; it is empty" : "; it has " + SafeText.names(List.copyOf(keys), 10);
    return " has no " + SafeText.name(key) + (near.isEmpty() ? has : near);
  }

  private static Meaning missing(
      String written, String why, String fallback, String at, Place place) {
    if (fallback == null) {
      throw new BadInput(place, written + ": " + why);
    }
    return otherwise(fallback, at);
  }

  private static BadInput unknown(
      String written, String key, String map, Scope scope, Place place) {
    SequencedSet<String> keys = scope.vars().maps().get(map);
    String plain = key.replaceAll("[\"'$]", "");
    List<String> known = scope.names().filter(name -> scope.keyOf(name) != null).toList();
    String near = NearestName.to(plain, known);
    String inside = written.substring(1, written.length() - 1);
    String form =
        scope.valueOf(map) instanceof Value.Items
            ? new KnownNames(scope, place, Near.ERROR).nearForm(inside)
            : null;
    String hint =
        keys != null && keys.contains(plain) && !known.contains(plain)
            ? "; did you mean {" + map + "." + plain + "}?"
            : near != null
                ? "; did you mean {" + map + "[" + near + "]}?"
                : form != null
                    ? "; did you mean " + form + "?"
                    : "; in brackets there must be a parameter, or a var that is a text";
    return new BadInput(place, "unknown placeholder " + written + hint);
  }

  /**
   * Returns the lookup that a text in braces nearly is, such as {@code samples["A"]} or {@code
   * samples.$sample}; null if there is none.
   */
  static String nearest(String inside, Vars vars, Placeholder.Names names) {
    Matcher near = NEAR.matcher(inside);
    if (!near.matches()) {
      return null;
    }
    String key = near.group(2);
    String map = near.group(1);
    map = vars.maps().containsKey(map) ? map : NearestName.to(map, vars.maps().keySet());
    if (map == null || !names.has(key) && !vars.maps().get(map).contains(key)) {
      return null;
    }
    String looked = names.has(key) ? "[" + key + "]" : "." + key;
    return "{" + map + looked + near.group(3) + "}";
  }

  /**
   * Returns a text in braces that has placeholders in it, such as {@code {samples.{sample}}}, as a
   * lookup; null if it is another text, such as a list of the shell.
   */
  static String flattened(String text, int open, Placeholder.Names names) {
    StringBuilder out = new StringBuilder("{");
    boolean inner = false;
    for (int i = open + 1; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '}') {
        return inner ? out.append('}').toString() : null;
      } else if (c == '{') {
        Placeholder hole = Placeholder.at(text, i, names, false);
        if (hole == null || out.length() < 2) {
          return null;
        }
        char last = out.charAt(out.length() - 1);
        if (last == '.' || last == '[') {
          out.setLength(out.length() - 1);
        }
        String written = hole.written();
        out.append('[').append(written, 1, written.length() - 1).append(']');
        i += written.length() - (last == '[' && text.startsWith("]", i + written.length()) ? 0 : 1);
        inner = true;
      } else if (" \t\r\n,;\"'".indexOf(c) >= 0) {
        return null;
      } else {
        out.append(c);
      }
    }
    return null;
  }

  /** Returns the text from an opening brace to the one that closes it. */
  static String whole(String text, int open) {
    int depth = 0;
    int end = open;
    do {
      depth += text.charAt(end) == '{' ? 1 : text.charAt(end) == '}' ? -1 : 0;
    } while (depth > 0 && ++end < text.length());
    return text.substring(open, end + 1);
  }
}
