package dev.torc.cache;

/**
 * A place among the keys of a database ({@code MDB_cursor}), which goes over them in their order:
 * that of their bytes, unsigned. It holds copies of the key and the value where it stands; it
 * changes nothing.
 *
 * <p>Any use after its end, or that of its transaction, is an {@link IllegalStateException}.
 */
final class LmdbCursor implements AutoCloseable {

  private final LmdbTxn txn;
  private final long handle;
  private boolean ended;
  private byte[] key;
  private byte[] value;

  LmdbCursor(LmdbTxn txn, long handle) {
    this.txn = txn;
    this.handle = handle;
  }

  /** Goes to the first key; whether there is one. */
  boolean first() {
    return go(Lmdb.MDB_FIRST, null);
  }

  /** Goes to the last key; whether there is one. */
  boolean last() {
    return go(Lmdb.MDB_LAST, null);
  }

  /** Goes to the next key, at the beginning to the first; whether there is one. */
  boolean next() {
    return go(Lmdb.MDB_NEXT, null);
  }

  /** Goes to the key before, at the end to the last; whether there is one. */
  boolean previous() {
    return go(Lmdb.MDB_PREV, null);
  }

  /** Goes to the first key that is no less than one; whether there is one. */
  boolean from(byte[] least) {
    return go(Lmdb.MDB_SET_RANGE, least);
  }

  /** The key where it stands; null where it stands nowhere. */
  byte[] key() {
    return key;
  }

  /** The value where it stands; null where it stands nowhere. */
  byte[] value() {
    return value;
  }

  private boolean go(int where, byte[] least) {
    synchronized (txn) {
      if (ended) {
        throw new IllegalStateException("the cursor is closed");
      }
      txn.mustBeActive();
      if (least != null) {
        txn.key(least);
      }
      key = null;
      value = null;
      long at = txn.memory().address();
      int result =
          Lmdb.CURSOR_GET.status(handle, at + LmdbTxn.KEY, at + LmdbTxn.VALUE, where, 0, 0);
      if (result == Lmdb.MDB_NOTFOUND) {
        return false;
      }
      Lmdb.check(result);
      key = txn.read(LmdbTxn.KEY);
      value = txn.read(LmdbTxn.VALUE);
      return true;
    }
  }

  /** Frees it; does nothing where it has ended. */
  @Override
  public void close() {
    synchronized (txn) {
      if (!ended) {
        end();
        txn.closed(this);
      }
    }
  }

  /** Frees it, as its transaction ends. */
  void end() {
    ended = true;
    Lmdb.CURSOR_CLOSE.status(handle, 0, 0, 0, 0, 0);
  }
}
