package dev.torc.cluster;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is free on the nodes of an allocation, and where a script runs: the first that waits is the
 * first to be asked, on the node that has the least left for it, so that large ones find room. One
 * that fits nowhere now keeps the node that comes nearest, and those behind it go to others: so
 * neither do small ones starve it, nor does it hold up all of them. It starts nothing. Not for use
 * by several threads at once.
 */
final class AllocationRoom {

  /** Something that waits for room. */
  interface Wanted {
    SchedulerResources resources();
  }

  private final List<AllocationNode> nodes; // as a whole
  private final Map<String, AllocationNode> free = new HashMap<>();

  AllocationRoom(List<AllocationNode> nodes) {
    this.nodes = nodes;
    nodes.forEach(node -> free.put(node.name(), node));
  }

  /** Whether any node has room for it when nothing else runs. */
  boolean holds(SchedulerResources script) {
    return nodes.stream().anyMatch(node -> node.holds(script));
  }

  /** Whether Slurm counts memory there. */
  boolean countsMemory() {
    return nodes.stream().allMatch(node -> node.memory() < Long.MAX_VALUE);
  }

  boolean hasGpus() {
    return nodes.stream().anyMatch(node -> node.gpus() > 0);
  }

  /**
   * Takes room for those that can begin.
   *
   * @param waiting in their order
   * @return the names of their nodes
   */
  <T extends Wanted> Map<T, String> take(List<T> waiting) {
    Map<T, String> begin = new LinkedHashMap<>();
    Set<String> kept = new HashSet<>();
    for (T each : new ArrayList<>(waiting)) {
      SchedulerResources script = each.resources();
      AllocationNode best = null; // it fits there now
      AllocationNode near = null; // it would if others ended
      for (AllocationNode node : nodes) {
        AllocationNode left = free.get(node.name());
        if (kept.contains(node.name()) || !node.holds(script)) {
          continue;
        }
        if (left.holds(script)) {
          best = best == null || left.cpus() < best.cpus() ? left : best;
        } else if (near == null || share(left, script) > share(near, script)) {
          near = left;
        }
      }
      if (best != null) {
        free.put(best.name(), best.less(script));
        begin.put(each, best.name());
      } else if (near != null) {
        kept.add(near.name());
        if (kept.size() == nodes.size()) {
          break;
        }
      }
    }
    return begin;
  }

  /** How much of what a script wants a node has: 1 for all. */
  private static double share(AllocationNode left, SchedulerResources script) {
    double share = Math.min(1, (double) left.cpus() / script.cpus());
    if (script.memory() > 0) {
      share = Math.min(share, (double) left.memory() / script.memory());
    }
    return script.gpus() > 0 ? Math.min(share, (double) left.gpus() / script.gpus()) : share;
  }

  /** What a script took is free again. */
  void give(String node, SchedulerResources script) {
    free.compute(
        node,
        (_, left) ->
            left.less(
                new SchedulerResources(-script.cpus(), -script.memory(), -script.gpus(), 1, 0, 0)));
  }
}
