package dev.torc.buildfile;

import dev.torc.buildfile.RowPlaces.Row;
import dev.torc.buildfile.VariableReader.Vars;
import dev.torc.syntax.BadInput;
import dev.torc.syntax.Problems;
import dev.torc.text.Refusal;
import dev.torc.workflow.Group;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The values of a group, axis by axis; {@link AxisValues} finds them.
 *
 * @param names of all values
 * @param columns those of the names that are no parameters: they name no instance
 * @param rows of each axis so far; the values of a row are those of the axis' names
 * @param awaits whose results decide; with any, the rows are incomplete
 * @param growing what those results may add, where the rows so far have instances already
 * @param lasting whether no result can change the values
 * @param byResults whether results had a say
 * @param nothing what is there where sources should give values and give none, with its place; else
 *     empty
 * @param warnings what is accepted but looks wrong
 */
record GroupValues(
    List<String> names,
    Set<String> columns,
    List<List<Row>> rows,
    SortedSet<String> awaits,
    List<Group.Growing> growing,
    boolean lasting,
    boolean byResults,
    String nothing,
    List<BadInput.Diagnostic> warnings) {

  /** The values of a group; what is wrong is noted. */
  static GroupValues of(Unit.Many group, List<AxisValues> axes, Vars vars, Problems problems) {
    List<String> names = new ArrayList<>();
    Set<String> columns = new TreeSet<>();
    List<List<Row>> rows = new ArrayList<>();
    SortedSet<String> awaits = new TreeSet<>();
    List<Group.Growing> growing = new ArrayList<>(0);
    List<BadInput.Diagnostic> warnings = new ArrayList<>(0);
    String nothing = "";
    boolean waits = false;
    boolean lasting = true;
    boolean byResults = false;
    for (AxisValues axis : axes) {
      try {
        AxisRows values = axis.look();
        names.addAll(values.names());
        columns.addAll(values.columns());
        rows.add(values.rows());
        BadInput.Diagnostic there = axis.there();
        nothing = nothing.isEmpty() && there != null ? there.toString() : nothing;
        if (values.rows().isEmpty() && !axis.mayBeEmpty()) {
          String message = "no values, so " + group.name() + " has no instances";
          String instead = there == null ? "" : ": " + there.message();
          warnings.add(new BadInput.Diagnostic(axis.axis().place(), message + instead));
        }
      } catch (BadInput e) {
        problems.add(e);
      } catch (IOException e) {
        problems.add(axis.axis().place(), Refusal.line(e));
        byResults = true; // of this group alone, as where a result is wrong
      }
      awaits.addAll(axis.awaits());
      waits |= axis.waits();
      lasting &= axis.lasting();
      byResults |= axis.byResults();
      if (axis.growing() != null) {
        growing.add(axis.growing());
      }
    }
    if (group.axes().stream().anyMatch(axis -> axis.names().isEmpty()) || !columns.isEmpty()) {
      checkNames(group, names, columns, vars, problems);
    }
    return new GroupValues(
        List.copyOf(names),
        columns,
        rows,
        awaits,
        waits ? List.of() : List.copyOf(growing),
        lasting,
        byResults,
        nothing,
        warnings);
  }

  /** Checks names that only a file told. */
  private static void checkNames(
      Unit.Many group, List<String> names, Set<String> columns, Vars vars, Problems problems) {
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

  /** The names of the parameters. */
  List<String> parameters() {
    return names.stream().filter(name -> !columns.contains(name)).toList();
  }
}
