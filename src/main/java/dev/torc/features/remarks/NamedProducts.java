package dev.torc.features.remarks;

import dev.torc.base.syntax.NaturalOrder;
import dev.torc.core.model.InstanceName;
import dev.torc.core.model.Job;
import dev.torc.core.model.Job.Item;
import dev.torc.core.model.Ref;
import dev.torc.core.model.Template;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * Says in which order the files come if a command takes all named products of a job at once: they
 * come by path, whatever their names are.
 */
final class NamedProducts {

  private NamedProducts() {}

  static void of(RemarkedJob of) {
    List<Item> needs = of.job().links().needs().stream().filter(Item::isWanted).toList();
    for (int i = 0; i < needs.size(); i++) {
      for (Ref ref : needs.get(i).refs()) {
        if (ref instanceof Ref.OfJob need
            && need.product() == null
            && takes(of.job(), i, needs.get(i).name())) {
          of(of, need);
        }
      }
    }
  }

  /** Returns whether a command has the files of a need, by its number, its name, or all. */
  private static boolean takes(Job job, int number, String name) {
    return job.runs().steps().stream()
        .flatMap(step -> step.templates().stream())
        .flatMap(Template::slots)
        .anyMatch(
            slot ->
                slot.name().equals("needs")
                    && (slot.member() == null
                        ? slot.index() < 0 || slot.index() == number
                        : slot.member().equals(name)));
  }

  private static void of(RemarkedJob of, Ref.OfJob need) {
    int[] makers = of.graph().nodesInNeed(need.job());
    if (makers == null || makers.length == 0 || !of.graph().isJob(makers[0])) {
      return;
    }
    TreeMap<String, String> byPath = new TreeMap<>(new NaturalOrder());
    List<String> names = new ArrayList<>();
    for (Item made : of.graph().job(makers[0]).links().produces()) {
      if (made.name() != null) {
        names.add(made.name());
        made.refs().forEach(ref -> byPath.put(ref.text(), made.name()));
      }
    }
    if (names.size() > 1) {
      List<String> order = new ArrayList<>();
      byPath.forEach((path, name) -> order.add(path + " (" + name + ")"));
      String group = InstanceName.parse(need.job()).group();
      String line =
          " takes all products of %s, by path: %s; write {job: %1$s, product: %s} for one";
      of.say(
          "products of " + group,
          line.formatted(need.job(), String.join(", ", order), names.getFirst()));
    }
  }
}
