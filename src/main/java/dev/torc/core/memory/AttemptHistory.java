package dev.torc.core.memory;

import dev.torc.base.machine.Series;
import dev.torc.core.memory.DatabaseKey.RecordTree;
import java.util.function.Consumer;

/** Reads and trims the attempts of the last builds. No verdict depends on them. */
public record AttemptHistory(Cache cache) {

  /** The maximum number of stored attempts, about 150 bytes each. */
  static final int ATTEMPTS = 200_000;

  /** The maximum number of stored series, about 1 KB each, at most 3 KB. */
  static final int SERIES = 5_000;

  /** The sequence number under which the machine's series of a build is stored. */
  public static final long MACHINE = Long.MAX_VALUE;

  /** Visits the attempts of a build and of later ones, in the order in which they ended. */
  public void eachFrom(long build, Consumer<AttemptRecord> visitor) {
    eachFrom(build, 0, visitor);
  }

  /** Visits the attempts of a build, from a sequence number on, and those of later builds. */
  public void eachFrom(long build, long sequence, Consumer<AttemptRecord> visitor) {
    cache.eachRecord(
        RecordTree.ATTEMPTS, DatabaseKey.of(build, sequence), RecordCodec::attempt, visitor);
  }

  /** Returns an attempt's series, or the machine's for {@link #MACHINE}; null if unknown. */
  public Series series(long build, long sequence) {
    return cache.record(RecordTree.SERIES, DatabaseKey.of(build, sequence), RecordCodec::series);
  }

  /** Drops the oldest records, and a tenth more than necessary, so that trimming is rare. */
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
