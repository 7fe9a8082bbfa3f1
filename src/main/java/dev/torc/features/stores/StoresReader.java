package dev.torc.features.stores;

import dev.torc.base.syntax.Node;
import dev.torc.base.syntax.Paths;
import dev.torc.base.syntax.Problems;
import dev.torc.base.syntax.Quantity;
import dev.torc.core.model.Workflow.Stores;
import dev.torc.core.model.Workflow.Stores.SharedEntry;
import dev.torc.features.reading.KnownKeys;
import dev.torc.features.reading.MapFields;
import dev.torc.features.reading.Scope;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Reads {@code stores}: the size limit of the local store, and the shared stores. It does not check
 * whether a shared store can be reached.
 */
public record StoresReader(Scope scope, Paths paths, Problems problems) {

  public static final Set<String> KEYS =
      KnownKeys.ordered("keep", "shared", "system", "environments");

  public static final Set<String> SHARED =
      KnownKeys.ordered("path", "group", "keep", "url", "headers", "key", "trust");

  static final Set<String> ENVIRONMENTS = KnownKeys.ordered("path", "group");

  private static final Set<String> HEADER = KnownKeys.ordered("env");

  public Stores read(Node node) {
    MapFields fields = fields(node, "stores", KEYS);
    List<SharedEntry> shared =
        MapFields.oneOrMore(fields.map().get("shared")).stream()
            .map(this::shared)
            .filter(Objects::nonNull)
            .toList();
    environments(fields); // reports what is wrong with it
    return new Stores(keep(fields), fields.text("system", ""), shared);
  }

  /**
   * Returns the folder in which roots share environments, and on a second line the group whose
   * members are trusted there if there is one; null for none.
   */
  public String environments(Node node) {
    return environments(fields(node, "stores", KEYS));
  }

  private String environments(MapFields fields) {
    if (!(fields.map().get("environments") instanceof Node.Mapping map)) {
      return file(fields, "environments");
    }
    MapFields own = fields(map, "environments", ENVIRONMENTS);
    String path = file(own, "path");
    if (path == null) {
      problems.add(map.place(), "environments has no path: the folder in which roots share them");
      return null;
    }
    String group = own.text("group", "");
    return group.isEmpty() ? path : path + "\n" + group;
  }

  private static long keep(MapFields fields) {
    return fields.amount("keep", Stores.UNSAID, Quantity::size);
  }

  private MapFields fields(Node node, String where, Set<String> known) {
    return MapFields.of(node, where, scope, problems).only(known, where);
  }

  /** Returns one shared store; null unless it has either a path or a URL. */
  private SharedEntry shared(Node node) {
    MapFields fields = fields(node, "shared", SHARED);
    String path = file(fields, "path");
    String url = fields.text("url", null);
    if ((path == null) == (url == null)) {
      if (node instanceof Node.Mapping && SHARED.containsAll(fields.map().entries().keySet())) {
        String both = path == null ? "neither path nor url" : "path and url";
        problems.add(node.place(), "a shared store has " + both + ": write one of them");
      }
      return null;
    }
    for (String key :
        path == null ? List.of("group", "keep") : List.of("headers", "key", "trust")) {
      if (fields.map().get(key) != null) {
        problems.add(
            fields.map().get(key).place(),
            key + " goes with " + (path == null ? "path" : "url") + ", not with this store");
      }
    }
    String group = fields.text("group", null);
    long keep = keep(fields);
    SortedMap<String, String> headers = headers(fields.map().get("headers"));
    String key = file(fields, "key");
    List<String> trust = fields.texts("trust");
    return new SharedEntry(node.place(), path, group, keep, url, headers, key, trust);
  }

  private String file(MapFields fields, String key) {
    return fields.read(
        key,
        null,
        node -> {
          String text = scope.text(node);
          Paths.refuseForeign(text, node.place());
          return paths.normalize(text);
        });
  }

  /**
   * Returns, by header, the environment variable that has the header's value. A build file must not
   * contain the value itself.
   */
  private SortedMap<String, String> headers(Node node) {
    SortedMap<String, String> headers = new TreeMap<>();
    for (Map.Entry<String, Node.Entry> each :
        MapFields.map(node, "headers", problems).entries().entrySet()) {
      Node value = each.getValue().value();
      if (!(value instanceof Node.Mapping)) {
        problems.add(
            each.getValue().place(),
            "the header %s must be {env: NAME}: a build file must not hold its value"
                .formatted(each.getKey()));
        continue;
      }
      String variable = fields(value, "the header " + each.getKey(), HEADER).text("env", "");
      if (variable.isEmpty()) {
        problems.add(value.place(), "the header " + each.getKey() + " has no env: NAME");
      }
      headers.put(each.getKey(), variable);
    }
    return Collections.unmodifiableSortedMap(headers);
  }
}
