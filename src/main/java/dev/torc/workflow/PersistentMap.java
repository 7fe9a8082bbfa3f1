package dev.torc.workflow;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * An immutable map from texts: a copy with further entries shares its layers. The new entries are a
 * layer; small layers are joined, so that a look-up asks few. Safe for several threads.
 */
public final class PersistentMap<V> {

  private static final class Layer<V> {
    private final Map<String, V> entries;
    private NavigableMap<String, V> sorted;

    Layer(Map<String, V> entries) {
      this.entries = entries;
    }

    synchronized NavigableMap<String, V> sorted() {
      if (sorted == null) {
        sorted = new TreeMap<>(entries);
      }
      return sorted;
    }
  }

  private final List<Layer<V>> layers;

  private PersistentMap(List<Layer<V>> layers) {
    this.layers = layers;
  }

  public static <V> PersistentMap<V> none() {
    return new PersistentMap<>(List.of());
  }

  /** Returns this map with {@code more} entries: new texts, in a map that must not change. */
  public PersistentMap<V> with(Map<String, V> more) {
    if (more.isEmpty()) {
      return this;
    }
    List<Layer<V>> next = new ArrayList<>(layers);
    Map<String, V> last = more;
    while (!next.isEmpty() && next.getLast().entries.size() < 2 * last.size()) {
      Map<String, V> joined = new HashMap<>(next.removeLast().entries);
      joined.putAll(last);
      last = joined;
    }
    next.add(new Layer<>(last));
    return new PersistentMap<>(next);
  }

  public V get(String text) {
    for (Layer<V> layer : layers) {
      V found = layer.entries.get(text);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  public boolean isEmpty() {
    return layers.isEmpty();
  }

  /** Visits the entries from a text to before another (null: the end), sorted in each layer. */
  public void range(String from, String to, BiConsumer<String, V> each) {
    for (Layer<V> layer : layers) {
      NavigableMap<String, V> tail = layer.sorted().tailMap(from, true);
      (to == null ? tail : tail.headMap(to, false)).forEach(each);
    }
  }
}
