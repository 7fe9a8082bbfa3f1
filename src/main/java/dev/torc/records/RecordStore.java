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
import org.lmdbjava.Cursor;
import org.lmdbjava.Dbi;
import org.lmdbjava.DbiFlags;
import org.lmdbjava.Env;
import org.lmdbjava.EnvFlags;
import org.lmdbjava.GetOp;
import org.lmdbjava.LmdbException;
import org.lmdbjava.Txn;

/**
 * The LMDB environment: trees of bytes, read by any thread and written by one. It does not know
 * what the bytes mean ({@link RecordCodec}), what waits to be written ({@link CacheWriter}), or
 * whether the file is sound ({@link Recovery}).
 *
 * <p>It keeps LMDB's full durability: a commit is on the disk when it returns, data first, meta
 * page after. Giving up the second sync (MDB_NOMETASYNC) would lose a commit on a power failure and
 * win nothing: at most one commit is written in 50 ms, on a thread that no other waits for.
 *
 * <p>Only a look ({@link #look}) holds a snapshot longer than a read: LMDB cannot use pages again
 * that a snapshot may still see, and a long build would make the file grow without end. The map may
 * only move (growth) or go (close) while no thread reads; the lock here ensures that.
 */
final class RecordStore implements AutoCloseable {

  /**
   * The format of the records, kept in the database. New fields in {@link RecordCodec} leave it as
   * it is; a change that a torc of this format could not read, or would misread, makes it one
   * greater.
   */
  static final String SCHEMA = "5";

  private static final String SCHEMA_KEY = "schema";
  private static final String COMMIT_KEY = "commit";
  private static final String JOURNAL_KEY = "journal";

  /**
   * What a commit notes of itself, under the keys of the main tree.
   *
   * @param by the settings that give its clock and boot
   * @param journal the place in it then, {@code live} before the growth; null without a journal
   */
  record Seal(CacheSettings by, JournalPosition journal) {}

  /** Where the number of entries stands in LMDB's record of a tree. */
  private static final int ENTRIES = 32;

  /** Bytes; LMDB takes 64 for a reader, and admits as many readers as the file has room for. */
  private static final int LOCK_TABLE = 20480;

  private static final int READERS = 254;

  /** Written bytes after which the map is made anew; see {@link #map(long)}. */
  private static final long MAPPED = 4 << 20;

  static {
    LmdbProvider.use();
  }

  private final Env<byte[]> env;
  private final boolean writes;

  /** Bytes of the map. */
  private long size;

  /** Bytes that were written since the map was made. */
  private long written;

  /** Why there is no map any more; null where there is one. LMDB does not check, and crashes. */
  private LmdbException lost;

  private final Map<RecordTree, Dbi<byte[]>> trees = new EnumMap<>(RecordTree.class);

  /** The tree that holds the names of the others. */
  private Dbi<byte[]> main;

  private final ReentrantReadWriteLock map = new ReentrantReadWriteLock();

  /** For single reads, under its monitor. Between reads it is reset, except in a look. */
  private Txn<byte[]> reader;

