package dev.torc.records;

import dev.torc.posix.FileStatus;
import dev.torc.posix.OwnFile;
import dev.torc.records.Cache.CacheException;
import dev.torc.records.Cache.CacheSettings;
import dev.torc.records.Journal.JournalPosition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.function.Consumer;
import org.lmdbjava.LmdbException;

/**
 * How the cache of a root is opened that several hosts share: this host's database is brought to
 * where the journal is, and made again from it where it is not of this journal. A look lays the
 * newer part of the journal over the database in memory. How the database itself is opened, {@link
 * CacheOpening} knows.
 */
final class SharedOpening {

  private SharedOpening() {}

  /** See {@link Cache#open}. */
  static Cache forWork(CachePlace place, Consumer<String> note, CacheSettings settings) {
    while (true) {
      try (JournalReader journal =
          OwnFile.stands(place.journal()) ? JournalReader.open(place.journal()) : null) {
        if (journal == null) {
          takeOver(place);
        }
        return bring(journal, place, note, settings);
      } catch (JournalReader.Damaged e) {
        setAside(place, e, note);
      } catch (IOException e) {
        throw unusable(place, e);
      }
    }
  }

  private static void setAside(
      CachePlace place, JournalReader.Damaged damage, Consumer<String> note) {
    try {
      Path aside = Recovery.setAside(place.journal());
      note.accept(
          "the journal %s is %s; it was set aside as %s, and everything counts as never built"
              .formatted(place.journal(), damage.getMessage(), aside.getFileName()));
    } catch (IOException e) {
      throw unusable(place, e);
    }
  }

  private static CacheException unusable(CachePlace place, IOException e) {
    return CacheTrouble.of("cannot use the journal", place.journal(), e);
  }

  /**
   * What a new database says of itself before it takes over what a journal says: that does not tell
   * whether the machine went down since, so it is as if it had.
   */
  static CacheSettings unknown(CachePlace place, CacheSettings settings) throws IOException {
    if (!exists(place.journal())) {
      return settings;
    }
    long time = Files.getLastModifiedTime(place.journal()).toMillis();
    return new CacheSettings(settings.mapSize(), "", () -> time);
  }

  /** A first journal begins with what a database knows that had none. */
  private static void takeOver(CachePlace place) throws IOException {
    Path alone = alone(place).data();
    if (!exists(place.data()) && exists(alone)) {
      Path copy = place.data().resolveSibling("data.mdb.new");
      Files.copy(alone, copy, StandardCopyOption.REPLACE_EXISTING, LinkOption.NOFOLLOW_LINKS);
      Files.move(copy, place.data(), StandardCopyOption.ATOMIC_MOVE);
    }
  }

  /**
   * Opens a database that holds nothing else than the journal says, and goes on with both.
   *
   * @param journal null where there is none yet
   */
  private static Cache bring(
      JournalReader journal, CachePlace place, Consumer<String> note, CacheSettings settings)
      throws IOException, JournalReader.Damaged {
    Cache cache = CacheOpening.database(place, note, settings);
    boolean done = false;
    try {
      JournalPosition held = cache.position();
      if (journal == null ? held != null : !journal.goTo(held)) {
        cache.abandon();
        remove(place);
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

  /** A database that holds something else than the journal says has nothing to say. */
  private static void remove(CachePlace place) throws IOException {
    Files.deleteIfExists(place.data());
    Files.deleteIfExists(place.lockTable()); // a reader of the old pair must not share a new one's
  }

  /** See {@link Cache#look}. */
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
    if (!OwnFile.stands(place.journal())) {
      Cache cache = CacheOpening.look(exists(place.data()) ? place : alone(place), note, settings);
      return cache.position() == null ? cache : none(cache, place, note, settings);
    }
    Cache cache = CacheOpening.look(place, note, settings);
    boolean done = false;
    try (JournalReader journal = JournalReader.open(place.journal())) {
      if (!journal.goTo(cache.position())) {
        cache = none(cache, place, note, settings);
      }
      cache.overlay(journal);
      done = true;
      return cache;
    } finally {
      if (!done) {
        cache.abandon();
      }
    }
  }

  private static Cache none(
      Cache instead, CachePlace place, Consumer<String> note, CacheSettings settings) {
    instead.abandon();
    return CacheOpening.empty(place, note, settings);
  }

  /** The place of the root's cache as one host alone has it. */
  private static CachePlace alone(CachePlace place) {
    return new CachePlace(place.root(), place.folder(), place.folder(), null, place.group());
  }

  private static boolean exists(Path file) throws IOException {
    return FileStatus.of(file.toString(), false).exists();
  }
}
