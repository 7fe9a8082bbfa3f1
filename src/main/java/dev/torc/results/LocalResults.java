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
 * The local store: results with their records and bytes, within a bound. A new result makes room
 * first: the least recently used ones are removed. Which results are stored, and when one is
 * restored, is decided elsewhere. For several threads.
 */
public class LocalResults implements ResultParts {

  private static final int PARTS = 4; // the largest result is the bound divided by this

  /** The usual bound: this many bytes, or a share of the bytes that are free or here, if less. */
  private static final long MOST = 5L << 30;

  private static final int SHARE = 20;

  /** Making room reads all results, so it frees the bound divided by this more. */
  private static final int SLACK = 16;

  private static final long FREE = 1L << 30; // bytes that the file system should have for others

  private static final long SCARCE = 64L << 20; // bytes; with less, a job may fail for want of room

  private static final long SECOND = 1_000_000_000L;

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
   * Creates the stored results of a root. {@code keep} is the bound in bytes: 0 if nothing is
   * stored, negative without a setting. {@code restores} says whether a stored result may be
   * restored in place of a run. Changes need a cache that is open for writing.
   */
  public LocalResults(Cache cache, long keep, boolean restores) {
    this.cache = cache;
    this.records = new StoredResults<>(cache, Result::form);
    this.light = new StoredResults<>(cache, Result::parts);
    this.bytes = new LocalStore(cache.place());
    this.keep = keep;
    this.restores = restores;
  }

  /** Returns whether nothing is stored here, so there is nothing to find. */
  public boolean isOff() {
    return keep == 0 || isBlocked();
  }

  /** Returns whether nothing can be stored, since something else is in the place of the store. */
  public boolean isBlocked() {
    return bytes.isBlocked();
  }

  public boolean restores() {
    return restores && !isOff();
  }

  /** Returns whether this build stored the first result here. */
  public boolean isNew() {
    return bytes.isNew();
  }

  /** Returns how many bytes the store may take. */
  public synchronized long bound() throws IOException {
    if (bound < 0) {
      bound = keep >= 0 ? keep : Math.min(MOST, (usable() + size()) / SHARE);
    }
    return bound;
  }

  /** Returns the free bytes of the file system; a file store would need the table of mounts. */
  long usable() {
    return cache.place().root().toFile().getUsableSpace();
  }

  /** Makes room if the file system is nearly full; looks at most once a second. */
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

