package dev.torc.base.digests;

import dev.torc.base.digests.Digest.KnownDigest;
import dev.torc.base.digests.FolderDigest.Excluded;
import dev.torc.base.digests.FolderDigest.Exclusions;
import dev.torc.base.digests.FolderDigest.FileDigests;
import dev.torc.base.digests.FolderDigest.FolderRole;
import dev.torc.base.digests.Stamp.FileKind;
import dev.torc.base.digests.StopFlag.StoppedException;
import dev.torc.base.posix.Walk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The digests of one build. It decides by rule 4 which files must be read, and reads each file once
 * unless the file changes. It stores nothing between builds, and does not decide what follows from
 * a changed digest. Safe for use by several threads.
 *
 * <p>A path is relative to the root or absolute, with {@code /} between names. A method that meets
 * an unreadable path, or a FIFO, socket or device, throws an {@link IOException} that names the
 * path. Methods that may read files throw {@link StoppedException} once the {@link #stop} flag ends
 * reading.
 */
public final class DigestMemo implements FileDigests {

  /** The racy window in nanoseconds: two writes within it may get the same ctime. */
  static final long RACY = 20_000_000;

  /** The racy window in nanoseconds if the file system stores whole seconds. */
  static final long RACY_SECONDS = 2_000_000_000;

  /** The size in bytes from which a product is read only after the racy window. */
  static final long LARGE = 1_000_000;

  private static final int READINGS = 4; // maximum, if a file keeps changing

  /** What is known about a path. A thread examines the file only while it holds this monitor. */
  private static final class Slot {
    private KnownDigest known;
  }

  private final Path root;
  private final StampSource stamps;
  private final FileClock clock;
  private final Function<String, KnownDigest> stored;
  private final BiConsumer<String, KnownDigest> learnt;
  private final StopFlag stop;
  private final Hasher hasher;
  private final ConcurrentMap<String, Slot> slots = new ConcurrentHashMap<>();
  private final Set<String> replaced = ConcurrentHashMap.newKeySet();
  private final LongAdder stats = new LongAdder();
  private volatile DigestMemo before; // null if nothing was read before
  private volatile BiFunction<String, Stamp, Digest> reused = (_, _) -> null;
  private volatile Exclusions excluded; // null if nothing is excluded

  /**
   * Creates a memo without digests.
   *
   * @param root the real path of the folder to which paths are relative
   * @param clock {@link FileClock#none} if nothing may be written
   * @param stored returns what an earlier build knew about a path, or null; runs on the calling
   *     thread
   * @param learnt takes new safe digests, to store them; runs on the reading thread
   */
  public DigestMemo(
      Path root,
      StampSource stamps,
      FileClock clock,
      Function<String, KnownDigest> stored,
      BiConsumer<String, KnownDigest> learnt) {
    this(root, stamps, clock, new StopFlag(), stored, learnt);
  }

  private DigestMemo(
      Path root,
      StampSource stamps,
      FileClock clock,
      StopFlag stop,
      Function<String, KnownDigest> stored,
      BiConsumer<String, KnownDigest> learnt) {
    this.root = root;
    this.stamps = stamps;
    this.clock = clock;
    this.stop = stop;
    this.hasher = new Hasher(stop);
    this.stored = stored;
    this.learnt = learnt;
  }

  /** Returns an empty memo that stores nothing, with the same clock and stop flag. */
  public DigestMemo emptyCopy() {
    return new DigestMemo(root, stamps, clock, stop, _ -> null, (_, _) -> {}).exclude(excluded);
  }

  /** Returns an empty memo that stores nothing, and that reads even after this one is stopped. */
  public DigestMemo unstoppableCopy() {
    return readOnly(root, stamps, _ -> null).exclude(excluded);
  }

  public DigestMemo exclude(Exclusions exclusions) {
    excluded = exclusions;
    return this;
  }

  public Excluded excluded(String product) {
    Exclusions exclusions = excluded;
    return exclusions == null ? null : exclusions.excluded(product);
  }

  public Path root() {
    return root;
  }

  /** Creates a memo for a read-only command: the memo writes and stores nothing. */
  public static DigestMemo readOnly(
      Path root, StampSource stamps, Function<String, KnownDigest> stored) {
    return new DigestMemo(root, stamps, FileClock.none(), stored, (_, _) -> {});
  }

  /**
   * Reuses what another memo read before the records of earlier builds were open. A digest of that
   * memo counts if the file still has its stamp. {@code reused}, asked before those records,
   * returns a digest or null. It may return a digest only if an equal stamp means equal bytes (rule
   * 4).
   */
  public void follow(DigestMemo other, BiFunction<String, Stamp, Digest> reused) {
    this.reused = reused;
    before = other;
  }

  public StopFlag stop() {
    return stop;
  }

  /** Returns the current stamp of a path, following symlinks. */
  public Stamp stamp(String path) throws IOException {
    return look(root, path, true);
  }

  /** Returns the current stamp of the path itself, which may be a symlink. */
  public Stamp linkStamp(String path) throws IOException {
    return look(root, path, false);
  }

  /** Returns a function that reads the stamps of many paths without following symlinks. */
  public StampSource.FolderStamps links() throws IOException {
    StampSource.FolderStamps links = stamps.inFolder(root, false);
    return (names, from, to, numbers) -> {
      stats.increment();
      return links.look(names, from, to, numbers);
    };
  }

  private Stamp look(Path folder, String path, boolean follow) throws IOException {
    stats.increment();
    Stamp stamp = stamps.at(folder, path, follow);
    Stamp last = null;
    // When a file is created in a folder, the kernel sets the ctime first, then the mtime. Between
    // the two the folder looks renamed, so two looks have to agree.
    while (stamp.isRenamedFolder() && !stamp.equals(last)) {
      last = stamp;
      stamp = stamps.at(folder, path, follow);
    }
    return stamp;
  }

  /** Returns the digest of a path, reading the file if necessary; null if it is not a file. */
  public KnownDigest of(String path) throws IOException {
    Slot slot = slot(path);
    synchronized (slot) {
      return look(path, slot, stamp(path), true);
    }
  }

  /**
   * Returns the digest of a path, like {@link #of(String)}, but reads no file of {@code large}
   * bytes or more: such a file with a new stamp has no digest and counts as replaced.
   */
  public KnownDigest unlessLarge(String path, long large) throws IOException {
    Slot slot = slot(path);
    synchronized (slot) {
      Stamp now = stamp(path);
      if (now.kind() == FileKind.FILE && now.size() >= large && !trusted(path, slot, now)) {
        slot.known = new KnownDigest(now, null, false);
        replaced.add(path);
      }
      return look(path, slot, now, true);
    }
  }

  @Override
  public KnownDigest of(String path, Stamp fresh) throws IOException {
    Slot slot = slot(path);
    synchronized (slot) {
      return look(path, slot, fresh, true);
    }
  }

  /** Returns what this build last found at a path, or examines a path that is new to it. */
  public KnownDigest seen(String path) throws IOException {
    Slot slot = slot(path);
    synchronized (slot) {
      return slot.known != null ? slot.known : look(path, slot, stamp(path), true);
    }
  }

  /** Returns a new product's digest. Waits for the end of a large product's racy window. */
  public KnownDigest product(String path) throws IOException {
    return product(path, stamp(path));
  }

  /** Returns what this build last found at a path, or null. */
  public KnownDigest last(String path) {
    Slot slot = slots.get(path);
    if (slot == null) {
      return null;
    }
    synchronized (slot) {
      return slot.known;
    }
  }

  /** Returns the paths that changed, or may have changed, after this build examined them. */
  public Set<String> replaced() {
    return Set.copyOf(replaced);
  }

  /** Returns the digest of a product that was just written; {@code fresh} is its current stamp. */
  public KnownDigest product(String path, Stamp fresh) throws IOException {
    Slot slot = slot(path);
    synchronized (slot) {
      if (slot.known != null && !slot.known.safe()) {
        replaced.add(path);
        slot.known = null; // it may have been rewritten without a new stamp
      }
      DigestMemo earlier = before;
      if (earlier != null) {
        earlier.slots.remove(path); // the earlier digest may be as outdated
      }
      boolean large = fresh.kind() == FileKind.FILE && fresh.size() >= LARGE;
      if (large && !trusted(path, slot, fresh)) {
        await(clock(path), fresh);
        fresh = stamp(path);
      }
      // A small file is not looked up in the records, because reading it is faster.
      return look(path, slot, fresh, large);
    }
  }

  /**
   * Returns the current digest of a product, for a symlink that of its text; null if the product is
   * of another kind now.
   */
  public Digest digestNow(String path, FileKind kind) throws IOException {
    Stamp self = linkStamp(path);
    if (self.kind() != kind) {
      return null;
    }
    return switch (kind) {
      case LINK -> Digest.ofText(Files.readSymbolicLink(root.resolve(path)).toString());
      case FOLDER -> folder(path, false).digest();
      default -> of(path, self).product();
    };
  }

  /** Digests an existing folder: a needed one, or a product without its exclusions. */
  public FolderDigest folder(String path, boolean needed) throws IOException {
    return needed ? needed(path, _ -> false, _ -> false) : folder(path, excluded(path));
  }

  /** Digests an existing folder product without the parts that {@code without} excludes. */
  public FolderDigest folder(String path, Excluded without) throws IOException {
    return digest(path, FolderRole.product(without));
  }

  /**
   * Digests a folder product as it is listed now, with what this build last found in its files: see
   * {@link #seen}.
   */
  public FolderDigest folderAsSeen(String path) throws IOException {
    return digest(path, FolderRole.product(excluded(path)).with(this::last));
  }

  private FolderDigest digest(String path, FolderRole role) throws IOException {
    return FolderDigest.of(root, path, role, counting(), this);
  }

  /** Returns whether everything in a folder product, except for folders, is excluded. */
  public boolean isBare(String product) throws IOException {
    Excluded without = excluded(product);
    return without != null
        && stamp(product).kind() == FileKind.FOLDER
        && folder(product, without).members().stream()
            .allMatch(member -> member.kind() == FileKind.FOLDER);
  }

  /**
   * Digests a needed folder without the contents of the folders that {@code skips} accepts, and
   * without reading the other paths that {@code leavesOut} accepts.
   */
  public FolderDigest needed(String path, Predicate<String> skips, Predicate<String> leavesOut)
      throws IOException {
    return digest(path, FolderRole.needed(skips, leavesOut));
  }

  /**
   * Digests a needed folder as it is listed now. A file for which {@code seen} returns something is
   * not looked at.
   */
  public FolderDigest needed(
      String path,
      Predicate<String> skips,
      Predicate<String> leavesOut,
      Function<String, KnownDigest> seen)
      throws IOException {
    return digest(path, FolderRole.needed(skips, leavesOut).with(seen));
  }

  /** Digests a folder that a job has just written, reading its files like {@link #product}. */
  public FolderDigest productFolder(String path) throws IOException {
    return FolderDigest.of(
        root, path, FolderRole.product(excluded(path)), counting(), this::product);
  }

  /**
   * Returns whether a needed file changed since a stamp was taken (rule 6): its kind, size, mtime,
   * ctime or inode differs. If only the ctime differs, and a new mode, owner or link count explains
   * that, the digest decides; for a {@code product}, the executable bit does too.
   */
  public boolean moved(String path, KnownDigest before, BooleanSupplier product)
      throws IOException {
    stop.check();
    Stamp now = stamp(path);
    if (now.equals(before.stamp())) {
      return false;
    }
    if (moved(before.stamp(), now)) {
      return true;
    }
    KnownDigest again = of(path, now);
    return !Objects.equals(before.digest(), again.digest())
        || !Objects.equals(before.product(), again.product()) && product.getAsBoolean();
  }

  /** Returns whether anything in a folder changed since it was digested. */
  public boolean moved(String path, FolderDigest before, boolean needed) throws IOException {
    return stamp(path).kind() != FileKind.FOLDER || moved(before, folder(path, needed));
  }

  /** Returns whether anything in a folder changed between two digests. */
  public static boolean moved(FolderDigest before, FolderDigest now) {
    if (!now.digest().equals(before.digest())) {
      return true;
    }
    for (int i = 0; i < now.members().size(); i++) { // equal digests: the same members
      if (moved(before.members().get(i).stamp(), now.members().get(i).stamp())) {
        return true;
      }
    }
    return false;
  }

  /**
   * Returns whether the stamps alone show that a path changed. A renamed folder counts as changed:
   * its ctime is later than its mtime. A new file in a folder does not count, because it sets both
   * times. An older mtime that was copied to the folder does not count either.
   */
  public static boolean moved(Stamp before, Stamp now) {
    if (now.kind() != before.kind()) {
      return true;
    }
    boolean touched = now.ctime() != before.ctime();
    boolean explained = now.attributes() != before.attributes();
    return switch (now.kind()) {
      case FILE ->
          now.size() != before.size()
              || now.mtime() != before.mtime()
              || now.inode() != before.inode()
              || touched && !explained;
      case LINK -> now.inode() != before.inode() || touched;
      case FOLDER ->
          now.inode() != before.inode()
              || touched && !explained && now.isRenamedFolder() && now.mtime() >= before.mtime();
      default -> false;
    };
  }

  private Slot slot(String path) {
    return slots.computeIfAbsent(path, p -> new Slot());
  }

  /** Returns whether the slot has a digest for a stamp, after filling an empty slot if possible. */
  private boolean trusted(String path, Slot slot, Stamp fresh) {
    DigestMemo earlier = before;
    KnownDigest read = slot.known == null && earlier != null ? earlier.last(path) : null;
    if (read != null && read.digest() != null && isThat(read, fresh)) {
      slot.known = read;
      if (read.safe()) {
        learnt.accept(path, read);
      }
    } else if (slot.known == null) {
      Digest same = reused.apply(path, fresh);
      KnownDigest old = same == null ? stored.apply(path) : new KnownDigest(fresh, same, true);
      if (old != null && old.safe() && old.stamp().equals(fresh)) {
        slot.known = new KnownDigest(fresh, old.digest(), true);
      }
    }
    return isThat(slot.known, fresh);
  }

  private static boolean isThat(KnownDigest known, Stamp fresh) {
    return known != null && known.stamp().equals(fresh);
  }

  private KnownDigest look(String path, Slot slot, Stamp fresh, boolean ask) throws IOException {
    stop.check();
    KnownDigest before = slot.known;
    if (fresh.kind() == FileKind.FILE
        && !(ask ? trusted(path, slot, fresh) : isThat(slot.known, fresh))) {
      slot.known = read(path, fresh);
      if (slot.known.safe()) {
        learnt.accept(path, slot.known);
      }
    } else if (fresh.kind() != FileKind.FILE) {
      refuseOther(path, fresh);
      slot.known = new KnownDigest(fresh, null, false);
    }
    if (before != null
        && (before.stamp().kind() != slot.known.stamp().kind()
            || !Objects.equals(before.product(), slot.known.product()))) {
      replaced.add(path);
    }
    return slot.known;
  }

  /** Reads a file until its stamp stays the same, but at most {@link #READINGS} times. */
  private KnownDigest read(String path, Stamp before) throws IOException {
    if (Walk.isWay(path)) {
      return new KnownDigest(before, Digest.ofText(before.mtime() + " " + before.inode()), true);
    }
    Path file = root.resolve(path);
    FileClock own = clock(path);
    if (own != clock && before.size() >= LARGE) {
      await(own, before); // this clock has only just seen the ctime
    }
    for (int reading = 1; ; reading++) {
      boolean safe = isSafe(path, before);
      Digest digest = null;
      try {
        Hasher.Read read = hasher.file(file, before.size(), safe);
        digest = read.digest();
        safe &= !read.writers();
      } catch (NoSuchFileException e) {
        safe = false; // the file was just removed or replaced; the next stamp shows which
      }
      Stamp after = stamp(path);
      if (after.kind() != FileKind.FILE) {
        refuseOther(path, after);
        return new KnownDigest(after, null, false);
      }
      if (digest != null && after.equals(before)) {
        return new KnownDigest(after, digest, safe);
      }
      if (reading == READINGS) {
        if (digest == null) {
          throw new IOException("cannot read " + path + ": it comes and goes");
        }
        return new KnownDigest(before, digest, false);
      }
      before = after;
    }
  }

  static void refuseOther(String path, Stamp stamp) throws IOException {
    if (stamp.kind() == FileKind.OTHER) {
      throw new IOException("cannot read " + path + ": it is a FIFO, socket or device, not a file");
    }
  }

  /** Returns whether every later change of a file or folder will change its stamp (rule 4). */
  public boolean isSafe(String path, Stamp stamp) {
    return (stamp.kind() != FileKind.FOLDER || stamps.showsNames(root, path))
        && isSafe(path, stamp.mtime(), stamp.ctime());
  }

  /** Returns whether every later change of a file with these times will change its times. */
  public boolean isSafe(String path, long mtime, long ctime) {
    return clock(path).past(ctime + window(mtime, ctime));
  }

  /** Waits, for a limited time, until every later change of a file will change its stamp. */
  private void await(FileClock by, Stamp stamp) {
    long window = window(stamp.mtime(), stamp.ctime());
    by.await(stamp.ctime() + window, 2 * window, stop);
  }

  private FileClock clock(String path) {
    return stamps.clock(root, path, clock);
  }

  private static long window(long mtime, long ctime) {
    return mtime % 1_000_000_000 == 0 && ctime % 1_000_000_000 == 0 ? RACY_SECONDS : RACY;
  }

  public StampSource counting() {
    return this::look;
  }

  public long stats() {
    return stats.sum();
  }

  public long filesHashed() {
    return hasher.filesHashed();
  }

  public long bytesRead() {
    return hasher.bytesRead();
  }
}
