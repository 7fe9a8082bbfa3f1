package dev.torc.core.memory;

import dev.torc.base.machine.Series;
import dev.torc.base.machine.Series.Usage;
import dev.torc.core.memory.JobResult.ManifestEntry;
import java.util.List;

/**
 * An attempt of a job, for the history; {@link JobResult} has what a verdict needs. The {@link
 * Series} of an attempt is stored separately, under the same build and sequence number.
 */
public record AttemptRecord(
    Id id, End end, Times times, Usage usage, Where where, Asked asked, Why why) {

  /** {@code sequence} counts a build's ended attempts from 0; {@code attempt} a job's from 1. */
  public record Id(long build, long sequence, String job, int attempt) {}

  /** {@code exit} is -1 if there was none, and {@code signal} is 0 if there was none. */
  public record End(JobResult.Outcome outcome, int exit, int signal) {}

  /**
   * When the attempt ran. {@code started} is in milliseconds since 1970. {@code queued} is the time
   * in which it waited only for resources, a scheduler or a hook, and {@code wall} is the time of
   * the run; both are in nanoseconds. Unknown values are -1.
   */
  public record Times(long started, long queued, long wall) {}

  /** The machine that the attempt ran on; {@code executor} is null for the build's machine. */
  public record Where(String host, String executor) {}

  /** The first reasons why it ran, with long texts shortened, and their total; 0 if unknown. */
  public record Why(List<ManifestEntry> reasons, int count) {}

  /** The requested resources, in bytes for memory and nanoseconds for time; 0 if not requested. */
  public record Asked(int cpus, long memory, int gpus, long runtime) {}

  /** Nanoseconds. The average CPU use of a shorter run is not meaningful. */
  public static final long LONG = 1_000_000_000L;

  public AttemptRecord withGpus(long gpu, long gpuMemory) {
    return new AttemptRecord(id, end, times, usage.withGpus(gpu, gpuMemory), where, asked, why);
  }

  /** Returns the average CPU use in hundredths of a CPU; -1 if unknown. */
  public long cpuPercent() {
    return usage.cpu() < 0 || times.wall < LONG ? -1 : usage.cpu() * 100 / times.wall;
  }

  /**
   * An event that a job posted. {@code sequence} numbers a build's events from 0, in the order in
   * which attempts end, and {@code attempt} numbers a job's attempts from 1. {@code time} is in
   * milliseconds since 1970, and {@code text} is a JSON object.
   */
  public record PostedEvent(
      long build, long sequence, long time, String job, int attempt, String text) {}
}
