package dev.torc.records;

import dev.torc.hash.Digest;
import dev.torc.hash.Digest.KnownDigest;
import dev.torc.machine.Series;
import dev.torc.records.AttemptRecord.PostedEvent;
import dev.torc.records.DatabaseKey.RecordTree;
import dev.torc.records.JobResult.ManifestEntry;
import dev.torc.records.JobResult.RunDetails;
import dev.torc.records.JobResult.StoredValue;
import dev.torc.records.RecordedProduct.OwnedPath;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Changes that are committed together or not at all; later ones win over earlier ones. It only
 * gathers them: {@link Cache#put} takes them over, after which a batch must not be changed. One
 * thread fills it.
 */
public final class Batch {

  /** A key's new value; null removes it. Compared by identity. */
  static final class Change {
    final RecordTree tree;
    final byte[] key;
    final byte[] value;

    Change(RecordTree tree, byte[] key, byte[] value) {
      this.tree = tree;
      this.key = key;
      this.value = value;
    }
  }

  final List<Change> changes = new ArrayList<>();
  final List<Consumer<CacheException>> listeners = new ArrayList<>();

  /** Remembers what is known of a path. */
  public Batch stamp(String path, KnownDigest known) {
    return named(RecordTree.STAMPS, path, out -> RecordCodec.known(out, known));
  }

  /** Forgets what is known of a path. */
  public Batch dropStamp(String path) {
    return drop(RecordTree.STAMPS, DatabaseKey.of(path));
  }

  /** Replaces a job's last run. */
  public Batch result(String job, JobResult result, RunDetails details) {
    named(RecordTree.RESULTS, job, out -> RecordCodec.result(out, result));
    return named(RecordTree.DETAILS, job, out -> RecordCodec.details(out, details));
  }

  /** Replaces the values that a job stored; they belong to its last run. */
  public Batch data(String job, List<StoredValue> data) {
    return data.isEmpty()
        ? drop(RecordTree.DATA, DatabaseKey.of(job))
        : named(RecordTree.DATA, job, out -> RecordCodec.data(out, data));
  }

  /** Stores an event. */
  public Batch post(PostedEvent event) {
    byte[] key = DatabaseKey.of(event.build(), event.sequence());
    return add(RecordTree.EVENTS, key, null, out -> RecordCodec.posted(out, event));
  }

  /** Adds an attempt to the history. */
  public Batch attempt(AttemptRecord attempt) {
    byte[] key = DatabaseKey.of(attempt.build(), attempt.sequence());
    return add(RecordTree.ATTEMPTS, key, null, out -> RecordCodec.attempt(out, attempt));
  }

  /** Adds what an attempt, or with {@link AttemptHistory#MACHINE} the machine, used over time. */
  public Batch series(long build, long sequence, Series series) {
    byte[] key = DatabaseKey.of(build, sequence);
    return add(RecordTree.SERIES, key, null, out -> RecordCodec.series(out, series));
  }

  /** Keeps the record of a result for later; one of the same key is replaced. */
  public Batch stored(Digest key, StoredResults.Stored stored) {
    return add(RecordTree.STORED, key.bytes(), null, out -> RecordCodec.stored(out, stored));
  }

  /** Forgets a result that was kept for later. */
  Batch dropStored(Digest key) {
    return drop(RecordTree.STORED, key.bytes());
  }

  /** Replaces the lists of files to which a first key leads. */
  public Batch storedNames(Digest first, List<List<String>> lists) {
    return add(RecordTree.STORED_NAMES, first.bytes(), null, out -> RecordCodec.names(out, lists));
  }

  /** Forgets the lists of files to which a first key leads. */
  Batch dropStoredNames(Digest first) {
    return drop(RecordTree.STORED_NAMES, first.bytes());
  }

  /** Says how many bytes the local store has. */
  Batch storedBytes(long bytes) {
    byte[] key = StoredResults.TOTAL;
    return add(RecordTree.STORED_NAMES, key, null, out -> RecordCodec.total(out, bytes));
  }

  /** Records a path as made by torc. */
  public Batch own(OwnedPath owned) {
    return named(RecordTree.OWNED, owned.path(), out -> RecordCodec.owned(out, owned));
  }

  /** A path is torc's no longer. */
  public Batch disown(String path) {
    return drop(RecordTree.OWNED, DatabaseKey.of(path));
  }

  /** Stores the list that a digest stands for. */
  public Batch list(Digest digest, List<ManifestEntry> entries) {
    return add(RecordTree.LISTS, digest.bytes(), null, out -> RecordCodec.entries(out, entries));
  }

  /** Writes a line of the history, over an earlier one of the same number. */
  public Batch build(BuildRecord record) {
    byte[] key = DatabaseKey.of(record.id().number());
    return add(RecordTree.BUILDS, key, null, out -> RecordCodec.build(out, record));
  }

  /**
   * Asks to be told, on the writer's thread, when the batch is committed (null) or could not be.
   * The listener must be short, must not throw, and must not call {@link Cache#flush}.
   */
  public Batch onCommit(Consumer<CacheException> done) {
    listeners.add(done);
    return this;
  }

  private Batch named(RecordTree tree, String name, RecordCodec.Content content) {
    return add(tree, DatabaseKey.of(name), name, content);
  }

  private Batch add(RecordTree tree, byte[] key, String name, RecordCodec.Content content) {
    return add(tree, key, RecordCodec.seal(tree, key, name, content));
  }

  Batch drop(RecordTree tree, byte[] key) {
    return add(tree, key, null);
  }

  private Batch add(RecordTree tree, byte[] key, byte[] value) {
    changes.add(new Change(tree, key, value));
    return this;
  }
}
