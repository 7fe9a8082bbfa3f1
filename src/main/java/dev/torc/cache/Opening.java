package dev.torc.cache;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * How a cache is opened: damage is found before LMDB may read the pages, and is set aside by who
 * may write, or told by who only looks. Reading and writing records is {@link Cache}'s business.
 */
final class Opening {

  private Opening() {}

  /** See {@link Cache#open}. */
  static Cache forWork(CachePlace found, Consumer<String> note, Outside outside) {
    CachePlace place = found.settle();
    takeAway(place.rest());
    if (Damage.marked(place)) {
      Damage.setAside(place, "damaged, as the last build found", note);
    }
    Pages.Meta meta = null;
    Commit last = null;
    Set<Tree> sound = Cache.ALL;
    Store store = null;
    try {
      if (Files.exists(place.data())) {
        try {
          if (!Files.isRegularFile(place.data())) {
            throw new Pages.Damaged("no file");
          }
          Set<Tree> wanted = outside.atOnce(place);
          meta = Pages.newest(place.data());
          last = sealed(meta, Pages.check(place.data(), meta, wanted));
          sound = wanted;
        } catch (Pages.Damaged e) {
          Damage.setAside(place, e.getMessage(), note);
        }
      }
      store = Store.open(place.database(), Store.mapSize(place.data(), outside.mapSize()));
      boolean fresh = last == null;
      store.useTrees(fresh, transaction -> seal(transaction, outside));
      Cache cache = new Cache(place, outside, note, store, meta, sound, true);
      store = null;
      if (!fresh && !last.boot().equals(outside.boot())) {
        cache.distrustLate(last);
      }
      return cache;
    } catch (IOException e) {
      throw Trouble.of("cannot read the cache", place.data(), e);
    } catch (LmdbException e) {
      throw Trouble.of("cannot open the cache", place.data(), e);
    } finally {
      if (store != null) {
        store.close();
      }
    }
  }

  /** Before anything changes: what was at rest is not known any more, whatever happens. */
  private static void takeAway(Path rest) {
    try {
      Files.deleteIfExists(rest);
    } catch (IOException e) {
      throw Trouble.of("cannot remove", rest, e);
    }
  }

  /** See {@link Cache#look}. */
  static Cache forLooking(CachePlace place, Consumer<String> note, Outside outside) {
    Store store = null;
    try {
      if (Damage.marked(place)) {
        throw new Pages.Damaged("damaged, as the last build found");
      }
      if (Files.exists(place.data()) && !Files.isRegularFile(place.data())) {
        throw new Pages.Damaged("no file");
      }
      if (Files.exists(place.data()) && Files.size(place.data()) > 0) {
        settled(place);
        store = Store.look(place.database(), Store.mapSize(place.data(), outside.mapSize()));
        // A writer may be at work: only the state of a snapshot held by LMDB stays as it is.
        Pages.Meta meta = Pages.of(place.data(), store.snapshot());
        while (meta == null) {
          store.renew();
          meta = Pages.of(place.data(), store.snapshot());
        }
        Set<Tree> sound = outside.atOnce(place);
        Commit last = sealed(meta, Pages.check(place.data(), meta, sound));
        if (last != null) {
          store.useTrees();
          Cache cache = new Cache(place, outside, note, store, meta, sound, false);
          store = null;
          if (!last.boot().equals(outside.boot())) {
            cache.distrust(last);
          }
          return cache;
        }
      }
    } catch (Pages.Damaged e) {
      note.accept(unusable(place, e.getMessage()));
    } catch (IOException e) {
      note.accept(Trouble.of("cannot read the cache", place.data(), e).getMessage());
    } catch (LmdbException | CacheException e) {
      note.accept(Trouble.of("cannot read the cache", place.data(), e).getMessage());
    } finally {
      if (store != null) {
        store.close();
      }
    }
    return new Cache(place, outside, note, null, null, Cache.ALL, false);
  }

  /** Reads the meta pages once more where a commit may have come between reading them. */
  private static void settled(CachePlace place) throws IOException, Pages.Damaged {
    try {
      Pages.newest(place.data());
    } catch (Pages.Damaged perhaps) {
      Pages.newest(place.data());
    }
  }

  /** The last commit of a state; null where there was none yet. */
  private static Commit sealed(Pages.Meta meta, Map<String, byte[]> records) throws Pages.Damaged {
    if (meta.transaction() == 0) {
      return null;
    }
    Commit commit = Commit.of(records.get(Store.COMMIT_KEY));
    if (commit == null || commit.transaction() != meta.transaction()) {
      throw new Pages.Damaged("damaged in its last commit");
    }
    return commit;
  }

  /** What goes into the database with a commit. */
  static byte[] seal(long transaction, Outside outside) {
    return new Commit(transaction, outside.clock().getAsLong(), outside.boot()).bytes();
  }

  /** The line for people who look at a cache that is damaged. */
  static String unusable(CachePlace place, String how) {
    return "the cache "
        + place.data()
        + " is "
        + how
        + " and counts as empty; the next build sets"
        + " it aside";
  }
}
