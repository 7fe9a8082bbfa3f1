package dev.torc.core.memory;

import dev.torc.base.bytes.Fields;
import dev.torc.base.bytes.Fields.Form;
import dev.torc.base.digests.Digest;
import dev.torc.core.memory.DatabaseKey.RecordTree;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * The records of stored results, and of the first keys ({@link JobResult.Restorable#first}) that
 * lead to them. This class does not know what a result contains. A {@code form} that only reads may
 * omit parts of the result.
 */
public record StoredResults<T>(Cache cache, Form<T> form) {

  /** The key of the record of the local store's size. All digests are longer. */
  static final byte[] TOTAL = {0};

  /** A stored result; {@code used} is its last use or storing, in milliseconds since 1970. */
  public record Stored<T>(long used, T result) {}

  /** Passes a stored result. Tags 1 to 5, and 7, belonged to earlier forms. */
  Stored<T> pass(Fields fields, Stored<T> of) {
    Stored<T> stored =
        new Stored<>(fields.number(6, of, Stored::used), fields.one(8, of, Stored::result, form));
    if (stored.result == null) {
      throw new IllegalArgumentException("the form of an earlier torc");
    }
    return stored;
  }

  /** Passes the lists under a first key, newest first. */
  private static List<List<String>> names(Fields fields, List<List<String>> of) {
    return fields.list(1, of, lists -> lists, (each, names) -> each.shared(1, names, all -> all));
  }

  private static Long number(Fields fields, Long of) {
    return fields.number(1, of, number -> number);
  }

  public Stored<T> of(Digest key) {
    return cache.record(RecordTree.STORED, key.bytes(), this::pass);
  }

  public List<List<String>> names(Digest first) {
    List<List<String>> names =
        cache.record(RecordTree.STORED_NAMES, first.bytes(), StoredResults::names);
    return names == null ? List.of() : names;
  }

  /** Visits all results in the order of their keys. A visitor may read and put. */
  public void each(Consumer<Stored<T>> visitor) {
    cache.eachRecord(RecordTree.STORED, null, (_, fields, of) -> pass(fields, of), visitor);
  }

  /** Removes unused {@link SharedTexts}. */
  public void sweep() {
    cache.sweep(
        () -> {
          cache.<Stored<T>>readAll(RecordTree.STORED, this::pass);
          cache.<List<List<String>>>readAll(RecordTree.STORED_NAMES, StoredResults::names);
        });
  }

  public boolean isEmpty() {
    return cache.size(RecordTree.STORED) == 0;
  }

  /** Returns the recorded size of the local store in bytes. */
  public long bytes() {
    Long total = cache.record(RecordTree.STORED_NAMES, TOTAL, StoredResults::number);
    return total == null ? 0 : total;
  }

  public void bytes(long total) {
    cache.put(new Batch().put(RecordTree.STORED_NAMES, TOTAL, total, StoredResults::number));
  }

  /**
   * Returns when the newest result under a key was made, among the results that a shared store had
   * or received. The time is in milliseconds since 1970; 0 if there is none.
   */
  public long seen(Digest key) {
    Long made = cache.record(RecordTree.STORED_NAMES, seenKey(key), StoredResults::number);
    return made == null ? 0 : made;
  }

  public void seen(Digest key, long made) {
    cache.put(new Batch().put(RecordTree.STORED_NAMES, seenKey(key), made, StoredResults::number));
  }

  /** Returns a key that is longer than a digest, so no first key equals it. */
  private static byte[] seenKey(Digest key) {
    return Arrays.copyOf(key.bytes(), Digest.LENGTH + 1);
  }

  /**
   * Stores a result and replaces one with the same key. Unless {@code first} is null, stores {@code
   * lists} under that first key.
   */
  public void put(Digest key, Stored<T> stored, Digest first, List<List<String>> lists) {
    Batch batch = new Batch().put(RecordTree.STORED, key.bytes(), stored, this::pass);
    if (first != null) {
      batch.put(RecordTree.STORED_NAMES, first.bytes(), lists, StoredResults::names);
    }
    cache.put(batch);
  }

  /** Drops a result, and its first key unless that is null because other results need it. */
  public void drop(Digest key, Digest first) {
    Batch batch = new Batch().drop(RecordTree.STORED, key.bytes());
    cache.put(first == null ? batch : batch.drop(RecordTree.STORED_NAMES, first.bytes()));
  }
}
