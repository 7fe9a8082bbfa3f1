package dev.torc.features.groups;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.Place;
import dev.torc.base.syntax.Problems;
import dev.torc.base.text.Refusal;
import dev.torc.core.model.Group;
import dev.torc.core.model.Ref;
import dev.torc.features.groups.Axis.Row;
import dev.torc.features.reading.OtherValues;
import dev.torc.features.reading.RowValues;
import dev.torc.features.reading.Value;
import dev.torc.features.reading.Vars;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** The values of a group, axis by axis; {@link AxisValues} finds them. */
final class GroupValues {

  final List<String> names = new ArrayList<>();

  /** The names whose values are not part of an instance's name. */
  final Set<String> columns = new TreeSet<>();

  /** The rows of each axis so far. */
  final List<List<Row>> rows = new ArrayList<>();

  /** The jobs whose results decide about more rows. Unless it is empty, the rows are incomplete. */
  final SortedSet<String> awaits = new TreeSet<>();

  /** What those results may add; empty if the rows so far give no instances yet. */
  final List<Group.Growing> growing = new ArrayList<>(0);

  final List<BadInput.Diagnostic> warnings = new ArrayList<>(0);

  /** Why an axis has no values, with its place, for a message; otherwise empty. */
  String nothing = "";

  /** Whether neither a result nor a file can change the values. */
  boolean lasting = true;

  /** Whether results decided the values. */
  boolean byResults;

  private final Unit.Many group;
  private int ofTable;
  private boolean tabled;
  private boolean keyed; // whether the build file says which names are in an instance's name
  private List<Place> alike = List.of();
  private boolean waits;
  private OtherValues others; // null until it is asked for
  private final List<AxisRows> found = new ArrayList<>();

  /** Gathers the values of all axes; errors are added to the problems. */
  GroupValues(
      Unit.Many group,
      List<AxisValues> axes,
      DependingValues.Reading reading,
      Vars vars,
      Problems problems) {
    this.group = group;
    List<Axis.Depending> later = new ArrayList<>(0);
    for (AxisValues axis : axes) {
      if (axis.axis instanceof Axis.Depending depending) {
        later.add(depending);
      } else {
        AxisRows values = rows(axis, problems);
        if (values != null) {
          if (axis.axis.isTable()) {
            tabled = true;
            keyed = AxisReader.hasKey(axis.axis);
            ofTable = found.stream().mapToInt(each -> each.names().size()).sum();
            ofTable += values.names().size();
            alike = values.alike();
          }
          found.add(values);
        }
      }
    }
    if (problems.isEmpty() && !waits) {
      new DependingValues(found, reading).add(later, axis -> rows(axis, problems), problems);
    }
    for (AxisRows values : found) {
      names.addAll(values.names());
      columns.addAll(values.columns());
      rows.add(values.rows());
      warnings.addAll(values.warnings());
    }
    if (waits) {
      growing.clear();
    }
    if (problems.isEmpty() && !waits) {
      problems.guard(() -> group.rules().check(group.name(), names));
    }
    if (!group.rules().key().isEmpty()) {
      columns.clear();
      columns.addAll(names);
      group.rules().key().forEach(columns::remove);
      alike = List.of();
    }
    keyed |= !group.rules().key().isEmpty();
    if (tabled) {
      checkNames(vars, problems);
    }
  }

  /** Returns the products of the instances that are still to come, with wildcards. */
  List<Ref> coming(Unit.Many group, UnitMakers makers) {
    Set<Map<String, String>> known = new LinkedHashSet<>();
    growing.forEach(each -> each.made().forEach(made -> known.add(each.known(made))));
    return known.isEmpty() || known.contains(Map.<String, String>of())
        ? group.job().productRefs()
        : known.stream().flatMap(some -> makers.products(group, some).stream()).distinct().toList();
  }

  /** Returns the rows of an axis and notes what is known of them; null after an error. */
  private AxisRows rows(AxisValues axis, Problems problems) {
    AxisRows values = null;
    try {
      values = axis.findRows();
      BadInput.Diagnostic none = axis.facts().none();
      nothing = nothing.isEmpty() && none != null ? none.toString() : nothing;
      if (values.rows().isEmpty() && !axis.mayBeEmpty()) {
        String message = "no values, so " + group.name() + " has no instances";
        String instead = none == null ? "" : ": " + none.message();
        warnings.add(new BadInput.Diagnostic(axis.axis.place(), message + instead));
      }
    } catch (BadInput e) {
      problems.add(e);
    } catch (IOException e) {
      problems.add(axis.axis.place(), Refusal.line(e));
      byResults = true; // so that only this group fails, as if a result were wrong
    }
    AxisValues.AxisFacts known = axis.facts();
    awaits.addAll(known.awaits());
    waits |= known.waits();
    lasting &= known.lasting();
    byResults |= known.byResults();
    growing.addAll(known.growing());
    return values;
  }

  /** Returns the values of a row. Refuses a list or map in a column that names the instance. */
  RowValues valuesOf(Row row) {
    Map<String, String> naming = new TreeMap<>();
    Map<String, Value> others = new TreeMap<>();
    for (int n = 0; n < names.size(); n++) {
      Value value = row.values().get(n);
      if (columns.contains(names.get(n))) {
        others.put(names.get(n), value);
      } else if (value.text() == null) {
        throw new BadInput(
            row.place(),
            "%s is %s, and an instance is named by texts; name its columns by key"
                .formatted(names.get(n), value.shape()));
      } else {
        naming.put(names.get(n), value.text());
      }
    }
    return new RowValues(naming, others, others());
  }

  /** Returns what placeholders may ask about the values of the group's other instances. */
  OtherValues others() {
    if (others == null) {
      others = new OtherValues(this::texts);
    }
    return others;
  }

  /** Returns the values of a name in all rows of its axis; a list or map is null. */
  private List<String> texts(String name) {
    int at = names.indexOf(name);
    for (List<Row> axis : at < 0 ? List.<List<Row>>of() : rows) {
      int size = axis.isEmpty() ? 0 : axis.getFirst().values().size();
      if (at < size) {
        int column = at;
        return axis.stream().map(row -> row.values().get(column).text()).toList();
      }
      at -= size;
    }
    return List.of();
  }

  /** Checks the names that come from a file. */
  private void checkNames(Vars vars, Problems problems) {
    Set<String> seen = new TreeSet<>();
    for (String name : names) {
      problems.guard(
          () -> {
            if (columns.contains(name)) {
              AxisReader.checkColumn(name, vars, group.entry().place());
            } else {
              AxisReader.checkName(name, vars, group.entry().place());
            }
            if (!seen.add(name)) {
              throw new BadInput(group.entry().place(), "a second parameter " + name);
            }
          });
    }
  }

  /** Returns which names are columns of a table, which are the first ones. */
  Group.Columns ofTable() {
    return new Group.Columns(ofTable, tabled && !keyed, alike);
  }
}
