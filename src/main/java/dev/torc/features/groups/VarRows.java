package dev.torc.features.groups;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.NearestName;
import dev.torc.base.syntax.Node;
import dev.torc.base.syntax.Node.Entry;
import dev.torc.base.syntax.Place;
import dev.torc.features.reading.Value;
import dev.torc.features.reading.Vars;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * Makes tables of vars and vars of tables. The rows of a var are a list of maps, or a map of maps,
 * whose keys are the column {@code name} or the one that {@code key} names; {@link TableReader}
 * reads them as those of a file. A table as a var is a map of its rows.
 */
public final class VarRows {

  static final String MAPS = "them as maps, {x: …, y: …}, and ";

  private VarRows() {}

  static AxisRows of(Node.Scalar var, Axis.Table table, Vars vars) {
    String name = var.text();
    Value value = vars.tree(name);
    List<SequencedMap<String, Value>> rows = new ArrayList<>();
    if (value instanceof Value.Items list) {
      for (Value item : list.items()) {
        rows.add(row(item, var, false));
      }
    } else if (value instanceof Value.Fields map) {
      String column = table.key().size() == 1 ? table.key().getFirst() : "name";
      for (String key : map.values().keySet()) {
        SequencedMap<String, Value> row = new LinkedHashMap<>();
        row.put(column, new Value.OfText(key));
        SequencedMap<String, Value> cells = row(map.values().get(key), var, true);
        if (cells.containsKey(column)) {
          throw new BadInput(
              var.place(),
              "%s.%s has a value %s, which is the name of the column for the keys of %s; name another, key: NAME"
                  .formatted(name, key, column, name));
        }
        row.putAll(cells);
        rows.add(row);
      }
    } else {
      throw new BadInput(
          var.place(),
          value == null
              ? "no var " + name + NearestName.hint(name, vars.names())
              : name + " is a text; a table is a list of maps, or a map of maps");
    }
    return TableReader.keyed(table.key(), name, TableReader.rows(rows, table, name, var.place()));
  }

  /**
   * Returns the table of a file as a map of its rows, by the values of its key columns: of several,
   * a map of maps.
   */
  public static Node.Mapping keyed(Axis.Table table, byte[] bytes) throws IOException {
    String shown = table.path();
    if (table.key().isEmpty()) {
      throw new BadInput(
          table.place(),
          "a table among the vars needs a key, such as key: sample; its rows have its values as"
              + " names");
    }
    AxisRows rows = TableReader.keyed(table.key(), shown, TableReader.read(bytes, table));
    rows.refuseDoubles();
    SequencedMap<String, Entry> all = new LinkedHashMap<>();
    for (Axis.Row row : rows.rows()) {
      SequencedMap<String, Entry> at = all;
      for (String name : table.key()) {
        String value = row.values().get(rows.names().indexOf(name)).toString();
        Node.Mapping none = new Node.Mapping(row.place(), new LinkedHashMap<>());
        Entry inner = at.computeIfAbsent(value, _ -> new Entry(row.place(), none));
        at = ((Node.Mapping) inner.value()).entries();
      }
      for (int i = 0; i < rows.names().size(); i++) {
        at.put(rows.names().get(i), new Entry(row.place(), node(row.values().get(i), row.place())));
      }
    }
    return new Node.Mapping(new Place(shown, 1, 1), all);
  }

  private static Node node(Value value, Place place) {
    if (value instanceof Value.Items list) {
      return new Node.Sequence(
          place, list.items().stream().map(item -> node(item, place)).toList());
    } else if (value instanceof Value.Fields map) {
      SequencedMap<String, Entry> all = new LinkedHashMap<>();
      map.values().forEach((name, of) -> all.put(name, new Entry(place, node(of, place))));
      return new Node.Mapping(place, all);
    }
    return new Node.Scalar(place, value.text(), true);
  }

  private static SequencedMap<String, Value> row(Value item, Node.Scalar var, boolean map) {
    if (item instanceof Value.Fields row) {
      return row.values();
    }
    String plain =
        (map ? "{keys: %s}" : "{var: %s}").formatted(var.text())
            + " of a parameter takes its "
            + (map ? "keys" : "texts");
    throw new BadInput(
        var.place(),
        var.text()
            + " has "
            + item.shape()
            + " where a row of a table is a map; "
            + (item instanceof Value.Items ? "write each as {x: …, y: …}" : plain));
  }
}
