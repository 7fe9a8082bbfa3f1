package dev.torc.buildfile;

import dev.torc.syntax.BadInput;
import dev.torc.syntax.Glob;
import dev.torc.syntax.Place;
import dev.torc.workflow.InstanceName;
import dev.torc.workflow.Job.Item;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * One source of values of a group, as written: the instances are the product of all its axes.
 * {@code AxisValues} finds out which values there are; two rows for one instance are refused here.
 */
sealed interface Axis {

  /** Where it is written. */
  Place place();

  /** The parameters it gives values to; empty where only its file tells. */
  List<String> names();

  /** Values that the build file holds: a list, a range, {@code repeat}. */
  record Fixed(Place place, List<String> names, List<Row> rows) implements Axis {}

  /** Values of one parameter. */
  sealed interface OfOne extends Axis {

    String name();

    @Override
    default List<String> names() {
      return List.of(name());
    }
  }

  /** The paths of files, sources and products. */
  record Globbed(Place place, String name, List<Glob> globs, List<Glob> excludes)
      implements OfOne {}

  /** The paths of the products of a job or group. */
  record Products(Place place, String name, String job) implements OfOne {}

  /** The distinct values of another group's parameter. */
  record ValuesOf(Place place, String name, String group, String parameter) implements OfOne {}

  /**
   * The rows of a file.
   *
   * @param plain whether its lines are the values of the one column
   * @param columns those that count; empty for all
   * @param key those that name an instance; empty for all that count
   */
  record Table(Place place, String path, boolean plain, List<String> columns, List<String> key)
      implements Axis {
    @Override
    public List<String> names() {
      return key.isEmpty() ? columns : key;
    }
  }

  /**
   * The names in the paths of files, sources and products.
   *
   * @param written the pattern as the build file has it
   */
  record Matched(Place place, String written, PathPattern match) implements Axis {
    @Override
    public List<String> names() {
      return match.names();
    }
  }

  /** Axes whose values are taken side by side. */
  record Zip(Place place, List<Axis> axes) implements Axis {
    @Override
    public List<String> names() {
      return axes.stream().flatMap(axis -> axis.names().stream()).toList();
    }
  }

  /**
   * Values that belong together: one of a parameter, or one row of a table.
   *
   * @param values in the order of the names of their parameters
   * @param place where they stand; for messages
   * @param files those that they were made from, which the instance needs
   */
  record Row(List<String> values, Place place, List<Item> files) {

    /** Rows side by side, as one. */
    static Row joined(List<Row> rows) {
      if (rows.size() == 1) {
        return rows.getFirst();
      }
      List<String> values = new ArrayList<>();
      List<Item> files = new ArrayList<>(0);
      for (Row row : rows) {
        values.addAll(row.values);
        files.addAll(row.files);
      }
      return new Row(List.copyOf(values), rows.getFirst().place, List.copyOf(files));
    }
  }

  /**
   * The values of one axis as found. Which of them name an instance is known here, and where they
   * come from is not.
   *
   * @param names of the values of a row
   * @param columns those of the names that are no parameters: they name no instance
   */
  record Rows(List<String> names, Set<String> columns, List<Row> rows) {

    /** Values that all name their instance. */
    Rows(List<String> names, List<Row> rows) {
      this(names, Set.of(), rows);
    }

    /**
     * The same rows where only the table's key names an instance.
     *
     * @throws BadInput where a column of the key is missing
     */
    Rows keyed(Axis.Table table) {
      if (table.key().isEmpty()) {
        return this;
      }
      if (rows.isEmpty()) {
        return new Rows(table.key(), rows);
      }
      for (String name : table.key()) {
        if (!names.contains(name)) {
          throw TableReader.missing(name, names, new Place(table.path(), 1, 1));
        }
      }
      Set<String> others = new TreeSet<>(names);
      table.key().forEach(others::remove);
      return new Rows(names, others, rows);
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
}
