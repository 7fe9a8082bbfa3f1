package dev.torc.records;

import static org.lmdbjava.ByteArrayProxy.PROXY_BA;

import dev.torc.records.Cache.CacheException;
import dev.torc.records.Cache.CacheSettings;
import dev.torc.records.DatabaseKey.RecordTree;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.zip.CRC32C;
import org.lmdbjava.Cursor;
import org.lmdbjava.Dbi;
import org.lmdbjava.DbiFlags;
import org.lmdbjava.Env;
import org.lmdbjava.EnvFlags;
import org.lmdbjava.GetOp;
import org.lmdbjava.LmdbException;
import org.lmdbjava.Txn;

/**
 * The LMDB environment: trees of bytes, read by any thread and written by one. {@link RecordCodec}
 * knows what the bytes mean, {@link CacheWriter} what waits to be written, and {@link Recovery}
 * whether the file is sound.
 *
 * <p>It uses LMDB's full durability: a commit is on the disk when it returns, data first, then the
 * meta page. Without the second sync (MDB_NOMETASYNC) a power failure could lose a commit, and
 * nothing would be faster: at most one commit is written in 50 ms, on a thread of its own.
 *
 * <p>Only a look ({@link #look}) holds a snapshot longer than a read: LMDB cannot reuse pages that
 * a snapshot may still see, so a long build would make the file grow without end. The map may only
 * move (growth) or go (close) while no thread reads; the lock here ensures that.
 */
final class RecordStore implements AutoCloseable {

  /**
   * The format of the records. A change that a torc of this format cannot read, or would misread,
   * increments it; new fields in {@link RecordCodec} do not.
   */
  static final String SCHEMA = "5";

  private static final String SCHEMA_KEY = "schema";
  private static final String COMMIT_KEY = "commit";
  private static final String JOURNAL_KEY = "journal";

  /** What a commit notes about itself: clock and boot, and the position in the journal or null. */
  record Seal(CacheSettings by, JournalPosition journal) {}

  /** Offset of the number of entries in LMDB's record of a tree. */
  private static final int ENTRIES = 32;

  /** Bytes; LMDB takes 64 for a reader, and admits readers as long as the file has room. */
  private static final int LOCK_TABLE = 20480;

  private static final int READERS = 254;

  /** Written bytes after which the map is made again; see {@link #map(long)}. */
  private static final long MAPPED = 4 << 20;

  static {
    LmdbProvider.use();
  }

  private final Env<byte[]> env;
  private final boolean writes;

  private long size;

  private long written;

  /** Why the map was lost, or null. Without a map LMDB does not check, but crashes. */
  private LmdbException lost;

  private final Map<RecordTree, Dbi<byte[]>> trees = new EnumMap<>(RecordTree.class);

  /** The tree of the other trees' names. */
  private Dbi<byte[]> main;

  /** Whether it is new: a first build asks for the records of each job, and none is there. */
  private volatile boolean blank;

  private final ReentrantReadWriteLock map = new ReentrantReadWriteLock();

  /** For single reads, under its monitor. It is reset between reads, except in a look. */
  private Txn<byte[]> reader;

  private RecordStore(Path at, long mapSize, boolean writes, EnvFlags... flags) {
    this.writes = writes;
    this.size = mapSize;
    // Without MDB_NOTLS a reader would belong to the thread that started it.
    Set<EnvFlags> all = EnumSet.of(EnvFlags.MDB_NOTLS, flags);
    if (!writes) {
      all.add(EnvFlags.MDB_RDONLY_ENV);
    }
    try {
      this.env =
          Env.create(PROXY_BA)
              .setMapSize(mapSize)
              .setMaxDbs(RecordTree.values().length)
              .setMaxReaders(READERS)
              .open(at.toFile(), 0664, all.toArray(EnvFlags[]::new));
    } catch (LinkageError e) {
      throw new CacheException(
          "cannot load the native library of LMDB: " + e.getMessage() + "; install torc anew", e);
    }
    try {
      if (writes) {
        env.readerCheck(); // frees the slots of readers that were killed
      } else {
        reader = env.txnRead();
        main = env.openDbi(reader, null, null, false);
      }
    } catch (RuntimeException e) {
      env.close();
      throw e;
    }
  }

