package dev.torc.records;

import dev.torc.machine.Series;
import dev.torc.machine.Series.Usage;
import dev.torc.records.DatabaseKey.RecordTree;
import dev.torc.records.JobResult.ManifestEntry;
import dev.torc.records.JobResult.RunDetails;
import java.util.List;
import java.util.function.Consumer;

/**
 * An attempt of a job, for the history: how it ended, what it used, and what it had asked for. What
 * a verdict needs is in {@link JobResult}, all reasons of the last run are in {@link RunDetails};
 * the {@link Series} of an attempt is stored apart, under the same build and sequence.
 */
public record AttemptRecord(
    Id id, End end, Times times, Usage usage, Where where, Asked asked, Why why) {

  /**
   * Which attempt it is.
   *
   * @param build number of the build in the history
   * @param sequence counts the attempts of a build from 0, in the order of their ends
   * @param attempt counts the attempts of the job from 1
   */
  public record Id(long build, long sequence, String job, int attempt) {}

  /**
   * How it ended.
   *
   * @param exit exit status, -1 where there was none
   * @param signal number of the signal that ended it, 0 for none
   */
  public record End(JobResult.Outcome outcome, int exit, int signal) {}

  /**
   * When it ran, and how long.
   *
   * @param started milliseconds since 1970
   * @param queued nanoseconds before its begin in which it waited for nothing but resources, a
   *     scheduler or a hook
   * @param wall nanoseconds; -1 where neither a script nor a scheduler told its end
   */
  public record Times(long started, long queued, long wall) {}

  /**
   * The machine that it ran on.
   *
   * @param executor the executor that ran it; null for the machine of the build
   */
  public record Where(String host, String executor) {}

  /**
   * Why it ran.
   *
   * @param reasons the first reasons, long texts cut; the planner defines their meaning
   * @param count how many reasons there were; 0 where that is not known
   */
  public record Why(List<ManifestEntry> reasons, int count) {}

  /**
   * What it had asked for; 0 for nothing.
   *
   * @param memory bytes
   * @param runtime nanoseconds
   */
  public record Asked(int cpus, long memory, int gpus, long runtime) {}

  /** Nanoseconds. The average CPU use of runs shorter than this says little. */
  public static final long LONG = 1_000_000_000L;

  /** Returns this attempt with what it used of GPUs; see {@link Usage}. */
  public AttemptRecord withGpus(long gpu, long gpuMemory) {
    Usage all = usage.withGpus(gpu, gpuMemory);
    return new AttemptRecord(id, end, times, all, where, asked, why);
  }

  /** Returns the hundredths of a CPU that were busy on average; -1 where that is not known. */
  public long cpuPercent() {
    return usage.cpu() < 0 || times.wall < LONG ? -1 : usage.cpu() * 100 / times.wall;
  }

  /**
   * An event that a job posted. Events stand in the order of their builds, and in a build in the
   * order in which their attempts ended.
   *
   * @param build number of the build in the history
   * @param sequence counts the events of a build from 0
   * @param time when the attempt ended: milliseconds since 1970
   * @param attempt counts the attempts of the job from 1
   * @param text a JSON object, as the job wrote it
   */
  public record PostedEvent(
      long build, long sequence, long time, String job, int attempt, String text) {}

  /**
   * The attempts of the last builds and what they used over time: reading them, and how many are
   * kept. No verdict depends on them. The records are written in a {@link Batch}.
   */
  public record AttemptHistory(Cache cache) {

    /** How many attempts are kept, about 150 bytes each. */
    static final int ATTEMPTS = 200_000;

    /** How many series are kept, about 1 KB each and 3 KB at most. */
    static final int SERIES = 5_000;

    /** The sequence under which the series of the machine is stored for a build. */
    public static final long MACHINE = Long.MAX_VALUE;

    /** Hands over the attempts of a build and of later ones, in the order of their ends. */
    public void from(long build, Consumer<AttemptRecord> visitor) {
      from(build, 0, visitor);
    }

    /** Hands over the attempts of a build from a sequence on, and then those of later builds. */
    public void from(long build, long sequence, Consumer<AttemptRecord> visitor) {
      cache.eachRecord(
          RecordTree.ATTEMPTS, DatabaseKey.of(build, sequence), RecordCodec::attempt, visitor);
    }

    /**
     * Returns what an attempt used over time, or with {@link #MACHINE} the machine; null where
     * unknown.
     */
    public Series series(long build, long sequence) {
      return cache.record(RecordTree.SERIES, DatabaseKey.of(build, sequence), RecordCodec::series);
    }

    /**
     * Drops the oldest records beyond those that are kept, and a tenth more, so that it is seldom.
     */
    public void trim() {
      trim(RecordTree.ATTEMPTS, ATTEMPTS);
      trim(RecordTree.SERIES, SERIES);
    }

    void trim(RecordTree tree, long most) {
      long size = cache.size(tree);
      if (size > most) {
        long oldest = size - most + most / 10;
        Batch batch = new Batch();
        cache.some(
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
