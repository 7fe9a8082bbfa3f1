package dev.torc.core.memory;

import dev.torc.base.bytes.Fields;
import dev.torc.base.bytes.Fields.Form;
import dev.torc.base.digests.Digest;
import dev.torc.base.digests.Digest.KnownDigest;
import dev.torc.core.memory.AttemptRecord.PostedEvent;
import dev.torc.core.memory.DatabaseKey.RecordTree;
import dev.torc.core.memory.JobResult.ManifestEntry;
import dev.torc.core.memory.JobResult.RunDetails;
import dev.torc.core.memory.JobResult.StoredValue;
import dev.torc.core.memory.RecordedProduct.OwnedPath;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.lmdbjava.LmdbException;

/**
 * The records of torc: the digests of files, the last runs, which job owns which path, and the
 * history of builds. A cache stores records, and returns each one complete or not at all. It does
 * not know what they mean for a build.
 *
 * <p>Any thread may call a cache. A read sees every earlier write, even before it is committed. A
 * damaged record counts as missing, so damage can only make a job run again. {@link Recovery}
 * checks a database that was not closed properly, because a damaged page can crash LMDB. A process
 * must not open a database twice at the same time, because LMDB's locks belong to the process.
 * Every method throws {@link CacheException} if the database cannot be read.
 */
public final class Cache implements AutoCloseable {

  /** The list that was last read as a base; its readers mostly follow each other. */
  private record Base(Digest digest, List<ManifestEntry> entries) {}

  /** Nanoseconds after which written bytes are on the disk, even if the machine then crashes. */
  private static final long SETTLED = 60_000_000_000L;

  private final CachePlace place;
  private final RecordStore store;
  private final Commits commits;
  private final CacheWriter writer;
  private final Overlay pending = new Overlay();
  private final SharedTexts texts = new SharedTexts(this);
  private final Consumer<String> note;

  /** The last commit if the machine was rebooted since; otherwise null. */
  private final CommitNote late;

  /** Whether LMDB reported damage. If so, {@link #close} does not record a clean close. */
  private volatile boolean damaged;

  private volatile Base base; // null until one is read

  /** The ctime, in nanoseconds since 1970, after which stamps are not safe. */
  private long distrust;

  /** Creates a cache over an open database. If {@code store} is null, the cache is empty. */
  Cache(
      CachePlace place,
      CacheSettings settings,
      Consumer<String> note,
      RecordStore store,
      boolean writes) {
    this.place = place;
    this.store = store;
    this.note = note;
    CommitNote last = store == null ? null : store.lastCommit();
    this.late = last == null || last.boot().equals(settings.boot()) ? null : last;
    this.distrust = late == null ? Long.MAX_VALUE : late.time() * 1_000_000 - SETTLED;
    this.commits = writes ? new Commits(place, settings, note, store) : null;
    this.writer = writes ? new CacheWriter(this::commit) : null;
  }

  /**
   * Opens the cache for the holder of the {@link BuildLock}, and makes missing folders and the
   * database. An unusable database is set aside and reported to {@code note}.
   */
  public static Cache open(CachePlace place, Consumer<String> note) {
    return CacheOpening.forWork(place, note, CacheSettings.system());
  }

  /** Loads the code that opens a database, without opening one. */
  public static void prepare() {
    RecordStore.prepare();
  }

  /**
   * Opens the cache read-only, as of this moment. Does not wait for a lock, writes no records, and
   * creates no file but LMDB's lock table. If the database is unusable, the cache is empty and
   * {@code note} says why.
   */
  public static Cache look(CachePlace place, Consumer<String> note) {
    return CacheOpening.forLooking(place, note, CacheSettings.system());
  }

  /** Returns the place, whose database folder is final if {@link #open} opened this cache. */
  public CachePlace place() {
    return place;
  }

  /**
   * Marks late stamps as unsafe if the machine was rebooted since the last commit: files written
   * shortly before may have lost their bytes but not their stamps. Commits the unsafe stamps with
   * the id of the new boot.
   */
  void distrustLate() {
    if (late == null) {
      return;
    }
    Batch doubts = new Batch();
    try {
      eachStamp(
          (path, known) -> {
            if (!known.safe() && known.stamp().ctime() > distrust) {
              doubts.stamp(path, known);
            }
          });
      distrust = Long.MAX_VALUE;
      put(doubts);
      flush();
    } catch (CacheException e) {
      abandon();
      throw e;
    }
  }

