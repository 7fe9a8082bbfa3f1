package dev.torc.cache;

import dev.torc.posix.Memory;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * An open database file of LMDB with its map and its lock table ({@code MDB_env}). It knows which
 * transactions are under way, since LMDB does not look: a map that goes or moves under one ends the
 * process. So that is an {@link IllegalStateException} here, as is any use after the end. {@link
 * LmdbTxn} reads and writes.
 *
 * <p>Any thread may call it. {@link LmdbException} is thrown for what LMDB refuses.
 */
final class LmdbEnv implements AutoCloseable {

  private static final int MODE = 0664;

  private final long handle;

  private boolean closed;

  /** Why there is no map any more, null where there is one. */
  private LmdbException lost;

  /** Transactions that have not ended, and those of them that are not at rest (reset). */
  private int begun;

  private int active;

  /** Whose transaction writes, or null. */
  private Thread writer;

  private LmdbEnv(long handle) {
    this.handle = handle;
  }

  /**
   * Opens the files data.mdb and lock.mdb of a folder, and makes them where they are missing.
   *
   * @param mapSize bytes, of address space only; the data cannot grow beyond
   * @param databases most named databases that will be used
   * @param readers most transactions that read at a time, of all processes; only who makes the lock
   *     table says it
   * @param readOnly never writes, but to the lock table; then the files must exist
   */
  static LmdbEnv open(Path folder, long mapSize, int databases, int readers, boolean readOnly) {
    byte[] path = folder.toAbsolutePath().toString().getBytes(StandardCharsets.UTF_8);
    Memory memory = Memory.of(Long.BYTES + path.length + 1); // the rest is zero
    Lmdb.check(Lmdb.ENV_CREATE.status(memory.address(), 0, 0, 0, 0, 0));
    long handle = memory.getLong(0);
    memory.put(Long.BYTES, path);
    // Without it a reader belonged to a thread; these belong to whoever has the transaction.
    int flags = Lmdb.MDB_NOTLS | (readOnly ? Lmdb.MDB_RDONLY : 0);
    boolean open = false;
    try {
      Lmdb.check(Lmdb.ENV_SET_MAPSIZE.status(handle, mapSize, 0, 0, 0, 0));
      Lmdb.check(Lmdb.ENV_SET_MAXDBS.status(handle, databases, 0, 0, 0, 0));
      Lmdb.check(Lmdb.ENV_SET_MAXREADERS.status(handle, readers, 0, 0, 0, 0));
      Lmdb.check(Lmdb.ENV_OPEN.status(handle, memory.address() + Long.BYTES, flags, MODE, 0, 0));
      open = true;
      return new LmdbEnv(handle);
    } finally {
      Reference.reachabilityFence(memory);
      if (!open) {
        Lmdb.ENV_CLOSE.status(handle, 0, 0, 0, 0, 0);
      }
    }
  }

  /** Begins to read a snapshot. */
  LmdbTxn read() {
    return LmdbTxn.begin(this, false);
  }

  /**
   * Begins to write, waiting for the writer of another thread or process. The thread that calls it
   * is the one that may use and must end the transaction.
   */
  LmdbTxn write() {
    return LmdbTxn.begin(this, true);
  }

  /** Frees the slots of readers whose process died, and returns how many they were. */
  synchronized int checkReaders() {
    mustBeOpen();
    Memory memory = Memory.of(Long.BYTES);
    Lmdb.check(Lmdb.READER_CHECK.status(handle, memory.address(), 0, 0, 0, 0));
    return memory.getInt(0);
  }

  /** Bytes of the map. */
  synchronized long mapSize() {
    mustBeOpen();
    Memory memory = Memory.of(Lmdb.ENVINFO);
    Lmdb.check(Lmdb.ENV_INFO.status(handle, memory.address(), 0, 0, 0, 0));
    return memory.getLong(Lmdb.ENVINFO_MAPSIZE);
  }

  /**
   * Gives the map another size, in bytes, and place; LMDB makes it no smaller than the data. Where
   * the system refuses, there is no map any more: all but {@link #close} is refused as well from
   * then on.
   *
   * @throws IllegalStateException while a transaction is under way that is not at rest
   */
  synchronized void resize(long mapSize) {
    mustBeOpen();
    if (active > 0) {
      throw new IllegalStateException("the map cannot move under a transaction");
    }
    int result = Lmdb.ENV_SET_MAPSIZE.status(handle, mapSize, 0, 0, 0, 0);
    if (result != 0) {
      lost = Lmdb.failure(result);
      throw lost;
    }
  }

  /**
   * Closes it; does nothing where it is closed.
   *
   * @throws IllegalStateException while any transaction has not ended
   */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    if (begun > 0) {
      throw new IllegalStateException("a transaction has not ended");
    }
    closed = true;
    Lmdb.ENV_CLOSE.status(handle, 0, 0, 0, 0, 0);
  }

  private void mustBeOpen() {
    if (closed) {
      throw new IllegalStateException("the database is closed");
    }
    if (lost != null) {
      throw lost;
    }
  }

  /** A transaction begins: the handle for it. From now on the map stays. */
  synchronized long enter(boolean writes) {
    mustBeOpen();
    if (writes && writer == Thread.currentThread()) {
      throw new IllegalStateException("this thread writes already, and would wait for itself");
    }
    begun++;
    active++;
    return handle;
  }

  /** The transaction that a thread began is one that writes. */
  synchronized void writes(Thread thread) {
    writer = thread;
  }

  /** A transaction comes to rest: the map may move. */
  synchronized void rest() {
    active--;
  }

  /** A transaction is about to leave its rest. */
  synchronized void wake() {
    mustBeOpen();
    active++;
  }

  /** A transaction has ended, or could not begin. */
  synchronized void leave(boolean resting, boolean writing) {
    begun--;
    if (!resting) {
      active--;
    }
    if (writing) {
      writer = null;
    }
  }
}
