package dev.torc.syntax;

import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.IntUnaryOperator;

/**
 * A value of a build file as written, with its place. YAML and JSON are read into the same tree. It
 * decides no types: a scalar keeps its text, and the reader that asks says what it should be.
 */
public sealed interface Node {

  /** Returns where the value begins. */
  Place place();

  /**
   * Returns the whole value as bytes, where each line number is replaced by what {@code lines}
   * gives.
   */
  default byte[] bytes(IntUnaryOperator lines) {
    return PackedNode.bytes(this, lines);
  }

  /**
   * A text, number, boolean or nothing.
   *
   * @param text as written, escapes resolved
   * @param quoted whether it stood in quotes (or in a YAML block), so that it can only be a text
   */
  record Scalar(Place place, String text, boolean quoted) implements Node {

    /** Returns whether nothing stands here: no value at all, {@code ~} or {@code null}. */
    public boolean isNothing() {
      return !quoted
          && text.length() <= 4
          && (text.isEmpty() || text.equals("~") || text.equals("null"));
    }
  }

  /** A list. */
  record Sequence(Place place, List<Node> items) implements Node {}

  /** A map, in the order written; merge keys and aliases are resolved, keys are unique. */
  record Mapping(Place place, SequencedMap<String, Entry> entries) implements Node {

    /** Returns the value under a key, null without one. */
    public Node get(String key) {
      Entry entry = entries.get(key);
      return entry == null ? null : entry.value();
    }
  }

  /** One entry of a map. */
  final class Entry {

    /** How deep the entries of {@code jobs} stand; there may be 100 000 of them. */
    static final int JOBS = 1;

    private final Place place;
    private final Node value;
    private final PackedNode packed;

    /**
     * Creates an entry.
     *
     * @param place where its key begins
     */
    public Entry(Place place, Node value) {
      this(place, value, null);
    }

    private Entry(Place place, Node value, PackedNode packed) {
      this.place = place;
      this.value = value;
      this.packed = packed;
    }

    /**
     * Adds an entry to a map at a depth in its file; at the depth of the jobs it is packed.
     *
     * @throws BadInput if the key is there already
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

    /** Returns where its key begins. */
    public Place place() {
      return place;
    }

    /** Returns its value; a packed value is unpacked anew, and equal, each time. */
    public Node value() {
      return packed == null ? value : packed.node();
    }
  }

  /**
   * Returns whether nothing stands here, which counts as an empty list or map where one is wanted.
   */
  static boolean isNothing(Node node) {
    return node instanceof Scalar scalar && scalar.isNothing();
  }
}
