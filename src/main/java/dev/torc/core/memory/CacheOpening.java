package dev.torc.core.memory;

import dev.torc.base.posix.FileStatus;
import dev.torc.base.posix.OwnFile;
import dev.torc.core.memory.Cache.CacheException;
import dev.torc.core.memory.Cache.CacheSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.lmdbjava.LmdbException;

/**
 * Opens a cache for writing ({@code forWork}) or only for reading ({@code forLooking}). {@link
 * Recovery} first checks a database that was not closed properly. It copies the records before
 * writing, and only reads them otherwise.
 */
final class CacheOpening {

  private CacheOpening() {}

  static Cache forWork(CachePlace found, Consumer<String> note, CacheSettings settings) {
    CachePlace place = found.settle();
    removeOld(place.rest());
    Cache cache =
        place.isNetworkRoot()
            ? JournalOpening.forWork(place, note, settings)
            : database(place, note, settings);
    cache.distrustLate();
    return cache;
  }

  /** Opens the database itself for writing. */
  static Cache database(CachePlace place, Consumer<String> note, CacheSettings settings) {
    RecordStore store = null;
    try {
      OwnFile.prepare(place.lockTable());
      boolean clean = CleanClose.holds(place);
      removeOld(place.closed());
      if (!clean && Files.exists(place.data(), LinkOption.NOFOLLOW_LINKS)) {
        Recovery.replace(place, note);
      }
      long room = RecordStore.mapSize(place.data(), settings.mapSize());
      store = RecordStore.open(place.database(), room);
      place.giveRecords(place.lockTable());
      place.giveRecords(place.data());
      CacheSettings first =
          place.isNetworkRoot() ? JournalOpening.unknown(place, settings) : settings;
      store.useTrees(new RecordStore.Seal(first, null));
      Cache cache = new Cache(place, settings, note, store, true);
      store = null;
      return cache;
    } catch (IOException e) {
      throw CacheTrouble.of("cannot read the cache", place.data(), e);
    } catch (LmdbException e) {
      throw CacheTrouble.of("cannot open the cache", place.data(), e);
    } finally {
      if (store != null) {
        store.close();
      }
    }
  }

  /** Removes a file about the last build before it goes out of date. */
  private static void removeOld(Path file) {
    try {
      OwnFile.remove(file);
    } catch (IOException e) {
      throw CacheTrouble.of("cannot remove", file, e);
    }
  }

  static Cache forLooking(CachePlace place, Consumer<String> note, CacheSettings settings) {
    return place.isNetworkRoot()
        ? JournalOpening.forLooking(place, note, settings)
        : look(place, note, settings);
  }

  /** Opens the database itself for reading; the cache is empty if there is no usable database. */
  static Cache look(CachePlace place, Consumer<String> note, CacheSettings settings) {
    RecordStore store = null;
    try {
      FileStatus data = FileStatus.of(place.data().toString(), false);
      String damage = data.exists() && !data.isFile() ? "not a regular file" : "";
      if (data.isFile() && data.size() > 0) {
        ownLockTable(place);
        long room = RecordStore.mapSize(place.data(), settings.mapSize());
        store = RecordStore.look(place.database(), room);
        damage = damage(place, store);
      }
      if (!damage.isEmpty()) {
        note.accept(unusable(place, damage));
      } else if (store != null && store.snapshot() > 0) {
        store.useTrees();
        Cache cache = new Cache(place, settings, note, store, false);
        store = null;
        return cache;
      }
    } catch (IOException e) {
      note.accept(CacheTrouble.of("cannot read the cache", place.data(), e).getMessage());
    } catch (LmdbException | CacheException e) {
      note.accept(
          CacheTrouble.isDamage(e)
              ? unusable(place, CacheTrouble.damage(e))
              : CacheTrouble.of("cannot read the cache", place.data(), e).getMessage());
    } finally {
      if (store != null) {
        store.close();
      }
    }
    return empty(place, note, settings);
  }

  private static void ownLockTable(CachePlace place) throws IOException {
    FileStatus table = FileStatus.of(place.lockTable().toString(), false);
    if (table.exists() && (!table.isFile() || table.links() > 1)) {
      throw new CacheException(
          place.lockTable()
              + " is not a file of torc, so the cache counts as empty; the next build creates"
              + " it again");
    }
  }

  /**
   * Describes the damage of a snapshot; empty if there is none. A running build has checked its
   * database.
   */
  private static String damage(CachePlace place, RecordStore store) throws IOException {
    if (!CleanClose.holds(place) && BuildLock.holder(place).isEmpty()) {
      return Recovery.damage(place.data(), null);
    }
    return store.snapshot() > 0 && store.isForeign() ? RecoveryProcess.FOREIGN : "";
  }

  static Cache empty(CachePlace place, Consumer<String> note, CacheSettings settings) {
    return new Cache(place, settings, note, null, false);
  }

  static String unusable(CachePlace place, String how) {
    return "the cache %s is %s and counts as empty; the next build %s"
        .formatted(
            place.data(),
            how,
            place.isNetworkRoot() ? "makes it again from the journal" : "sets it aside");
  }
}
