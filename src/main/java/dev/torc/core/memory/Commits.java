package dev.torc.core.memory;

import dev.torc.core.memory.Cache.CacheSettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Writes changes to the disk: first into the journal of a network root, then into the database.
 * Takes records that the database lacks from the journal. For one thread at a time.
 */
final class Commits {

  /** The approximate number of bytes of a journal in one commit to the database. */
  private static final int GATHER = 16 << 20;

  private final CachePlace place;
  private final CacheSettings settings;
  private final Consumer<String> note;
  private final RecordStore store;

  /** Null if the root has no journal. */
  private Journal journal;

  /** Whether rewriting the journal has failed. It is then not tried again. */
  private boolean stuck;

  Commits(CachePlace place, CacheSettings settings, Consumer<String> note, RecordStore store) {
    this.place = place;
    this.settings = settings;
    this.note = note;
    this.store = store;
  }

  /** Commits all changes, or throws {@link RuntimeException} and commits none. */
  void add(List<Batch.Change> changes) {
    if (journal == null) {
      write(changes, null);
      return;
    }
    try {
      journal.append(changes);
    } catch (IOException e) {
      throw CacheTrouble.of("cannot write the journal", place.journal(), e);
    }
    journal.grown(write(changes, journal.end()));
    if (journal.isMostlyDead() && !stuck) {
      try {
        makeJournal();
      } catch (IOException e) {
        stuck = true;
        note.accept(
            CacheTrouble.of("the journal stays large, it cannot be rewritten", place.journal(), e)
                .getMessage());
      }
    }
  }

  /** Commits the rest of a journal to the database; later commits go to both. */
  void follow(JournalReader from) throws IOException, JournalReader.Damaged {
    long live = from.position().live();
    List<Batch.Change> gathered = new ArrayList<>();
    long begin = from.position().end();
    List<Batch.Change> changes = from.next();
    while (changes != null) {
      gathered.addAll(changes);
      JournalPosition position = from.position();
      changes = from.next();
      if (changes == null || position.end() - begin >= GATHER) {
        live += write(gathered, position.with(live));
        gathered.clear();
        begin = position.end();
      }
    }
    journal = Journal.open(place.journal(), from.position().with(live));
  }

  /** Replaces the journal with a new one that has the database's records. */
  void makeJournal() throws IOException {
    Journal next = Journal.make(place.journal(), visitor -> store.each(Journal.GATHER, visitor));
    if (journal != null) {
      journal.close();
    }
    journal = next;
    place.give(place.journal());
    write(List.of(), journal.end());
  }

  /**
   * Writes changes to the database, with the position in the journal that they reach; null without
   * a journal. The {@code live} of the position is the number before the changes. Returns by how
   * many bytes the current records in the journal grew.
   */
  private long write(List<Batch.Change> changes, JournalPosition position) {
    return store.write(changes, position != null, new RecordStore.Seal(settings, position));
  }

  void close() {
    if (journal != null) {
      try {
        journal.close();
      } catch (IOException e) {
        throw CacheTrouble.of("cannot close the journal", place.journal(), e);
      }
    }
  }
}
