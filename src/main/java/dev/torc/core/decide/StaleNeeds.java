package dev.torc.core.decide;

import dev.torc.base.syntax.BadInput.Diagnostic;
import dev.torc.base.syntax.Place;
import dev.torc.base.text.SafeText;
import dev.torc.core.manifest.ToolSearch;
import dev.torc.core.memory.RecordedProduct.OwnedPath;
import dev.torc.core.model.Extra;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Group;
import dev.torc.core.model.Job;
import dev.torc.core.model.Job.Tool;
import dev.torc.core.model.Ref;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * Finds needs that are leftovers (rule 13): a fresh clone would not have them. Here are the errors
 * about needs by name, tools, and the tables and lines of groups; a need by the values of an
 * instance fails only that instance ({@link Decider}). {@link StaleFiles} says what a leftover is.
 */
record StaleNeeds(Graph graph, NeedContents contents, InstancePlaces rows, JobSelection selection) {

  /** Returns the errors of these jobs and of their groups. A job that stays has none. */
  List<Diagnostic> errors(BitSet jobs) {
    List<Diagnostic> errors = new ArrayList<>();
    StaleFiles stale = contents.stale();
    if (stale.undeclared().isEmpty()) {
      return errors;
    }
    for (Group group : graph.workflow().groups()) {
      for (String table : group.sources().tables()) {
        OwnedPath left = graph.makerOf(table) < 0 ? stale.at(table) : null;
        if (left != null && isSelected(group)) {
          String does = "group " + group.name() + " has its values from ";
          add(group.place(), does, table, left, errors);
        }
      }
    }
    BitSet due = (BitSet) jobs.clone();
    due.andNot(graph.having(Extra.STAYS));
    for (int j : graph.inOrder(due)) {
      addNeeds(graph.job(j), errors);
    }
    return errors;
  }

  private boolean isSelected(Group group) {
    return Arrays.stream(graph.nodesInNeed(group.name()))
        .anyMatch(node -> selection.jobs().get(node) || selection.open().get(node));
  }

  private void addNeeds(Job job, List<Diagnostic> errors) {
    StaleFiles stale = contents.stale();
    for (Ref ref : job.needRefs()) {
      if (ref instanceof Ref.OfFile file && !file.optional() && graph.makerOf(file.path()) < 0) {
        OwnedPath left = stale.at(file.path());
        if (left != null && !rows.isFromInstance(graph.workflow(), job, file.path())) {
          add(ref.place(), "job " + job.name() + " needs ", file.path(), left, errors);
        }
      }
    }
    for (Tool tool : ToolSearch.unmade(graph, job)) {
      String path = contents.path(job, tool);
      OwnedPath left = path == null ? null : stale.at(path);
      if (left != null) {
        String written = tool.isPath() ? path : tool.name();
        add(tool.place(), "job " + job.name() + " has the tool ", written, left, errors);
      }
    }
  }

  private static void add(
      Place place, String does, String written, OwnedPath left, List<Diagnostic> errors) {
    String real = written.equals(left.path()) ? "" : ", which is " + SafeText.name(left.path());
    String line = does + SafeText.name(written) + real + ", which " + StaleFiles.told(left);
    Diagnostic error = new Diagnostic(place, line);
    if (!errors.contains(error)) {
      errors.add(error);
    }
  }
}