  static void prepare() {
    try {
      Env.create(PROXY_BA);
      new CRC32C(); // fills its tables
    } catch (LinkageError unloadable) {
      return; // the code that opens a database tells it
    }
  }

  /** Opens for reading and writing. The folder must exist, and a file there must be sound. */
  static RecordStore open(Path folder, long mapSize) {
    lockTable(folder);
    return new RecordStore(folder, mapSize, true);
  }

  /** Opens to read one snapshot, which is held until the end. */
  static RecordStore look(Path folder, long mapSize) {
    lockTable(folder);
    return new RecordStore(folder, mapSize, false);
  }

  /** Opens a file without a lock table: a new one, or one that no process writes to. */
  static RecordStore withoutLockTable(Path file, long mapSize, boolean writes) {
    return new RecordStore(file, mapSize, writes, EnvFlags.MDB_NOSUBDIR, EnvFlags.MDB_NOLOCK);
  }

  /**
   * Makes LMDB's lock table in full. LMDB would make it with a hole and then write through its map:
   * on a full disk that ends the process (SIGBUS), while this is an error.
   */
  private static void lockTable(Path folder) {
    Path table = folder.resolve("lock.mdb");
    try {
      if (Files.exists(table)) {
        return;
      }
      Path whole = folder.resolve("lock.mdb." + UUID.randomUUID());
      try {
        Files.write(whole, new byte[LOCK_TABLE]);
        // Unlike a move, a link never replaces a table that another process just made.
        Files.createLink(table, whole);
      } catch (FileAlreadyExistsException made) {
        return;
      } finally {
        Files.deleteIfExists(whole);
      }
    } catch (IOException e) {
      throw CacheTrouble.of("cannot make the lock table", table, e);
    }
  }

  static long mapSize(Path data, long wanted) throws IOException {
    return Math.max(wanted, Files.exists(data) ? 2 * Files.size(data) : 0);
  }

  /** Returns the transaction of a look's snapshot; 0 if nothing was ever committed. */
  long snapshot() {
    return reader.getId();
  }

  /** Returns whether a look's snapshot has another format of records. */
  boolean isForeign() {
    return !Arrays.equals(bytes(SCHEMA), noted(SCHEMA_KEY));
  }

  /** Opens the trees; in a new database, makes them with a first commit. */
  void useTrees(Seal seal) {
    try (Txn<byte[]> txn = env.txnWrite()) {
      main = env.openDbi(txn, null, null, false);
      trees(txn, DbiFlags.MDB_CREATE);
      blank = main.get(txn, bytes(SCHEMA_KEY)) == null;
      if (blank) {
        seal(txn, seal, 0);
      }
      txn.commit();
    }
    reader = env.txnRead();
    reader.reset();
  }

  /** Opens the trees of a look's snapshot. */
  void useTrees() {
    trees(reader);
  }

  private void trees(Txn<byte[]> txn, DbiFlags... flags) {
    for (RecordTree tree : RecordTree.values()) {
      trees.put(tree, env.openDbi(txn, tree.key(), null, false, flags));
    }
  }

  byte[] get(RecordTree tree, byte[] key) {
    return blank ? null : read(txn -> trees.get(tree).get(txn, key));
  }

  long size(RecordTree tree) {
    return read(
        txn -> {
          byte[] root = main.get(txn, tree.key()); // a struct MDB_db
          return ByteBuffer.wrap(root).order(ByteOrder.nativeOrder()).getLong(ENTRIES);
        });
  }

  /** Runs reads while the map cannot move. */
  void mapped(Runnable reads) {
    map.readLock().lock();
    try {
      reads.run();
    } finally {
      map.readLock().unlock();
    }
  }

  private <T> T read(Function<Txn<byte[]>, T> what) {
    map.readLock().lock();
    try {
      mustHaveMap();
      synchronized (reader) {
        if (!writes) {
          return what.apply(reader);
        }
        reader.renew();
        try {
          return what.apply(reader);
        } finally {
          reader.reset();
        }
      }
    } finally {
      map.readLock().unlock();
    }
  }

  /**
   * Visits keys and values of a tree from a key on, null for all, or all from the greatest one
   * back, until the visitor returns false; returns whether it did. The visitor may read.
   */
  boolean scan(RecordTree tree, byte[] from, boolean back, BiPredicate<byte[], byte[]> visitor) {
    map.readLock().lock();
    try {
      mustHaveMap();
      if (writes) {
        try (Txn<byte[]> txn = env.txnRead()) {
          return scan(tree, from, back, txn, visitor);
        }
      }
      synchronized (reader) {
        return scan(tree, from, back, reader, visitor);
      }
    } finally {
      map.readLock().unlock();
    }
  }

