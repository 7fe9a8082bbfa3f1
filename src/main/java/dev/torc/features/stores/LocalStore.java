package dev.torc.features.stores;

import dev.torc.base.digests.Digest;
import dev.torc.base.digests.DigestMemo;
import dev.torc.base.posix.FileTree;
import dev.torc.base.posix.FolderHandle;
import dev.torc.base.posix.Io;
import dev.torc.base.text.Amount;
import dev.torc.base.text.Refusal;
import dev.torc.core.attempt.ClearedProducts.Added;
import dev.torc.core.memory.Cache;
import dev.torc.core.memory.ProductTarget;
import dev.torc.core.memory.RecordedProduct.OwnedPath;
import dev.torc.features.stores.Result.ResultParts;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
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
 * The local store: results with their records and bytes, up to a {@link LocalBound}. Before a
 * result is added, the least recently used results are removed to make room. Other classes decide
 * which results to store and when to restore one. Safe for several threads.
 */
public class LocalStore implements ResultParts {

  private static final long SECOND = 1_000_000_000L;

  /** How many bytes a looking command reads to check results. */
  static final long MOST_CHECKED = 1L << 30;

  private static final long UNKNOWN = -1;

  /** The folder, among files set aside, of results that were too large for the store. */
  static final String ASIDE = "results";

  private final Cache cache;
  private final StoredResults<Result> records;
  private final StoredResults<Result> light; // the same records, read by Result::parts
  private final LocalFiles bytes;
  private final long keep;
  private final boolean restores;
  private DigestMemo reader; // null if the bytes are not checked
  private long unread = MOST_CHECKED;
  private final Set<String> shared = new HashSet<>(); // names of parts that add() found stored
  private final Map<Digest, Result> wanted = new HashMap<>(); // to restore; null once restored
  private long last; // ms since 1970; always rising, so that two uses in one ms keep their order
  private Uses<String> uses; // of the names of products; null until they are counted
  private final Uses<Digest> firsts = new Uses<>(); // of first keys, counted together with uses
  private long total = UNKNOWN;
  private LocalBound bound; // null before use
  private long looked = System.nanoTime() - SECOND;
  private boolean changed;
  private int dropped; // results that went for room
  private long droppedBytes;

  /**
   * Opens the local store of a root. {@code keep} is the bound in bytes: 0 turns the store off, and
   * a negative number means the default. {@code restores} says whether a stored result may be
   * restored instead of running a job. Changes need a cache that is open for writing.
   */
  public LocalStore(Cache cache, long keep, boolean restores) {
    this.cache = cache;
    this.records = new StoredResults<>(cache, Result::form);
    this.light = new StoredResults<>(cache, Result::parts);
    this.bytes = new LocalFiles(cache.place());
    this.keep = keep;
    this.restores = restores;
  }

  /** Returns whether the store is turned off or unusable, so that a lookup finds nothing. */
  public boolean isOff() {
    return keep == 0 || isBlocked();
  }

  /**
   * Returns whether nothing can be stored, since something other than a folder is at the store's
   * path.
   */
  public boolean isBlocked() {
    return bytes.isBlocked();
  }

  public boolean restores() {
    return restores && !isOff();
  }

  /** Returns whether this build created the store. */
  public boolean isNew() {
    return bytes.isNew();
  }

  /** Returns the largest size of the store, in bytes. */
  public synchronized long bound() throws IOException {
    return limit().bytes();
  }

  private LocalBound limit() {
    if (bound == null) {
      bound = keep >= 0 ? new LocalBound(keep) : LocalBound.usual(usable(), size());
    }
    return bound;
  }

  /** Returns the free bytes. A {@code FileStore} would have to read the table of mounts. */
  long usable() {
    return cache.place().root().toFile().getUsableSpace();
  }

