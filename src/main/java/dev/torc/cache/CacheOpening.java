package dev.torc.cache;

import dev.torc.posix.FileStatus;
import dev.torc.posix.OwnFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.lmdbjava.LmdbException;

/**
 * How a cache is opened: damage is found before LMDB may read the pages, and is set aside by who
 * may write, or told by who only looks. {@link Cache} reads and writes the records.
 */
final class CacheOpening {

  private CacheOpening() {}

  /**
   * What is known of a database before LMDB reads it.
   *
   * @param meta the state that was checked; null where there is nothing left to check
   * @param fresh whether nothing was ever committed
   * @param late the last commit, if the machine went down since; else null
   */
  private record Found(PageCheck.Meta meta, Set<RecordTree> sound, boolean fresh, CommitNote late) {
    static final Found NOTHING = new Found(null, Cache.ALL, true, null);
    static final Found CLEAN = new Found(null, Cache.ALL, false, null);

    static Found checked(
        PageCheck.Meta meta, Set<RecordTree> sound, CommitNote last, CacheSettings settings) {
      boolean down = last != null && !last.boot().equals(settings.boot());
      return new Found(meta, sound, last == null, down ? last : null);
    }
  }

  /** See {@link Cache#open}. */
  static Cache forWork(CachePlace found, Consumer<String> note, CacheSettings settings) {
    CachePlace place = found.settle();
    takeAway(place.rest());
    Cache cache =
        place.isShared()
            ? SharedOpening.forWork(place, note, settings)
            : database(place, note, settings);
    cache.distrustLate();
    return cache;
  }

