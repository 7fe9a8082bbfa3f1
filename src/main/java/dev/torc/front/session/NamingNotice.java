package dev.torc.front.session;

import dev.torc.base.syntax.BadInput.Diagnostic;
import dev.torc.base.syntax.Place;
import dev.torc.base.text.SafeText;
import dev.torc.core.decide.Plan;
import dev.torc.core.decide.Verdict;
import dev.torc.core.memory.Cache;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Group;
import dev.torc.core.model.InstanceName;
import dev.torc.core.model.Job;
import dev.torc.features.stores.FormerNames;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;

/**
 * Warns if the instances of a table are named by another number of columns than in the last build.
 * The warning has the rows that cause this, and says how to keep the names. A table with a {@code
 * key} gets none. {@link FormerNames} finds the results under the old names.
 */
public final class NamingNotice {

  /** How many instances of a group are looked at. */
  private static final int MOST = 100;

  private final Plan plan;
  private final Graph graph;
  private final Cache cache;
  private final FormerNames names;

  private NamingNotice(Plan plan, Cache cache) {
    this.plan = plan;
    this.graph = plan.context().graph();
    this.cache = cache;
    this.names = new FormerNames(graph.workflow(), cache);
  }

  /** Returns a warning for each group that has selected instances with new names. */
  public static List<Diagnostic> of(Plan plan, Cache cache) {
    List<Diagnostic> lines = new ArrayList<>(0);
    for (Group group : plan.context().graph().workflow().groups()) {
      if (group.sources().columns().fewest() && group.sources().columns().count() > 1) {
        new NamingNotice(plan, cache).add(group, lines);
      }
    }
    return lines;
  }

  private void add(Group group, List<Diagnostic> lines) {
    BitSet dirty = plan.selected(verdict -> !(verdict instanceof Verdict.UpToDate));
    int looked = 0;
    for (int id : dirty.isEmpty() ? new int[0] : graph.nodesOf(group.name())) {
      if (dirty.get(id) && graph.isJob(id) && looked++ < MOST) {
        Job job = graph.job(id);
        List<InstanceName> former = cache.hasRun(job.name()) ? List.of() : names.names(job);
        if (!former.isEmpty()) {
          lines.add(line(group, job, former.getFirst()));
          return;
        }
      }
    }
  }

  private Diagnostic line(Group group, Job job, InstanceName former) {
    List<String> columns = group.parameters().subList(0, group.sources().columns().count());
    List<String> now = among(columns, job.namedBy().keySet());
    List<String> then = among(columns, former.values().keySet());
    List<Place> alike = group.sources().columns().alike();
    String was = SafeText.name(job.name()) + " was " + SafeText.name(former.toString());
    if (now.size() > then.size()) {
      return new Diagnostic(
          alike.getLast(),
          "this row and %s are equal in %s, so the jobs of %s are named by %s (%s); write another value, or keep the longer names with key: [%s]"
              .formatted(alike.getFirst(), words(then), group.name(), words(now), was, words(now)));
    }
    String gone = gone(group, job, former);
    return new Diagnostic(
        group.place(),
        "%sno two rows are equal in %s, so the jobs of %s are named by that alone (%s); to keep the longer names, write key: [%s]"
            .formatted(gone, words(now), group.name(), was, words(then)));
  }

  /** Returns the columns that are in a name, in the order of the table. */
  private static List<String> among(List<String> columns, Set<String> named) {
    return columns.stream().filter(named::contains).toList();
  }

  private static String words(List<String> names) {
    return SafeText.names(names, 20);
  }

  /**
   * Names an instance whose row was removed and that needed the longer name; returns an empty text
   * if there is none.
   */
  private String gone(Group group, Job job, InstanceName former) {
    List<String> found = new ArrayList<>(0);
    cache.eachResult(
        (name, _) -> {
          InstanceName other = InstanceName.parse(name);
          if (found.isEmpty()
              && other.group().equals(group.name())
              && !other.equals(former)
              && other.values().keySet().equals(former.values().keySet())
              && other.values().entrySet().containsAll(job.namedBy().entrySet())) {
            found.add("without the row of " + SafeText.name(name) + ", ");
          }
        });
    return found.isEmpty() ? "" : found.getFirst();
  }
}
