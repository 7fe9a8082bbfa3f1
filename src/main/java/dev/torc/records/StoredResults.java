package dev.torc.records;

import dev.torc.bytes.Fields;
import dev.torc.bytes.Fields.Form;
import dev.torc.hash.Digest;
import dev.torc.records.DatabaseKey.RecordTree;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * The results that are stored, and the first keys that lead to them. It knows neither what a result
 * is nor where the bytes of its products are.
 *
 * @param form the form of a result; a form that only reads may leave parts of the result out
 */
public record StoredResults<T>(Cache cache, Form<T> form) {

  /** The key under which the size of the local store is kept: no digest is so short. */
  static final byte[] TOTAL = {0};

  /**
   * A result as it is kept.
   *
   * @param used when it was stored or restored last: milliseconds since 1970
   */
  public record Stored<T>(long used, T result) {}

  /**
   * Returns the form of a stored result. The tags from 1 to 5, and 7, were those of other forms.
   */
  Stored<T> pass(Fields fields, Stored<T> of) {
    Stored<T> stored =
        new Stored<>(fields.number(6, of, Stored::used), fields.one(8, of, Stored::result, form));
    if (stored.result == null) {
      throw new IllegalArgumentException("the form of an earlier torc");
    }
    return stored;
  }

  /** Returns the form of the lists under a first key, the newest first. */
  private static List<List<String>> names(Fields fields, List<List<String>> of) {
    return fields.list(1, of, lists -> lists, (each, names) -> each.shared(1, names, all -> all));
  }

  private static Long number(Fields fields, Long of) {
    return fields.number(1, of, number -> number);
  }

  /** Returns the result under a key, or null. */
  public Stored<T> of(Digest key) {
    return cache.record(RecordTree.STORED, key.bytes(), this::pass);
  }

  /** Returns the lists of found needs under a first key, newest first. */
  public List<List<String>> names(Digest first) {
    List<List<String>> names =
        cache.record(RecordTree.STORED_NAMES, first.bytes(), StoredResults::names);
    return names == null ? List.of() : names;
  }

  /** Hands over all results, in the order of their keys. A visitor may read and put. */
  public void each(Consumer<Stored<T>> visitor) {
    cache.eachRecord(RecordTree.STORED, null, (_, fields, of) -> pass(fields, of), visitor);
  }

  /** Removes texts from the cache that no record has any more; see {@link SharedTexts}. */
  public void sweep() {
    cache.sweep(
        () -> {
          cache.<Stored<T>>readAll(RecordTree.STORED, this::pass);
          cache.<List<List<String>>>readAll(RecordTree.STORED_NAMES, StoredResults::names);
        });
  }

  /** Returns whether nothing was ever kept, or all of it is forgotten. */
  public boolean isEmpty() {
    return cache.size(RecordTree.STORED) == 0;
  }

  /** Returns how many bytes the local store has, as it was recorded last. */
  public long bytes() {
    Long total = cache.record(RecordTree.STORED_NAMES, TOTAL, StoredResults::number);
    return total == null ? 0 : total;
  }

  /** Records how many bytes the local store has. */
  public void bytes(long total) {
    cache.put(new Batch().put(RecordTree.STORED_NAMES, TOTAL, total, StoredResults::number));
  }

  /**
   * Returns when the newest result under a key was made that came from a shared store or went to
   * one, in milliseconds since 1970; 0 where none did.
   */
  public long seen(Digest key) {
    Long made = cache.record(RecordTree.STORED_NAMES, seenKey(key), StoredResults::number);
    return made == null ? 0 : made;
  }

  /** Records when the newest result under a key was made. */
  public void seen(Digest key, long made) {
    cache.put(new Batch().put(RecordTree.STORED_NAMES, seenKey(key), made, StoredResults::number));
  }

  /** Returns a key one byte longer than a digest, so no first key equals it. */
  private static byte[] seenKey(Digest key) {
    return Arrays.copyOf(key.bytes(), Digest.LENGTH + 1);
  }

  /**
   * Keeps a result; one of the same key is replaced.
   *
   * @param first the first key, which leads to it; null where its lists stay, or there is none
   * @param lists the lists of files to which the first key leads from now on
   */
  public void put(Digest key, Stored<T> stored, Digest first, List<List<String>> lists) {
    Batch batch = new Batch().put(RecordTree.STORED, key.bytes(), stored, this::pass);
    if (first != null) {
      batch.put(RecordTree.STORED_NAMES, first.bytes(), lists, StoredResults::names);
    }
    cache.put(batch);
  }

  /**
   * Forgets a result.
   *
   * @param first the first key, which leads to nothing else any more; null where it stays
   */
  public void drop(Digest key, Digest first) {
    Batch batch = new Batch().drop(RecordTree.STORED, key.bytes());
    cache.put(first == null ? batch : batch.drop(RecordTree.STORED_NAMES, first.bytes()));
  }
}
