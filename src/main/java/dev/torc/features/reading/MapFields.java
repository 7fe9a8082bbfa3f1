package dev.torc.features.reading;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.NearestName;
import dev.torc.base.syntax.Node;
import dev.torc.base.syntax.Node.Entry;
import dev.torc.base.syntax.Place;
import dev.torc.base.syntax.Problems;
import dev.torc.base.syntax.Quantity;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * Reads the values of one map by type. A wrong value is reported and replaced by the default, so
 * that one run finds all errors. The caller knows what the keys mean.
 */
public record MapFields(Node.Mapping map, Scope scope, Problems problems) {

  public static final List<String> FLAG = List.of("true", "false");

  private static final Set<String> OF_JOB = Set.of("command", "tasks", "needs", "produces");

  private static final Set<String> CAPITALS = Set.of("True", "TRUE", "False", "FALSE");

  /** How rows of values are written. */
  public static final String ROWS =
      "; for rows of values write vars: {ROWS: [{lr: 0.1, seed: 1}]} at the top level, and table:"
          + " {var: ROWS} in the job";

  /** What may stand for some maps, or how they are written. */
  private static final Map<String, String> FORMS =
      Map.of(
          "env", ", or a list of files and maps such as [.env]",
          "parameters", " such as {lr: [0.1, 0.01]}" + ROWS,
          "resources", " such as {cpus: 4}",
          "split", " such as {COLUMN: \";\"}");

  /** What follows the known keys of some maps. */
  private static final Map<String, String> MORE =
      Map.of(
          "an entry of produces", "; without them write only the path",
          "resources", "; a counter needs limits: {%s: 4} at the top level",
          "table", ROWS);

  /** How some texts are written. */
  private static final Map<String, String> TEXTS =
      Map.of(
          "after", "; write the name of the job, after: [NAME]",
          "environment", "; write the name of one in environments, and variables in env",
          "keys", "; write nested ones with dots, such as train.lr",
          "table", ROWS,
          "a word of the command", "; quote a word that has a colon and a space",
          "retries", "; write how many, and how in retry");

  /** Returns the map of a node; a missing or empty node is an empty map. */
  public static Node.Mapping map(Node node, String what, Problems problems) {
    if (node instanceof Node.Mapping map) {
      return map;
    }
    if (node != null && !Node.isNothing(node)) {
      problems.add(node.place(), what + " must be a map" + FORMS.getOrDefault(what, ""));
    }
    return new Node.Mapping(node == null ? Place.NONE : node.place(), new LinkedHashMap<>());
  }

  public static MapFields of(Node node, String what, Scope scope, Problems problems) {
    return new MapFields(map(node, what, problems), scope, problems);
  }

  public MapFields inner(String key) {
    return of(map.get(key), key, scope, problems);
  }

  /** Reports every unknown key, and returns these fields. */
  public MapFields only(Collection<String> known, String where) {
    int alike = 0;
    for (Map.Entry<String, Entry> each : map.entries().entrySet()) {
      if (!known.contains(each.getKey())) {
        String wrong = unknown(each.getKey(), where, each.getValue(), known);
        boolean again = wrong.contains("; known are ") && alike++ > 0;
        if (!again || !Collections.disjoint(map.entries().keySet(), known)) {
          problems.addKey(each.getValue().place(), wrong, map.place());
        }
      }
    }
    return this;
  }

  private static String unknown(String key, String where, Entry entry, Collection<String> known) {
    boolean values = where.startsWith("the values of ");
    if (Node.isNothing(entry.value()) && (known.size() < 3 || known == KnownKeys.NEED || values)) {
      return braced(key);
    }
    if (isJob(key, entry.value(), known)) {
      return "unknown key %s in %s; to make it a job, put it below jobs:".formatted(key, where);
    }
    String more = MORE.getOrDefault(where, values ? ROWS : "").formatted(key);
    String otherwise = "; known are " + String.join(", ", known) + more;
    String hint = ForeignWords.hint(key, known, otherwise);
    return "unknown key " + key + " in " + where + hint;
  }

  /**
   * Returns whether an unknown key at the top level looks like a job and not like a mistyped {@code
   * defaults}.
   */
  private static boolean isJob(String key, Node value, Collection<String> known) {
    return (known == KnownKeys.TOP || known == KnownKeys.INCLUDED)
        && value instanceof Node.Mapping map
        && !Collections.disjoint(map.entries().keySet(), OF_JOB)
        && !"defaults".equals(ForeignWords.meant(key, known));
  }

  private static String braced(String key) {
    return "{" + key + "} is a map in YAML; quote a text that has { in it";
  }

  /**
   * Returns a node as a scalar, without replacing placeholders; refuses a list, a map or a missing
   * value.
   */
  public static Node.Scalar scalar(Node node, String what) {
    if (node instanceof Node.Scalar scalar) {
      if (scalar.isNothing()) {
        throw new BadInput(
            scalar.place(), what + " has no value; write \"\" to mean an empty text");
      }
      return scalar;
    }
    if (!(node instanceof Node.Mapping map)) {
      throw new BadInput(
          node.place(), what + " must be a text, not a list" + TEXTS.getOrDefault(what, ""));
    }
    Map.Entry<String, Entry> first = map.entries().firstEntry();
    if (map.entries().size() == 1 && Node.isNothing(first.getValue().value())) {
      throw new BadInput(map.place(), braced(first.getKey()));
    }
    throw new BadInput(
        map.place(), what + " must be a text, not a map" + TEXTS.getOrDefault(what, ""));
  }