  /** Stops the writer and closes the files. A failed commit is not reported. */
  void abandon() {
    if (writer != null) {
      writer.stop();
    }
    if (store != null) {
      store.close();
    }
    if (commits != null) {
      commits.close();
    }
  }

  /** Returns the position in the journal that the database has reached, or null. */
  JournalPosition position() {
    return store == null ? null : store.position();
  }

  /** Overlays the database, in memory, with the journal's records after {@link #position}. */
  void overlay(JournalReader from) throws IOException, JournalReader.Damaged {
    for (var changes = from.next(); changes != null; changes = from.next()) {
      pending.put(changes);
    }
  }

  /** Commits the journal's records after {@link #position}. Later commits go to the journal too. */
  void follow(JournalReader from) throws IOException, JournalReader.Damaged {
    commits.follow(from);
  }

  /** Writes a new journal with all records. */
  void makeJournal() throws IOException {
    commits.makeJournal();
  }

  /** Returns a text that changes with the records of a network root; empty for other roots. */
  public static String journal(CachePlace place) throws IOException {
    if (!place.isNetworkRoot()) {
      return "";
    }
    try (JournalReader in = JournalReader.open(place.journal())) {
      return in.position().journal() + " " + in.length();
    } catch (NoSuchFileException | JournalReader.Damaged unusable) {
      return "none";
    }
  }

  public KnownDigest stamp(String path) {
    return find(RecordTree.STAMPS, path, this::known);
  }

  /** Returns whether a job has a record of an earlier run, however that ended. */
  public boolean hasRun(String job) {
    return result(job) != null;
  }

  /** Returns a job's last run; null if there is none, or if its values are unreadable. */
  public JobResult result(String job) {
    JobResult result = find(RecordTree.RESULTS, job, RecordCodec::result);
    boolean whole =
        result == null
            || value(RecordTree.DATA, DatabaseKey.of(job)) == null
            || find(RecordTree.DATA, job, RecordCodec::data) != null;
    return whole ? result : null;
  }

  public RunDetails details(String job) {
    return find(RecordTree.DETAILS, job, RecordCodec::details);
  }

  public List<StoredValue> data(String job) {
    List<StoredValue> data = find(RecordTree.DATA, job, RecordCodec::data);
    return data == null ? List.of() : data;
  }

  public OwnedPath owned(String path) {
    return find(RecordTree.OWNED, path, (in, of) -> RecordCodec.owned(path, in, of));
  }

  public List<ManifestEntry> list(Digest digest) {
    StoredList found = stored(digest);
    if (found == null || found.base() == null) {
      return found == null ? null : found.entries();
    }
    List<ManifestEntry> base = base(found.base());
    return base == null ? null : found.on(base);
  }

  private StoredList stored(Digest list) {
    return record(RecordTree.LISTS, list.bytes(), StoredList::form);
  }

  /** Returns the members of a list that is stored as a whole; null for any other. */
  private List<ManifestEntry> base(Digest digest) {
    Base last = base;
    if (last == null || !last.digest.equals(digest)) {
      StoredList found = stored(digest);
      last = new Base(digest, found == null || found.base() != null ? null : found.entries());
      base = last;
    }
    return last.entries;
  }

  /**
   * Returns how to store a list, null if it is stored already; {@code last} is an earlier list that
   * may be almost the same, or null. A stored list never changes, since others may have it as base.
   */
  public StoredList storing(Digest digest, List<ManifestEntry> entries, Digest last) {
    if (last == null) {
      return StoredList.whole(entries);
    } else if (stored(digest) != null) {
      return null;
    }
    StoredList before = stored(last);
    Digest base = before == null || before.base() == null ? last : before.base();
    List<ManifestEntry> members = base(base);
    return members == null ? StoredList.whole(entries) : StoredList.of(entries, base, members);
  }

  /**
   * Visits all last runs in the order of their keys, which is the order of the names' UTF-8 bytes
   * except for long names with the same beginning. A visitor may read and put, but must not flush.
   */
  public void eachResult(BiConsumer<String, JobResult> visitor) {
    each(RecordTree.RESULTS, (_, in, of) -> RecordCodec.result(in, of), visitor);
  }

  public void eachData(BiConsumer<String, List<StoredValue>> visitor) {
    each(RecordTree.DATA, (_, in, of) -> RecordCodec.data(in, of), visitor);
  }

