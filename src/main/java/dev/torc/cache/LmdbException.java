package dev.torc.cache;

/** What LMDB refused, in its own words, or the system's where they are its; see {@link Lmdb}. */
final class LmdbException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int code;

  LmdbException(int code, String words) {
    super(words + " (" + code + ")");
    this.code = code;
  }

  /** One of LMDB's numbers, which are negative, or an errno, which is positive. */
  int code() {
    return code;
  }

  /** Whether the database itself is unsound, and not its surroundings or the system. */
  boolean damage() {
    return code < 0
        && code != Lmdb.MDB_PANIC
        && code != Lmdb.MDB_TLS_FULL
        && code != Lmdb.MDB_READERS_FULL
        && code != Lmdb.MDB_MAP_RESIZED;
  }
}
