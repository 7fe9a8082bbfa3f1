package dev.torc.features.remarks;

import dev.torc.base.text.SafeText;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Group;
import dev.torc.core.model.Job;
import dev.torc.core.model.NeedList;
import dev.torc.core.model.Ref;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Finds jobs that need a table and the products of the group made from it, in two orders. If the
 * command puts them side by side, the samples get wrong labels; torc cannot know whether it does.
 */
final class SheetOrder {

  private SheetOrder() {}

  /** Says which needed products are in another order than a needed table. */
  static void besideTables(RemarkedJob of) {
    Graph graph = of.graph();
    for (Group group : graph.workflow().groups()) {
      if (group.sources().tables().isEmpty()) {
        continue;
      }
      List<NeedList> lists =
          IntStream.of(graph.listNeeds().row(of.id())).mapToObj(graph::list).toList();
      String table = table(graph, of.id(), lists, group);
      for (NeedList list : table == null ? List.<NeedList>of() : lists) {
        if (!list.rows() && isOf(graph, list, group)) {
          say(of, list, group, table);
        }
      }
    }
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

  private static void say(RemarkedJob of, NeedList list, Group group, String table) {
    String name = list.ofJobs() ? list.text() : group.name();
    for (Ref ref : of.job().needRefs()) {
      if (ref.text().equals(list.written())) {
        String line =
            "job %s needs %s and, in natural order, the products of %s; for the order of the rows"
                + " write {job: %s, order: rows}";
        Job job = of.job();
        String who = SafeText.name(job.group() == null ? job.name() : job.group());
        String text = line.formatted(who, SafeText.name(table), SafeText.name(name), name);
        of.say("rows", ref.place(), text);
      }
    }
  }
}
