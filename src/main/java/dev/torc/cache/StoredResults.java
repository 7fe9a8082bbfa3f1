package dev.torc.cache;

import dev.torc.hash.Digest;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The records of results that are kept for later, and what leads to them. It does not know where
 * the bytes are, nor which results may be kept.
 */
public final class StoredResults {

  /** To so many lists of files does a first key lead. */
  public static final int LISTS = 16;

  /** The key of how many bytes there are: no digest is so short. */
  static final byte[] TOTAL = {0};

  private final Cache cache;

  /** Those of a cache. */
  public StoredResults(Cache cache) {
    this.cache = cache;
  }

  /** The result under a key, or null. */
  public StoredResult of(Digest key) {
    return cache.record(RecordTree.STORED, key.bytes(), RecordCodec::stored);
  }

  /** The lists of files that depfiles named, the newest first. */
  public List<List<String>> names(Digest first) {
    List<List<String>> names =
        cache.record(RecordTree.STORED_NAMES, first.bytes(), RecordCodec::names);
    return names == null ? List.of() : names;
  }

  /** Hands over all results, in the order of their keys. A visitor may read and put. */
  public void each(Consumer<StoredResult> visitor) {
    cache.eachRecord(RecordTree.STORED, RecordCodec::stored, visitor);
  }

  /** Which bytes the result under a key has, or null. */
  public StoredParts parts(Digest key) {
    return cache.record(RecordTree.STORED, key.bytes(), RecordCodec::storedParts);
  }

  /** Hands over which bytes each result has: much less than {@link #each} reads. */
  public void eachParts(Consumer<StoredParts> visitor) {
    cache.eachRecord(RecordTree.STORED, RecordCodec::storedParts, visitor);
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

  /** Keeps a result, and what its depfile named as the newest list of its first key. */
  public void put(StoredResult stored) {
    Batch batch = new Batch().stored(stored);
    Digest first = stored.details().restorable().first();
    if (first != null) {
      List<List<String>> lists = new ArrayList<>(names(first));
      List<String> newest = stored.result().found();
      if (lists.isEmpty() || !lists.getFirst().equals(newest)) {
        lists.remove(newest);
        lists.addFirst(newest);
        batch.storedNames(first, lists.subList(0, Math.min(LISTS, lists.size())));
      }
    }
    cache.put(batch);
  }

  /**
   * Forgets a result.
   *
   * @param last whether no other result lies behind its first key, which then leads nowhere
   */
  public void drop(StoredParts stored, boolean last) {
    Batch batch = new Batch().dropStored(stored.key());
    if (last && stored.first() != null) {
      batch.dropStoredNames(stored.first());
    }
    cache.put(batch);
  }
}
