package dev.torc.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * What is free of the machine's resources. Everything that a job takes is taken in one step, so two
 * jobs never wait for each other's part (rule 12). {@link ReadyQueue} decides which job takes next.
 */
final class ResourcePool {

  private final Map<String, Long> limits;
  private final Map<String, Long> free;
  private final NavigableSet<Integer> freeGpus = new TreeSet<>();
  private int early; // attempts that gave back before their end

  /** All of the limits are free at first. */
  ResourcePool(Map<String, Long> limits) {
    this.limits = Map.copyOf(limits);
    this.free = new HashMap<>(limits);
    for (int gpu = 0; gpu < limits.getOrDefault(ResourceDemand.GPUS, 0L); gpu++) {
      freeGpus.add(gpu);
    }
  }

  /** The limits by resource. */
  Map<String, Long> limits() {
    return limits;
  }

  /** How much is free of a resource. */
  long free(String resource) {
    return free.getOrDefault(resource, 0L);
  }

  /** Whether all of a demand is free now. */
  boolean fits(ResourceDemand demand) {
    for (Map.Entry<String, Long> wanted : demand.amounts().entrySet()) {
      if (free(wanted.getKey()) < wanted.getValue()) {
        return false;
      }
    }
    return true;
  }

  /**
   * Whether {@code demand} could be taken without making {@code waiting}, which does not fit now,
   * wait any longer: it takes nothing of what that one lacks, and leaves it what it has already.
   */
  boolean delays(ResourceDemand demand, ResourceDemand waiting) {
    for (Map.Entry<String, Long> wanted : waiting.amounts().entrySet()) {
      long amount = demand.of(wanted.getKey());
      if (amount > 0 && free(wanted.getKey()) - amount < wanted.getValue()) {
        return true;
      }
    }
    return false;
  }

  /** Takes a demand that fits; returns the numbers of the GPUs that it got. */
  List<Integer> take(ResourceDemand demand) {
    if (!fits(demand)) {
      throw new IllegalStateException(demand + " does not fit into " + free);
    }
    demand.amounts().forEach((resource, amount) -> free.merge(resource, -amount, Long::sum));
    List<Integer> gpus = new ArrayList<>();
    for (long i = 0; i < demand.of(ResourceDemand.GPUS); i++) {
      gpus.add(freeGpus.pollFirst());
    }
    return gpus;
  }

  /**
   * Gives back what an attempt took before its end: its processes are gone. No more attempts than
   * there are cpus may do so, or what torc does after them would outgrow the cpus.
   *
   * @return whether it did
   */
  boolean giveEarly(JobRun run) {
    if (early >= Math.max(1, limits.getOrDefault(ResourceDemand.CPUS, 1L))) {
      return false;
    }
    early++;
    run.release();
    give(run.demand(), run.gpus());
    return true;
  }

  /** How many attempts gave back and are not over. */
  int early() {
    return early;
  }

  /** Gives back what an attempt took that is over, unless it did so before. */
  void give(JobRun run) {
    if (run.released()) {
      early--;
    } else {
      give(run.demand(), run.gpus());
    }
  }

  /** Gives back what was taken. */
  void give(ResourceDemand demand, List<Integer> gpus) {
    demand.amounts().forEach((resource, amount) -> free.merge(resource, amount, Long::sum));
    freeGpus.addAll(gpus);
  }
}