  private boolean scan(
      RecordTree tree,
      byte[] from,
      boolean back,
      Txn<byte[]> txn,
      BiPredicate<byte[], byte[]> visitor) {
    try (Cursor<byte[]> cursor = trees.get(tree).openCursor(txn)) {
      boolean more = back ? cursor.last() : cursor.first();
      if (from != null) {
        more = cursor.get(from, GetOp.MDB_SET_RANGE);
      }
      while (more && visitor.test(cursor.key(), cursor.val())) {
        more = back ? cursor.prev() : cursor.next();
      }
      return more;
    }
  }

  /** Visits all records, tree by tree, in lists of about {@code bytes} of keys and values. */
  void each(int bytes, Consumer<List<Batch.Change>> visitor) {
    List<Batch.Change> some = new ArrayList<>();
    long[] size = {0};
    for (RecordTree tree : RecordTree.values()) {
      scan(
          tree,
          null,
          false,
          (key, value) -> {
            some.add(new Batch.Change(tree, key, value));
            size[0] += key.length + value.length;
            if (size[0] >= bytes) {
              visitor.accept(some);
              some.clear();
              size[0] = 0;
            }
            return true;
          });
    }
    visitor.accept(some);
  }

  /**
   * Commits changes, all or none, growing the map if they do not fit. With {@code counts}, returns
   * by how many bytes the records in a journal grew.
   */
  long write(List<Batch.Change> changes, boolean counts, Seal seal) {
    blank = false;
    if (written > MAPPED) {
      map(size);
    }
    while (true) {
      mustHaveMap();
      try (Txn<byte[]> txn = env.txnWrite()) {
        long grown = 0;
        for (Batch.Change change : changes) {
          Dbi<byte[]> tree = trees.get(change.tree);
          byte[] before = counts ? tree.get(txn, change.key) : null;
          grown -= before == null ? 0 : JournalFrame.size(change.key, before);
          if (change.value == null) {
            tree.delete(txn, change.key);
          } else {
            tree.put(txn, change.key, change.value);
            written += change.value.length;
            grown += counts ? JournalFrame.size(change.key, change.value) : 0;
          }
        }
        seal(txn, seal, grown);
        txn.commit();
        return grown;
      } catch (Env.MapFullException full) {
        grow();
      }
    }
  }

  private void seal(Txn<byte[]> txn, Seal seal, long grown) {
    main.put(txn, bytes(SCHEMA_KEY), bytes(SCHEMA));
    long now = seal.by.clock().getAsLong();
    main.put(txn, bytes(COMMIT_KEY), new CommitNote(txn.getId(), now, seal.by.boot()).bytes());
    if (seal.journal != null) {
      JournalPosition journal = seal.journal.with(seal.journal.live() + grown);
      main.put(txn, bytes(JOURNAL_KEY), journal.bytes());
    }
  }

  JournalPosition position() {
    return JournalPosition.of(noted(JOURNAL_KEY));
  }

  CommitNote lastCommit() {
    return CommitNote.of(noted(COMMIT_KEY));
  }

  private byte[] noted(String key) {
    return read(txn -> main.get(txn, bytes(key)));
  }

  /** Doubles the map. If the system refuses, all later calls fail. */
  void grow() {
    map(2 * size);
  }

  /**
   * Makes the map again, even with the same size: pages that were read through the old one count as
   * memory of this process, in a long build as much as the whole file.
   */
  private void map(long bytes) {
    map.writeLock().lock();
    try {
      env.setMapSize(bytes);
      size = bytes;
      written = 0;
    } catch (LmdbException e) {
      lost = e;
      throw e;
    } finally {
      map.writeLock().unlock();
    }
  }

  private void mustHaveMap() {
    if (lost != null) {
      throw lost;
    }
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Waits for readers, then closes; lmdbjava would leave the reset reader open. */
  @Override
  public void close() {
    map.writeLock().lock();
    try {
      if (!env.isClosed()) {
        if (reader != null) {
          reader.close();
        }
        env.close();
      }
    } finally {
      map.writeLock().unlock();
    }
  }
}
