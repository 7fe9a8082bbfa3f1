package dev.torc.front.buildfile;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.Place;
import dev.torc.base.text.SafeText;
import dev.torc.core.model.InstanceName;
import dev.torc.front.buildfile.Axis.Row;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The values of an axis, as rows. {@link AxisValues} finds them.
 *
 * @param names the names of a row's values
 * @param columns the names that are not parameters; their values are not part of an instance's name
 * @param warnings what is accepted but looks wrong in the file
 */
record AxisRows(
    List<String> names, Set<String> columns, List<Row> rows, List<BadInput.Diagnostic> warnings) {

  /** Creates rows in which every name is a parameter. */
  AxisRows(List<String> names, List<Row> rows) {
    this(names, Set.of(), rows, List.of());
  }

  /**
   * Returns these rows, with only the columns of the table's key as parameters.
   *
   * @throws BadInput if a column of the key is missing or empty, or if no key is given and all
   *     columns of a row are empty
   */
  AxisRows keyed(Axis.Table table) {
    if (table.key().isEmpty()) {
      for (Row row : rows) {
        if (TableReader.isBlank(row.values())) {
          String all = SafeText.names(names, 5);
          String said = "no value names this instance (%s); fill one in or remove the row";
          throw new BadInput(row.place(), said.formatted(all));
        }
      }
      return this;
    }
    if (rows.isEmpty()) {
      return new AxisRows(table.key(), Set.of(), rows, warnings);
    }
    for (String name : table.key()) {
      if (!names.contains(name)) {
        throw TableReader.missing(name, names, new Place(table.path(), 1, 1));
      }
    }
    Set<String> others = new TreeSet<>(names);
    table.key().forEach(others::remove);
    for (int i = 0; i < names.size(); i++) {
      for (Row row : others.contains(names.get(i)) ? List.<Row>of() : rows) {
        if (TableReader.isBlank(row.values().get(i))) {
          String column = SafeText.name(names.get(i));
          throw new BadInput(
              row.place(), "key column " + column + " is empty; fill it in or remove the row");
        }
      }
    }
    return new AxisRows(names, others, rows, warnings);
  }

  /** Refuses two rows for one instance. */
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

  /**
   * Returns the values of a row that identify its instance; if {@code shown}, as {@code
   * name=value}.
   */
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
