package dev.torc.results;

import dev.torc.hash.Digest;
import dev.torc.posix.FileTree;
import dev.torc.records.Cache;
import dev.torc.records.RecordedProduct.OwnedPath;
import dev.torc.records.StoredResults;
import dev.torc.results.Result.ResultParts;
import dev.torc.results.SealedRecord.FoundNames;
import dev.torc.results.StoreContents.Uses;
import dev.torc.text.Refusal;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
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
 * The results that are kept for later, records and bytes together, within a bound: what passes it
 * makes room first, the least recently used result first. Any thread may call it. What a kept
 * result is good for, and when one is restored, is decided elsewhere.
 */
public class KeptResults implements ResultParts {

  /** A result is not kept if it takes more than this part of the bound. */
  private static final int PARTS = 4;

  /**
   * Where no setting says more: so many bytes, and such a part of the free space of the file
   * system.
   */
  private static final long MOST = 5L << 30;

  private static final int SHARE = 20;

  /** What makes room makes so much more of it: all results are looked at for that. */
  private static final int SLACK = 16;

  /** So many bytes are to be left for others. */
  private static final long FREE = 1L << 30;

  /** With less than this, in bytes, a job may fail for want of room. */
  private static final long SCARCE = 64L << 20;

  private static final long SECOND = 1_000_000_000L;

  /** Stands for a sum that has to be counted anew. */
  private static final long UNKNOWN = -1;

  private final Cache cache;
  private final StoredResults<Result> records;
  private final StoredResults<Result> light; // the same, with what tells of bytes alone
  private final LocalStore bytes;
  private final long keep;
  private final boolean restores;
  private final Set<String> shared = new HashSet<>(); // was there when its like was to be added
  private final Map<Digest, Result> wanted = new HashMap<>(); // to be restored; null: was restored
  private long last; // milliseconds since 1970: two uses in one still have an order
  private Uses<String> uses; // of the names of products; null unknown
  private final Uses<Digest> firsts = new Uses<>(); // the same of first keys
  private long total = UNKNOWN;
  private long bound = -1;
  private long looked = System.nanoTime() - SECOND;
  private boolean changed;

  /**
   * Those of a root.
   *
   * @param cache open for work where anything is to be changed
   * @param keep bytes that they may take; 0 where nothing is kept, negative where no setting says
   * @param restores whether what is kept may stand for a run
   */
  public KeptResults(Cache cache, long keep, boolean restores) {
    this.cache = cache;
    this.records = new StoredResults<>(cache, Result::form);
    this.light = new StoredResults<>(cache, Result::parts);
    this.bytes = new LocalStore(cache.place());
    this.keep = keep;
    this.restores = restores;
  }

  /** Whether nothing is kept here, so that there is nothing to find. */
  public boolean isOff() {
    return keep == 0 || isBlocked();
  }

  /** Whether nothing can be kept, since something else stands where the store would be. */
  public boolean isBlocked() {
    return bytes.isBlocked();
  }

  /** Whether what is kept may stand for a run. */
  public boolean restores() {
    return restores && !isOff();
  }

  /** Whether nothing was kept here before, and something is now. */
  public boolean isNew() {
    return bytes.isNew();
  }

  /** Bytes that they may take. */
  public synchronized long bound() throws IOException {
    if (bound < 0) {
      bound = keep >= 0 ? keep : Math.min(MOST, (usable() + size()) / SHARE);
    }
    return bound;
  }

  /** Bytes that the file system has left. */
  long usable() throws IOException {
    return Files.getFileStore(cache.place().root()).getUsableSpace();
  }

  /**
   * Makes room where the file system has hardly any left; looks once in a while, and only where
   * there is something to give.
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

  /** Whether no result is kept that no job has now. */
  public boolean isEmpty() {
    return records.isEmpty();
  }

  /**
   * Gives all that is here where the disk is as good as full.
   *
   * @param full whether it is known to be full
   * @return whether there was anything to give
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

  /** The result under a key; null for none. */
  public Result find(Digest key) {
    return of(cache, key);
  }

  /** The result under a key, of a cache of which nothing else is asked; null for none. */
  public static Result of(Cache cache, Digest key) {
    StoredResults.Stored<Result> stored = new StoredResults<>(cache, Result::form).of(key);
    return stored == null ? null : stored.result();
  }

  /** The lists of files that depfiles named, to which a first key leads, the newest first. */
  public List<List<String>> names(Digest first) {
    return records.names(first);
  }

  /** Hands over all results. */
  public void each(Consumer<Result> visitor) {
    records.each(stored -> visitor.accept(stored.result()));
  }

  /** Whether the bytes of a product are here. */
  public boolean has(OwnedPath part) {
    return bytes.has(part);
  }

