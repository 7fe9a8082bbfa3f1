package dev.torc.buildfile;

import dev.torc.buildfile.RowPlaces.Row;
import dev.torc.syntax.Glob;
import dev.torc.syntax.Place;
import java.util.List;

/**
 * One source of values of a group, as written: the instances are the product of all its axes.
 * {@code AxisValues} finds out which values there are.
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

  /** The lines of a file. */
  record Lines(Place place, String name, String path) implements OfOne {}

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
   * @param columns those that count; empty for all
   * @param key those that name an instance; empty for all that count
   */
  record Table(Place place, String path, List<String> columns, List<String> key) implements Axis {
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
}
