package dev.torc.core.queue;

import dev.torc.core.model.Job.Resources;
import java.util.List;

/**
 * What an attempt was given.
 *
 * @param attempt the number of the attempt, from 1
 * @param gpus identifiers of the GPUs; null if the scheduler chooses them
 * @param memoryMiB for {@code {memory}}; {@link #BY_SCHEDULER} if only the scheduler knows it
 * @param memoryLimit bytes above which the attempt is ended; 0 for none
 */
public record Granted(
    int attempt, ResourceDemand demand, List<String> gpus, long memoryMiB, long memoryLimit) {

  public static final long BY_SCHEDULER = -1;

  public long cpus() {
    return demand.of(Resources.CPUS);
  }
}