  /** Whether there is room for a result of such a size, others aside. */
  public boolean holds(long size, int files) throws IOException {
    return size <= bound() / PARTS && files <= ResultChecks.MOST_FILES;
  }

  /**
   * Keeps a result; its products come when they are cleared.
   *
   * @param said what the job wrote, where that belongs to the result; else null
   */
  public synchronized void put(Result made, byte[] said) throws IOException {
    Result result = made;
    if (said != null) {
      result = made.withLog(new Blob(Digest.ofBytes(said), said.length));
      known();
      total += bytes.add(result.logPart(), said);
    }
    put(result);
  }

  /** Keeps a record, and what its depfile named as the newest list. */
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

  /**
   * A result of here is to be put in the place of a run in this build: it goes after all others.
   */
  public synchronized void want(Result result) {
    wanted.put(result.key(), result);
  }

  /**
   * Before any product is placed: the record under its key tells of the same products, on the disk.
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

  /** Whether there is a record under the key of a result. */
  private boolean isKept(Result result) {
    return wanted.get(result.key()) == result || light.of(result.key()) != null;
  }

  /** A result was put in the place of a run: it goes later than others. */
  public synchronized void used(Result result) {
    if (isOff()) {
      records.drop(result.key(), result.first()); // it was there for its marks
    } else if (isKept(result)) {
      put(result);
    }
    wanted.replace(result.key(), null);
  }

  /** A new empty folder, whose files can be renamed to where they are to stand. */
  public Path freshFolder() throws IOException {
    return bytes.freshFolder();
  }

  /**
   * Takes over what stands at a path.
   *
   * @param file absolute; a file with one name, a link or a folder
   * @param size its bytes
   * @return whether it is gone from there
   */
  public synchronized boolean add(OwnedPath part, Path file, long size) throws IOException {
    known();
    if (total + size > bound()) {
      free(bound() - bound() / SLACK - size);
    }
    LocalStore.Added added = bytes.add(part, file);
    if (added == LocalStore.Added.THERE) {
      shared.add(LocalStore.name(part));
    } else if (added == LocalStore.Added.MOVED) {
      total += size;
    }
    return added != LocalStore.Added.STAYED;
  }

  @Override
  public void take(OwnedPath part, Path to) throws IOException {
    boolean stays;
    synchronized (this) {
      count();
      known();
      stays = uses.of(LocalStore.name(part)) > 1;
    }
    long left = bytes.take(part, to, stays);
    synchronized (this) {
      total -= left;
    }
  }

  @Override
  public synchronized void giveBack(OwnedPath part, Path at, boolean sound) throws IOException {
    if (!sound) {
      drop(LocalStore.name(part));
    }
    if (!sound || !add(part, at, LocalStore.size(at))) {
      FileTree.remove(at);
    }
  }

  /**
   * What was taken over is of no use any more: the same bytes stand in their place again. It stays
   * where another result has it too.
   */
  public synchronized void madeAgain(OwnedPath part) throws IOException {
    String name = LocalStore.name(part);
    if (!shared.contains(name)) {
      drop(name);
    }
  }

  /** A file that cannot be taken away, as in another member's folder, stays: that is no failure. */
  private void drop(String name) throws IOException {
    long size = bytes.size(name);
    try {
      bytes.drop(name);
      total -= size;
    } catch (FileSystemException e) {
      return; // it counts as there
    }
  }

  /** Before the first change: what was said of the sum counts no more until all is well again. */
  private void known() {
    total = size();
    if (!changed) {
      changed = true;
      records.bytes(UNKNOWN);
    }
  }

  /** The bytes that are here. */
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

  /** Hands over of all results what tells of bytes. */
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

  /** Makes room until no more than so many bytes are left; forgets the results that had them. */
  private void free(long most) throws IOException {
    StoreContents all = StoreContents.of(light); // all of each is too much
    for (StoreContents.HeldResult each : all.beyond(most, wanted.keySet())) {
      forget(each.result());
    }
    if (size() > most) {
      sweep();
    }
  }

  /**
   * Forgets some results, with the bytes that no other has.
   *
   * @param which is shown of each only its key, its job and its products
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
    known();
    for (String free : uses.remove(LocalStore.names(result))) {
      drop(free);
    }
    boolean last = !firsts.remove(leads(result)).isEmpty();
    records.drop(result.key(), last ? result.first() : null);
    wanted.remove(result.key());
  }

  /**
   * Takes away what no result has, as a killed torc leaves it.
   *
   * @return a line on each thing that could not be taken away, as another member's folder
   */
  public synchronized List<String> sweep() throws IOException {
    count();
    known();
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

  /** The build is over: says how much is here now, for the next one. */
  public synchronized void end() {
    bytes.end();
    if (changed) {
      records.bytes(total);
      changed = false;
    }
  }
}
