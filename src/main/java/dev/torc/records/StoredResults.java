package dev.torc.records;

import dev.torc.hash.Digest;
import dev.torc.records.DatabaseKey.RecordTree;
import java.util.List;
import java.util.function.Consumer;

/**
 * The records of results that are kept for later, and what leads to them. It knows neither what
 * stands in a record nor where the bytes of its products are.
 */
public record StoredResults(Cache cache) {

  /** The key of how many bytes there are: no digest is so short. */
  static final byte[] TOTAL = {0};

  /**
   * A record as it is kept.
   *
   * @param used when the result was stored or restored last: milliseconds since 1970
   * @param record its bytes
   */
  public record Stored(long used, byte[] record) {}

  /** The record under a key, or null. */
  public Stored of(Digest key) {
    return cache.record(RecordTree.STORED, key.bytes(), RecordCodec::stored);
  }

  /** The lists of files that depfiles named, the newest first. */
  public List<List<String>> names(Digest first) {
    List<List<String>> names =
        cache.record(RecordTree.STORED_NAMES, first.bytes(), RecordCodec::names);
    return names == null ? List.of() : names;
  }

  /** Hands over all records, in the order of their keys. A visitor may read and put. */
  public void each(Consumer<Stored> visitor) {
    cache.eachRecord(RecordTree.STORED, null, (_, in) -> RecordCodec.stored(in), visitor);
  }

  /** Whether nothing was ever kept, or all of it is forgotten. */
  public boolean isEmpty() {
    return cache.firstKeys(RecordTree.STORED, 1).isEmpty();
  }

  /** How many bytes the local store has, as it was said last. */
  public long bytes() {
    Long total = cache.record(RecordTree.STORED_NAMES, TOTAL, RecordCodec::total);
    return total == null ? 0 : total;
  }

  /** Says how many bytes the local store has. */
  public void bytes(long total) {
    cache.put(new Batch().storedBytes(total));
  }

  /**
   * Forgets a record.
   *
   * @param first leads to it, and to nothing else any more; null where that stays
   */
  public void drop(Digest key, Digest first) {
    Batch batch = new Batch().dropStored(key);
    cache.put(first == null ? batch : batch.dropStoredNames(first));
  }
}
