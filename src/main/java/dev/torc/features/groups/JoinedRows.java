package dev.torc.features.groups;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.NaturalOrder;
import dev.torc.base.text.SafeText;
import dev.torc.core.model.Job.Item;
import dev.torc.features.groups.Axis.Row;
import dev.torc.features.reading.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Joins the rows of several axes to those of one: one to one ({@code zip}), each two different
 * values once ({@code pairs}), or the rows of one axis in batches. {@link AxisValues} finds the
 * rows; all other combinations are products.
 */
final class JoinedRows {

  private JoinedRows() {}

  static AxisRows zip(Axis.Zip zip, List<AxisRows> all) {
    AxisRows first = all.getFirst();
    for (AxisRows other : all) {
      if (other.rows().size() != first.rows().size()) {
        String counts = counted(first) + " and " + counted(other);
        throw new BadInput(zip.place(), "zip wants as many values of each, but " + counts);
      }
    }
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < first.rows().size(); i++) {
      int at = i;
      rows.add(Row.joined(all.stream().map(each -> each.rows().get(at)).toList()));
    }
    return of(zip.names(), Set.of(), rows, all);
  }

  private static String counted(AxisRows axis) {
    return axis.names().getFirst() + " has " + axis.rows().size();
  }

  /**
   * Pairs the values of the two axes that have the same ones; the values of other axes multiply the
   * pairs.
   */
  static AxisRows pairs(Axis.Pairs pairs, List<AxisRows> all) {
    Map<Set<String>, List<Integer>> alike = new LinkedHashMap<>();
    for (int i = 0; i < all.size(); i++) {
      Set<String> values = new TreeSet<>();
      all.get(i).rows().forEach(row -> values.add(row.values().getFirst().toString()));
      alike.computeIfAbsent(values, _ -> new ArrayList<>()).add(i);
    }
    List<List<Integer>> paired = alike.values().stream().filter(each -> each.size() > 1).toList();
    if (paired.size() != 1 || paired.getFirst().size() > 2) {
      String some =
          paired.isEmpty()
              ? "no two of " + SafeText.names(pairs.names(), 5)
              : paired.stream().mapToInt(List::size).sum() + " parameters";
      String why = "pairs wants two parameters with the same values, and %s have them";
      throw new BadInput(pairs.place(), why.formatted(some));
    }
    int one = paired.getFirst().getFirst();
    int other = paired.getFirst().getLast();
    List<Row> rows = new ArrayList<>();
    products(all, new Row[all.size()], 0, one, other, rows);
    return of(pairs.names(), Set.of(), rows, all);
  }

  private static void products(
      List<AxisRows> all, Row[] chosen, int at, int one, int other, List<Row> into) {
    if (at == chosen.length) {
      into.add(Row.joined(List.of(chosen)));
      return;
    }
    for (Row row : all.get(at).rows()) {
      chosen[at] = row;
      if (at != other || isBefore(chosen[one], row)) {
        products(all, chosen, at + 1, one, other, into);
      }
    }
  }

  private static boolean isBefore(Row one, Row other) {
    String a = one.values().getFirst().toString();
    return new NaturalOrder().compare(a, other.values().getFirst().toString()) < 0;
  }

  /** Joins each so many rows to one, in which each name has the list of their values. */
  static AxisRows batched(Axis.Batched batched, List<AxisRows> all) {
    AxisRows of = all.getFirst();
    of.refuseDoubles();
    List<String> names = new ArrayList<>(List.of(Axis.BATCH));
    names.addAll(of.names());
    List<Row> rows = new ArrayList<>();
    for (int from = 0; from < of.rows().size(); from += batched.size()) {
      List<Row> some = of.rows().subList(from, Math.min(of.rows().size(), from + batched.size()));
      List<Value> values = new ArrayList<>(names.size());
      values.add(new Value.OfText(Integer.toString(rows.size() + 1)));
      for (int i = 0; i < of.names().size(); i++) {
        List<Value> items = new ArrayList<>();
        for (Row row : some) {
          Value value = row.values().get(i);
          items.addAll(value instanceof Value.Items list ? list.items() : List.of(value));
        }
        values.add(new Value.Items(List.copyOf(items)));
      }
      List<Item> files = some.stream().flatMap(row -> row.files().stream()).toList();
      rows.add(new Row(List.copyOf(values), some.getFirst().place(), files));
    }
    return of(names, new LinkedHashSet<>(of.names()), rows, all);
  }

  private static AxisRows of(
      List<String> names, Set<String> columns, List<Row> rows, List<AxisRows> all) {
    List<BadInput.Diagnostic> warnings =
        all.stream().flatMap(each -> each.warnings().stream()).toList();
    return new AxisRows(names, columns, rows, List.of(), warnings);
  }
}
