package dev.torc.core.queue;

import dev.torc.core.model.Job.Resources;
import java.util.Map;
import java.util.TreeMap;

/**
 * The resources that one attempt of a job takes from the {@link ResourcePool}: {@code cpus}, {@code
 * memory} in bytes, {@code gpus}, and the counters of the build file. If {@code moves}, another
 * node of an allocation may provide them.
 *
 * @param share the part of its only GPU, in units of {@link Resources#GPU}; 0 for whole GPUs
 */
public record ResourceDemand(Map<String, Long> amounts, long share, boolean moves) {

  ResourceDemand(Map<String, Long> amounts) {
    this(amounts, 0, false);
  }

  /** The demand of a restore. */
  public static final ResourceDemand ONE_CPU = new ResourceDemand(Map.of(Resources.CPUS, 1L));

  /**
   * Returns the demand that a job declares. A job that asks for more cpus than there are takes all
   * and runs alone. {@code memory} is in bytes and may have grown for a retry; 0 for no demand.
   */
  public static ResourceDemand of(Resources resources, long memory, Map<String, Long> limits) {
    Map<String, Long> amounts = resources.amounts();
    amounts.put(Resources.CPUS, Math.min(resources.cpus(), limits.get(Resources.CPUS)));
    amounts.put(Resources.MEMORY, memory);
    amounts.values().removeIf(amount -> amount == 0);
    return new ResourceDemand(amounts, resources.gpuShare(), false);
  }

  /** Returns the demand that a job declares, without any limit of cpus. */
  public static ResourceDemand whole(Resources resources, long memory) {
    return of(resources, memory, Map.of(Resources.CPUS, Long.MAX_VALUE));
  }

  /** Returns this demand, which another node may now meet, too. */
  public ResourceDemand moving() {
    return new ResourceDemand(amounts, share, true);
  }

  /** Returns the part that the node on which the job runs has to provide. */
  ResourceDemand ofNode() {
    Map<String, Long> own = new TreeMap<>(amounts);
    own.keySet().retainAll(Resources.MACHINE);
    return new ResourceDemand(own, share, false);
  }

  /** Returns the part that counts for all nodes together. */
  public ResourceDemand ofAll() {
    Map<String, Long> counters = new TreeMap<>(amounts);
    counters.keySet().removeAll(Resources.MACHINE);
    return new ResourceDemand(counters);
  }

  /** Returns the amount of a resource; memory is in bytes. 0 for none. */
  public long of(String resource) {
    return amounts.getOrDefault(resource, 0L);
  }
}