  public static List<Node> oneOrMore(Node node) {
    if (node == null || Node.isNothing(node)) {
      return List.of();
    }
    return node instanceof Node.Sequence list ? list.items() : List.of(node);
  }

  public String text(String key, String otherwise) {
    return read(key, otherwise, scope::text);
  }

  /** Returns a list of texts; a single text is a list of one. */
  public List<String> texts(String key) {
    return list(key, scope::text);
  }

  /**
   * Applies the reader to each item of a list, or to a single value, and returns the results. Wrong
   * values are reported and left out.
   */
  public <T> List<T> list(String key, Function<Node.Scalar, T> reader) {
    List<T> out = new ArrayList<>();
    for (Node node : scope.items(map.get(key))) {
      T item = read(node, key, null, reader);
      if (item != null) {
        out.add(item);
      }
    }
    return List.copyOf(out);
  }

  /**
   * Returns the name if it is one of these jobs and groups.
   *
   * @throws BadInput for any other name
   */
  public static String requireJob(String name, Place place, Collection<String> names) {
    if (!names.contains(name)) {
      throw new BadInput(place, "no job " + name + NearestName.hint(name, names));
    }
    return name;
  }

  /** Returns the constant whose lower-case name is {@code word}; refuses any other word. */
  public static <E extends Enum<E>> E constant(String key, String word, E[] all) {
    List<String> words =
        Arrays.stream(all).map(each -> each.name().toLowerCase(Locale.ROOT)).toList();
    if (!words.contains(word)) {
      throw new IllegalArgumentException(
          key + " is " + String.join(", ", words) + NearestName.hint(word, words));
    }
    return all[words.indexOf(word)];
  }

  public boolean flag(String key) {
    return choice(key, "false", FLAG).equals("true");
  }

  /**
   * Returns one of these words. Accepts {@code True}, {@code TRUE}, {@code False} and {@code FALSE}
   * too, as YAML 1.1 does.
   */
  public String choice(String key, String otherwise, List<String> words) {
    Node written = map.get(key);
    if (written instanceof Node.Sequence || written instanceof Node.Mapping) {
      boolean list = written instanceof Node.Sequence;
      problems.add(written.place(), must(key, words) + (list ? "a list" : "a map"));
      return otherwise;
    }
    return read(
        key,
        otherwise,
        node -> {
          String text = scope.text(node);
          String word = CAPITALS.contains(text) ? text.toLowerCase(Locale.ROOT) : text;
          if (!words.contains(word)) {
            throw new IllegalArgumentException(must(key, words) + node.text());
          }
          return word;
        });
  }

  private static String must(String key, List<String> words) {
    int last = words.size() - 1;
    String all = last == 0 ? "" : String.join(", ", words.subList(0, last)) + " or ";
    return key + " must be " + all + words.get(last) + ", not ";
  }

  public long whole(String key, long otherwise, long min, long max) {
    return read(
        key,
        otherwise,
        node -> {
          long value = number(key, "a whole number", node, Long::parseLong);
          if (value < min || value > max) {
            throw new IllegalArgumentException(
                key + " must be " + (value < min ? "at least " + min : "at most " + max));
          }
          return value;
        });
  }

  /** Returns a factor from 1 to a million. */
  public double factor(String key) {
    return read(
        key,
        1.0,
        node -> {
          double value = number(key, "a number", node, Double::parseDouble);
          if (!(value >= 1 && value <= 1e6)) {
            throw new IllegalArgumentException(key + " must be a factor from 1 to 1000000");
          }
          return value;
        });
  }

  private <T> T number(String key, String kind, Node.Scalar node, Function<String, T> parser) {
    String text = scope.text(node);
    try {
      return parser.apply(text.strip());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(key + " must be " + kind + ", not " + text, e);
    }
  }

  /** Returns whether a text is a size with a unit, such as {@code 100GB}. */
  public static boolean isSize(Node node) {
    return node instanceof Node.Scalar text && Quantity.hasUnit(text.text());
  }

  /** Returns an amount in the unit of the parser: bytes or nanoseconds. */
  public long amount(String key, long otherwise, ToLongFunction<String> parser) {
    return read(key, otherwise, node -> parser.applyAsLong(scope.text(node)));
  }

  /**
   * Returns a limit in bytes or nanoseconds. Without the key it is 0, which means no limit; a
   * written 0 is refused.
   */
  public long limit(String key, ToLongFunction<String> parser) {
    return read(
        key,
        0L,
        node -> {
          long limit = parser.applyAsLong(scope.text(node));
          if (limit == 0) {
            throw new IllegalArgumentException(
                key + " must be more than 0; leave it out for no limit");
          }
          return limit;
        });
  }

  /** Reads a scalar; an {@link IllegalArgumentException} becomes a problem at its place. */
  public <T> T read(String key, T otherwise, Function<Node.Scalar, T> reader) {
    Node node = map.get(key);
    return node == null ? otherwise : read(node, key, otherwise, reader);
  }

  private <T> T read(Node node, String key, T otherwise, Function<Node.Scalar, T> reader) {
    try {
      return reader.apply(scalar(node, key));
    } catch (IllegalArgumentException e) {
      problems.add(node.place(), e.getMessage());
    } catch (BadInput e) {
      problems.add(e);
    }
    return otherwise;
  }
}
