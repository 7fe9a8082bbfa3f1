package dev.torc.core.memory;

import static org.lmdbjava.ByteArrayProxy.PROXY_BA;

import dev.torc.base.lmdb.LmdbProvider;
import dev.torc.core.memory.Cache.CacheException;
import dev.torc.core.memory.Cache.CacheSettings;
import dev.torc.core.memory.DatabaseKey.RecordTree;
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
 * The LMDB environment, which holds trees of keys and values as bytes. Any thread may read; one
 * thread writes. {@link RecordCodec} knows what the bytes mean, {@link CacheWriter} holds the
 * batches that wait to be written, and {@link Recovery} checks whether the file is sound.
 *
 * <p>Commits use LMDB's full durability: when a commit returns, it is on the disk, first its data
 * and then its meta page. Without the second sync (MDB_NOMETASYNC), a power failure could lose a
 * commit. Nothing would be faster, because commits run on their own thread, usually 30 ms apart or
 * more.
 *
 * <p>Only a read-only store ({@link #look}) holds a snapshot for longer than a read. LMDB cannot
 * reuse pages that a snapshot may still see, so a snapshot held by a long build would make the file
 * grow without limit. The map may be moved (to grow) or removed (to close) only while no thread
 * reads. The lock {@code map} ensures that.
 */
final class RecordStore implements AutoCloseable {

  /**
   * The format of the records. Increment it for a change that a torc of this format cannot read or
   * would misread. New fields in {@link RecordCodec} are not such a change.
   */
  static final String SCHEMA = "5";

  private static final String SCHEMA_KEY = "schema";
  private static final String COMMIT_KEY = "commit";
  private static final String JOURNAL_KEY = "journal";

  /** What a commit records about itself; {@code journal} is null if the root has no journal. */
  record Seal(CacheSettings by, JournalPosition journal) {}

  /** Offset of the number of entries in LMDB's record of a tree, in bytes. */
  private static final int ENTRIES = 32;

  /** Bytes; LMDB uses 64 for each reader, and accepts readers as long as the file has room. */
  private static final int LOCK_TABLE = 20480;

  private static final int READERS = 254;

  /** The number of written bytes after which the map is recreated; see {@link #map(long)}. */
  private static final long MAPPED = 4 << 20;

  static {
    LmdbProvider.use();
  }

  private final Env<byte[]> env;
  private final boolean writes;

  private long size;

  private long written;

  /** Why the map was lost, or null. Without a map, LMDB crashes instead of reporting an error. */
  private LmdbException lost;

  private final Map<RecordTree, Dbi<byte[]>> trees = new EnumMap<>(RecordTree.class);

  /** The tree that holds the names of the other trees and what the last commit recorded. */
  private Dbi<byte[]> main;

  /** Whether the database is empty, so that the many reads of a first build can skip LMDB. */
  private volatile boolean blank;

  private final ReentrantReadWriteLock map = new ReentrantReadWriteLock();

  /** The transaction for single reads, guarded by its monitor. Writable stores reset it. */
  private Txn<byte[]> reader;

  private RecordStore(Path at, long mapSize, boolean writes, EnvFlags... flags) {
    this.writes = writes;
    this.size = mapSize;
    // Without MDB_NOTLS, a read transaction would belong to the thread that started it.
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
          "cannot load the native library of LMDB: " + e.getMessage() + "; reinstall torc", e);
    }
    try {
      if (writes) {
        env.readerCheck(); // frees the slots of processes that were killed
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
      return; // opening a database reports this
    }
  }

  /** Opens a database for reading and writing. The folder must exist; its file must be sound. */
  static RecordStore open(Path folder, long mapSize) {
    lockTable(folder);
    return new RecordStore(folder, mapSize, true);
  }

  /** Opens a database to read one snapshot, which is held until {@link #close}. */
  static RecordStore look(Path folder, long mapSize) {
    lockTable(folder);
    return new RecordStore(folder, mapSize, false);
  }

  /** Opens a file without a lock table. Its pages must not be reused while it is open. */
  static RecordStore withoutLockTable(Path file, long mapSize, boolean writes) {
    return new RecordStore(file, mapSize, writes, EnvFlags.MDB_NOSUBDIR, EnvFlags.MDB_NOLOCK);
  }

  /**
   * Writes LMDB's lock table without holes. LMDB itself would make a sparse file and write to it
   * through a map, so that a full disk would end the process (SIGBUS). Here a full disk is an
   * ordinary error.
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

  /** Returns the transaction id of a read-only store; 0 if nothing was ever committed. */
  long snapshot() {
    return reader.getId();
  }

  /** Returns whether a read-only store's snapshot has another format of records. */
  boolean isForeign() {
    return !Arrays.equals(bytes(SCHEMA), noted(SCHEMA_KEY));
  }

  /** Opens the trees. In a new database, creates them and makes a first commit. */
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

  /** Opens the trees of a read-only store's snapshot. */
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
   * Visits the keys and values of a tree until the visitor returns false; returns whether it did.
   * Starts at {@code from}, or at the first key if that is null. With {@code back}, visits all keys
   * from the last one down. The visitor may read.
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
   * Commits all changes or none, and enlarges the map if they do not fit. Returns by how many bytes
   * the current records in the journal grew; 0 unless {@code counts} is set.
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

  /** Doubles the size of the map. If the system refuses, all later calls fail. */
  void grow() {
    map(2 * size);
  }

  /**
   * Recreates the map, even if its size stays the same. Pages that were read through a map count as
   * memory of this process, which in a long build could be as much as the whole file.
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

  /** Waits for reads, and then closes the store; lmdbjava would leave the reset reader open. */
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
