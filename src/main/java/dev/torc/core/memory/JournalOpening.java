package dev.torc.core.memory;

import dev.torc.base.posix.FileStatus;
import dev.torc.base.posix.OwnFile;
import dev.torc.core.memory.Cache.CacheSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.function.Consumer;
import org.lmdbjava.LmdbException;

/**
 * Opens the cache of a network root. For writing, it brings this host's database up to date from
 * the journal, or recreates a database that belongs to another journal. For reading, it overlays
 * the newer part of the journal in memory.
 */
final class JournalOpening {

  private JournalOpening() {}

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

  private static JournalReader journal(CachePlace place) throws IOException, JournalReader.Damaged {
    return OwnFile.exists(place.journal()) ? JournalReader.open(place.journal()) : null;
  }

  /** Returns settings without a boot id, so that a new database distrusts late stamps. */
  static CacheSettings unknown(CachePlace place, CacheSettings settings) throws IOException {
    if (!exists(place.journal())) {
      return settings;
    }
    long time = Files.getLastModifiedTime(place.journal()).toMillis();
    return new CacheSettings(settings.mapSize(), "", () -> time);
  }

  /** Copies the database that the root had before it had a journal. */
  private static void takeOver(CachePlace place) throws IOException {
    Path alone = alone(place).data();
    if (!exists(place.data()) && exists(alone)) {
      Path copy = place.data().resolveSibling("data.mdb.new");
      Files.copy(alone, copy, StandardCopyOption.REPLACE_EXISTING, LinkOption.NOFOLLOW_LINKS);
      Files.move(copy, place.data(), StandardCopyOption.ATOMIC_MOVE);
    }
  }

  /** Opens this host's database and adds the journal's newer records, or makes a journal. */
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

  static Cache forLooking(CachePlace place, Consumer<String> note, CacheSettings settings) {
    try {
      try {
        return look(place, note, settings);
      } catch (IOException moved) {
        // Another host may have replaced the journal: "stale file handle".
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
    boolean own = OwnFile.exists(place.journal()) || exists(place.data());
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

  /** Returns whether a database belongs to another journal; if not, moves to its position. */
  private static boolean isOther(Cache cache, JournalReader journal) throws IOException {
    JournalPosition held = cache.position();
    return journal == null ? held != null : !journal.goTo(held);
  }

  /** Returns the place that the cache had when only one host used the root. */
  private static CachePlace alone(CachePlace place) {
    return new CachePlace(
        place.root(), place.folder(), place.folder(), place.folder(), null, place.group());
  }

  private static boolean exists(Path file) throws IOException {
    return FileStatus.of(file.toString(), false).exists();
  }
}