  /** Removes results if the file system is nearly full. Checks that at most once a second. */
  public synchronized void makeRoom() throws IOException {
    long now = System.nanoTime();
    if (now < looked + SECOND || isOff() || size() == 0 && !isAnySetAside()) {
      return;
    }
    looked = now;
    long usable = usable();
    if (LocalBound.isShort(usable) && isAnySetAside()) {
      FileTree.remove(setAside());
      usable = usable();
    }
    long most = LocalBound.leavingRoom(usable, size());
    if (most < size()) {
      free(most);
    }
  }

  public boolean isEmpty() {
    return records.isEmpty();
  }

  /** Empties the store if the disk is {@code full} or nearly; returns whether it held anything. */
  public synchronized boolean emptyIfFull(boolean full) throws IOException {
    boolean none = size() == 0 && !isAnySetAside();
    if (isOff() || none || !full && !LocalBound.isScarce(usable())) {
      return false;
    }
    if (isAnySetAside()) {
      FileTree.remove(setAside());
    }
    free(0);
    return true;
  }

  /** Returns the folder of the results that were too large for the store. */
  private Path setAside() {
    return cache.place().setAside(ASIDE);
  }

  private boolean isAnySetAside() {
    return Files.isDirectory(setAside(), LinkOption.NOFOLLOW_LINKS);
  }

  /** Returns a line on the results that went for room; empty if there are none. */
  public synchronized String dropped() {
    return dropped == 0
        ? ""
        : "%s went from the store for room (%s); raise stores.keep to keep more"
            .formatted(Amount.count(dropped, "result"), Amount.size(droppedBytes));
  }

  @Override
  public byte[] text(OwnedPath part) throws IOException {
    return bytes.text(part);
  }

  /** Returns the result under a key; null if there is none. */
  public static Result find(Cache cache, Digest key) {
    StoredResults.Stored<Result> stored = new StoredResults<>(cache, Result::form).of(key);
    return stored == null ? null : stored.result();
  }

  /** Returns the lists of found needs under a {@linkplain Result#first first key}, newest first. */
  public List<List<String>> names(Digest first) {
    return records.names(first);
  }

  public void each(Consumer<Result> visitor) {
    records.each(stored -> visitor.accept(stored.result()));
  }

  /** Makes {@link #has} check the bytes, as a build does only when it restores them. */
  public LocalStore checkedBy(DigestMemo digests) {
    reader = digests;
    return this;
  }

  public boolean has(OwnedPath part) {
    return bytes.has(part) && (reader == null || isIntact(part));
  }

  private synchronized boolean isIntact(OwnedPath part) {
    unread -= bytes.size(LocalFiles.name(part));
    return Io.or(
        () -> unread < 0 || part.digest().equals(reader.digestNow(bytes.path(part), part.kind())),
        false);
  }

  /** Returns whether a result with this many bytes and files may be stored at all. */
  public synchronized boolean mayStore(long size, int files) throws IOException {
    return size <= limit().ofResult() && files <= ResultChecks.MOST_FILES;
  }

