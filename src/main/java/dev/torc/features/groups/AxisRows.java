package dev.torc.features.groups;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.Place;
import dev.torc.core.model.InstanceName;
import dev.torc.features.groups.Axis.Row;
import dev.torc.features.reading.Value;
import dev.torc.features.reading.VarLookup;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The values of an axis, as rows. {@link AxisValues} finds them.
 *
 * @param names the names of a row's values
 * @param columns the names whose values are not part of an instance's name
 * @param alike the places of two rows of a table that only the last column of its names tells apart
 * @param warnings what is accepted but looks wrong in the file
 */
record AxisRows(
    List<String> names,
    Set<String> columns,
    List<Row> rows,
    List<Place> alike,
    List<BadInput.Diagnostic> warnings) {

  /** Creates rows in which every name is part of an instance's name. */
  AxisRows(List<String> names, List<Row> rows) {
    this(names, Set.of(), rows, List.of(), List.of());
  }

  /**
   * Returns these rows with a column for each name that lies inside a map of a column, as {@code
   * meta.id}; such a name has a dot and names no column.
   */
  AxisRows withInner(List<String> wanted) {
    List<String> inner =
        wanted.stream()
            .filter(name -> !names.contains(name))
            .filter(name -> VarLookup.parse(name, names::contains) != null)
            .toList();
    if (inner.isEmpty()) {
      return this;
    }
    List<String> all = new ArrayList<>(names);
    all.addAll(inner);
    List<Row> wider = new ArrayList<>(rows.size());
    for (Row row : rows) {
      List<Value> values = new ArrayList<>(row.values());
      for (String name : inner) {
        VarLookup.Path path = VarLookup.parse(name, names::contains);
        Value head = row.values().get(names.indexOf(path.head()));
        Value found = VarLookup.within(head, path.steps());
        values.add(found == null ? new Value.OfText("") : found);
      }
      wider.add(new Row(values, row.place(), row.files()));
    }
    return new AxisRows(all, columns, wider, alike, warnings);
  }

  /** Refuses two rows for one instance. */
  void refuseDoubles() {
    Map<List<?>, Row> seen = HashMap.newHashMap(rows.size());
    for (Row row : rows) {
      Row earlier = seen.putIfAbsent(columns.isEmpty() ? row.values() : key(row, false), row);
      if (earlier != null) {
        String what = columns.isEmpty() ? "values" : "key";
        String values = String.join(",", key(row, true));
        throw new BadInput(
            row.place(), "the same %s as at %s: %s".formatted(what, earlier.place(), values));
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
        String value = row.values().get(i).toString();
        key.add(shown ? names.get(i) + "=" + InstanceName.encode(value) : value);
      }
    }
    return key;
  }
}