  private RecordStore(Path at, long mapSize, boolean writes, EnvFlags... flags) {
    this.writes = writes;
    this.size = mapSize;
    // Without MDB_NOTLS a reader would belong to the thread that began it.
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

  /** Loads the code that calls LMDB. */
  static void prepare() {
    try {
      Env.create(PROXY_BA);
    } catch (LinkageError unloadable) {
      return; // the code that opens a database tells it
    }
  }

  /** Opens for reading and writing; the folder has to exist, and a file there to be sound. */
  static RecordStore open(Path folder, long mapSize) {
    lockTable(folder);
    return new RecordStore(folder, mapSize, true);
  }

  /** Opens to read one snapshot, which is held until the end. Nothing of it is read here. */
  static RecordStore look(Path folder, long mapSize) {
    lockTable(folder);
    return new RecordStore(folder, mapSize, false);
  }

  /** Opens a file without a lock table: a new one, or one to read, to which no process writes. */
  static RecordStore alone(Path file, long mapSize, boolean writes) {
    return new RecordStore(file, mapSize, writes, EnvFlags.MDB_NOSUBDIR, EnvFlags.MDB_NOLOCK);
  }

  /**
   * Makes LMDB's lock table in full. LMDB would make it with a hole and then write to it through
   * its map: on a full disk that ends the process (SIGBUS), while this is an error that can be
   * told.
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
        // A link never replaces a table that another process made, and uses, meanwhile.
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

  /** Returns the size of a map for twice the file, and no smaller than the wanted one. */
  static long mapSize(Path data, long wanted) throws IOException {
    return Math.max(wanted, Files.exists(data) ? 2 * Files.size(data) : 0);
  }

  /** Returns the transaction of a look's snapshot; 0 where nothing was ever committed. */
  long snapshot() {
    return reader.getId();
  }

  /** Returns whether a torc with another format of records wrote a look's snapshot. */
  boolean isForeign() {
    return !Arrays.equals(bytes(SCHEMA), noted(SCHEMA_KEY));
  }

  /** Makes the trees readable; in a new database it makes them, with a first commit. */
  void useTrees(Seal seal) {
    try (Txn<byte[]> txn = env.txnWrite()) {
      main = env.openDbi(txn, null, null, false);
      trees(txn, DbiFlags.MDB_CREATE);
      if (main.get(txn, bytes(SCHEMA_KEY)) == null) {
        seal(txn, seal, 0);
      }
      txn.commit();
    }
    reader = env.txnRead();
    reader.reset();
  }

  /** Makes the trees of a look's snapshot readable. */
  void useTrees() {
    trees(reader);
  }

  private void trees(Txn<byte[]> txn, DbiFlags... flags) {
    for (RecordTree tree : RecordTree.values()) {
      trees.put(tree, env.openDbi(txn, tree.key(), null, false, flags));
    }
  }

  /** Returns the value of a key, or null. */
  byte[] get(RecordTree tree, byte[] key) {
    return read(txn -> trees.get(tree).get(txn, key));
  }

  /** Returns how many records a tree has. */
  long size(RecordTree tree) {
    return read(
        txn -> {
          byte[] root = main.get(txn, tree.key()); // a struct MDB_db
          return ByteBuffer.wrap(root).order(ByteOrder.nativeOrder()).getLong(ENTRIES);
        });
  }

  /** Runs something that reads, while the map stays. */
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
   * Hands keys and values of a tree to the visitor, in the order of the keys, until the visitor
   * returns false. The visitor may read.
   *
   * @param from the first key wanted, null for all
   * @param back whether the greatest key comes first, and the least one last
   * @return whether the visitor returned false
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

  /**
   * Hands over all records, tree by tree, some at a time.
   *
   * @param bytes the bytes of keys and values after which a list is handed over
   */
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
   * Commits changes, all or none, growing the map where they do not fit.
   *
   * @param counts whether the growth of the records is asked for
   * @return by how many bytes the records in a journal have grown; 0 if that is not asked for
   * @throws LmdbException where nothing was committed
   */
  long write(List<Batch.Change> changes, boolean counts, Seal seal) {
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

  /** Returns how far the records hold a journal; null where that was never noted. */
  JournalPosition position() {
    return JournalPosition.of(noted(JOURNAL_KEY));
  }

  /** Returns the note of the last commit; null where there was none. */
  CommitNote lastCommit() {
    return CommitNote.of(noted(COMMIT_KEY));
  }

  private byte[] noted(String key) {
    return read(txn -> main.get(txn, bytes(key)));
  }

  /** Doubles the map. Where the system refuses that, all later calls fail. */
  void grow() {
    map(2 * size);
  }

  /**
   * Makes the map anew, even with the same size: pages that were read through the old one count as
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

  /** Waits for readers, then closes, the reset reader included: lmdbjava would leave that open. */
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
