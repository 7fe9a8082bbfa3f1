package dev.torc.engine;

import dev.torc.workflow.Job.Resources;
import java.util.Map;
import java.util.TreeMap;

/**
 * What one attempt of a job takes from the {@link ResourcePool}, as amounts by resource: {@code
 * cpus}, {@code memory} in bytes, {@code gpus}, and the counters of the build file.
 *
 * @param moves whether another node of an allocation may give it in the place of this machine
 */
record ResourceDemand(Map<String, Long> amounts, boolean moves) {

  /** Creates a demand that only this machine can meet. */
  ResourceDemand(Map<String, Long> amounts) {
    this(amounts, false);
  }

  /** What the restoring of a result takes. */
  static final ResourceDemand ONE_CPU = new ResourceDemand(Map.of(Resources.CPUS, 1L));

  /**
   * Returns what a job declares. If it asks for more cpus than there are, it takes all and runs
   * alone.
   *
   * @param memory bytes for this attempt, as {@link JobAttempts} made them grow; 0 for no demand
   */
  static ResourceDemand of(Resources resources, long memory, Map<String, Long> limits) {
    Map<String, Long> amounts = resources.amounts();
    amounts.put(Resources.CPUS, Math.min(resources.cpus(), limits.get(Resources.CPUS)));
    amounts.put(Resources.MEMORY, memory);
    amounts.values().removeIf(amount -> amount == 0);
    return new ResourceDemand(amounts);
  }

  /** Returns what a job declares, whatever this machine has. */
  static ResourceDemand whole(Resources resources, long memory) {
    return of(resources, memory, Map.of(Resources.CPUS, Long.MAX_VALUE));
  }

  /** Returns this demand, as one that another node may meet. */
  ResourceDemand moving() {
    return new ResourceDemand(amounts, true);
  }

  /** Returns the part of it that the node gives on which the job runs. */
  ResourceDemand ofNode() {
    Map<String, Long> own = new TreeMap<>(amounts);
    own.keySet().retainAll(Resources.MACHINE);
    return new ResourceDemand(own);
  }

  /** Returns the part of it that counts for all nodes together. */
  ResourceDemand ofAll() {
    Map<String, Long> counters = new TreeMap<>(amounts);
    counters.keySet().removeAll(Resources.MACHINE);
    return new ResourceDemand(counters);
  }

  /** Returns the amount of one resource, 0 if it takes none. */
  long of(String resource) {
    return amounts.getOrDefault(resource, 0L);
  }
}
