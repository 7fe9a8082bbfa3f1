package dev.torc.front.importing;

import dev.torc.base.syntax.NearestName;
import dev.torc.base.syntax.Node;
import dev.torc.base.syntax.Node.Mapping;
import dev.torc.base.syntax.Place;
import dev.torc.front.importing.Imported.Notes;
import dev.torc.front.importing.Text.PlacedText;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * Reads one map of a workflow file: checks its keys against those of NREL's torc, and inserts the
 * values for {@code {name}} into its texts. Errors go to the notes. It does not know what a key
 * means.
 */
record MapReader(Mapping map, Notes notes, Map<String, String> values) {

  /**
   * For each kind of map, its known keys. The value of a key is {@code needed}, {@code refused} and
   * a message, the reason why the key is not carried over, or an empty text. The keys of {@code a
   * command} are words in a command, with what to write instead.
   */
  static final Map<String, Map<String, String>> KEYS = keys();

  private static final String REFUSED = "refused ";

  /** Reads a map; {@code what} is its kind, as in {@link #KEYS} and in messages. */
  static MapReader of(Mapping map, String what, Notes notes, Map<String, String> values) {
    MapReader reader = new MapReader(map, notes, values);
    reader.check(what, KEYS.get(what));
    return reader;
  }

  /** Returns this map with more values to insert. */
  MapReader with(Map<String, String> more) {
    Map<String, String> all = new HashMap<>(values);
    all.putAll(more);
    return new MapReader(map, notes, all);
  }

  @SuppressWarnings("unchecked") // texts by key, in maps by kind
  private static Map<String, Map<String, String>> keys() {
    try (InputStream in = MapReader.class.getResourceAsStream("keys.yaml")) {
      Load yaml = new Load(LoadSettings.builder().build());
      return (Map<String, Map<String, String>>) yaml.loadFromInputStream(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void check(String what, Map<String, String> known) {
    known.forEach(
        (key, reason) -> {
          if (reason.equals("needed") && given(key) == null) {
            notes.wrong().add(map.place(), what + " needs " + key);
          }
        });
    for (Map.Entry<String, Node.Entry> each : map.entries().entrySet()) {
      String key = each.getKey();
      Node.Entry entry = each.getValue();
      String reason = known.get(key);
      String hint = reason == null ? NearestName.hint(key, known.keySet()) : "";
      String unknown = "unknown key " + key + " in " + what;
      if (!hint.isEmpty()) {
        notes.wrong().add(entry.place(), unknown + hint);
      } else if (reason == null) {
        notes.changes().add(entry.place(), unknown + " is not carried");
      } else if (reason.startsWith(REFUSED) && given(key) != null) {
        notes.wrong().add(entry.value().place(), reason.replace(REFUSED, key + " "));
      } else if (reason.indexOf(' ') > 0 && !isFresh(entry.value())) {
        notes.changes().add(entry.place(), key + " is not carried: " + reason);
      }
    }
  }

  private static boolean isFresh(Node node) {
    return switch (node) {
      case Node.Scalar scalar -> scalar.isNothing() || scalar.text().equalsIgnoreCase("false");
      case Node.Sequence list -> list.items().isEmpty();
      case Mapping inner -> inner.entries().isEmpty();
    };
  }

  Place place() {
    return map.place();
  }

  /** Returns the value of a key; null if the key or its value is missing. */
  Node given(String key) {
    Node node = map.get(key);
    return node == null || Node.isNothing(node) ? null : node;
  }

  /** Returns the text of a key; null without the key. */
  PlacedText text(String key) {
    Node node = given(key);
    return node == null ? null : text(node, key);
  }

  /** Returns the text of a key; empty without the key, an error that {@link #of} reports. */
  PlacedText needed(String key) {
    PlacedText text = text(key);
    return text == null ? new PlacedText(map.place(), "", false) : text;
  }

  private PlacedText text(Node node, String key) {
    if (node instanceof Node.Scalar(Place place, String text, _, _)) {
      return new PlacedText(place, text, key.endsWith("_regexes")).put(values);
    }
    String kind = node instanceof Mapping ? "map" : "list";
    notes.wrong().add(node.place(), key + " must be a text, not a " + kind);
    return new PlacedText(node.place(), "", false);
  }

  /** Returns the texts of some keys, each with a list of texts or one text. */
  List<PlacedText> texts(String... keys) {
    List<PlacedText> texts = new ArrayList<>();
    for (String key : keys) {
      Node node = given(key);
      if (node instanceof Node.Sequence list) {
        list.items().forEach(item -> texts.add(text(item, key)));
      } else if (node != null) {
        texts.add(text(node, key));
      }
    }
    return texts;
  }

  List<PlacedText> matching(String keys) {
    return texts(
        map.entries().keySet().stream().filter(k -> k.matches(keys)).toArray(String[]::new));
  }

  SequencedMap<String, Node.Entry> entries(String key) {
    if (given(key) instanceof Mapping inner) {
      return inner.entries();
    }
    if (given(key) != null) {
      notes.wrong().add(given(key).place(), key + " must be a map");
    }
    return new LinkedHashMap<>();
  }

  /** Returns the texts of the map under a key, by their own keys. */
  SequencedMap<String, PlacedText> textsByKey(String key) {
    SequencedMap<String, PlacedText> texts = new LinkedHashMap<>();
    entries(key).forEach((name, entry) -> texts.put(name, text(entry.value(), name)));
    return texts;
  }

  List<MapReader> maps(String key, String each) {
    List<MapReader> maps = new ArrayList<>();
    if (given(key) instanceof Node.Sequence list) {
      for (Node item : list.items()) {
        if (item instanceof Mapping inner) {
          maps.add(of(inner, each, notes, values));
        } else {
          notes.wrong().add(item.place(), each + " must be a map");
        }
      }
    } else if (given(key) != null) {
      notes.wrong().add(given(key).place(), key + " must be a list");
    }
    return maps;
  }

  boolean flag(String key, boolean otherwise) {
    PlacedText text = text(key);
    if (text != null && !text.text().matches("(?i)true|false")) {
      notes.wrong().add(text.place(), key + " must be true or false, not " + text.text());
    }
    return text == null ? otherwise : text.text().equalsIgnoreCase("true");
  }
}
