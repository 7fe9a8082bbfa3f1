package dev.torc.cache;

import dev.torc.posix.Memory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A transaction of LMDB ({@code MDB_txn}): one snapshot to read, or changes that are committed all
 * or none. Keys and values are copied in and out, since what LMDB hands out lies in its map and
 * goes with the transaction. Its user decides when to begin one and how long to hold it.
 *
 * <p>One that reads may be used by any thread; calls wait for each other. One that writes belongs
 * to its thread. Any use after the end, or of one at rest, is an {@link IllegalStateException}:
 * LMDB would read freed memory. {@link LmdbException} is thrown for what LMDB refuses; a
 * transaction that writes can then only be closed.
 */
final class LmdbTxn implements AutoCloseable {

  /** Where in the memory for calls a key, a value, a result and the bytes of both stand. */
  static final int KEY = 0;

  static final int VALUE = Lmdb.VAL;
  static final int RESULT = 2 * Lmdb.VAL;
  private static final int BYTES = RESULT + Long.BYTES;

  /** Bytes of the memory to begin with: the longest key that LMDB takes fits, and most values. */
  private static final int SIZE = 4096;

  /** What an array of bytes can hold. */
  private static final int LARGEST = Integer.MAX_VALUE - 8;

  private enum State {
    ACTIVE,
    RESTING,
    ENDED
  }

  private final LmdbEnv env;
  private final long handle;

  /** Whose it is where it writes; null where it reads. */
  private final Thread writer;

  private final List<LmdbCursor> cursors = new ArrayList<>();
  private State state = State.ACTIVE;
  private Memory memory;

  private LmdbTxn(LmdbEnv env, long handle, Thread writer, Memory memory) {
    this.env = env;
    this.handle = handle;
    this.writer = writer;
    this.memory = memory;
  }

  /** See {@link LmdbEnv#read} and {@link LmdbEnv#write}. */
  static LmdbTxn begin(LmdbEnv env, boolean writes) {
    Memory memory = Memory.of(SIZE);
    long on = env.enter(writes);
    boolean begun = false;
    try {
      int flags = writes ? 0 : Lmdb.MDB_RDONLY;
      Lmdb.check(Lmdb.TXN_BEGIN.status(on, 0, flags, memory.address() + RESULT, 0, 0));
      begun = true;
    } finally {
      if (!begun) {
        env.leave(false, false);
      }
    }
    Thread writer = writes ? Thread.currentThread() : null;
    if (writes) {
      env.writes(writer);
    }
    return new LmdbTxn(env, memory.getLong(RESULT), writer, memory);
  }

  /** The number of the snapshot that it reads, or of the one that it makes. */
  synchronized long id() {
    mustBeActive();
    return Lmdb.TXN_ID.pointer(handle);
  }

  /**
   * The number of a database, for use in this and, once this is committed, in later transactions.
   *
   * @param name null for the one that holds the names of the others; no NUL
   * @param create whether it is made where it is missing
   */
  synchronized int database(String name, boolean create) {
    mustBeActive();
    long text = 0;
    if (name != null) {
      byte[] bytes = (name + "\0").getBytes(StandardCharsets.UTF_8);
      room(bytes.length);
      memory.put(BYTES, bytes);
      text = memory.address() + BYTES;
    }
    int flags = create ? Lmdb.MDB_CREATE : 0;
    Lmdb.check(Lmdb.DBI_OPEN.status(handle, text, flags, memory.address() + RESULT, 0, 0));
    return memory.getInt(RESULT);
  }

  /** The value of a key, or null. */
  synchronized byte[] get(int database, byte[] key) {
    mustBeActive();
    key(key);
    long at = memory.address();
    int result = Lmdb.GET.status(handle, database, at + KEY, at + VALUE, 0, 0);
    if (result == Lmdb.MDB_NOTFOUND) {
      return null;
    }
    Lmdb.check(result);
    return read(VALUE);
  }

  /**
   * Gives a key its value, in place of one that it has.
   *
   * @param key 1 to 511 bytes
   */
  synchronized void put(int database, byte[] key, byte[] value) {
    mustBeActive();
    room((long) key.length + value.length);
    write(KEY, BYTES, key);
    write(VALUE, BYTES + key.length, value);
    long at = memory.address();
    Lmdb.check(Lmdb.PUT.status(handle, database, at + KEY, at + VALUE, 0, 0));
  }

