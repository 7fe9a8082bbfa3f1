package dev.torc.features.groups;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.Problems;
import dev.torc.features.groups.Axis.Row;
import dev.torc.features.reading.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Adds the parameters whose values depend on those of others, {@code chr: {var: "species[sp]"}}, to
 * the rows of a group, whatever their order in the build file: the axes on which one depends become
 * one, whose rows have its values.
 */
final class DependingValues {

  /** Reads the values of an axis in this group. */
  interface Reading {
    AxisValues of(Axis axis);
  }

  private final List<AxisRows> found;
  private final Reading reading;

  DependingValues(List<AxisRows> found, Reading reading) {
    this.found = found;
    this.reading = reading;
  }

  /** Adds all axes; {@code rows} returns the rows of one, or null after an error. */
  void add(List<Axis.Depending> axes, Function<AxisValues, AxisRows> rows, Problems problems) {
    List<Axis.Depending> left = new ArrayList<>(axes);
    while (!left.isEmpty() && problems.isEmpty()) {
      Set<String> later = new HashSet<>();
      left.forEach(each -> later.addAll(each.names()));
      Axis.Depending next =
          left.stream().filter(each -> disjoint(each.on(), later)).findFirst().orElse(null);
      if (next == null) {
        String names =
            left.stream().map(each -> each.names().getLast()).collect(Collectors.joining(" and "));
        problems.add(left.getFirst().place(), "the values of " + names + " depend on each other");
      } else {
        left.remove(next);
        join(next, rows, problems);
      }
    }
  }

  private static boolean disjoint(Set<String> some, Set<String> others) {
    return some.stream().noneMatch(others::contains);
  }

  private void join(Axis.Depending next, Function<AxisValues, AxisRows> rows, Problems problems) {
    List<AxisRows> on =
        found.stream().filter(each -> !disjoint(next.on(), Set.copyOf(each.names()))).toList();
    List<String> names = new ArrayList<>();
    Set<String> columns = new TreeSet<>();
    List<Row> combined = List.of(new Row(List.of(), next.place(), List.of()));
    for (AxisRows each : on) {
      names.addAll(each.names());
      columns.addAll(each.columns());
      combined = product(combined, each.rows());
    }
    List<Row> all = new ArrayList<>();
    Set<BadInput.Diagnostic> warnings = new LinkedHashSet<>();
    Map<String, Value> values = new HashMap<>();
    List<String> more = next.names();
    for (Row row : combined) {
      for (int i = 0; i < names.size(); i++) {
        values.put(names.get(i), row.values().get(i));
      }
      problems.guard(
          () -> {
            AxisRows found = rows.apply(reading.of(next.read().apply(values)));
            if (found != null) {
              all.addAll(product(List.of(row), found.rows()));
              columns.addAll(found.columns());
              warnings.addAll(found.warnings());
            }
          });
      if (!problems.isEmpty()) {
        return;
      }
    }
    names.addAll(more);
    int at = on.isEmpty() ? found.size() : found.indexOf(on.getFirst());
    found.removeAll(on);
    found.add(at, new AxisRows(names, columns, all, List.of(), List.copyOf(warnings)));
  }

  private static List<Row> product(List<Row> some, List<Row> others) {
    List<Row> all = new ArrayList<>(some.size() * others.size());
    for (Row one : some) {
      for (Row other : others) {
        all.add(one.values().isEmpty() ? other : Row.joined(List.of(one, other)));
      }
    }
    return all;
  }
}