  /** The database alone, for work. */
  static Cache database(CachePlace place, Consumer<String> note, CacheSettings settings) {
    RecordStore store = null;
    try {
      own(place);
      boolean clean = CleanClose.holds(place, settings);
      takeAway(place.closed());
      if (Damage.marked(place)) {
        Damage.setAside(place, "damaged, as the last build found", note);
      }
      Found state = Found.NOTHING;
      if (Files.exists(place.data(), LinkOption.NOFOLLOW_LINKS)) {
        try {
          state = clean ? Found.CLEAN : check(place, settings);
        } catch (PageCheck.Damaged e) {
          Damage.setAside(place, e.getMessage(), note);
        }
      }
      store =
          RecordStore.open(place.database(), RecordStore.mapSize(place.data(), settings.mapSize()));
      place.giveRecords(place.lockTable());
      place.giveRecords(place.data());
      store.useTrees(state.fresh, (transaction, _) -> seal(transaction, settings, null));
      Cache cache =
          new Cache(place, settings, note, store, state.meta, state.sound, state.late, true);
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

  private static Found check(CachePlace place, CacheSettings settings)
      throws IOException, PageCheck.Damaged {
    if (!Files.isRegularFile(place.data(), LinkOption.NOFOLLOW_LINKS)) {
      throw new PageCheck.Damaged("no file");
    }
    Set<RecordTree> wanted = settings.atOnce(place);
    PageCheck.Meta meta = PageCheck.newest(place.data());
    CommitNote last = sealed(meta, PageCheck.check(place.data(), meta, wanted));
    return Found.checked(meta, wanted, last, settings);
  }

  /**
   * LMDB opens files by their names and writes to what they lead to: a database that has a second
   * name, as in a copy made of links, is left to that name and copied, and a lock table is made
   * anew.
   */
  private static void own(CachePlace place) {
    Path data = place.data();
    try {
      FileStatus there = FileStatus.of(data.toString(), false);
      if (there.isFile() && there.links() > 1) {
        Path copy = data.resolveSibling("data.mdb.new");
        Files.copy(data, copy, StandardCopyOption.REPLACE_EXISTING, LinkOption.NOFOLLOW_LINKS);
        Files.deleteIfExists(place.lockTable()); // it belongs to who has the other one open
        Files.move(copy, data, StandardCopyOption.ATOMIC_MOVE);
      }
      OwnFile.prepare(place.lockTable());
    } catch (IOException e) {
      throw CacheTrouble.of("cannot open the cache", data, e);
    }
  }

  /** Before anything changes: what a file says of the last build does not hold any more. */
  private static void takeAway(Path file) {
    try {
      OwnFile.remove(file);
    } catch (IOException e) {
      throw CacheTrouble.of("cannot remove", file, e);
    }
  }

  /** See {@link Cache#look}. */
  static Cache forLooking(CachePlace place, Consumer<String> note, CacheSettings settings) {
    return place.isShared()
        ? SharedOpening.forLooking(place, note, settings)
        : look(place, note, settings);
  }

  /** The database alone, for looking; an empty one where there is none or it cannot be used. */
  static Cache look(CachePlace place, Consumer<String> note, CacheSettings settings) {
    RecordStore store = null;
    try {
      if (Damage.marked(place)) {
        throw new PageCheck.Damaged("damaged, as the last build found");
      }
      FileStatus data = FileStatus.of(place.data().toString(), false);
      if (data.exists() && !data.isFile()) {
        throw new PageCheck.Damaged("no file");
      }
      if (data.size() > 0) {
        FileStatus table = FileStatus.of(place.lockTable().toString(), false);
        if (table.exists() && (!table.isFile() || table.links() > 1)) {
          throw new CacheException(
              place.lockTable()
                  + " is no file of torc's own, so the cache counts as empty; the next build makes"
                  + " it anew");
        }
        boolean clean = CleanClose.holds(place, settings);
        if (!clean) {
          settled(place);
        }
        store =
            RecordStore.look(
                place.database(), RecordStore.mapSize(place.data(), settings.mapSize()));
        Found state = clean ? Found.CLEAN : check(place, settings, store);
        if (!state.fresh) {
          store.useTrees();
          Cache cache =
              new Cache(place, settings, note, store, state.meta, state.sound, state.late, false);
          store = null;
          return cache;
        }
      }
    } catch (PageCheck.Damaged e) {
      note.accept(unusable(place, e.getMessage()));
    } catch (IOException e) {
      note.accept(CacheTrouble.of("cannot read the cache", place.data(), e).getMessage());
    } catch (LmdbException | CacheException e) {
      note.accept(CacheTrouble.of("cannot read the cache", place.data(), e).getMessage());
    } finally {
      if (store != null) {
        store.close();
      }
    }
    return empty(place, note, settings);
  }

  /** One to look at in which nothing is. */
  static Cache empty(CachePlace place, Consumer<String> note, CacheSettings settings) {
    return new Cache(place, settings, note, null, null, Cache.ALL, null, false);
  }

  private static Found check(CachePlace place, CacheSettings settings, RecordStore store)
      throws IOException, PageCheck.Damaged {
    // A writer may be at work: only the state of a snapshot held by LMDB stays as it is.
    PageCheck.Meta meta = PageCheck.of(place.data(), store.snapshot());
    while (meta == null) {
      store.renew();
      meta = PageCheck.of(place.data(), store.snapshot());
    }
    Set<RecordTree> sound = settings.atOnce(place);
    CommitNote last = sealed(meta, PageCheck.check(place.data(), meta, sound));
    return Found.checked(meta, sound, last, settings);
  }

  /** Reads the meta pages once more where a commit may have come between reading them. */
  private static void settled(CachePlace place) throws IOException, PageCheck.Damaged {
    try {
      PageCheck.newest(place.data());
    } catch (PageCheck.Damaged perhaps) {
      PageCheck.newest(place.data());
    }
  }

  /** The last commit of a state; null where there was none yet. */
  private static CommitNote sealed(PageCheck.Meta meta, Map<String, byte[]> records)
      throws PageCheck.Damaged {
    if (meta.transaction() == 0) {
      return null;
    }
    CommitNote commit = CommitNote.of(records.get(RecordStore.COMMIT_KEY));
    if (commit == null || commit.transaction() != meta.transaction()) {
      throw new PageCheck.Damaged("damaged in its last commit");
    }
    return commit;
  }

  /**
   * What goes into the database with a commit.
   *
   * @param position how far its journal is in it then; null where it has none
   */
  static Map<String, byte[]> seal(
      long transaction, CacheSettings settings, JournalPosition position) {
    byte[] commit =
        new CommitNote(transaction, settings.clock().getAsLong(), settings.boot()).bytes();
    return position == null
        ? Map.of(RecordStore.COMMIT_KEY, commit)
        : Map.of(RecordStore.COMMIT_KEY, commit, RecordStore.JOURNAL_KEY, position.bytes());
  }

  /** The line for people who look at a cache that is damaged. */
  static String unusable(CachePlace place, String how) {
    return "the cache %s is %s and counts as empty; the next build %s"
        .formatted(
            place.data(),
            how,
            place.isShared() ? "makes it again from the journal" : "sets it aside");
  }
}
