package dev.torc.results;

import dev.torc.hash.Digest;
import dev.torc.posix.FolderHandle;
import dev.torc.records.Cache;
import dev.torc.records.ProductTarget;
import dev.torc.records.RecordedProduct.OwnedPath;
import dev.torc.records.StoredResults;
import dev.torc.results.Result.ResultParts;
import dev.torc.text.Refusal;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The local store: results that are stored, records and bytes together, within a bound. What would
 * pass it makes room first: the least recently used results go. Which results are stored, and when
 * one is restored, is decided elsewhere. Any thread may call it.
 */
public class LocalResults implements ResultParts {

  /** A result is not kept if it takes more than the bound divided by this. */
  private static final int PARTS = 4;

  /**
   * The bound without a setting: this many bytes, or the bytes that are free or taken by the store,
   * divided by SHARE, if that is less.
   */
  private static final long MOST = 5L << 30;

  private static final int SHARE = 20;

  /** Making room frees the bound divided by this in addition, since it reads all results. */
  private static final int SLACK = 16;

  /** Bytes that the file system should have left for others. */
  private static final long FREE = 1L << 30;

  /** With less than this, in bytes, a job may fail for want of room. */
  private static final long SCARCE = 64L << 20;

  private static final long SECOND = 1_000_000_000L;

  /** Stands for a sum that has to be counted anew. */
  private static final long UNKNOWN = -1;

  private final Cache cache;
  private final StoredResults<Result> records;
  private final StoredResults<Result> light; // the same records, read by Result::parts
  private final LocalStore bytes;
  private final long keep;
  private final boolean restores;
  private final Set<String> shared = new HashSet<>(); // names that an add found there already
  private final Map<Digest, Result> wanted = new HashMap<>(); // to be restored; null: was restored
  private long last; // ms since 1970, but always rising: two uses in one ms keep their order
  private Uses<String> uses; // of the names of products; null until they are counted
  private final Uses<Digest> firsts = new Uses<>(); // of first keys, counted with them
  private long total = UNKNOWN;
  private long bound = -1;
  private long looked = System.nanoTime() - SECOND;
  private boolean changed;

  /**
   * Creates the stored results of a root.
   *
   * @param cache open for work where anything is to be changed
   * @param keep the bound in bytes; 0 where nothing is kept, negative without a setting
   * @param restores whether a stored result may be restored in place of a run
   */
  public LocalResults(Cache cache, long keep, boolean restores) {
    this.cache = cache;
    this.records = new StoredResults<>(cache, Result::form);
    this.light = new StoredResults<>(cache, Result::parts);
    this.bytes = new LocalStore(cache.place());
    this.keep = keep;
    this.restores = restores;
  }

  /** Returns whether nothing is kept here, so that there is nothing to find. */
  public boolean isOff() {
    return keep == 0 || isBlocked();
  }

  /** Returns whether nothing can be kept, since something else stands where the store would be. */
  public boolean isBlocked() {
    return bytes.isBlocked();
  }

  /** Returns whether a stored result may be restored in place of a run. */
  public boolean restores() {
    return restores && !isOff();
  }

  /** Returns whether nothing was kept here before, and something is now. */
  public boolean isNew() {
    return bytes.isNew();
  }

  /** Returns bytes that the store may take. */
  public synchronized long bound() throws IOException {
    if (bound < 0) {
      bound = keep >= 0 ? keep : Math.min(MOST, (usable() + size()) / SHARE);
    }
    return bound;
  }

  /**
   * Returns bytes that the file system has left; unlike a file store, this needs no table of
   * mounts.
   */
  long usable() {
    return cache.place().root().toFile().getUsableSpace();
  }

  /**
   * Makes room if the file system has hardly any left. Looks once a second at most, and only if the
   * store holds anything.
   */
  public synchronized void makeRoom() throws IOException {
    long now = System.nanoTime();
    if (now < looked + SECOND || isOff() || size() == 0) {
      return;
    }
    looked = now;
    long lacks = FREE - usable();
    if (lacks > 0) {
      free(size() - lacks - size() / SLACK);
    }
  }

  public boolean isEmpty() {
    return records.isEmpty();
  }

  /**
   * Empties the store if the disk is as good as full.
   *
   * @param full whether it is known to be full
   * @return whether the store held anything
   */
  public synchronized boolean relieve(boolean full) throws IOException {
    if (isOff() || size() == 0 || !full && usable() >= SCARCE) {
      return false;
    }
    free(0);
    return true;
  }

