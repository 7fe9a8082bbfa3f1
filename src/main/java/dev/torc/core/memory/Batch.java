package dev.torc.core.memory;

import dev.torc.base.bytes.Fields.Form;
import dev.torc.base.digests.Digest;
import dev.torc.base.digests.Digest.KnownDigest;
import dev.torc.base.machine.Series;
import dev.torc.core.memory.AttemptRecord.PostedEvent;
import dev.torc.core.memory.Cache.CacheException;
import dev.torc.core.memory.DatabaseKey.RecordTree;
import dev.torc.core.memory.JobResult.ManifestEntry;
import dev.torc.core.memory.JobResult.RunDetails;
import dev.torc.core.memory.JobResult.StoredValue;
import dev.torc.core.memory.RecordedProduct.OwnedPath;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/**
 * Changes that are committed together or not at all. A later change of a key replaces an earlier
 * one. One thread fills a batch, and must not change it after {@link Cache#put}.
 */
public final class Batch {

  /** A key and its new value, which is encoded when the batch is put; null removes the key. */
  static final class Change {
    final RecordTree tree;
    final byte[] key;
    byte[] value;
    private Function<ToIntFunction<String>, byte[]> record;
    private int prepared; // the number of sweeps before

    Change(RecordTree tree, byte[] key, byte[] value) {
      this.tree = tree;
      this.key = key;
      this.value = value;
    }

    /** Encodes the record if all its shared texts have numbers; a sweep ends these. */
    void prepare(Map<String, Integer> numbers, int sweeps) {
      if (record == null) {
        return;
      }
      boolean[] lacks = new boolean[1];
      ToIntFunction<String> known =
          text -> {
            Integer number = numbers.get(text);
            lacks[0] |= number == null;
            return number == null ? 0 : number;
          };
      byte[] encoded = record.apply(known);
      value = lacks[0] ? null : encoded;
      prepared = sweeps;
    }

    /** Encodes the record; {@code numbers} returns the numbers of shared texts. */
    void seal(ToIntFunction<String> numbers, int sweeps) {
      if (record != null && (value == null || prepared != sweeps)) {
        value = record.apply(numbers);
      }
      record = null;
    }
  }

  final List<Change> changes = new ArrayList<>();
  final List<Consumer<CacheException>> listeners = new ArrayList<>();

  /** Returns whether the batch only has what is known about files. */
  boolean isOfStamps() {
    boolean stamps = listeners.isEmpty();
    for (Change each : changes) {
      stamps &= each.tree == RecordTree.STAMPS && each.value != null; // null removes a stamp
    }
    return stamps;
  }

  public Batch stamp(String path, KnownDigest known) {
    return named(RecordTree.STAMPS, path, known, RecordCodec::known);
  }

  public Batch dropStamp(String path) {
    return drop(RecordTree.STAMPS, DatabaseKey.of(path));
  }

  public Batch result(String job, JobResult result, RunDetails details) {
    named(RecordTree.RESULTS, job, result, RecordCodec::result);
    List<String> found = result.needs().found();
    Form<RunDetails> form = (out, of) -> RecordCodec.written(out, of, found);
    return named(RecordTree.DETAILS, job, details, form);
  }

  /** Replaces the values that a job stored in its last run. */
  public Batch data(String job, List<StoredValue> data) {
    return data.isEmpty()
        ? drop(RecordTree.DATA, DatabaseKey.of(job))
        : named(RecordTree.DATA, job, data, RecordCodec::data);
  }

  public Batch post(PostedEvent event) {
    byte[] key = DatabaseKey.of(event.build(), event.sequence());
    return put(RecordTree.EVENTS, key, event, (out, of) -> RecordCodec.posted(key, out, of));
  }

  public Batch attempt(AttemptRecord attempt) {
    byte[] key = DatabaseKey.of(attempt.id().build(), attempt.id().sequence());
    return put(RecordTree.ATTEMPTS, key, attempt, (out, of) -> RecordCodec.attempt(key, out, of));
  }

  /** Adds the series of an attempt, or of the machine under {@link AttemptHistory#MACHINE}. */
  public Batch series(long build, long sequence, Series series) {
    return put(RecordTree.SERIES, DatabaseKey.of(build, sequence), series, RecordCodec::series);
  }

  public Batch own(OwnedPath owned) {
    Form<OwnedPath> form = (out, of) -> RecordCodec.owned(owned.path(), out, of);
    return named(RecordTree.OWNED, owned.path(), owned, form);
  }

  public Batch disown(String path) {
    return drop(RecordTree.OWNED, DatabaseKey.of(path));
  }

  public Batch list(Digest digest, List<ManifestEntry> entries) {
    return list(digest, StoredList.whole(entries));
  }

  public Batch list(Digest digest, StoredList list) {
    return put(RecordTree.LISTS, digest.bytes(), list, StoredList::form);
  }

  /** Adds a build to the history, or replaces the build with the same number. */
  public Batch build(BuildRecord record) {
    byte[] key = DatabaseKey.of(record.id().number());
    return put(RecordTree.BUILDS, key, record, (out, of) -> RecordCodec.build(key, out, of));
  }

  /** Adds the changes of another batch, which has no listeners, after those of this one. */
  public Batch add(Batch other) {
    changes.addAll(other.changes);
    return this;
  }

  /**
   * Adds a fast listener, which the writer's thread calls after the commit with its error, or null.
   * A listener must neither throw nor call {@link Cache#flush}.
   */
  public Batch onCommit(Consumer<CacheException> done) {
    listeners.add(done);
    return this;
  }

  private <T> Batch named(RecordTree tree, String name, T record, Form<T> form) {
    return put(tree, DatabaseKey.of(name), name, record, form);
  }

  public <T> Batch put(RecordTree tree, byte[] key, T record, Form<T> form) {
    return put(tree, key, null, record, form);
  }

  private <T> Batch put(RecordTree tree, byte[] key, String name, T record, Form<T> form) {
    drop(tree, key);
    changes.getLast().record = numbers -> RecordCodec.seal(tree, key, name, record, form, numbers);
    return this;
  }

  public Batch drop(RecordTree tree, byte[] key) {
    changes.add(new Change(tree, key, null));
    return this;
  }
}
