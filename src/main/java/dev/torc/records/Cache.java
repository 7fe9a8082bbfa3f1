package dev.torc.records;

import dev.torc.bytes.Fields;
import dev.torc.bytes.Fields.Form;
import dev.torc.hash.Digest;
import dev.torc.hash.Digest.KnownDigest;
import dev.torc.records.AttemptRecord.PostedEvent;
import dev.torc.records.DatabaseKey.RecordTree;
import dev.torc.records.JobResult.ManifestEntry;
import dev.torc.records.JobResult.RunDetails;
import dev.torc.records.JobResult.StoredValue;
import dev.torc.records.RecordedProduct.OwnedPath;
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
 * The records of torc: what is known of files, the last runs, which job owns which path, and the
 * history. It stores records and finds them again, whole or not at all; it does not know what they
 * mean for a build.
 *
 * <p>Any thread may call it. Reads see what was put at once, before it is committed. A damaged
 * record counts as missing, so damage can only make a job run again; a damaged database is found
 * before LMDB reads the bad page, and is set aside. LMDB's locks belong to the process, so a
 * process must not open a database twice at a time. Every method throws {@link CacheException} if
 * the database cannot be read.
 */
public final class Cache implements AutoCloseable {

  /** Nanoseconds after which written bytes are on the disk, even if the machine goes down. */
  private static final long SETTLED = 60_000_000_000L;

  private final CachePlace place;
  private final RecordStore store;
  private final Commits commits;
  private final CacheWriter writer;
  private final Overlay pending = new Overlay();
  private final SharedTexts texts = new SharedTexts(this);
  private final Consumer<String> note;

  /** The last commit, if the machine went down since; otherwise null. */
  private final CommitNote late;

  /** Whether LMDB found damage: then {@link #close} does not note that the database is sound. */
  private volatile boolean damaged;

  /** Nanoseconds since 1970: stamps with a later ctime are not safe. */
  private long distrust;

  /** Creates a cache over an open database, or without records if {@code store} is null. */
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
   * Opens the cache for the holder of the {@link BuildLock}: makes folder and database as needed.
   * If a database is unusable, it is set aside, and {@code note} takes a line.
   */
  public static Cache open(CachePlace place, Consumer<String> note) {
    return CacheOpening.forWork(place, note, CacheSettings.system());
  }

  /** Loads the code that opens a database, without opening one. */
  public static void prepare() {
    RecordStore.prepare();
  }

  /**
   * Opens the cache only to look at its current state: never waits, writes nothing, creates only
   * LMDB's lock table. If the database is unusable, the cache is empty and {@code note} says why.
   */
  public static Cache look(CachePlace place, Consumer<String> note) {
    return CacheOpening.forLooking(place, note, CacheSettings.system());
  }

  /** Returns the place; with the final folder of the database if opened for work. */
  public CachePlace place() {
    return place;
  }

  /**
   * Distrusts late stamps if the machine went down since the last commit: files written shortly
   * before may have lost their bytes and kept their stamps. Such stamps are read as unsafe and
   * stored as such, with the new boot's id.
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

  /** Ends the writer and closes the files, ignoring commits that fail. */
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

  /** Returns how far the database follows a journal; null if it never did. */
  JournalPosition position() {
    return store == null ? null : store.position();
  }

  /** Overlays the database with the journal's records after {@link #position}. */
  void overlay(JournalReader from) throws IOException, JournalReader.Damaged {
    for (var changes = from.next(); changes != null; changes = from.next()) {
      pending.put(changes);
    }
  }

  /** Commits the journal's records after {@link #position}; later commits go to it too. */
  void follow(JournalReader from) throws IOException, JournalReader.Damaged {
    commits.follow(from);
  }

  /** Writes a new journal of all records. */
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

  /** Returns a job's last run; null also if its values, a part of it, cannot be read. */
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
    return record(RecordTree.LISTS, digest.bytes(), RecordCodec::entries);
  }

  /**
   * Visits all last runs in the order of their keys, which is that of the names' UTF-8 bytes except
   * for long names that begin alike. A visitor may read and put, but not flush.
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

  <T> T record(RecordTree tree, byte[] key, Form<T> form) {
    return RecordCodec.open(tree, key, value(tree, key), form, texts::text);
  }

  /** Visits records whose keys are no names, from a key on or all for null, in their order. */
  <T> void eachRecord(
      RecordTree tree, byte[] from, RecordCodec.Keyed<byte[], T> form, Consumer<T> visitor) {
    each(
        tree,
        from,
        (key, value) ->
            RecordCodec.open(tree, key, value, (in, of) -> form.pass(key, in, of), texts::text),
        visitor);
  }

  /** Reads all records of a tree, so that each looks up its texts. */
  <T> void readAll(RecordTree tree, Form<T> form) {
    this.<T>eachRecord(tree, null, (_, in, of) -> form.pass(in, of), _ -> {});
  }

  public boolean isBlank() {
    return size(RecordTree.RESULTS) == 0;
  }

  /** Returns the number of committed records. */
  long size(RecordTree tree) {
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

  /** Returns at most {@code most} lines of the history, newest first. */
  public List<BuildRecord> builds(int most) {
    var late = pending.from(RecordTree.BUILDS, null); // before the snapshot, as in each
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

  /** Returns a number greater than any in the history, usually by one. */
  public long nextBuildNumber() {
    var late = pending.from(RecordTree.BUILDS, null);
    long[] next = {1};
    scan(
        RecordTree.BUILDS,
        true,
        (key, value) -> {
          BuildRecord build = build(key, value);
          next[0] +=
              build == null ? 1 : build.id().number(); // the key of a damaged record may be wrong
          return build == null;
        });
    return late.isEmpty() ? next[0] : Math.max(next[0], DatabaseKey.number(late.lastKey()) + 1);
  }

  private static BuildRecord build(byte[] key, byte[] value) {
    return RecordCodec.open(
        RecordTree.BUILDS, key, value, (in, of) -> RecordCodec.build(key, in, of), null);
  }

  /** Queues changes; they are seen at once and committed within 50 ms. Never waits for the disk. */
  public void put(Batch batch) {
    if (writer == null) {
      throw new IllegalStateException("this cache is only looked at");
    }
    changeTexts(
        () -> {
          texts.seal(batch); // a batch that brings a text is queued before others with its number
          writer.put(batch, () -> pending.put(batch.changes));
        });
  }

  /** Runs a change of the shared texts while the map stays, so that it need not wait for it. */
  private void changeTexts(Runnable change) {
    store.mapped(
        () -> {
          synchronized (texts) {
            change.run();
          }
        });
  }

  /** Removes unused shared texts, if there may be many; {@code stored} reads all stored results. */
  void sweep(Runnable stored) {
    changeTexts(() -> texts.sweep(stored));
  }

  /** Waits until everything is committed and on the disk. Throws if any commit has failed. */
  public void flush() {
    if (writer != null) {
      writer.flush();
    }
  }

  /** Flushes and closes; the database is closed even if this throws. */
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

  /** Returns the record of a name, or null. Two names may share a key; then one has the record. */
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
    // Taken before the snapshot: a change that is missing here was committed before that.
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

  /** What tests replace: bytes of address space, the id of the boot, milliseconds since 1970. */
  record CacheSettings(long mapSize, String boot, LongSupplier clock) {
    static CacheSettings system() {
      return new CacheSettings(4L << 30, ThisHost.system().boot(), System::currentTimeMillis);
    }
  }

  /** Thrown with one line for people if the cache cannot be used or written: exit 3. */
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
