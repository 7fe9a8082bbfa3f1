package dev.torc.cache;

import dev.torc.posix.Memory;
import dev.torc.posix.NativeCall;
import dev.torc.posix.SharedLibrary;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * The functions of LMDB's C interface, with the numbers that they take and give, as told in lmdb.h
 * of LMDB 0.9. A wrong handle ends the process: {@link LmdbEnv}, {@link LmdbTxn} and {@link
 * LmdbCursor} see to it that none is passed.
 *
 * <p>The class cannot be initialized where the shared library cannot be loaded: a {@link
 * LinkageError} says why.
 */
final class Lmdb {

  /** The library's path; without it, the one in the class path is unpacked to be loaded. */
  static final String PROPERTY = "torc.lmdb";

  static final int MDB_RDONLY = 0x20000;
  static final int MDB_NOTLS = 0x200000;
  static final int MDB_CREATE = 0x40000;

  /** Of {@code enum MDB_cursor_op}. */
  static final int MDB_FIRST = 0;

  static final int MDB_LAST = 6;
  static final int MDB_NEXT = 8;
  static final int MDB_PREV = 12;
  static final int MDB_SET_RANGE = 17;

  static final int MDB_NOTFOUND = -30798;
  static final int MDB_CORRUPTED = -30796;
  static final int MDB_PANIC = -30795;
  static final int MDB_MAP_FULL = -30792;
  static final int MDB_READERS_FULL = -30790;
  static final int MDB_TLS_FULL = -30789;
  static final int MDB_MAP_RESIZED = -30785;
  static final int MDB_BAD_VALSIZE = -30781;

  /** Bytes of {@code MDB_val}: {@code size_t mv_size}, then {@code void *mv_data}. */
  static final int VAL = 16;

  /** Bytes of {@code MDB_envinfo}; its {@code me_mapsize} stands at 8. */
  static final int ENVINFO = 40;

  static final int ENVINFO_MAPSIZE = 8;

  private static final SharedLibrary LIBRARY = library();

  /** int mdb_env_create(MDB_env **env). */
  static final NativeCall ENV_CREATE = LIBRARY.call("mdb_env_create");

  /** int mdb_env_set_mapsize(MDB_env *env, size_t size). */
  static final NativeCall ENV_SET_MAPSIZE = LIBRARY.call("mdb_env_set_mapsize");

  /** int mdb_env_set_maxdbs(MDB_env *env, MDB_dbi dbs). */
  static final NativeCall ENV_SET_MAXDBS = LIBRARY.call("mdb_env_set_maxdbs");

  /** int mdb_env_set_maxreaders(MDB_env *env, unsigned int readers). */
  static final NativeCall ENV_SET_MAXREADERS = LIBRARY.call("mdb_env_set_maxreaders");

  /** int mdb_env_open(MDB_env *env, const char *path, unsigned int flags, mdb_mode_t mode). */
  static final NativeCall ENV_OPEN = LIBRARY.call("mdb_env_open");

  /** void mdb_env_close(MDB_env *env). */
  static final NativeCall ENV_CLOSE = LIBRARY.call("mdb_env_close");

  /** int mdb_env_info(MDB_env *env, MDB_envinfo *stat). */
  static final NativeCall ENV_INFO = LIBRARY.call("mdb_env_info");

  /** int mdb_reader_check(MDB_env *env, int *dead). */
  static final NativeCall READER_CHECK = LIBRARY.call("mdb_reader_check");

  /** int mdb_txn_begin(MDB_env *env, MDB_txn *parent, unsigned int flags, MDB_txn **txn). */
  static final NativeCall TXN_BEGIN = LIBRARY.call("mdb_txn_begin");

  /** int mdb_txn_commit(MDB_txn *txn). */
  static final NativeCall TXN_COMMIT = LIBRARY.call("mdb_txn_commit");

