package dev.torc.features.stores;

import dev.torc.base.bytes.Fields;
import dev.torc.base.bytes.Fields.Form;
import dev.torc.base.digests.Digest;
import dev.torc.core.memory.Batch;
import dev.torc.core.memory.Cache;
import dev.torc.core.memory.DatabaseKey;
import dev.torc.core.memory.DatabaseKey.RecordTree;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The records of stored results, and of the first keys ({@code JobResult.Restorable#first}) that
 * lead to them. This class does not know what a result contains. A {@code form} that only reads may
 * omit parts of the result.
 */
public record StoredResults<T>(Cache cache, Form<T> form) {

  /** The key of the record of the local store's size. All digests are longer. */
  static final byte[] TOTAL = {0};

  /** The key of the record that says that {@link #user} knows the parts of all results. */
  private static final byte[] INDEXED = {1};

  /** Stands for several results, which have a part in common. */
  private static final Digest SEVERAL = Digest.ofText("several");

  /** A stored result; {@code used} is its last use or storing, in milliseconds since 1970. */
  public record Stored<T>(long used, T result) {}

  /** Passes a stored result. Tags 1 to 5, and 7, belonged to earlier forms. */
  public Stored<T> pass(Fields fields, Stored<T> of) {
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

  /**
   * Returns whether several stored results have a part, given by the name of its bytes. {@code
   * names} returns the names of a result's parts, to index the results of an earlier torc once.
   */
  public boolean isCommon(String part, Function<T, List<String>> names, Function<T, Digest> keys) {
    Long indexed = cache.record(RecordTree.STORED_NAMES, INDEXED, StoredResults::number);
    if (indexed == null) {
      each(
          each -> {
            Batch batch = new Batch();
            index(batch, keys.apply(each.result), names.apply(each.result));
            cache.put(batch);
          });
      cache.put(new Batch().put(RecordTree.STORED_NAMES, INDEXED, 1L, StoredResults::number));
    }
    return SEVERAL.equals(user(part));
  }

  /** Returns the key of the only result that has a part; {@link #SEVERAL}, or null if none has. */
  private Digest user(String part) {
    return cache.record(RecordTree.STORED_NAMES, DatabaseKey.of(part), StoredResults::user);
  }

  private static Digest user(Fields fields, Digest of) {
    return fields.digest(2, of, key -> key);
  }

  private void index(Batch batch, Digest key, List<String> parts) {
    Map<String, Digest> users = new HashMap<>();
    parts.forEach(part -> users.merge(part, key, (_, _) -> SEVERAL));
    users.forEach(
        (part, by) -> {
          Digest known = user(part);
          if (!by.equals(known) && !SEVERAL.equals(known)) {
            Digest now = known == null ? by : SEVERAL;
            byte[] at = DatabaseKey.of(part);
            batch.put(RecordTree.STORED_NAMES, at, now, StoredResults::user);
          }
        });
  }

  /** Forgets a part that no result has anymore. */
  public void dropPart(String part) {
    cache.put(new Batch().drop(RecordTree.STORED_NAMES, DatabaseKey.of(part)));
  }

  /** Visits all results in the order of their keys. A visitor may read and put. */
  public void each(Consumer<Stored<T>> visitor) {
    cache.eachRecord(RecordTree.STORED, this::pass, visitor);
  }

  /** Removes the unused texts among those that many records share. */
  public void sweep() {
    cache.sweep(
        () -> {
          each(_ -> {});
          cache.<List<List<String>>>eachRecord(
              RecordTree.STORED_NAMES, StoredResults::names, _ -> {});
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
   * Stores a result with the names of its parts in the place of one with the same key, and {@code
   * lists} under the first key unless it is null.
   */
  public void put(
      Digest key, Stored<T> stored, List<String> parts, Digest first, List<List<String>> lists) {
    Batch batch = new Batch().put(RecordTree.STORED, key.bytes(), stored, this::pass);
    index(batch, key, parts);
    if (first != null) {
      batch.put(RecordTree.STORED_NAMES, first.bytes(), lists, StoredResults::names);
    }
    cache.prepare(batch); // not while other threads wait
    cache.put(batch);
  }

  /** Drops a result and a first key; null if other results need that key. */
  public void drop(Digest key, Digest first) {
    Batch batch = new Batch().drop(RecordTree.STORED, key.bytes());
    cache.put(first == null ? batch : batch.drop(RecordTree.STORED_NAMES, first.bytes()));
  }
}
