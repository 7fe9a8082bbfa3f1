package dev.torc.features.remarks;

import dev.torc.base.text.SafeText;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Group;
import dev.torc.core.model.NeedList;
import dev.torc.core.model.Ref;
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
      String table =
          group.sources().tables().stream()
              .filter(path -> graph.isNeeded(of.id(), path))
              .findFirst()
              .orElse(null);
      for (int id : table == null ? new int[0] : graph.listNeeds().row(of.id())) {
        NeedList list = graph.list(id);
        IntStream made = list.makers().stream().mapToInt(maker -> maker).filter(graph::isJob);
        long alike = made.filter(maker -> group.name().equals(graph.job(maker).group())).count();
        if (!list.rows() && alike > 1) {
          say(of, list, list.ofJobs() ? list.text() : group.name(), table);
        }
      }
    }
  }

  private static void say(RemarkedJob of, NeedList list, String name, String table) {
    String who = of.job().group() == null ? of.job().name() : of.job().group();
    String line =
        "job %s needs %s and, in natural order, the products of %s; for the order of the rows"
            + " write {job: %s, order: rows}";
    for (Ref ref : of.job().needRefs()) {
      if (ref.text().equals(list.written())) {
        of.say(
            "rows",
            ref.place(),
            line.formatted(SafeText.name(who), SafeText.name(table), SafeText.name(name), name));
      }
    }
  }
}