  /**
   * Stores the record of a result and the output of its job. {@code said} is null if the output
   * does not belong to the result. {@link #add} stores the products later.
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

  /** Stores the record of a result, with its found needs as the newest under its first key. */
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
    List<String> names = LocalFiles.names(result);
    records.put(result.key(), stored, names, lists.equals(before) ? null : first, lists);
  }

  /** Notes that this build will restore a result: it is among the last to be removed. */
  public synchronized void want(Result result) {
    wanted.put(result.key(), result);
  }

  /** Ensures, before a product is placed, that a record with the same parts is on disk. */
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
   * Returns whether this root fetched or sent a newer result under the same key. A server may still
   * return an older result after its maker replaced it.
   */
  public boolean isReplaced(Result shared) {
    return shared.origin().started() < records.seen(shared.key());
  }

  /**
   * Notes that a result came from a shared store or is sent to one. A time in the future counts as
   * now, so that a maker's fast clock does not make all later results look replaced.
   */
  public void noteSeen(Result shared) {
    long made = Math.min(shared.origin().started(), System.currentTimeMillis());
    if (made > records.seen(shared.key())) {
      records.seen(shared.key(), made);
    }
  }

  /** Notes that a result was restored, so that it is now the most recently used one. */
  public synchronized void noteUsed(Result result) {
    if (isOff()) {
      records.drop(result.key(), result.first()); // it was recorded only for the restore
    } else if (isStored(result)) {
      put(result);
    }
    wanted.replace(result.key(), null);
  }

  /** Creates an empty folder on the root's file system, so that files can be renamed from it. */
  public Path freshFolder() throws IOException {
    return bytes.freshFolder();
  }

  /**
   * Moves a product into the store: a file without other hard links, a link or a folder, called
   * {@code name} in {@code from}.
   */
  public synchronized Added add(OwnedPath part, FolderHandle from, Path name, long size)
      throws IOException {
    forgetSize();
    if (total + size > bound()) {
      free(limit().before(size));
    }
    Added added = bytes.add(part, from, name);
    if (added == Added.THERE) {
      shared.add(LocalFiles.name(part));
    } else if (added == Added.MOVED) {
      total += size;
    }
    return added;
  }

  @Override
  public void place(OwnedPath part, ProductTarget to) throws IOException {
    boolean stays;
    synchronized (this) {
      forgetSize();
      stays = light.isCommon(LocalFiles.name(part), LocalFiles::names, Result::key);
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
      drop(LocalFiles.name(part));
      return false;
    }
    return add(part, at, name, LocalFiles.size(at.path().resolve(name))) == Added.MOVED;
  }

  /**
   * Removes a part that was added, after a run made the same bytes again in its place. A part that
   * the store already had stays, since another result may use it.
   */
  public synchronized void dropRemade(OwnedPath part) throws IOException {
    String name = LocalFiles.name(part);
    if (!shared.contains(name)) {
      drop(name);
    }
  }

  /** Removes a part. If that fails, as in the folder of another user, its size stays counted. */
  private void drop(String name) throws IOException {
    long size = bytes.size(name);
    try {
      bytes.drop(name);
      total -= size;
    } catch (FileSystemException e) {
      return; // its size stays counted
    }
  }

  /** Marks the recorded size as unknown until {@link #end}. Called before each change. */
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
    uses.add(LocalFiles.names(result));
    firsts.add(leads(result));
  }

  private static List<Digest> leads(Result to) {
    return to.first() == null ? List.of() : List.of(to.first());
  }

  /** Removes results with their bytes until at most {@code most} bytes remain. */
  private void free(long most) throws IOException {
    StoreContents all = StoreContents.of(light); // whole results would take too much memory
    for (StoreContents.HeldResult each : all.beyond(most, wanted.keySet())) {
      long before = size();
      forget(each.result());
      dropped++;
      droppedBytes += before - size();
    }
    if (size() > most) {
      sweep();
    }
  }

  /**
   * Removes the matching results, and the bytes that no other result uses. The predicate gets only
   * the fields that {@link Result#parts(Fields, Result)} reads.
   */
  public synchronized void forget(Predicate<Result> which) throws IOException {
    List<Result> all = new ArrayList<>();
    light.each(each -> all.add(each.result()));
    for (Result gone : all.stream().filter(which).toList()) {
      forget(gone);
    }
  }

  private void forget(Result result) throws IOException {
    count();
    forgetSize();
    for (String free : uses.remove(LocalFiles.names(result))) {
      drop(free);
      records.dropPart(free);
    }
    records.drop(result.key(), !firsts.remove(leads(result)).isEmpty() ? result.first() : null);
    wanted.remove(result.key());
  }

  /**
   * Removes parts that no result uses, such as leftovers of a killed torc. Returns a line for each
   * part that could not be removed, as in the folder of another user.
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

  /** Removes temporary files, and records the size of the store for the next build. */
  public synchronized void end() {
    bytes.end();
    if (changed) {
      records.bytes(total);
      changed = false;
    }
    records.sweep();
  }
}
