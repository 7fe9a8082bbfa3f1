package dev.torc.front.buildfile;

import dev.torc.base.syntax.Node;
import dev.torc.base.syntax.Node.Entry;
import dev.torc.base.syntax.Problems;
import dev.torc.features.reading.KnownKeys;
import dev.torc.features.reading.MapFields;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SequencedSet;

/**
 * Joins the {@code vars} of one build file into one flat map. In a list, each file or map is laid
 * over the previous ones. A nested map gives one var for each of its values, with dots in the name.
 * {@link VariableReader} resolves the values. The map is flat before {@link FileLayers} joins
 * files, so that {@code train.lr} and {@code train: {lr: …}} are the same var everywhere.
 *
 * @param maps receives the keys of each nested map by its name, which may have dots
 */
record VarLayers(FileReader reader, Map<String, SequencedSet<String>> maps, Problems problems) {

  interface FileReader {
    /** Returns the tree of a file that a build file names. */
    Node read(Node.Scalar name) throws IOException;

    /** Returns the table of an axis, as a map of its rows whose texts are literal. */
    Node.Mapping table(Node.Mapping written) throws IOException;
  }

  Node.Mapping join(Node vars) throws IOException {
    SequencedMap<String, Entry> all = new LinkedHashMap<>();
    if (vars instanceof Node.Sequence list) {
      for (Node each : list.items()) {
        boolean file = !(each instanceof Node.Mapping);
        Node layer = file ? reader.read(MapFields.scalar(each, "a file of vars")) : each;
        all.putAll(flat(MapFields.map(layer, "a file of vars", problems), file));
      }
    } else if (vars instanceof Node.Scalar file && !file.isNothing()) {
      problems.add(
          file.place(), "vars must be a map, or a list of files and maps such as [params.yaml]");
    } else {
      all = flat(MapFields.map(vars, "vars", problems), false);
    }
    return new Node.Mapping(vars.place(), all);
  }

  private SequencedMap<String, Entry> flat(Node.Mapping map, boolean file) throws IOException {
    SequencedMap<String, Entry> all = new LinkedHashMap<>();
    flatten("", map, file, all);
    for (Map.Entry<String, Entry> each :
        file ? List.<Map.Entry<String, Entry>>of() : all.entrySet()) {
      if (each.getValue().value() instanceof Node.Mapping table
          && table.entries().containsKey("table")) {
        Node.Mapping rows = reader.table(table);
        each.setValue(new Entry(rows.place(), rows));
      }
    }
    return all;
  }

  private void flatten(
      String before, Node.Mapping map, boolean file, SequencedMap<String, Entry> into) {
    for (Map.Entry<String, Entry> each : map.entries().entrySet()) {
      String name = before + each.getKey();
      Entry entry = each.getValue();
      if (entry.value() instanceof Node.Mapping inner
          && (file || !isBraced(inner) && !isTable(inner))) {
        maps.computeIfAbsent(name, _ -> new LinkedHashSet<>()).addAll(inner.entries().keySet());
        flatten(name + ".", inner, file, into);
        continue;
      }
      Entry earlier = into.putIfAbsent(name, entry);
      if (each.getKey().isEmpty()) {
        problems.add(entry.place(), "a var needs a name");
      } else if (earlier != null) {
        problems.add(entry.place(), "a second var " + name + ", first at " + earlier.place());
      }
    }
  }

  /** Returns whether a map is a table: exactly the keys of one. */
  private static boolean isTable(Node.Mapping map) {
    return map.entries().containsKey("table")
        && KnownKeys.VAR_TABLE.containsAll(map.entries().keySet());
  }

  /** Returns whether a map is an unquoted {@code {name}}, which has its own error message. */
  private static boolean isBraced(Node.Mapping map) {
    return map.entries().size() == 1
        && Node.isNothing(map.entries().firstEntry().getValue().value());
  }
}
