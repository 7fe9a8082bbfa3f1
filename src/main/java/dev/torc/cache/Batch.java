package dev.torc.cache;

import dev.torc.hash.Digest;
import dev.torc.hash.Known;
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
    final Tree tree;
    final byte[] key;
    final byte[] value;

    Change(Tree tree, byte[] key, byte[] value) {
      this.tree = tree;
      this.key = key;
      this.value = value;
    }
  }

  final List<Change> changes = new ArrayList<>();
  final List<Consumer<CacheException>> listeners = new ArrayList<>();

  /** Remembers what is known of a path. */
  public Batch stamp(String path, Known known) {
    return named(Tree.STAMPS, path, out -> out.known(known));
  }

  /** Forgets what is known of a path. */
  public Batch dropStamp(String path) {
    return drop(Tree.STAMPS, Key.of(path));
  }

  /** Replaces a job's last run. */
  public Batch result(String job, Result result, Details details) {
    named(Tree.RESULTS, job, out -> Codec.result(out, result));
    return named(Tree.DETAILS, job, out -> Codec.details(out, details));
  }

  /** Replaces the values that a job stored; they belong to its last run. */
  public Batch data(String job, List<Datum> data) {
    return data.isEmpty()
        ? drop(Tree.DATA, Key.of(job))
        : named(Tree.DATA, job, out -> out.list(data, Codec::datum));
  }

  /** Stores an event. */
  public Batch post(Posted event) {
    byte[] key = Key.of(event.build(), event.sequence());
    return add(Tree.EVENTS, key, Codec.seal(Tree.EVENTS, key, out -> Codec.posted(out, event)));
  }

  /** Forgets a job's last run and what it stored. */
  public Batch dropResult(String job) {
    drop(Tree.RESULTS, Key.of(job));
    drop(Tree.DATA, Key.of(job));
    return drop(Tree.DETAILS, Key.of(job));
  }

  /** Records a path as made by torc. */
  public Batch own(Owned owned) {
    return named(Tree.OWNED, owned.path(), out -> Codec.owned(out, owned));
  }

  /** A path is torc's no longer. */
  public Batch disown(String path) {
    return drop(Tree.OWNED, Key.of(path));
  }

  /** Stores the list that a digest stands for. */
  public Batch list(Digest digest, List<Entry> entries) {
    byte[] key = digest.bytes();
    return add(
        Tree.LISTS, key, Codec.seal(Tree.LISTS, key, out -> out.list(entries, Codec::entry)));
  }

  /** Writes a line of the history, over an earlier one of the same number. */
  public Batch build(BuildRecord record) {
    byte[] key = Key.of(record.number());
    return add(Tree.BUILDS, key, Codec.seal(Tree.BUILDS, key, out -> Codec.build(out, record)));
  }

  /**
   * Asks to be told, on the writer's thread, when the batch is committed (null) or could not be.
   * The listener must be short, must not throw, and must not call {@link Cache#flush}.
   */
  public Batch onCommit(Consumer<CacheException> done) {
    listeners.add(done);
    return this;
  }

  private Batch named(Tree tree, String name, Codec.Content content) {
    byte[] key = Key.of(name);
    return add(tree, key, Codec.named(tree, key, name, content));
  }

  private Batch drop(Tree tree, byte[] key) {
    return add(tree, key, null);
  }

  private Batch add(Tree tree, byte[] key, byte[] value) {
    changes.add(new Change(tree, key, value));
    return this;
  }
}