  @Override
  public byte[] text(OwnedPath part) throws IOException {
    return bytes.text(part);
  }

  /** Returns the result under a key; null for none. */
  public Result find(Digest key) {
    return of(cache, key);
  }

  /** Returns the result under a key, for callers that need only the cache; null for none. */
  public static Result of(Cache cache, Digest key) {
    StoredResults.Stored<Result> stored = new StoredResults<>(cache, Result::form).of(key);
    return stored == null ? null : stored.result();
  }

  /** Returns the lists of found needs under a first key, newest first. */
  public List<List<String>> names(Digest first) {
    return records.names(first);
  }

  /** Hands over all results. */
  public void each(Consumer<Result> visitor) {
    records.each(stored -> visitor.accept(stored.result()));
  }

  /** Returns whether the bytes of a product are here. */
  public boolean has(OwnedPath part) {
    return bytes.has(part);
  }

  /** Returns whether a result of this size may be kept, whatever else is kept. */
  public boolean holds(long size, int files) throws IOException {
    return size <= bound() / PARTS && files <= ResultChecks.MOST_FILES;
  }

  /**
   * Keeps the record of a result; its products are added when they are cleared.
   *
   * @param said the output of the job if it belongs to the result; else null
   */
  public synchronized void put(Result made, byte[] said) throws IOException {
    Result result = made;
    if (said != null) {
      result = made.withLog(new Blob(Digest.ofBytes(said), said.length));
      forgetSize();
      total += bytes.add(result.logPart(), said);
    }
    put(result);
  }

  /** Keeps the record of a result, and its found needs as the newest list of names. */
  public synchronized void put(Result result) {
    last = Math.max(System.currentTimeMillis(), last + 1);
    if (uses != null && !isKept(result)) {
      count(result);
    }
    Digest first = result.first();
    List<List<String>> before = first == null ? List.of() : records.names(first);
    List<List<String>> lists = FoundNames.with(before, result.found());
    wanted.replace(result.key(), result);
    StoredResults.Stored<Result> stored = new StoredResults.Stored<>(last, result);
    records.put(result.key(), stored, lists.equals(before) ? null : first, lists);
  }

  /** Notes that this build is going to restore a stored result: it is the last to make room. */
  public synchronized void want(Result result) {
    wanted.put(result.key(), result);
  }

  /**
   * Makes sure, before any product is placed, that the record under the key has these parts and is
   * on the disk.
   */
  public synchronized void remember(Result result) {
    if (wanted.get(result.key()) == result) {
      return;
    }
    Result known = of(cache, result.key());
    if (known == null || !known.parts().equals(result.parts())) {
      put(result);
      cache.flush();
    }
  }

  /** Returns whether there is a record under the key of a result. */
  private boolean isKept(Result result) {
    return wanted.get(result.key()) == result || light.of(result.key()) != null;
  }

  /**
   * Returns whether a shared store's result is older than one under its key that this root took
   * from a store, or made and sent: a server may give again what its maker has replaced.
   */
  public boolean isReplaced(Result shared) {
    return shared.origin().started() < records.seen(shared.key());
  }

  /**
   * Notes that a result came from a shared store, or is sent to one. The time is at most the
   * present one, so a clock that was ahead does not turn all later results away.
   */
  public void seen(Result shared) {
    long made = Math.min(shared.origin().started(), System.currentTimeMillis());
    if (made > records.seen(shared.key())) {
      records.seen(shared.key(), made);
    }
  }

  /** Notes that a result was restored: it is the most recently used one now. */
  public synchronized void used(Result result) {
    if (isOff()) {
      records.drop(result.key(), result.first()); // only remember() kept it, for a restore's mark
    } else if (isKept(result)) {
      put(result);
    }
    wanted.replace(result.key(), null);
  }

  /** Returns a new empty folder, whose files can be renamed to where they are to stand. */
  public Path freshFolder() throws IOException {
    return bytes.freshFolder();
  }

  /** What became of a product that was to be added. */
  public enum Added {
    MOVED,
    /** The store has it already: what was to be added still stands, and may go. */
    THERE,
    /** It is not stored: there is no record for it, or it cannot be moved. */
    STAYED
  }

