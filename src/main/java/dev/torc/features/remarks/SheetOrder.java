package dev.torc.features.remarks;

import dev.torc.base.syntax.BadInput.Diagnostic;
import dev.torc.base.syntax.Place;
import dev.torc.base.text.SafeText;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Group;
import dev.torc.core.model.Job;
import dev.torc.core.model.NeedList;
import dev.torc.core.model.Ref;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Finds jobs that need a table and the products of the group made from it, in two orders. If the
 * command puts them side by side, the samples get wrong labels; torc cannot know whether it does.
 */
public final class SheetOrder {

  private SheetOrder() {}

  /** Returns the warnings about needed products, one for each item of the build file. */
  public static Collection<Diagnostic> besideTables(Graph graph, int[] jobs) {
    Map<Place, Diagnostic> lines = new LinkedHashMap<>();
    List<Group> groups =
        graph.workflow().groups().stream().filter(g -> !g.sources().tables().isEmpty()).toList();
    for (int id : groups.isEmpty() ? new int[0] : jobs) {
      List<NeedList> lists = IntStream.of(graph.listNeeds().row(id)).mapToObj(graph::list).toList();
      for (Group group : groups) {
        String table = table(graph, id, lists, group);
        for (NeedList list : table == null ? List.<NeedList>of() : lists) {
          if (!list.rows() && isOf(graph, list, group)) {
            add(graph.job(id), list, group, table, lines);
          }
        }
      }
    }
    return lines.values();
  }

  /** Returns the file of a group's values that a job needs, directly or in a list; or null. */
  private static String table(Graph graph, int job, List<NeedList> lists, Group group) {
    return group.sources().tables().stream()
        .filter(
            path ->
                Arrays.stream(graph.needs().row(job)).anyMatch(f -> graph.path(f).equals(path))
                    || lists.stream().anyMatch(list -> list.covers(path) && !list.excludes(path)))
        .findFirst()
        .orElse(null);
  }

  /** Returns whether several instances of a group make members of a list. */
  private static boolean isOf(Graph graph, NeedList list, Group group) {
    return list.makers().stream()
            .filter(maker -> graph.isJob(maker) && group.name().equals(graph.job(maker).group()))
            .limit(2)
            .count()
        > 1;
  }

  private static void add(
      Job job, NeedList list, Group group, String table, Map<Place, Diagnostic> lines) {
    String name = list.ofJobs() ? list.text() : group.name();
    for (Ref ref : job.needRefs()) {
      if (ref.text().equals(list.written())) {
        String line =
            "job %s needs %s and, in natural order, the products of %s; for the order of the rows"
                + " write {job: %s, order: rows}";
        String who = SafeText.name(job.group() == null ? job.name() : job.group());
        lines.putIfAbsent(
            ref.place(),
            new Diagnostic(
                ref.place(), line.formatted(who, SafeText.name(table), SafeText.name(name), name)));
      }
    }
  }
}