  /** Empties the store if the disk is {@code full}, or nearly; returns whether it held anything. */
  public synchronized boolean emptyIfFull(boolean full) throws IOException {
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
  public static Result find(Cache cache, Digest key) {
    StoredResults.Stored<Result> stored = new StoredResults<>(cache, Result::form).of(key);
    return stored == null ? null : stored.result();
  }

  /** Returns the lists of found needs under a first key, newest first. */
  public List<List<String>> names(Digest first) {
    return records.names(first);
  }

  public void each(Consumer<Result> visitor) {
    records.each(stored -> visitor.accept(stored.result()));
  }

  public boolean has(OwnedPath part) {
    return bytes.has(part);
  }

  /** Returns whether a result of this size may be stored, whatever else is. */
  public boolean mayStore(long size, int files) throws IOException {
    return size <= bound() / PARTS && files <= ResultChecks.MOST_FILES;
  }

  /** Stores a result and its job's output, null if that is no part of it; products come later. */
  public synchronized void put(Result made, byte[] said) throws IOException {
    Result result = made;
    if (said != null) {
      result = made.withLog(new Blob(Digest.ofBytes(said), said.length));
      forgetSize();
      total += bytes.add(result.logPart(), said);
    }
    put(result);
  }

  /** Stores the record of a result, and its found needs as the newest list of names. */
  public synchronized void put(Result result) {
    last = Math.max(System.currentTimeMillis(), last + 1);
    if (uses != null && !isStored(result)) {
      count(result);
    }
    Digest first = result.first();
    List<List<String>> before = first == null ? List.of() : records.names(first);
    List<List<String>> lists = FoundNames.with(before, result.found());
    wanted.replace(result.key(), result);
    StoredResults.Stored<Result> stored = new StoredResults.Stored<>(last, result);
    records.put(result.key(), stored, lists.equals(before) ? null : first, lists);
  }

  /** Notes that this build is going to restore a result: it is the last to make room. */
  public synchronized void want(Result result) {
    wanted.put(result.key(), result);
  }

  /** Ensures that the record has these parts and is on disk, before any product is placed. */
  public synchronized void ensureRecorded(Result result) {
    if (wanted.get(result.key()) == result) {
      return;
    }
    Result known = find(cache, result.key());
    if (known == null || !known.parts().equals(result.parts())) {
      put(result);
      cache.flush();
    }
  }

  private boolean isStored(Result result) {
    return wanted.get(result.key()) == result || light.of(result.key()) != null;
  }

  /**
   * Returns whether this root took from a store, or made and sent, a newer result under the same
   * key: a server may still give the one that its maker has replaced.
   */
  public boolean isReplaced(Result shared) {
    return shared.origin().started() < records.seen(shared.key());
  }

  /**
   * Notes that a result came from a shared store, or is sent to one. The time noted is at most the
   * present one, so a clock that was ahead does not make all later results look replaced.
   */
  public void noteSeen(Result shared) {
    long made = Math.min(shared.origin().started(), System.currentTimeMillis());
    if (made > records.seen(shared.key())) {
      records.seen(shared.key(), made);
    }
  }

  /** Notes that a result was restored: it is now the most recently used one. */
  public synchronized void noteUsed(Result result) {
    if (isOff()) {
      records.drop(result.key(), result.first()); // it was there only for a restore's mark
    } else if (isStored(result)) {
      put(result);
    }
    wanted.replace(result.key(), null);
  }

  /** Returns a new empty folder on the file system of the root, to rename files from. */
  public Path freshFolder() throws IOException {
    return bytes.freshFolder();
  }

  public enum Added {
    MOVED,
    /** The store has it already; the product is still in its place and may be removed. */
    THERE,
    /** It is not stored: it has no record, or cannot be moved. */
    STAYED
  }

  /** Moves a product into the store: the file with one name, link or folder in {@code from}. */
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
  public void place(OwnedPath part, ProductTarget to) throws IOException {
    boolean stays;
    synchronized (this) {
      count();
      forgetSize();
      stays = uses.of(LocalStore.name(part)) > 1;
    }
    long moved = bytes.place(part, to, stays);
    synchronized (this) {
      total -= moved;
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
   * the store already had stays: another result may have it.
   */
  public synchronized void dropRemade(OwnedPath part) throws IOException {
    String name = LocalStore.name(part);
    if (!shared.contains(name)) {
      drop(name);
    }
  }

  /** Removes a part. If it cannot be removed, as in another member's folder, it stays counted. */
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

  public synchronized long size() {
    if (total == UNKNOWN) {
      total = records.bytes();
    }
    return total == UNKNOWN ? bytes.size() : total;
  }

  private void count() {
    if (uses == null) {
      uses = new Uses<>();
      light.each(each -> count(each.result()));
    }
  }

  private void count(Result result) {
    uses.add(LocalStore.names(result));
    firsts.add(leads(result));
  }

  private static List<Digest> leads(Result to) {
    return to.first() == null ? List.of() : List.of(to.first());
  }

  /** Removes results with their bytes until at most this many bytes remain. */
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
   * Removes the matching results, and the bytes that no other result has. The predicate gets only
   * the fields that {@link Result#parts(Fields, Result)} reads.
   */
  public synchronized void forget(Predicate<Result> which) throws IOException {
    List<Result> gone = new ArrayList<>();
    light.each(
        each -> {
          if (which.test(each.result())) {
            gone.add(each.result());
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
   * Removes parts that no result has, as a killed torc leaves them; returns a line for each that
   * could not be removed, as in another member's folder.
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