  public void eachEvent(long build, long sequence, Consumer<PostedEvent> visitor) {
    eachRecord(RecordTree.EVENTS, DatabaseKey.of(build, sequence), RecordCodec::posted, visitor);
  }

  public <T> T record(RecordTree tree, byte[] key, Form<T> form) {
    return RecordCodec.open(tree, key, value(tree, key), form, texts::text);
  }

  /** Visits, in key order, records whose keys are not names, from a key on; null means all. */
  <T> void eachRecord(
      RecordTree tree, byte[] from, RecordCodec.Keyed<byte[], T> form, Consumer<T> visitor) {
    each(
        tree,
        from,
        (key, value) ->
            RecordCodec.open(tree, key, value, (in, of) -> form.pass(key, in, of), texts::text),
        visitor);
  }

  /** Visits all records of a tree in the order of the keys. A visitor may read and put. */
  public <T> void eachRecord(RecordTree tree, Form<T> form, Consumer<T> visitor) {
    eachRecord(tree, null, (_, in, of) -> form.pass(in, of), visitor);
  }

  public boolean isBlank() {
    return size(RecordTree.RESULTS) == 0;
  }

  /** Returns the number of committed records. */
  public long size(RecordTree tree) {
    return reading(() -> store.size(tree), 0L);
  }

  /** Visits committed records as {@link RecordStore#scan} does. */
  void scan(RecordTree tree, boolean back, BiPredicate<byte[], byte[]> visitor) {
    reading(() -> store.scan(tree, null, back, visitor), false);
  }

  public void eachOwned(Consumer<OwnedPath> visitor) {
    each(RecordTree.OWNED, RecordCodec::owned, (_, owned) -> visitor.accept(owned));
  }

  public void eachStamp(BiConsumer<String, KnownDigest> visitor) {
    each(RecordTree.STAMPS, (_, in, of) -> known(in, of), visitor);
  }

  /** Returns the newest builds of the history, newest first, at most {@code most} of them. */
  public List<BuildRecord> builds(int most) {
    var late = pending.from(RecordTree.BUILDS, null); // read before the snapshot, as in each
    TreeMap<Long, BuildRecord> builds = new TreeMap<>(Comparator.reverseOrder());
    scan(
        RecordTree.BUILDS,
        true,
        (key, value) -> {
          BuildRecord build = build(key, value);
          if (build != null) {
            builds.put(build.id().number(), build);
          }
          return builds.size() < most;
        });
    late.forEach((key, change) -> builds.put(DatabaseKey.number(key), build(key, change.value)));
    return builds.values().stream().limit(most).toList();
  }

  /** Returns a build of the history; null if it is missing. */
  public BuildRecord build(long number) {
    byte[] key = DatabaseKey.of(number);
    return build(key, value(RecordTree.BUILDS, key));
  }

  /** Returns a number that is greater than all in the history, usually by one. */
  public long nextBuildNumber() {
    var late = pending.from(RecordTree.BUILDS, null);
    long[] next = {1};
    scan(
        RecordTree.BUILDS,
        true,
        (key, value) -> {
          BuildRecord build = build(key, value);
          next[0] +=
              build == null ? 1 : build.id().number(); // a damaged record may have a wrong key
          return build == null;
        });
    return late.isEmpty() ? next[0] : Math.max(next[0], DatabaseKey.number(late.lastKey()) + 1);
  }

  private static BuildRecord build(byte[] key, byte[] value) {
    return RecordCodec.open(
        RecordTree.BUILDS, key, value, (in, of) -> RecordCodec.build(key, in, of), null);
  }

  /**
   * Encodes what it can of a batch that this thread puts next, which then takes {@link #put} less
   * time. A number that is known here was given in an earlier {@code put}, which is queued before.
   */
  public void prepare(Batch batch) {
    texts.prepare(batch);
  }

  /** Queues changes without waiting for the disk. Reads see them at once. */
  public void put(Batch batch) {
    if (writer == null) {
      throw new IllegalStateException("this cache is only looked at");
    }
    changeTexts(
        () -> {
          texts.seal(batch); // in one lock with put: a new text is queued before its later uses
          writer.put(batch, () -> pending.put(batch.changes));
        });
  }

  /** Runs a change of the shared texts. The map's lock is taken first, to prevent a deadlock. */
  private void changeTexts(Runnable change) {
    store.mapped(
        () -> {
          synchronized (texts) {
            change.run();
          }
        });
  }