  /**
   * Moves a product into the store.
   *
   * @param from the folder that holds it under a name; a file with one name, a link or a folder
   * @param size its bytes
   */
  public synchronized Added add(OwnedPath part, FolderHandle from, Path name, long size)
      throws IOException {
    forgetSize();
    if (total + size > bound()) {
      free(bound() - bound() / SLACK - size);
    }
    Added added = bytes.add(part, from, name);
    if (added == Added.THERE) {
      shared.add(LocalStore.name(part));
    } else if (added == Added.MOVED) {
      total += size;
    }
    return added;
  }

  @Override
  public void take(OwnedPath part, ProductTarget to) throws IOException {
    boolean stays;
    synchronized (this) {
      count();
      forgetSize();
      stays = uses.of(LocalStore.name(part)) > 1;
    }
    long left = bytes.take(part, to, stays);
    synchronized (this) {
      total -= left;
    }
  }

  @Override
  public synchronized boolean giveBack(OwnedPath part, FolderHandle at, Path name, boolean sound)
      throws IOException {
    if (!sound) {
      drop(LocalStore.name(part));
      return false;
    }
    return add(part, at, name, LocalStore.size(at.path().resolve(name))) == Added.MOVED;
  }

  /**
   * Drops a part that was added, since a run made the same bytes again in its place. A part that
   * was there before it was added stays: another result may have it.
   */
  public synchronized void madeAgain(OwnedPath part) throws IOException {
    String name = LocalStore.name(part);
    if (!shared.contains(name)) {
      drop(name);
    }
  }

  /**
   * Removes a part; one that cannot be removed, as in another member's folder, stays: that is no
   * failure.
   */
  private void drop(String name) throws IOException {
    long size = bytes.size(name);
    try {
      bytes.drop(name);
      total -= size;
    } catch (FileSystemException e) {
      return; // it counts as there
    }
  }

  /** Makes the recorded number of bytes unknown until {@link #end}; called before a change. */
  private void forgetSize() {
    total = size();
    if (!changed) {
      changed = true;
      records.bytes(UNKNOWN);
    }
  }

  /** Returns bytes that the store holds. */
  public synchronized long size() {
    if (total == UNKNOWN) {
      total = records.bytes();
    }
    return total == UNKNOWN ? bytes.size() : total;
  }

  private void count() {
    if (uses == null) {
      uses = new Uses<>();
      eachParts(this::count);
    }
  }

  /** Hands over all results, each with only the fields that tell of bytes. */
  private void eachParts(Consumer<Result> visitor) {
    light.each(stored -> visitor.accept(stored.result()));
  }

  private void count(Result result) {
    uses.add(LocalStore.names(result));
    firsts.add(leads(result));
  }

  private static List<Digest> leads(Result to) {
    return to.first() == null ? List.of() : List.of(to.first());
  }

  /** Removes results with their bytes until at most this many bytes are left. */
  private void free(long most) throws IOException {
    StoreContents all = StoreContents.of(light); // whole results would be too much
    for (StoreContents.HeldResult each : all.beyond(most, wanted.keySet())) {
      forget(each.result());
    }
    if (size() > most) {
      sweep();
    }
  }

  /**
   * Forgets some results, and drops the bytes that no other result has.
   *
   * @param which is given only the key, the job and the products of each
   */
  public synchronized void forget(Predicate<Result> which) throws IOException {
    List<Result> gone = new ArrayList<>();
    eachParts(
        result -> {
          if (which.test(result)) {
            gone.add(result);
          }
        });
    for (Result result : gone) {
      forget(result);
    }
  }

  private void forget(Result result) throws IOException {
    count();
    forgetSize();
    for (String free : uses.remove(LocalStore.names(result))) {
      drop(free);
    }
    boolean last = !firsts.remove(leads(result)).isEmpty();
    records.drop(result.key(), last ? result.first() : null);
    wanted.remove(result.key());
  }

  /**
   * Removes parts that no result has, as a killed torc leaves them.
   *
   * @return a line for each part that could not be removed, as in another member's folder
   */
  public synchronized List<String> sweep() throws IOException {
    count();
    forgetSize();
    List<String> stuck = new ArrayList<>(0);
    for (String name : bytes.names()) {
      if (uses.of(name) == 0) {
        try {
          bytes.drop(name);
        } catch (FileSystemException e) {
          stuck.add(Refusal.line(e));
        }
      }
    }
    total = bytes.size();
    return stuck;
  }

  /** Ends the build: records the number of bytes for the next one. */
  public synchronized void end() {
    bytes.end();
    if (changed) {
      records.bytes(total);
      changed = false;
    }
    records.sweep();
  }
}
