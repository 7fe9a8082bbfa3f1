package dev.torc.engine;

import dev.torc.workflow.Resources;
import java.util.Map;
import java.util.TreeMap;

/**
 * What one attempt of a job takes from the {@link ResourcePool}, as amounts by resource: {@code
 * cpus}, {@code memory} in bytes, {@code gpus}, and the counters of the build file.
 */
public record ResourceDemand(Map<String, Long> amounts) {

  /** Name of the resource that every job takes. */
  public static final String CPUS = "cpus";

  /** Name of the memory resource, in bytes. */
  public static final String MEMORY = "memory";

  /** Name of the GPU resource. */
  public static final String GPUS = "gpus";

  /** What moves files about. */
  static final ResourceDemand ONE_CPU = new ResourceDemand(Map.of(CPUS, 1L));

  /**
   * What a job declares, grown for a later attempt. More cpus than there are become all there are:
   * the job runs alone. What grows stops at the limit.
   *
   * @param memory bytes for this attempt, 0 for no demand
   */
  static ResourceDemand of(Resources resources, long memory, Map<String, Long> limits) {
    Map<String, Long> amounts = new TreeMap<>(resources.counters());
    amounts.put(CPUS, Math.min(resources.cpus(), limits.get(CPUS)));
    if (memory > 0) {
      amounts.put(MEMORY, memory);
    }
    if (resources.gpus() > 0) {
      amounts.put(GPUS, (long) resources.gpus());
    }
    amounts.values().removeIf(amount -> amount == 0);
    return new ResourceDemand(amounts);
  }

  /** What a job takes of this machine's limits while it runs on another one. */
  static ResourceDemand ofCounters(Resources resources) {
    Map<String, Long> amounts = new TreeMap<>(resources.counters());
    amounts.values().removeIf(amount -> amount == 0);
    return new ResourceDemand(amounts);
  }

  /** What a job declares, whatever this machine has. */
  static ResourceDemand whole(Resources resources, long memory) {
    return of(resources, memory, Map.of(CPUS, Long.MAX_VALUE));
  }

  /** The amount of one resource, 0 if it takes none. */
  long of(String resource) {
    return amounts.getOrDefault(resource, 0L);
  }
}
