package dev.torc.base.syntax;

import dev.torc.base.text.SafeText;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The values of a YAML, JSON or TOML file, each as a text that is equal exactly if the value is. So
 * the order of keys, comments and spaces do not count, and {@code 50} is {@code 50.0}. Where
 * versions of YAML disagree about an unquoted scalar ({@code yes}, {@code 012}, {@code 1e3}, a
 * date), its text counts. It does not know what the values are for.
 */
public record FileValues(Node top, boolean yaml) {

  private static final Pattern READ = Pattern.compile(".*\\.(ya?ml|json|toml)", Pattern.DOTALL);

  private static final Pattern YAML_NUMBER =
      Pattern.compile("[-+]?(?:0|[1-9]\\d*|(?:\\d+\\.\\d*|\\.\\d+)(?:[eE][-+]\\d+)?)");

  private static final Pattern NUMBER = Pattern.compile("-?\\d+(?:\\.\\d+)?(?:[eE][-+]?\\d+)?");

  /** Matches an unquoted scalar that some version of YAML does not read as a text. */
  private static final Pattern UNCLEAR =
      Pattern.compile("(?i)y|n|yes|no|on|off|[-+]?\\.?\\d[\\w.: +-]*|[-+]?\\.(?:inf|nan)");

  /** The most names among which the nearest is looked for. */
  private static final int NAMES = 10_000;

  /** Returns whether the values of a file with this name can be read. */
  public static boolean reads(String path) {
    return READ.matcher(path).matches();
  }

  /**
   * Parses the bytes of a file; {@code shown} is its name, whose ending decides.
   *
   * @throws BadInput if they are not UTF-8 or have a syntax error
   */
  public static FileValues of(byte[] bytes, String shown) throws IOException {
    return new FileValues(tree(bytes, shown), !shown.matches("(?s).*\\.(toml|json)"));
  }

  /**
   * Returns the tree of a file; the ending of its name decides whether it is TOML.
   *
   * @throws BadInput if it is not UTF-8 or has a syntax error
   */
  public static Node tree(byte[] bytes, String shown) throws IOException {
    return shown.endsWith(".toml")
        ? JsonReader.toml(SourceFile.decode(bytes, shown), shown)
        : SourceFile.parse(bytes, shown);
  }

  /**
   * Returns the value of a key, with dots between the keys of nested maps; null unless it means
   * exactly one value.
   */
  public String at(String key) {
    SequencedMap<String, Node> found = readings(key);
    return found.size() == 1 ? text(found.firstEntry().getValue()) : null;
  }

  private SequencedMap<String, Node> readings(String key) {
    SequencedMap<String, Node> found = new LinkedHashMap<>();
    addReadings(top, key, "", found);
    return found;
  }

  /** Returns a message that a key is missing, with the nearest one, or that it means two values. */
  public String missing(String key) {
    List<String> readings = List.copyOf(readings(key).keySet());
    if (!readings.isEmpty()) {
      return "key %s means both %s and %s; rename one"
          .formatted(SafeText.name(key), readings.get(0), readings.get(1));
    }
    List<String> names = new ArrayList<>();
    addNames("", top, names);
    String hint = NearestName.hint(key, names);
    if (hint.isEmpty() && top instanceof Node.Mapping map && !map.entries().isEmpty()) {
      hint = "; it has " + SafeText.names(List.copyOf(map.entries().keySet()), 10);
    }
    return "no key " + SafeText.name(key) + hint;
  }

  /**
   * Adds each value that a key may mean, under its keys in quotes: {@code "a.b"}, {@code "a"."b"}.
   */
  private static void addReadings(Node in, String key, String before, Map<String, Node> found) {
    if (!(in instanceof Node.Mapping map)) {
      return;
    }
    if (map.get(key) != null) {
      found.put(before + JsonText.string(key), map.get(key));
    }
    for (int dot = key.indexOf('.'); dot >= 0; dot = key.indexOf('.', dot + 1)) {
      String first = key.substring(0, dot);
      String above = before + JsonText.string(first) + ".";
      addReadings(map.get(first), key.substring(dot + 1), above, found);
    }
  }

  private static void addNames(String before, Node in, List<String> names) {
    if (in instanceof Node.Mapping map) {
      map.entries()
          .forEach(
              (key, entry) -> {
                if (names.size() < NAMES) {
                  names.add(before + key);
                  addNames(before + key + ".", entry.value(), names);
                }
              });
    }
  }

  private String text(Node value) {
    if (value instanceof Node.Mapping map) {
      Map<String, String> members = new TreeMap<>();
      map.entries().forEach((key, entry) -> members.put(key, text(entry.value())));
      return JsonText.object(members);
    } else if (value instanceof Node.Sequence list) {
      StringJoiner items = new StringJoiner(",", "[", "]");
      list.items().forEach(item -> items.add(text(item)));
      return items.toString();
    }
    Node.Scalar scalar = (Node.Scalar) value;
    String text = scalar.text();
    if (scalar.quoted()) {
      return JsonText.string(text);
    } else if (text.isEmpty() || text.matches("~|null|Null|NULL")) {
      return "null";
    } else if (text.matches("(?:true|false|True|False|TRUE|FALSE)")) {
      return text.toLowerCase(Locale.ROOT);
    } else if ((yaml ? YAML_NUMBER : NUMBER).matcher(text).matches()) {
      return number(text);
    }
    return !yaml || UNCLEAR.matcher(text).matches() ? text : JsonText.string(text);
  }

  private static String number(String text) {
    try {
      BigDecimal number = new BigDecimal(text).stripTrailingZeros();
      boolean whole = number.scale() < 0 && number.scale() > -20;
      return (whole ? number.setScale(0) : number).toString();
    } catch (NumberFormatException e) {
      return text; // an exponent beyond all numbers
    }
  }
}
