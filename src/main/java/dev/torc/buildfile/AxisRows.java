package dev.torc.buildfile;

import dev.torc.buildfile.RowPlaces.Row;
import dev.torc.syntax.BadInput;
import dev.torc.syntax.Place;
import dev.torc.workflow.InstanceName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The values of one axis as found. Which of them name an instance is known here, and where they
 * come from is not.
 *
 * @param names of the values of a row
 * @param columns those of the names that are no parameters: they name no instance
 */
record AxisRows(List<String> names, Set<String> columns, List<Row> rows) {

  /** Values that all name their instance. */
  AxisRows(List<String> names, List<Row> rows) {
    this(names, Set.of(), rows);
  }

  /**
   * The same rows where only the table's key names an instance.
   *
   * @throws BadInput where a column of the key is missing
   */
  AxisRows keyed(Axis.Table table) {
    if (table.key().isEmpty()) {
      return this;
    }
    if (rows.isEmpty()) {
      return new AxisRows(table.key(), rows);
    }
    for (String name : table.key()) {
      if (!names.contains(name)) {
        throw TableReader.missing(name, names, new Place(table.path(), 1, 1));
      }
    }
    Set<String> others = new TreeSet<>(names);
    table.key().forEach(others::remove);
    return new AxisRows(names, others, rows);
  }

  /** Refuses two rows for one instance, and names both. */
  void refuseDoubles() {
    Map<List<String>, Row> seen = HashMap.newHashMap(rows.size());
    for (Row row : rows) {
      Row earlier = seen.putIfAbsent(columns.isEmpty() ? row.values() : key(row, false), row);
      if (earlier != null) {
        throw new BadInput(
            row.place(),
            "the same %s as at %s: %s"
                .formatted(
                    columns.isEmpty() ? "values" : "key",
                    earlier.place(),
                    String.join(",", key(row, true))));
      }
    }
  }

  /** Those of a row's values that name its instance, with their names if they are to be shown. */
  private List<String> key(Row row, boolean shown) {
    List<String> key = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      if (!columns.contains(names.get(i))) {
        String value = row.values().get(i);
        key.add(shown ? names.get(i) + "=" + InstanceName.encode(value) : value);
      }
    }
    return key;
  }
}
