package dev.torc.front.buildfile;

import dev.torc.base.syntax.Node;
import dev.torc.base.syntax.Node.Entry;
import dev.torc.base.syntax.Paths;
import dev.torc.features.reading.Home;
import dev.torc.features.reading.Placeholder;
import dev.torc.features.reading.VarLookup;
import dev.torc.features.reading.Vars;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;

/**
 * Writes what a package has from the including build file so that it means the same in the package:
 * each path, name of a job and var gets {@link Paths#OUTER} before it. The package's readers then
 * read it like its own keys.
 *
 * @param outer the vars of the including file
 * @param env knows the literal values of its env files
 */
record Inherited(Vars outer, EnvLayers env) {

  /** The top-level keys that hold for packages unless they say so themselves, key by key. */
  private static final List<String> SHARED =
      List.of("env", "shell", "defaults", "resources", "container", "fetchers");

  private static final Set<String> PATHS =
      Set.of("needs", "produces", "file", "dir", "exists", "images", "path");

  private static final Set<String> NAMES = Set.of("job", "after", "data", "executor");

  /** The keys whose maps have names of the user's, not keys. */
  private static final Set<String> NAMING = Set.of("env", "resources", "fetchers");

  /** Returns the top level of a package, with what it has from the including file. */
  Node.Mapping top(Node.Mapping including, Node.Mapping own) {
    SequencedMap<String, Entry> all = new LinkedHashMap<>(own.entries());
    all.remove("stores"); // only of the root
    for (String key : SHARED) {
      Entry below = including.entries().get(key);
      if (below != null) {
        Entry above = all.get(key);
        Node under = of(key, below.value());
        all.put(
            key,
            above == null
                ? new Entry(below.place(), under)
                : under instanceof Node.Mapping a && above.value() instanceof Node.Mapping b
                    ? new Entry(above.place(), a.with(b))
                    : above);
      }
    }
    Entry executors = executors(including.entries().get("executors"), all.get("executors"));
    if (executors != null) {
      all.put("executors", executors);
    }
    Entry stores = including.entries().get("stores");
    if (stores != null) {
      all.put("stores", new Entry(stores.place(), of("stores", stores.value())));
    }
    return new Node.Mapping(own.place(), all);
  }

  /**
   * Returns the executors of a package, laid over those of the including file. The others of these
   * have {@link Paths#OUTER} before their names.
   */
  private Entry executors(Entry below, Entry above) {
    if (below == null || !(below.value() instanceof Node.Mapping outside)) {
      return above;
    }
    SequencedMap<String, Entry> all = new LinkedHashMap<>();
    if (above != null && above.value() instanceof Node.Mapping own) {
      all.putAll(own.entries());
    }
    for (Map.Entry<String, Entry> each : outside.entries().entrySet()) {
      String name = each.getKey().replace(Paths.OUTER, "");
      Node under = of("executors", each.getValue().value());
      Entry over = all.get(name);
      if (over == null) {
        all.put(Paths.OUTER + name, new Entry(each.getValue().place(), under));
      } else if (under instanceof Node.Mapping map && over.value() instanceof Node.Mapping own) {
        all.put(name, new Entry(over.place(), map.with(own)));
      }
    }
    return new Entry(below.place(), new Node.Mapping(outside.place(), all));
  }

  /** Returns the value of a key as it is written in a package. */
  Node of(String key, Node node) {
    return switch (node) {
      case Node.Scalar text ->
          new Node.Scalar(text.place(), text(key, text.text()), text.quoted(), text.lines());
      case Node.Sequence list ->
          new Node.Sequence(
              list.place(), list.items().stream().map(each -> of(key, each)).toList());
      case Node.Mapping map -> {
        SequencedMap<String, Entry> all = new LinkedHashMap<>();
        boolean items = key.equals("needs") || key.equals("produces");
        boolean named = items && !ItemReader.isItem(map, key.equals("needs"));
        for (Map.Entry<String, Entry> each : map.entries().entrySet()) {
          Entry entry = each.getValue();
          String inner = named ? key : NAMING.contains(key) ? "" : each.getKey();
          boolean literal = env.isLiteral(entry);
          Entry written = literal ? entry : new Entry(entry.place(), of(inner, entry.value()));
          all.put(each.getKey(), written);
        }
        yield new Node.Mapping(map.place(), all);
      }
    };
  }

  private String text(String key, String text) {
    String written = vars(text);
    boolean file =
        key.equals("tools") && text.indexOf('/') >= 0
            || key.equals("image") && text.endsWith(".sif") && !text.contains("://");
    if (NAMES.contains(key)) {
      return Paths.OUTER + written;
    } else if (!PATHS.contains(key) && !file) {
      return written;
    }
    String not = written.startsWith("!") ? "!" : "";
    String path = written.substring(not.length());
    return path.startsWith("{" + Home.HERE + "}") ? written : not + Paths.OUTER + path;
  }

  /** Marks the vars in a text. */
  private String vars(String text) {
    StringBuilder out = new StringBuilder(text);
    for (int i = out.lastIndexOf("{"); i >= 0; i = out.lastIndexOf("{", i - 1)) {
      Placeholder hole = Placeholder.at(text, i, outer::has, false);
      boolean literal = i > 0 && "{$\\".indexOf(text.charAt(i - 1)) >= 0;
      if (hole != null && !literal && isVar(hole)) {
        out.insert(i + 1, Paths.OUTER);
      }
    }
    return out.toString();
  }

  private boolean isVar(Placeholder hole) {
    String member = hole.member() == null ? "" : "." + hole.member();
    VarLookup.Path path =
        VarLookup.parse(
            hole.name() + member, name -> outer.has(name) || outer.maps().containsKey(name));
    return path != null;
  }
}
