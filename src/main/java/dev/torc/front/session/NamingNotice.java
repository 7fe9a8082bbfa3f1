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
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Warns if the instances of a table without a {@code key} are named by another number of leading
 * columns than in earlier builds, and names the {@code key} that keeps the longer names.
 */
public final class NamingNotice {

  /** How many instances of a group are looked at. */
  private static final int MOST = 100;

  private NamingNotice() {}

  /** Returns a warning for each group that has selected instances with new names. */
  public static List<Diagnostic> of(Plan plan, Cache cache) {
    Graph graph = plan.context().graph();
    List<Diagnostic> lines = new ArrayList<>(0);
    for (Group group : graph.workflow().groups()) {
      if (group.sources().columns().fewest() && group.sources().columns().count() > 1) {
        BitSet dirty = plan.selected(verdict -> !(verdict instanceof Verdict.UpToDate));
        Diagnostic line = null;
        int looked = 0;
        for (int id : dirty.isEmpty() ? new int[0] : graph.nodesOf(group.name())) {
          if (line == null && dirty.get(id) && graph.isJob(id) && looked++ < MOST) {
            line = cache.hasRun(graph.name(id)) ? null : line(group, graph.job(id), cache);
          }
        }
        if (line != null) {
          lines.add(line);
        }
      }
    }
    return lines;
  }

  /** Returns the warning if a job has a record under a name with fewer or more columns. */
  private static Diagnostic line(Group group, Job job, Cache cache) {
    List<String> columns = group.parameters().subList(0, group.sources().columns().count());
    List<String> now = columns.stream().filter(job.namedBy()::containsKey).toList();
    for (int n = 1; n <= columns.size(); n++) {
      List<String> then = columns.subList(0, n);
      SortedMap<String, String> values = new TreeMap<>(job.parameters());
      values.keySet().removeIf(key -> columns.contains(key) && !then.contains(key));
      String former = new InstanceName(group.name(), values).toString();
      if (n != now.size() && cache.hasRun(former)) {
        List<Place> alike = group.sources().columns().alike();
        String was = " (%s was %s)".formatted(SafeText.name(job.name()), SafeText.name(former));
        return now.size() > n
            ? new Diagnostic(
                alike.getLast(),
                "this row and %s are equal in %s, so the jobs of %s are named by %s%s; write another value, or keep the longer names with key: [%s]"
                    .formatted(
                        alike.getFirst(), words(then), group.name(), words(now), was, words(now)))
            : new Diagnostic(
                group.place(),
                "no two rows are equal in %s, so the jobs of %s are named by that alone%s; to keep the longer names, write key: [%s]"
                    .formatted(words(now), group.name(), was, words(then)));
      }
    }
    return null;
  }

  private static String words(List<String> names) {
    return SafeText.names(names, 20);
  }
}