  /** void mdb_txn_abort(MDB_txn *txn). */
  static final NativeCall TXN_ABORT = LIBRARY.call("mdb_txn_abort");

  /** void mdb_txn_reset(MDB_txn *txn). */
  static final NativeCall TXN_RESET = LIBRARY.call("mdb_txn_reset");

  /** int mdb_txn_renew(MDB_txn *txn). */
  static final NativeCall TXN_RENEW = LIBRARY.call("mdb_txn_renew");

  /** size_t mdb_txn_id(MDB_txn *txn). */
  static final NativeCall TXN_ID = LIBRARY.call("mdb_txn_id");

  /** int mdb_dbi_open(MDB_txn *txn, const char *name, unsigned int flags, MDB_dbi *dbi). */
  static final NativeCall DBI_OPEN = LIBRARY.call("mdb_dbi_open");

  /** int mdb_get(MDB_txn *txn, MDB_dbi dbi, MDB_val *key, MDB_val *data). */
  static final NativeCall GET = LIBRARY.call("mdb_get");

  /** int mdb_put(MDB_txn *txn, MDB_dbi dbi, MDB_val *key, MDB_val *data, unsigned int flags). */
  static final NativeCall PUT = LIBRARY.call("mdb_put");

  /** int mdb_del(MDB_txn *txn, MDB_dbi dbi, MDB_val *key, MDB_val *data). */
  static final NativeCall DEL = LIBRARY.call("mdb_del");

  /** int mdb_cursor_open(MDB_txn *txn, MDB_dbi dbi, MDB_cursor **cursor). */
  static final NativeCall CURSOR_OPEN = LIBRARY.call("mdb_cursor_open");

  /** int mdb_cursor_get(MDB_cursor *cursor, MDB_val *key, MDB_val *data, MDB_cursor_op op). */
  static final NativeCall CURSOR_GET = LIBRARY.call("mdb_cursor_get");

  /** void mdb_cursor_close(MDB_cursor *cursor). */
  static final NativeCall CURSOR_CLOSE = LIBRARY.call("mdb_cursor_close");

  /** char *mdb_strerror(int err). */
  private static final NativeCall STRERROR = LIBRARY.call("mdb_strerror");

  private Lmdb() {}

  /** Throws what a result other than 0 tells. */
  static void check(int result) {
    if (result != 0) {
      throw failure(result);
    }
  }

  /** The exception of a result, with the words that LMDB or the system has for it. */
  static LmdbException failure(int result) {
    byte[] words = Memory.textAt(STRERROR.pointer(result));
    return new LmdbException(result, new String(words, StandardCharsets.UTF_8));
  }

  private static SharedLibrary library() {
    String unpacked = System.getProperty(PROPERTY);
    if (unpacked != null) {
      return SharedLibrary.open(Path.of(unpacked));
    }
    String name = "/org/lmdbjava/native/" + machine();
    try (InputStream packed = Lmdb.class.getResourceAsStream(name)) {
      if (packed == null) {
        throw new UnsatisfiedLinkError("no file " + name + " in the class path");
      }
      Path file = Files.createTempFile("torc-lmdb", ".so");
      try {
        Files.copy(packed, file, StandardCopyOption.REPLACE_EXISTING);
        return SharedLibrary.open(file);
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new LinkageError("cannot unpack it: " + e, e);
    }
  }

  /** The name of the file for this system, as the launcher makes it too. */
  private static String machine() {
    String arch = System.getProperty("os.arch").replace("amd64", "x86_64");
    if (System.getProperty("os.name").startsWith("Mac")) {
      return arch + "-macos-none.so";
    }
    return arch + "-linux-" + (musl() ? "musl" : "gnu") + ".so";
  }

  private static boolean musl() {
    try {
      Path release = Path.of(System.getProperty("java.home"), "release");
      return Files.readString(release).contains("LIBC=\"musl\"");
    } catch (IOException e) {
      return false; // a Java that does not say; loading the library tells whether it fits
    }
  }
}
