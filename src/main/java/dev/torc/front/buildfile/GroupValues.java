package dev.torc.front.buildfile;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.Place;
import dev.torc.base.syntax.Problems;
import dev.torc.base.text.Refusal;
import dev.torc.core.model.Group;
import dev.torc.core.model.Ref;
import dev.torc.front.buildfile.Axis.Row;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
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

  private Axis.Table table; // null for none
  private int ofTable;
  private boolean keyed; // whether the build file says which names are in an instance's name
  private List<Place> alike = List.of();

  /** Gathers the values of all axes; errors are added to the problems. */
  GroupValues(Unit.Many group, List<AxisValues> axes, Vars vars, Problems problems) {
    boolean waits = false;
    for (AxisValues axis : axes) {
      try {
        AxisRows values = axis.findRows();
        names.addAll(values.names());
        if (axis.axis instanceof Axis.Table read && !read.plain()) {
          table = read;
          ofTable = names.size();
          alike = values.alike();
        }
        columns.addAll(values.columns());
        rows.add(values.rows());
        warnings.addAll(values.warnings());
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
    keyed = !group.rules().key().isEmpty() || table != null && !table.key().isEmpty();
    if (table != null) {
      checkNames(group, vars, problems);
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

  /** Checks the names that come from a file. */
  private void checkNames(Unit.Many group, Vars vars, Problems problems) {
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
    return new Group.Columns(ofTable, table != null && !keyed, alike);
  }
}
