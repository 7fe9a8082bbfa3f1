package dev.torc.base.syntax;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * A value of a build file, with its place. YAML and JSON are read into the same tree. Values have
 * no types: a scalar keeps its text, and the reader of a key decides what the text must be.
 */
public sealed interface Node {

  Place place();

  /**
   * A text, number, boolean or nothing, as a text with its escapes resolved. A scalar that was
   * written in quotes or as a YAML block ({@code quoted}) can only be a text.
   *
   * @param lines the lines as written, if YAML may have joined several; otherwise null
   */
  record Scalar(Place place, String text, boolean quoted, String lines) implements Node {

    public Scalar(Place place, String text, boolean quoted) {
      this(place, text, quoted, null);
    }

    /** Returns whether the value is missing, {@code ~} or {@code null}. */
    public boolean isNothing() {
      return !quoted
          && text.length() <= 4
          && (text.isEmpty() || text.equals("~") || text.equals("null"));
    }
  }

  record Sequence(Place place, List<Node> items) implements Node {}

  /** A map, in the order written. Merge keys and aliases are resolved; keys are unique. */
  record Mapping(Place place, SequencedMap<String, Entry> entries) implements Node {

    /** Returns the value of a key, null without one. */
    public Node get(String key) {
      Entry entry = entries.get(key);
      return entry == null ? null : entry.value();
    }

    /** Returns this map with another one laid over it: inner maps are joined, others replaced. */
    public Mapping with(Mapping over) {
      SequencedMap<String, Entry> all = new LinkedHashMap<>(entries);
      over.entries.forEach((key, entry) -> all.merge(key, entry, Mapping::joined));
      return new Mapping(over.place, all);
    }

    private static Entry joined(Entry below, Entry above) {
      return below.value() instanceof Mapping a && above.value() instanceof Mapping b
          ? new Entry(above.place(), a.with(b))
          : above;
    }

    /** Returns this map without a key. */
    public Mapping without(String key) {
      SequencedMap<String, Entry> others = new LinkedHashMap<>(entries);
      others.remove(key);
      return new Mapping(place, others);
    }
  }

  /** One entry of a map. Its place is that of its key. */
  final class Entry {

    /** The depth of the entries of {@code jobs}; there may be 100 000 of them. */
    static final int JOBS = 1;

    private final Place place;
    private final Node value;
    private final PackedNode packed;

    public Entry(Place place, Node value) {
      this(place, value, null);
    }

    private Entry(Place place, Node value, PackedNode packed) {
      this.place = place;
      this.value = value;
      this.packed = packed;
    }

    /**
     * Adds an entry; at the depth of the jobs it is packed.
     *
     * @throws BadInput if the key exists already
     */
    static void add(Map<String, Entry> map, String key, Place place, Node value, int depth) {
      boolean packs = depth == JOBS && value instanceof Mapping;
      Entry entry = packs ? new Entry(place, null, new PackedNode(value)) : new Entry(place, value);
      Entry earlier = map.putIfAbsent(key, entry);
      if (earlier != null) {
        int line = earlier.place().line();
        throw new BadInput(place, "duplicate key " + key + ", first at line " + line);
      }
    }

    public Place place() {
      return place;
    }

    /** Returns the value; a packed value is unpacked at each call: equal, never the same object. */
    public Node value() {
      return packed == null ? value : packed.node();
    }
  }

  /** Returns whether the value is missing or null, which counts as an empty list or map. */
  static boolean isNothing(Node node) {
    return node instanceof Scalar scalar && scalar.isNothing();
  }
}
