package dev.torc.records;

import dev.torc.records.Cache.CacheSettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * How changes get to the disk: into the journal where the root has one, then into the database. The
 * journal comes first: the database takes over what it lacks from the journal, not the other way
 * round. For one thread at a time; the pages that are written over were checked before.
 */
final class Commits {

  /** Bytes of a journal that are gathered for one commit to the database. */
  private static final int GATHER = 16 << 20;

  private final CachePlace place;
  private final CacheSettings settings;
  private final Consumer<String> note;
  private final RecordStore store;

  /** Null where the root has no journal. */
  private Journal journal;

  /** Whether rewriting the journal has failed: then it is not tried again. */
  private boolean stuck;

  Commits(CachePlace place, CacheSettings settings, Consumer<String> note, RecordStore store) {
    this.place = place;
    this.settings = settings;
    this.note = note;
    this.store = store;
  }

  /** Commits changes, all or none; throws {@link RuntimeException} where they were not. */
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

  /** Commits the rest of a journal to the database; later commits are appended to the journal. */
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

  /** Writes a journal of the database's records, which replaces any other. */
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
   * Writes to the database.
   *
   * @param position the place in the journal then, {@code live} before the growth; null without one
   * @return by how many bytes the records have grown; 0 without a position
   */
  private long write(List<Batch.Change> changes, JournalPosition position) {
    return store.write(changes, position != null, new RecordStore.Seal(settings, position));
  }

  /** Closes the journal where there is one. */
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
