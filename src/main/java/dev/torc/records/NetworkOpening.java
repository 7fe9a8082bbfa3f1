package dev.torc.records;

import dev.torc.posix.FileStatus;
import dev.torc.posix.OwnFile;
import dev.torc.records.Cache.CacheSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.function.Consumer;
import org.lmdbjava.LmdbException;

/**
 * Opens the cache of a root that several hosts share: this host's database takes over the newer
 * part of the journal, and is made again from it where it belongs to another journal. A look lays
 * the newer part of the journal over the database in memory. {@link CacheOpening} opens the
 * database itself.
 */
final class NetworkOpening {

  private NetworkOpening() {}

  /** Opens a cache as {@link Cache#open} says. */
  static Cache forWork(CachePlace place, Consumer<String> note, CacheSettings settings) {
    try {
      while (true) {
        try (JournalReader journal = journal(place)) {
          if (journal == null) {
            takeOver(place);
          }
          return bring(journal, place, note, settings);
        } catch (JournalReader.Damaged e) {
          Recovery.setAside("journal", place.journal(), e.getMessage(), Recovery.NEVER_BUILT, note);
        }
      }
    } catch (IOException e) {
      throw CacheTrouble.of("cannot use the journal", place.journal(), e);
    }
  }

  /** Returns the journal; null where there is none. */
  private static JournalReader journal(CachePlace place) throws IOException, JournalReader.Damaged {
    return OwnFile.stands(place.journal()) ? JournalReader.open(place.journal()) : null;
  }

  /**
   * Returns the settings of a new database's first commit, before it takes over a journal. A
   * journal does not tell whether the machine went down since, so these settings say that it did.
   */
  static CacheSettings unknown(CachePlace place, CacheSettings settings) throws IOException {
    if (!exists(place.journal())) {
      return settings;
    }
    long time = Files.getLastModifiedTime(place.journal()).toMillis();
    return new CacheSettings(settings.mapSize(), "", () -> time);
  }

  /** Copies the database from before the root had a journal: a first journal begins with that. */
  private static void takeOver(CachePlace place) throws IOException {
    Path alone = alone(place).data();
    if (!exists(place.data()) && exists(alone)) {
      Path copy = place.data().resolveSibling("data.mdb.new");
      Files.copy(alone, copy, StandardCopyOption.REPLACE_EXISTING, LinkOption.NOFOLLOW_LINKS);
      Files.move(copy, place.data(), StandardCopyOption.ATOMIC_MOVE);
    }
  }

  /**
   * Opens a database that holds only the journal's records and adds the rest, or makes a journal.
   *
   * @param journal null where there is none yet
   */
  private static Cache bring(
      JournalReader journal, CachePlace place, Consumer<String> note, CacheSettings settings)
      throws IOException, JournalReader.Damaged {
    Cache cache = CacheOpening.database(place, note, settings);
    boolean done = false;
    try {
      if (isOther(cache, journal)) {
        cache.abandon();
        Files.deleteIfExists(place.data());
        // A reader of the old file must not share the lock table of the new one.
        Files.deleteIfExists(place.lockTable());
        cache = CacheOpening.database(place, note, settings);
      }
      if (journal == null) {
        cache.makeJournal();
      } else {
        cache.follow(journal);
      }
      done = true;
      return cache;
    } catch (LmdbException e) {
      throw CacheTrouble.of(
          journal == null ? "cannot read the cache" : "cannot write the cache", place.data(), e);
    } finally {
      if (!done) {
        cache.abandon();
      }
    }
  }

  /** Opens a cache as {@link Cache#look} says. */
  static Cache forLooking(CachePlace place, Consumer<String> note, CacheSettings settings) {
    try {
      try {
        return look(place, note, settings);
      } catch (IOException moved) {
        // Another host may have put a new journal in its place: "stale file handle".
        return look(place, note, settings);
      }
    } catch (JournalReader.Damaged e) {
      note.accept(
          "the journal %s is %s, so the cache counts as empty; the next build sets it aside"
              .formatted(place.journal(), e.getMessage()));
    } catch (IOException e) {
      note.accept(CacheTrouble.of("cannot read the journal", place.journal(), e).getMessage());
    }
    return CacheOpening.empty(place, note, settings);
  }

  private static Cache look(CachePlace place, Consumer<String> note, CacheSettings settings)
      throws IOException, JournalReader.Damaged {
    boolean own = OwnFile.stands(place.journal()) || exists(place.data());
    Cache cache = CacheOpening.look(own ? place : alone(place), note, settings);
    boolean done = false;
    try (JournalReader journal = journal(place)) {
      if (isOther(cache, journal)) {
        cache.abandon();
        cache = CacheOpening.empty(place, note, settings);
      }
      if (journal != null) {
        cache.overlay(journal);
      }
      done = true;
      return cache;
    } finally {
      if (!done) {
        cache.abandon();
      }
    }
  }

  /**
   * Returns whether a database holds anything else than records of the journal; if not, the reader
   * of the journal stands at the database's position then.
   *
   * @param journal null where there is none
   */
  private static boolean isOther(Cache cache, JournalReader journal) throws IOException {
    JournalPosition held = cache.position();
    return journal == null ? held != null : !journal.goTo(held);
  }

  /** Returns the place of the cache as it is while the root is not shared. */
  private static CachePlace alone(CachePlace place) {
    return new CachePlace(place.root(), place.folder(), place.folder(), null, place.group());
  }

  private static boolean exists(Path file) throws IOException {
    return FileStatus.of(file.toString(), false).exists();
  }
}
