package dev.torc.features.reading;

import dev.torc.base.syntax.JsonText;
import dev.torc.base.syntax.Node;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.StringJoiner;
import java.util.TreeMap;

/**
 * A value that placeholders name: of a var, a parameter, a cell of a table or an item of a list. It
 * has no types beyond these three shapes; the reader of a key decides what a text must be. {@link
 * ValuePath} finds a value within another one.
 */
public sealed interface Value {

  /** Returns what the value is, for messages: {@code a text}, {@code a list}, {@code a map}. */
  String shape();

  /** Returns the value as JSON, in which every text is a string. */
  String json();

  /** Returns the text of a value that is one; null for any other. */
  default String text() {
    return this instanceof OfText text ? text.value : null;
  }

  /** A single text. Equality is written out: see development.md, laws. */
  record OfText(String value) implements Value {

    @Override
    public String shape() {
      return "a text";
    }

    @Override
    public String json() {
      return JsonText.string(value);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof OfText text && text.value.equals(value);
    }

    @Override
    public int hashCode() {
      return value.hashCode();
    }

    @Override
    public String toString() {
      return value;
    }
  }

  record Items(List<Value> items) implements Value {

    @Override
    public String shape() {
      return "a list";
    }

    @Override
    public String json() {
      StringJoiner json = new StringJoiner(",", "[", "]");
      items.forEach(item -> json.add(item.json()));
      return json.toString();
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Items list && list.items.equals(items);
    }

    @Override
    public int hashCode() {
      return items.hashCode();
    }

    @Override
    public String toString() {
      return json();
    }
  }

  record Fields(SequencedMap<String, Value> values) implements Value {

    @Override
    public String shape() {
      return "a map";
    }

    @Override
    public String json() {
      Map<String, String> members = new TreeMap<>();
      values.forEach((name, value) -> members.put(name, value.json()));
      return JsonText.object(members);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Fields map && map.values.equals(values);
    }

    @Override
    public int hashCode() {
      return values.hashCode();
    }

    @Override
    public String toString() {
      return json();
    }
  }

  /**
   * Returns the value of a tree whose texts are literal. {@code null} in a list is no item; at any
   * other place it is an empty text.
   */
  static Value of(Node node) {
    if (node instanceof Node.Sequence list) {
      return new Items(
          list.items().stream().filter(item -> !Node.isNothing(item)).map(Value::of).toList());
    } else if (node instanceof Node.Mapping map) {
      SequencedMap<String, Value> values = new LinkedHashMap<>();
      map.entries().forEach((name, entry) -> values.put(name, of(entry.value())));
      return new Fields(values);
    }
    Node.Scalar scalar = (Node.Scalar) node;
    return new OfText(scalar.isNothing() ? "" : scalar.text());
  }
}
