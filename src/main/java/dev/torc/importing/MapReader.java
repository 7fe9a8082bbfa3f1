package dev.torc.importing;

import dev.torc.importing.WorkflowSpec.Names;
import dev.torc.syntax.NearestName;
import dev.torc.syntax.Node;
import dev.torc.syntax.Node.Mapping;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Reads one map of a workflow file: each key by its type, and at the end what no key was asked for.
 * What is wrong goes to the notes and counts as not there. It knows no keys.
 */
final class MapReader {

  final Mapping map;
  private final String what;
  private final Notes notes;
  private final Map<String, String> variables;
  private final Set<String> asked = new TreeSet<>();

  /**
   * Begins to read a map.
   *
   * @param what it is, for messages
   * @param variables values put in for {@code {name}} in every text
   */
  MapReader(Mapping map, String what, Notes notes, Map<String, String> variables) {
    this.map = map;
    this.what = what;
    this.notes = notes;
    this.variables = variables;
  }

  /** The scalar that a node is; throws an {@link IllegalArgumentException} with the reason. */
  static Node.Scalar scalar(Node node, String name) {
    if (node instanceof Node.Scalar scalar) {
      return scalar;
    }
    throw new IllegalArgumentException(
        name + " must be a text, not a " + (node instanceof Mapping ? "map" : "list"));
  }

  /** What stands under a key, null without one or where it says nothing. */
  private Node given(String key) {
    asked.add(key);
    Node node = map.get(key);
    return node == null || Node.isNothing(node) ? null : node;
  }

  /** The text under a key, null without one. */
  PlacedText text(String key) {
    Node node = given(key);
    return node == null ? null : text(node, key);
  }

  private PlacedText text(Node node, String key) {
    try {
      String text = scalar(node, key).text();
      if (text.indexOf('{') >= 0) {
        for (Map.Entry<String, String> variable : variables.entrySet()) {
          text = text.replace("{" + variable.getKey() + "}", variable.getValue());
        }
      }
      return new PlacedText(node.place(), text);
    } catch (IllegalArgumentException e) {
      notes.refuse(node.place(), e.getMessage());
      return null;
    }
  }

  /** The texts of a list, or one text. */
  List<PlacedText> texts(String key) {
    List<PlacedText> texts = new ArrayList<>();
    Node node = given(key);
    if (node == null) {
      return texts;
    }
    for (Node each : node instanceof Node.Sequence list ? list.items() : List.of(node)) {
      PlacedText text = text(each, key);
      if (text != null) {
        texts.add(text);
      }
    }
    return texts;
  }

  Names names(String key, String regexes) {
    return new Names(texts(key), texts(regexes));
  }

  /** The texts of a map by key. */
  SequencedMap<String, PlacedText> map(String key) {
    SequencedMap<String, PlacedText> texts = new LinkedHashMap<>();
    Node node = given(key);
    if (node instanceof Mapping inner) {
      inner
          .entries()
          .forEach(
              (name, entry) -> {
                PlacedText text = text(entry.value(), name);
                if (text != null) {
                  texts.put(name, text);
                }
              });
    } else if (node != null) {
      notes.refuse(node.place(), key + " must be a map");
    }
    return texts;
  }

  /** What a reader makes of each map of a list; null is left out. */
  <T> List<T> maps(String key, String each, Function<MapReader, T> reader) {
    List<T> out = new ArrayList<>();
    Node node = given(key);
    if (node instanceof Node.Sequence list) {
      for (Node item : list.items()) {
        if (item instanceof Mapping inner) {
          T read = reader.apply(new MapReader(inner, each, notes, variables));
          if (read != null) {
            out.add(read);
          }
        } else {
          notes.refuse(item.place(), each + " must be a map");
        }
      }
    } else if (node != null) {
      notes.refuse(node.place(), key + " must be a list");
    }
    return out;
  }

  boolean flag(String key, boolean otherwise) {
    PlacedText text = text(key);
    if (text == null) {
      return otherwise;
    }
    if (!Set.of("true", "false").contains(text.text().toLowerCase(java.util.Locale.ROOT))) {
      notes.refuse(text.place(), key + " must be true or false, not " + text.text());
    }
    return text.text().equalsIgnoreCase("true");
  }

  /** The text under a key; a map without the key is refused. */
  PlacedText needed(String key) {
    required(key);
    return text(key);
  }

  /** Refuses a map without a key. */
  void required(String key) {
    if (given(key) == null) {
      notes.refuse(map.place(), what + " needs " + key);
    }
  }

  /** Keys that are read elsewhere, or mean nothing here. */
  void known(String... keys) {
    asked.addAll(List.of(keys));
  }

  /** Says of each of these keys that is there, and not at rest, that it is not carried. */
  void unused(Map<String, String> reasons) {
    asked.addAll(reasons.keySet());
    map.entries()
        .forEach(
            (key, entry) -> {
              if (reasons.containsKey(key) && !atRest(entry.value())) {
                notes.say(entry.place(), key + " is not carried: " + reasons.get(key));
              }
            });
  }

  private static boolean atRest(Node node) {
    return switch (node) {
      case Node.Scalar scalar -> scalar.isNothing() || scalar.text().equalsIgnoreCase("false");
      case Node.Sequence list -> list.items().isEmpty();
      case Mapping inner -> inner.entries().isEmpty();
    };
  }

  /** Refuses keys that look mistyped, and says of others unknown that they are not carried. */
  void rest() {
    map.entries()
        .forEach(
            (key, entry) -> {
              if (!asked.contains(key)) {
                String hint = NearestName.hint(key, asked);
                if (hint.isEmpty()) {
                  notes.say(
                      entry.place(), "unknown key " + key + " in " + what + " is not carried");
                } else {
                  notes.refuse(entry.place(), "unknown key " + key + " in " + what + hint);
                }
              }
            });
  }
}
