package dev.torc.core.run;

import dev.torc.core.model.Job.Resources;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * The free resources of this machine and of the other nodes of an allocation. Each other node is a
 * pool of its own; counters are shared by all nodes. A job takes all its resources in one step, so
 * two jobs never wait for each other's resources (rule 12). {@link ReadyQueue} decides which job is
 * next.
 */
final class ResourcePool {

  final Map<String, Long> limits;
  private final Map<String, Long> free;
  private final NavigableSet<Integer> freeGpus = new TreeSet<>();
  private final Map<String, ResourcePool> nodes = new LinkedHashMap<>(); // the other nodes, by name
  private int early; // attempts that gave everything back and have not ended

  ResourcePool(Map<String, Long> limits, Map<String, Map<String, Long>> nodes) {
    this(limits);
    nodes.forEach((name, own) -> this.nodes.put(name, new ResourcePool(own)));
  }

  ResourcePool(Map<String, Long> limits) {
    this.limits = Map.copyOf(limits);
    this.free = new HashMap<>(limits);
    for (int gpu = 0; gpu < limits.getOrDefault(Resources.GPUS, 0L); gpu++) {
      freeGpus.add(gpu);
    }
  }

  boolean isFull() {
    return free(Resources.CPUS) == 0;
  }

  private long free(String resource) {
    return free.getOrDefault(resource, 0L);
  }

  boolean fits(ResourceDemand demand) {
    return holds(free, demand) || node(demand) != null;
  }

  private static boolean holds(Map<String, Long> there, ResourceDemand demand) {
    for (Map.Entry<String, Long> wanted : demand.amounts().entrySet()) {
      if (there.getOrDefault(wanted.getKey(), 0L) < wanted.getValue()) {
        return false;
      }
    }
    return true;
  }

  /** Returns the other node with the fewest free cpus that can meet a demand, or null. */
  private String node(ResourceDemand demand) {
    if (nodes.isEmpty() || !demand.moves() || !holds(free, demand.ofAll())) {
      return null;
    }
    ResourceDemand own = demand.ofNode();
    return nodes.keySet().stream()
        .filter(name -> holds(nodes.get(name).free, own))
        .min(Comparator.comparingLong(name -> nodes.get(name).free(Resources.CPUS)))
        .orElse(null);
  }

  /**
   * Returns whether {@code waiting}, which does not fit now, would wait longer if {@code demand}
   * were taken. It would not if enough of each common resource is left, or if the node that meets
   * {@code demand} could never meet {@code waiting}.
   */
  boolean delays(ResourceDemand demand, ResourceDemand waiting) {
    if (holds(free, demand)) {
      return delaysHere(demand.ofAll(), waiting.ofAll())
          || holds(limits, waiting) && delaysHere(demand, waiting);
    }
    ResourcePool node = nodes.get(node(demand));
    ResourceDemand own = waiting.ofNode();
    return delaysHere(demand.ofAll(), waiting.ofAll())
        || waiting.moves() && holds(node.limits, own) && node.delaysHere(demand.ofNode(), own);
  }

  private boolean delaysHere(ResourceDemand demand, ResourceDemand waiting) {
    for (Map.Entry<String, Long> wanted : waiting.amounts().entrySet()) {
      long amount = demand.of(wanted.getKey());
      if (amount > 0 && free(wanted.getKey()) - amount < wanted.getValue()) {
        return true;
      }
    }
    return false;
  }

  Taken take(ResourceDemand demand) {
    if (!holds(free, demand)) {
      String node = node(demand);
      take(demand.ofAll());
      return new Taken(node, nodes.get(node).take(demand.ofNode()).gpus());
    }
    demand.amounts().forEach((resource, amount) -> free.merge(resource, -amount, Long::sum));
    List<Integer> gpus = new ArrayList<>();
    for (long i = 0; i < demand.of(Resources.GPUS); i++) {
      gpus.add(freeGpus.pollFirst());
    }
    return new Taken(null, gpus);
  }

  /**
   * Gives back the resources of an attempt before its end, because its processes are gone; returns
   * whether it did. At most as many attempts as there are cpus may do so at a time, since torc
   * itself still needs a cpu for each.
   */
  boolean giveEarly(JobAttempts attempts) {
    if (early >= Math.max(1, limits.getOrDefault(Resources.CPUS, 1L))) {
      return false;
    }
    early++;
    attempts.release();
    give(attempts.demand(), attempts.taken());
    return true;
  }

  /** Returns how many attempts gave everything back and have not ended. */
  int early() {
    return early;
  }

  /** Gives back the resources of an attempt that has ended, unless {@link #giveEarly} did. */
  void give(JobAttempts attempts) {
    if (attempts.released()) {
      early--;
    } else {
      give(attempts.demand(), attempts.taken());
    }
  }

  void give(ResourceDemand demand, Taken taken) {
    if (taken.node() != null) {
      nodes.get(taken.node()).give(demand.ofNode(), new Taken(null, taken.gpus()));
      give(demand.ofAll(), new Taken(null, List.of()));
      return;
    }
    demand.amounts().forEach((resource, amount) -> free.merge(resource, amount, Long::sum));
    freeGpus.addAll(taken.gpus());
  }
}