  /** Removes a key with its value; whether it was there. */
  synchronized boolean delete(int database, byte[] key) {
    mustBeActive();
    key(key);
    int result = Lmdb.DEL.status(handle, database, memory.address() + KEY, 0, 0, 0);
    if (result == Lmdb.MDB_NOTFOUND) {
      return false;
    }
    Lmdb.check(result);
    return true;
  }

  /** A cursor over a database; it ends with the transaction or its rest, if not before. */
  synchronized LmdbCursor cursor(int database) {
    mustBeActive();
    Lmdb.check(Lmdb.CURSOR_OPEN.status(handle, database, memory.address() + RESULT, 0, 0, 0));
    LmdbCursor cursor = new LmdbCursor(this, memory.getLong(RESULT));
    cursors.add(cursor);
    return cursor;
  }

  /** Lets go of the snapshot and keeps the place in the lock table, for {@link #renew}. */
  synchronized void reset() {
    mustBeActive();
    if (writer != null) {
      throw new IllegalStateException("a transaction that writes has no rest");
    }
    closeCursors();
    Lmdb.TXN_RESET.status(handle, 0, 0, 0, 0, 0);
    state = State.RESTING;
    env.rest();
  }

  /** Takes the newest snapshot, after {@link #reset}. */
  synchronized void renew() {
    if (state != State.RESTING) {
      throw new IllegalStateException("the transaction is not at rest");
    }
    env.wake();
    int result = Lmdb.TXN_RENEW.status(handle, 0, 0, 0, 0, 0);
    if (result != 0) {
      env.rest();
      throw Lmdb.failure(result);
    }
    state = State.ACTIVE;
  }

  /** Makes the changes last and ends, also where it throws: then there are none. */
  synchronized void commit() {
    mustBeActive();
    closeCursors();
    state = State.ENDED; // LMDB frees it whatever comes of it
    try {
      Lmdb.check(Lmdb.TXN_COMMIT.status(handle, 0, 0, 0, 0, 0));
    } finally {
      env.leave(false, writer != null);
    }
  }

  /** Ends; changes that were not committed are gone. Does nothing where it has ended. */
  @Override
  public synchronized void close() {
    if (state == State.ENDED) {
      return;
    }
    mustBeOwn();
    boolean resting = state == State.RESTING;
    closeCursors();
    state = State.ENDED;
    Lmdb.TXN_ABORT.status(handle, 0, 0, 0, 0, 0);
    env.leave(resting, writer != null);
  }

  /** Before any call that LMDB takes the transaction, or a cursor of it, for. */
  void mustBeActive() {
    if (state != State.ACTIVE) {
      throw new IllegalStateException(
          state == State.ENDED ? "the transaction has ended" : "the transaction is at rest");
    }
    mustBeOwn();
  }

  private void mustBeOwn() {
    if (writer != null && writer != Thread.currentThread()) {
      throw new IllegalStateException("the transaction is that of " + writer.getName());
    }
  }

  private void closeCursors() {
    cursors.forEach(LmdbCursor::end);
    cursors.clear();
  }

  /** A cursor was closed by its user. */
  void closed(LmdbCursor cursor) {
    cursors.remove(cursor);
  }

  /** The memory for calls; who reads or fills it holds the monitor. */
  Memory memory() {
    return memory;
  }

  /** Writes a key where calls take it from. */
  void key(byte[] key) {
    room(key.length);
    write(KEY, BYTES, key);
  }

  /** A copy of the key or the value that a call left. */
  byte[] read(int val) {
    long size = memory.getLong(val);
    if (size < 0 || size > LARGEST) { // more than an array holds, and any torc writes
      throw Lmdb.failure(Lmdb.MDB_CORRUPTED);
    }
    return Memory.bytesAt(memory.getLong(val + Long.BYTES), (int) size);
  }

  private void write(int val, int at, byte[] bytes) {
    memory.put(at, bytes);
    memory.putLong(val, bytes.length);
    memory.putLong(val + Long.BYTES, memory.address() + at);
  }

  private void room(long bytes) {
    if (BYTES + bytes > memory.size()) {
      memory = Memory.of(Math.clamp(2L * memory.size(), Math.toIntExact(BYTES + bytes), LARGEST));
    }
  }
}
