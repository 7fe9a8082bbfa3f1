package dev.torc.core.queue;

import dev.torc.core.model.Job.Resources;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The free resources of this machine and of the other nodes of an allocation. Each other node is a
 * pool of its own; counters are shared by all nodes. A job takes all its resources in one step, so
 * two jobs never wait for each other's resources (rule 12). {@link ReadyQueue} decides which job is
 * next.
 */
public final class ResourcePool {

  private final Map<String, Long> limits;
  private final Map<String, Long> free;
  private final Gpus gpus;
  private final Map<String, ResourcePool> nodes = new LinkedHashMap<>(); // the other nodes, by name
  private int early; // attempts that gave everything back and have not ended

  public ResourcePool(Map<String, Long> limits, Map<String, Map<String, Long>> nodes) {
    this(limits);
    nodes.forEach((name, own) -> this.nodes.put(name, new ResourcePool(own)));
  }

  ResourcePool(Map<String, Long> limits) {
    this.limits = Map.copyOf(limits);
    this.free = new HashMap<>(limits);
    this.gpus = new Gpus(limits);
    free.put(Resources.GPUS, gpus.shares()); // a bound: a job counts one share of each of its GPUs
  }

  boolean isFull() {
    return free(Resources.CPUS) == 0;
  }

  private long free(String resource) {
    return free.getOrDefault(resource, 0L);
  }

  boolean fits(ResourceDemand demand) {
    return fitsHere(demand) || node(demand) != null;
  }

  private boolean fitsHere(ResourceDemand demand) {
    return holds(free, demand) && gpus.fits(demand);
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
        .filter(name -> nodes.get(name).fitsHere(own))
        .min(Comparator.comparingLong(name -> nodes.get(name).free(Resources.CPUS)))
        .orElse(null);
  }

  /**
   * Returns whether {@code waiting}, which does not fit now, would wait longer if {@code demand}
   * were taken. It would not if enough of each common resource is left, or if the node that meets
   * {@code demand} could never meet {@code waiting}.
   */
  boolean delays(ResourceDemand demand, ResourceDemand waiting) {
    if (fitsHere(demand)) {
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
    return gpus.delays(demand, waiting);
  }

  /** Takes what fits; the caller has asked {@link #fits}. */
  public Taken take(ResourceDemand demand) {
    if (!fitsHere(demand)) {
      String node = node(demand);
      take(demand.ofAll());
      return new Taken(node, nodes.get(node).take(demand.ofNode()).gpus());
    }
    demand.amounts().forEach((resource, amount) -> free.merge(resource, -amount, Long::sum));
    return new Taken(null, gpus.take(demand));
  }

  /**
   * Gives back the resources of an attempt before its end, because its processes are gone; returns
   * whether it did. At most as many attempts as there are cpus may do so at a time, since torc
   * itself still needs a cpu for each.
   */
  public boolean giveEarly(ResourceDemand demand, Taken taken) {
    if (early >= Math.max(1, limits.getOrDefault(Resources.CPUS, 1L))) {
      return false;
    }
    early++;
    give(demand, taken);
    return true;
  }

  /** Returns how many attempts gave everything back and have not ended. */
  public int early() {
    return early;
  }

  /** Notes the end of an attempt that gave its resources back by {@link #giveEarly}. */
  public void endEarly() {
    early--;
  }

  /** Gives back what an attempt took. */
  public void give(ResourceDemand demand, Taken taken) {
    if (taken.node() != null) {
      nodes.get(taken.node()).give(demand.ofNode(), new Taken(null, taken.gpus()));
      give(demand.ofAll(), new Taken(null, List.of()));
      return;
    }
    demand.amounts().forEach((resource, amount) -> free.merge(resource, amount, Long::sum));
    gpus.give(demand, taken.gpus());
  }

  /**
   * The free shares of the GPUs of one machine. A whole GPU is given only while nothing else uses
   * it, and a share never spans two. The memory of a GPU is not divided.
   */
  private static final class Gpus {

    private final long each; // shares of a GPU
    private final long[] free; // shares, by the number of the GPU

    Gpus(Map<String, Long> limits) {
      each = limits.getOrDefault(Resources.GPU_SHARES, 1L);
      free = new long[Math.toIntExact(limits.getOrDefault(Resources.GPUS, 0L))];
      Arrays.fill(free, each);
    }

    /** Returns the number of all shares. */
    long shares() {
      return each * free.length;
    }

    boolean fits(ResourceDemand demand) {
      return find(demand).size() == demand.of(Resources.GPUS);
    }

    /** Takes GPUs for a demand that fits; returns their numbers. */
    List<Integer> take(ResourceDemand demand) {
      List<Integer> found = find(demand);
      found.forEach(gpu -> free[gpu] -= shares(demand));
      return found;
    }

    void give(ResourceDemand demand, List<Integer> gpus) {
      gpus.forEach(gpu -> free[gpu] += shares(demand));
    }

    /** Returns whether {@code waiting} does not fit beside a demand that fits. */
    boolean delays(ResourceDemand demand, ResourceDemand waiting) {
      if (demand.of(Resources.GPUS) == 0 || waiting.of(Resources.GPUS) == 0) {
        return false;
      }
      List<Integer> taken = take(demand);
      boolean delays = !fits(waiting);
      give(demand, taken);
      return delays;
    }

    /** Returns the GPUs that a demand would get, the fullest first; fewer if it does not fit. */
    private List<Integer> find(ResourceDemand demand) {
      long wanted = demand.of(Resources.GPUS);
      List<Integer> found = new ArrayList<>(0);
      if (wanted > 0) {
        for (int gpu = 0; gpu < free.length; gpu++) {
          if (free[gpu] >= shares(demand)) {
            found.add(gpu);
          }
        }
        found.sort(Comparator.comparingLong(gpu -> free[gpu]));
      }
      return found.size() <= wanted ? found : found.subList(0, (int) wanted);
    }

    /** Returns how many shares a demand takes of each of its GPUs. */
    private long shares(ResourceDemand demand) {
      return demand.share() == 0 ? each : Resources.shares(demand.share(), each);
    }
  }
}
