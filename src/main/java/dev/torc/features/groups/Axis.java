package dev.torc.features.groups;

import dev.torc.base.syntax.Glob;
import dev.torc.base.syntax.Place;
import dev.torc.core.model.Job.Item;
import dev.torc.features.reading.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * One source of values of a group, as written. The group's instances are the product of all its
 * axes. {@code AxisValues} finds the values.
 */
public sealed interface Axis {

  /** The parameter that is the number of a batch. */
  String BATCH = "batch";

  Place place();

  /** Returns the names of the axis's parameters; empty if only the table's file has them. */
  default List<String> names() {
    return parts().stream().flatMap(part -> part.names().stream()).toList();
  }

  /** Returns whether the names of the values are columns, some of which name no instance. */
  default boolean isTable() {
    return this instanceof Table table && !table.plain()
        || this instanceof OfVar
        || this instanceof Batched batched && batched.of().isTable();
  }

  /** Returns the axes of which this one is made; empty for most. */
  default List<Axis> parts() {
    return switch (this) {
      case Zip zip -> zip.axes();
      case Pairs pairs -> pairs.axes();
      case Batched batched -> List.of(batched.of());
      case Depending depending -> List.of(depending.outline());
      default -> List.of();
    };
  }

  /** Values in the build file: a list, a range, {@code repeat}. */
  record Fixed(Place place, List<String> names, List<Row> rows) implements Axis {}

  /** The paths that globs match, of sources and products alike. */
  record Globbed(Place place, List<String> names, List<Glob> globs, List<Glob> excludes)
      implements Axis {}

  /** What a job or group makes; a {@code product} is the name of the only product that counts. */
  record Products(Place place, List<String> names, String job, String product) implements Axis {}

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
   * The rows of a file. If {@code plain}, each line is the value of the only column. Empty {@code
   * columns} select all columns; an empty {@code key} makes all selected columns parameters. {@code
   * comment} is as in {@link TableReader#read}, {@code split} has what parts the cells of a column.
   */
  record Table(
      Place place,
      String path,
      boolean plain,
      List<String> columns,
      List<String> key,
      String comment,
      Map<String, String> split)
      implements Axis {
    @Override
    public List<String> names() {
      return key.isEmpty() ? columns : key;
    }
  }

  /**
   * The values that the names of patterns take from the paths of sources and products. All patterns
   * have the same names.
   */
  record Matched(Place place, List<NamedPath> patterns, List<Glob> excludes) implements Axis {

    /** A pattern; {@code written} is its text in the build file. */
    record NamedPath(String written, PathPattern match) {}

    @Override
    public List<String> names() {
      return patterns.getFirst().match.names();
    }

    /**
     * Returns the values of a path in the order of the names, even if a {@code !} excludes it; null
     * if the pattern does not fit it.
     */
    List<String> values(NamedPath pattern, String path) {
      List<String> values = pattern.match.values(path);
      List<String> own = pattern.match.names();
      return values == null || own.equals(names())
          ? values
          : names().stream().map(name -> values.get(own.indexOf(name))).toList();
    }
  }

  /** The rows of a table among the vars; all their names are known. */
  record OfVar(Place place, List<String> key, AxisRows rows) implements Axis {
    @Override
    public List<String> names() {
      return rows.names();
    }
  }

  /** Rows of another axis in batches: each name has a list of {@code size} values. */
  record Batched(Place place, Axis of, int size) implements Axis {
    @Override
    public List<String> names() {
      return Stream.concat(Stream.of(BATCH), of.names().stream()).toList();
    }
  }

  /**
   * Values that depend on those of other parameters.
   *
   * @param on the names of these parameters
   * @param outline the axis with wildcards for their values
   * @param read reads the axis for an instance with their values
   */
  record Depending(
      Place place, Set<String> on, Axis outline, Function<Map<String, Value>, Axis> read)
      implements Axis {}

  /**
   * Axes of {@code mode: pairs}: each two different values of the two parameters that have the same
   * values.
   */
  record Pairs(Place place, List<Axis> axes) implements Axis {}

  /** Axes of {@code mode: zip}: their rows are joined one to one, in order. */
  record Zip(Place place, List<Axis> axes) implements Axis {}

  /**
   * Values that are used together: the one value of a parameter, or one row of a table.
   *
   * @param values in the order of the names of their parameters
   * @param place where the values are written, for messages
   * @param files the files that the values come from; the instance needs them
   */
  record Row(List<Value> values, Place place, List<Item> files) {

    /** Creates the row of one text. */
    static Row of(String text, Place place) {
      return new Row(List.of(new Value.OfText(text)), place, List.of());
    }

    static Row joined(List<Row> rows) {
      if (rows.size() == 1) {
        return rows.getFirst();
      }
      List<Value> values = new ArrayList<>();
      List<Item> files = new ArrayList<>(0);
      for (Row row : rows) {
        values.addAll(row.values);
        files.addAll(row.files);
      }
      return new Row(List.copyOf(values), rows.getFirst().place, List.copyOf(files));
    }
  }
}
