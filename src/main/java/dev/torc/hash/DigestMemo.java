package dev.torc.hash;

import dev.torc.hash.Digest.KnownDigest;
import dev.torc.hash.FolderDigest.Excluded;
import dev.torc.hash.FolderDigest.Exclusions;
import dev.torc.hash.FolderDigest.FileDigests;
import dev.torc.hash.FolderDigest.FolderRole;
import dev.torc.hash.StopFlag.StoppedException;
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
 * The digests of one build: decides by rule 4 which files have to be read, and reads each once
 * unless it changes. It stores nothing between builds, and does not know what follows from a
 * changed digest. Safe for use by several threads.
 *
 * <p>A path is relative to the root or absolute, with {@code /} between names. Every method throws
 * an {@link IOException} that names a path that cannot be read, or that is a FIFO, socket or
 * device. Methods that may read throw {@link StoppedException} after {@link #stop}.
 */
public final class DigestMemo implements FileDigests {

  /** The racy window: nanoseconds within which two writes may get the same ctime. */
  static final long RACY = 20_000_000;

  /** The racy window if the file system stores whole seconds. */
  static final long RACY_SECONDS = 2_000_000_000;

  /** Bytes from which it pays to wait for the end of the racy window before reading a product. */
  static final long LARGE = 1_000_000;

  private static final int READINGS = 4; // of a file that changes meanwhile

  /** What is known of a path; the thread that holds its lock looks at the file. */
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
  private volatile DigestMemo before; // null where nothing was read before
  private volatile BiFunction<String, Stamp, Digest> reused = (_, _) -> null;
  private volatile Exclusions excluded; // null where nothing is excluded

  /**
   * Starts without digests.
   *
   * @param root the folder of relative paths; a real path
   * @param clock {@link FileClock#none} if nothing may be written
   * @param stored returns what an earlier build knew of a path, or null; called by the asking
   *     thread
   * @param learnt takes new safe digests, to store them; called by the reading thread
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

  /** Returns an empty memo that stores nothing, and reads even after this one was stopped. */
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

  /** Creates a memo for a command that only looks: it writes and stores nothing. */
  public static DigestMemo readOnly(
      Path root, StampSource stamps, Function<String, KnownDigest> stored) {
    return new DigestMemo(root, stamps, FileClock.none(), stored, (_, _) -> {});
  }

  /**
   * Takes over what another memo read before the store of earlier builds was open. A digest counts
   * if the file still has its stamp when it is looked at. {@code reused}, asked before the store,
   * returns a digest or null; by rule 4, an equal stamp must stand for equal bytes.
   */
  public void follow(DigestMemo other, BiFunction<String, Stamp, Digest> reused) {
    this.reused = reused;
    before = other;
  }

  public StopFlag stop() {
    return stop;
  }

  /** Looks at a path, following links. */
  public Stamp stamp(String path) throws IOException {
    return look(root, path, true);
  }

  /** Looks at the path itself, which may be a link. */
  public Stamp linkStamp(String path) throws IOException {
    return look(root, path, false);
  }

  /** Returns a way to look at many paths without following links. */
  public StampSource.FolderStamps links() throws IOException {
    StampSource.FolderStamps links = stamps.inFolder(root, false);
    return (names, from, to, numbers) -> {
      stats.increment();
      return links.look(names, from, to, numbers);
    };
  }

  private Stamp look(Path folder, String path, boolean follow) throws IOException {
    stats.increment();
    return stamps.at(folder, path, follow);
  }

  /** Looks at a path, and reads it if necessary; the digest is null if it is no file. */
  public KnownDigest of(String path) throws IOException {
    Slot slot = slot(path);
    synchronized (slot) {
      return look(path, slot, stamp(path), true);
    }
  }

  @Override
  public KnownDigest of(String path, Stamp fresh) throws IOException {
    Slot slot = slot(path);
    synchronized (slot) {
      return look(path, slot, fresh, true);
    }
  }

  /** Returns what this build last saw at a path; looks only if it never did. */
  public KnownDigest seen(String path) throws IOException {
    Slot slot = slot(path);
    synchronized (slot) {
      return slot.known != null ? slot.known : look(path, slot, stamp(path), true);
    }
  }

  /** Looks at a new product. Reads a large one after the racy window, to read it only once. */
  public KnownDigest product(String path) throws IOException {
    return product(path, stamp(path));
  }

  /** Returns what this build last saw at a path, or null. */
  public KnownDigest last(String path) {
    Slot slot = slots.get(path);
    if (slot == null) {
      return null;
    }
    synchronized (slot) {
      return slot.known;
    }
  }

  /** Returns the paths that changed while this build looked at them. */
  public Set<String> replaced() {
    return Set.copyOf(replaced);
  }

  /** Looks at what a job has just written, with a stamp that was just taken. */
  public KnownDigest product(String path, Stamp fresh) throws IOException {
    Slot slot = slot(path);
    synchronized (slot) {
      if (slot.known != null && !slot.known.safe()) {
        replaced.add(path);
        slot.known = null; // it may have been written again under the same stamp
      }
      DigestMemo earlier = before;
      if (earlier != null) {
        earlier.slots.remove(path); // the same holds for what was read before
      }
      boolean large = fresh.kind() == Stamp.FileKind.FILE && fresh.size() >= LARGE;
      if (large && !trusted(path, slot, fresh)) {
        await(clock(path), fresh);
        fresh = stamp(path);
      }
      // A small file is not looked up in the store: reading it is quicker.
      return look(path, slot, fresh, large);
    }
  }

  /** Returns a product's current digest, a link's by its text; null if it has another kind. */
  public Digest digestNow(String path, Stamp.FileKind kind) throws IOException {
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

  /** Digests an existing folder. */
  public FolderDigest folder(String path, boolean needed) throws IOException {
    return needed ? needed(path, _ -> false) : folder(path, excluded(path));
  }

  /** Digests an existing folder product without a part of it. */
  public FolderDigest folder(String path, Excluded without) throws IOException {
    return FolderDigest.of(root, path, FolderRole.product(without), counting(), this);
  }

  /** Returns whether everything in a folder product is excluded, apart from folders. */
  public boolean isBare(String product) throws IOException {
    Excluded without = excluded(product);
    return without != null
        && stamp(product).kind() == Stamp.FileKind.FOLDER
        && folder(product, without).members().stream()
            .allMatch(member -> member.kind() == Stamp.FileKind.FOLDER);
  }

  /** Digests a needed folder; {@code skips} tells which folders in it are not entered. */
  public FolderDigest needed(String path, Predicate<String> skips) throws IOException {
    return FolderDigest.of(root, path, FolderRole.needed(skips), counting(), this);
  }

  /** Digests a folder that a job has just written, with its files as by {@link #product}. */
  public FolderDigest productFolder(String path) throws IOException {
    return FolderDigest.of(
        root, path, FolderRole.product(excluded(path)), counting(), this::product);
  }

  /**
   * Returns whether a needed file moved since it was looked at (rule 6): kind, size, mtime, ctime
   * or inode differ. If only the ctime differs, and mode, owner or link count explain that, the
   * digest decides; for a {@code product}, the executable bit too.
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

  /** Returns whether anything in a folder moved since it was digested. */
  public boolean moved(String path, FolderDigest before, boolean needed) throws IOException {
    return stamp(path).kind() != Stamp.FileKind.FOLDER || moved(before, folder(path, needed));
  }

  /** Returns whether anything in a folder moved between two digests. */
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
   * Returns whether a path moved between two stamps, whatever its bytes are. A renamed folder
   * moved: its ctime is later than its mtime. A new file in it sets both; a copied mtime is older.
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
              || touched
                  && !explained
                  && now.ctime() > now.mtime()
                  && now.mtime() >= before.mtime();
      default -> false;
    };
  }

  private Slot slot(String path) {
    return slots.computeIfAbsent(path, p -> new Slot());
  }

  /** Returns whether the slot's digest, perhaps taken from the store now, belongs to a stamp. */
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
    KnownDigest now = found(path, slot, fresh, ask);
    if (before != null
        && (before.stamp().kind() != now.stamp().kind()
            || !Objects.equals(before.product(), now.product()))) {
      replaced.add(path);
    }
    return now;
  }

  private KnownDigest found(String path, Slot slot, Stamp fresh, boolean ask) throws IOException {
    if (fresh.kind() == Stamp.FileKind.FILE
        && !(ask ? trusted(path, slot, fresh) : isThat(slot.known, fresh))) {
      slot.known = read(path, fresh);
      if (slot.known.safe()) {
        learnt.accept(path, slot.known);
      }
    } else if (fresh.kind() != Stamp.FileKind.FILE) {
      refuseOther(path, fresh);
      slot.known = new KnownDigest(fresh, null, false);
    }
    return slot.known;
  }

  /** Reads until the stamp does not change; after some tries, the digest has an old stamp. */
  private KnownDigest read(String path, Stamp before) throws IOException {
    Path file = root.resolve(path);
    FileClock own = clock(path);
    if (own != clock && before.size() >= LARGE) {
      await(own, before); // the clock learns at this look that the file is old
    }
    for (int reading = 1; ; reading++) {
      boolean safe = isSafe(path, before);
      Digest digest = null;
      try {
        Hasher.Read read = hasher.file(file, before.size(), safe);
        digest = read.digest();
        safe &= !read.writers();
      } catch (NoSuchFileException e) {
        safe = false; // gone or replaced just now: the next stamp tells
      }
      Stamp after = stamp(path);
      if (after.kind() != Stamp.FileKind.FILE) {
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
    if (stamp.kind() == Stamp.FileKind.OTHER) {
      throw new IOException("cannot read " + path + ": it is a FIFO, socket or device, not a file");
    }
  }

  /** Returns whether any later change of a file gives it another stamp (rule 4). */
  public boolean isSafe(String path, Stamp stamp) {
    return isSafe(path, stamp.mtime(), stamp.ctime());
  }

  /** Returns whether any later change of a file with these times gives it other times. */
  public boolean isSafe(String path, long mtime, long ctime) {
    return clock(path).past(ctime + window(mtime, ctime));
  }

  /** Waits a while until any later change of a file gives it another stamp. */
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