  /** Removes unused shared texts if there are many; {@code stored} reads all stored results. */
  public void sweep(Runnable stored) {
    changeTexts(() -> texts.sweep(stored));
  }

  /** Waits until all changes are committed and on the disk. Throws if any commit has failed. */
  public void flush() {
    if (writer != null) {
      writer.flush();
    }
  }

  /** Flushes and closes the cache. The database is closed even if this method throws. */
  @Override
  public void close() {
    try {
      flush();
    } finally {
      abandon();
    }
    if (writer != null && !damaged) {
      try {
        CleanClose.write(place);
      } catch (IOException e) {
        note.accept(
            CacheTrouble.of(
                    "the next build checks the cache first: cannot write", place.closed(), e)
                .getMessage());
      }
    }
  }

  /** Commits a group of batches, on the writer's thread. */
  private void commit(List<Batch> group) {
    List<Batch.Change> changes = new ArrayList<>();
    group.forEach(batch -> changes.addAll(batch.changes));
    try {
      commits.add(changes);
    } catch (RuntimeException e) {
      throw failure("cannot write the cache", e);
    }
    pending.committed(changes);
  }

  private CacheException failure(String what, RuntimeException e) {
    if (CacheTrouble.isDamage(e)) {
      damaged = true;
    }
    return CacheTrouble.of(what, place.data(), e);
  }

  private <T> T reading(Supplier<T> read, T none) {
    try {
      return store != null ? read.get() : none;
    } catch (LmdbException e) {
      throw failure("cannot read the cache", e);
    }
  }

  /** Returns the record of a name, or null. Of two names with one key, only one has a record. */
  private <T> T find(RecordTree tree, String name, Form<T> form) {
    byte[] key = DatabaseKey.of(name);
    return RecordCodec.named(
        tree,
        key,
        value(tree, key),
        (whose, in, of) -> name.equals(whose) ? form.pass(in, of) : null,
        texts::text);
  }

  private byte[] value(RecordTree tree, byte[] key) {
    Batch.Change change = pending.get(tree, key);
    return change != null ? change.value : reading(() -> store.get(tree, key), null);
  }

  private record Named<T>(String name, T record) {}

  private KnownDigest known(Fields in, KnownDigest of) {
    KnownDigest known = RecordCodec.known(in, of);
    return known.safe() && known.stamp().ctime() > distrust
        ? new KnownDigest(known.stamp(), known.digest(), false)
        : known;
  }

  private <T> void each(
      RecordTree tree, RecordCodec.Keyed<String, T> form, BiConsumer<String, T> visitor) {
    each(
        tree,
        null,
        (key, value) ->
            RecordCodec.<Named<T>>named(
                tree,
                key,
                value,
                (name, in, _) -> new Named<>(name, form.pass(name, in, null)),
                texts::text),
        named -> visitor.accept(named.name, named.record));
  }

  /** Visits committed and uncommitted records in the order of the keys. */
  private <T> void each(
      RecordTree tree, byte[] from, BiFunction<byte[], byte[], T> opener, Consumer<T> visitor) {
    // Taken before the snapshot, so a change that is missing here is already in the snapshot.
    TreeMap<byte[], Batch.Change> late = pending.from(tree, from);
    BiConsumer<byte[], byte[]> tell =
        (key, value) -> {
          T record = value == null ? null : opener.apply(key, value);
          if (record != null) {
            visitor.accept(record);
          }
        };
    BiPredicate<byte[], byte[]> committed =
        (key, value) -> {
          while (!late.isEmpty() && Arrays.compareUnsigned(late.firstKey(), key) < 0) {
            Batch.Change change = late.pollFirstEntry().getValue();
            tell.accept(change.key, change.value);
          }
          Batch.Change change = late.remove(key);
          tell.accept(key, change == null ? value : change.value);
          return true;
        };
    reading(() -> store.scan(tree, from, false, committed), false);
    late.values().forEach(change -> tell.accept(change.key, change.value));
  }

  /** Values that tests replace: address space in bytes, boot id, milliseconds since 1970. */
  record CacheSettings(long mapSize, String boot, LongSupplier clock) {
    static CacheSettings system() {
      return new CacheSettings(4L << 30, ThisHost.system().boot(), System::currentTimeMillis);
    }
  }

  /** Thrown with one line for the user if the cache cannot be used; torc exits with status 3. */
  public static final class CacheException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    CacheException(String message) {
      super(message);
    }

    CacheException(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
