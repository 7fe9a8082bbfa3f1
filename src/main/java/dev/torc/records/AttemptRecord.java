package dev.torc.records;

import dev.torc.machine.Series;
import dev.torc.machine.Series.Usage;
import dev.torc.records.JobResult.ManifestEntry;
import java.util.List;

/**
 * An attempt of a job, for the history; {@link JobResult} has what a verdict needs. The {@link
 * Series} of an attempt is stored apart, under the same build and sequence.
 */
public record AttemptRecord(
    Id id, End end, Times times, Usage usage, Where where, Asked asked, Why why) {

  /** The sequence counts a build's attempts from 0, as they end; {@code attempt} a job's from 1. */
  public record Id(long build, long sequence, String job, int attempt) {}

  /** {@code exit} is -1 and {@code signal} 0 if there was none. */
  public record End(JobResult.Outcome outcome, int exit, int signal) {}

  /**
   * When it ran: start in milliseconds since 1970, then nanoseconds in which it waited only for
   * resources, a scheduler or a hook, and nanoseconds of the run; -1 if unknown.
   */
  public record Times(long started, long queued, long wall) {}

  /** The machine that it ran on; the executor is null for the machine of the build. */
  public record Where(String host, String executor) {}

  /** The first reasons why it ran, with long texts cut, and how many there were; 0 if unknown. */
  public record Why(List<ManifestEntry> reasons, int count) {}

  /** What it had asked for, memory in bytes, time in nanoseconds; 0 for nothing. */
  public record Asked(int cpus, long memory, int gpus, long runtime) {}

  /** Nanoseconds; the average CPU use of shorter runs says little. */
  public static final long LONG = 1_000_000_000L;

  public AttemptRecord withGpus(long gpu, long gpuMemory) {
    Usage all = usage.withGpus(gpu, gpuMemory);
    return new AttemptRecord(id, end, times, all, where, asked, why);
  }

  /** Returns the busy hundredths of a CPU on average; -1 if unknown. */
  public long cpuPercent() {
    return usage.cpu() < 0 || times.wall < LONG ? -1 : usage.cpu() * 100 / times.wall;
  }

  /**
   * An event that a job posted, a JSON object. A build counts its events from 0, in the order in
   * which attempts end ({@code time} in milliseconds since 1970); a job counts its attempts from 1.
   */
  public record PostedEvent(
      long build, long sequence, long time, String job, int attempt, String text) {}
}
