package dev.torc.core.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * An immutable map with texts as keys. A copy with more entries shares the layers of the original
 * and has the new entries in another layer. Small layers are merged, so that a lookup visits few.
 * Thread-safe.
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

  /** Returns this map with the entries of {@code more}, which have new keys and must not change. */
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

  /** Visits the entries from a key to before another (null: the end), sorted in each layer. */
  public void range(String from, String to, BiConsumer<String, V> each) {
    for (Layer<V> layer : layers) {
      NavigableMap<String, V> tail = layer.sorted().tailMap(from, true);
      (to == null ? tail : tail.headMap(to, false)).forEach(each);
    }
  }
}
