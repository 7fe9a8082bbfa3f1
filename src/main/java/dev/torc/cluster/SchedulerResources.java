package dev.torc.cluster;

/**
 * What a script takes on the machine that runs it.
 *
 * @param cpus at least 1
 * @param memory bytes; 0 where that is not said
 * @param gpus at least 0
 * @param nodes at least 1
 * @param disk bytes; 0 where that is not said
 * @param runtime nanoseconds after which it may be ended; 0 where that is not said
 */
public record SchedulerResources(
    int cpus, long memory, int gpus, int nodes, long disk, long runtime) {

  private static final long MEBIBYTE = 1 << 20;

  /** The same with another time, in nanoseconds; 0 for none. */
  SchedulerResources within(long time) {
    return new SchedulerResources(cpus, memory, gpus, nodes, disk, time);
  }

  /** The same without a word on memory. */
  public SchedulerResources withoutMemory() {
    return new SchedulerResources(cpus, 0, gpus, nodes, disk, runtime);
  }

  /** Whole MiB that hold so many bytes. */
  static long mebibytes(long bytes) {
    return Math.ceilDiv(bytes, MEBIBYTE);
  }

  /** The time limit in whole seconds, not less than was asked for. */
  long seconds() {
    return Math.ceilDiv(runtime, 1_000_000_000L);
  }

  /** The same in minutes. */
  long minutes() {
    return Math.ceilDiv(seconds(), 60L);
  }
}
