package dev.torc.records;

import dev.torc.machine.Series;
import dev.torc.machine.Series.Usage;
import dev.torc.records.DatabaseKey.RecordTree;
import dev.torc.records.JobResult.ManifestEntry;
import java.util.List;
import java.util.function.Consumer;

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

  /** Reads and trims the attempts and series of the last builds. No verdict depends on them. */
  public record AttemptHistory(Cache cache) {

    /** The number of attempts that are stored, about 150 bytes each. */
    static final int ATTEMPTS = 200_000;

    /** The number of series that are stored, about 1 KB each, at most 3 KB. */
    static final int SERIES = 5_000;

    /** The sequence under which a build's series of the machine is stored. */
    public static final long MACHINE = Long.MAX_VALUE;

    /** Visits the attempts from a build on, in the order of their ends. */
    public void from(long build, Consumer<AttemptRecord> visitor) {
      from(build, 0, visitor);
    }

    /** Visits the attempts from a build and a sequence on. */
    public void from(long build, long sequence, Consumer<AttemptRecord> visitor) {
      cache.eachRecord(
          RecordTree.ATTEMPTS, DatabaseKey.of(build, sequence), RecordCodec::attempt, visitor);
    }

    /** Returns the series of an attempt, or for {@link #MACHINE} the machine's; null if unknown. */
    public Series series(long build, long sequence) {
      return cache.record(RecordTree.SERIES, DatabaseKey.of(build, sequence), RecordCodec::series);
    }

    /** Drops the oldest records, and a tenth more than necessary, so that it is seldom. */
    public void trim() {
      trim(RecordTree.ATTEMPTS, ATTEMPTS);
      trim(RecordTree.SERIES, SERIES);
    }

    void trim(RecordTree tree, long most) {
      long size = cache.size(tree);
      if (size > most) {
        long oldest = size - most + most / 10;
        Batch batch = new Batch();
        cache.scan(
            tree,
            false,
            (key, _) -> {
              batch.drop(tree, key);
              return batch.changes.size() < oldest;
            });
        cache.put(batch);
      }
    }
  }
}
