package dev.torc.buildfile;

import dev.torc.syntax.BadInput;
import dev.torc.syntax.Glob;
import dev.torc.syntax.Place;
import dev.torc.text.SafeText;
import dev.torc.workflow.InstanceName;
import dev.torc.workflow.Job.Item;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * One source of values of a group, as written. The group's instances are the product of all its
 * axes. {@code AxisValues} finds the values.
 */
sealed interface Axis {

  Place place();

  /** Returns the names of its parameters; empty if only the table's file has them. */
  List<String> names();

  /** Values in the build file: a list, a range, {@code repeat}. */
  record Fixed(Place place, List<String> names, List<Row> rows) implements Axis {}

  /** The paths that globs match, of sources and products alike. */
  record Globbed(Place place, List<String> names, List<Glob> globs, List<Glob> excludes)
      implements Axis {}

  record Products(Place place, List<String> names, String job) implements Axis {}

  /**
   * The distinct values of another group's parameter, {@code GROUP.PARAMETER}; both names may have
   * dots.
   */
  record ValuesOf(Place place, List<String> names, String written) implements Axis {

    /**
     * Returns the longest known name before a dot; if none is known, everything before the last
     * dot.
     */
    String group(Set<String> known) {
      int last = written.lastIndexOf('.');
      for (int dot = last; dot > 0; dot = written.lastIndexOf('.', dot - 1)) {
        if (known.contains(written.substring(0, dot))) {
          return written.substring(0, dot);
        }
      }
      return written.substring(0, last);
    }
  }

  /**
   * The rows of a file. If it is {@code plain}, each line is a value of the only column. No {@code
   * columns} means that all count; no {@code key}, that all of these name an instance.
   */
  record Table(Place place, String path, boolean plain, List<String> columns, List<String> key)
      implements Axis {
    @Override
    public List<String> names() {
      return key.isEmpty() ? columns : key;
    }
  }

  /**
   * The values that a pattern's names take from the paths of sources and products. {@code written}
   * is the pattern in the build file.
   */
  record Matched(Place place, String written, PathPattern match) implements Axis {
    @Override
    public List<String> names() {
      return match.names();
    }
  }

  /** Axes of {@code mode: zip}: their rows are joined one to one, in order. */
  record Zip(Place place, List<Axis> axes) implements Axis {
    @Override
    public List<String> names() {
      return axes.stream().flatMap(axis -> axis.names().stream()).toList();
    }
  }

  /**
   * Values that belong together: the one value of a parameter, or one row of a table.
   *
   * @param values in the order of the names of their parameters
   * @param place where they stand, for messages
   * @param files the files that the values come from; the instance needs them
   */
  record Row(List<String> values, Place place, List<Item> files) {

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
   * The values that an axis has. {@link AxisValues} finds them.
   *
   * @param names the names of a row's values
   * @param columns the names that are not parameters: their values name no instance
   * @param warnings what is accepted but looks wrong in the file
   */
  record Rows(
      List<String> names, Set<String> columns, List<Row> rows, List<BadInput.Diagnostic> warnings) {

    /** Creates rows in which each value names the instance. */
    Rows(List<String> names, List<Row> rows) {
      this(names, Set.of(), rows, List.of());
    }

    /**
     * Returns these rows; only the values of the table's key name an instance.
     *
     * @throws BadInput if a column of the key is missing or empty, or if no key is given and all
     *     columns of a row are empty
     */
    Rows keyed(Axis.Table table) {
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
        return new Rows(table.key(), Set.of(), rows, warnings);
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
      return new Rows(names, others, rows, warnings);
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
     * Returns the values of a row that name its instance, as {@code name=value} if they are shown.
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
}
