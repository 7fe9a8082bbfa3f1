package dev.torc.records;

import dev.torc.machine.Series;
import dev.torc.records.DatabaseKey.RecordTree;
import java.util.function.Consumer;

/**
 * The attempts of the last builds and what they used over time: reading them, and how many are
 * kept. No verdict depends on them. The records are written in a {@link Batch}.
 */
public record AttemptHistory(Cache cache) {

  /** So many attempts are kept, about 150 bytes each. */
  static final int ATTEMPTS = 200_000;

  /** So many series are kept, about 1 KB each and 3 KB at most. */
  static final int SERIES = 5_000;

  /** The sequence under which a build's series of the machine stands. */
  public static final long MACHINE = Long.MAX_VALUE;

  /** Hands over the attempts of a build and of later ones, in the order of their ends. */
  public void from(long build, Consumer<AttemptRecord> visitor) {
    cache.eachRecord(RecordTree.ATTEMPTS, DatabaseKey.of(build, 0), RecordCodec::attempt, visitor);
  }

  /** What an attempt used over time, or with {@link #MACHINE} the machine; null where unknown. */
  public Series series(long build, long sequence) {
    return cache.record(RecordTree.SERIES, DatabaseKey.of(build, sequence), RecordCodec::series);
  }

  /** Drops the oldest where there are more than are kept; a tenth at once, so that it is seldom. */
  public void trim() {
    trim(RecordTree.ATTEMPTS, ATTEMPTS);
    trim(RecordTree.SERIES, SERIES);
  }

  void trim(RecordTree tree, long most) {
    long size = cache.size(tree);
    if (size > most) {
      Batch batch = new Batch();
      cache.firstKeys(tree, size - most + most / 10).forEach(key -> batch.drop(tree, key));
      cache.put(batch);
    }
  }
}
