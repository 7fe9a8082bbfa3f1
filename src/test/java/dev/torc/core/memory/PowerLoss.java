package dev.torc.core.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.core.memory.Cache.CacheSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.function.Consumer;

/**
 * The records of a root as a machine finds them after it went down: what was committed must be
 * there, and whole. The tests make the states of the files.
 */
public final class PowerLoss {

  private PowerLoss() {}

  /** Opens a cache in another boot of the machine. */
  public static Cache open(CachePlace place, String boot, Consumer<String> note) {
    CacheSettings system = CacheSettings.system();
    return CacheOpening.forWork(
        place, note, new CacheSettings(system.mapSize(), boot, system.clock()));
  }

  /**
   * The number of the last commit of a database that is sound.
   *
   * @param dares whether it is read in this process, which would not outlive bad pages
   */
  public static long commit(Path data, boolean dares) throws IOException {
    assertEquals("", dares ? RecoveryProcess.damage(data, null) : Recovery.damage(data, null));
    try (RecordStore store = RecordStore.withoutLockTable(data, 2 * Files.size(data), false)) {
      return store.snapshot();
    }
  }

  /** How many bytes of a journal are whole. */
  public static long length(Path journal) throws IOException {
    try (JournalReader in = JournalReader.open(journal)) {
      while (in.next() != null) {
        assertTrue(in.position().end() > 0);
      }
      return in.position().end();
    } catch (JournalReader.Damaged e) {
      throw new AssertionError(journal + " is " + e.getMessage(), e);
    }
  }

  /**
   * Spares the next build the process that reads a database which was not closed. A sound database
   * is put in order by a copy, as that process does it, or is opened as it is, as if the note of an
   * orderly close had outlived its removal. A database that was just begun is left to that process.
   */
  public static void recover(CachePlace place, boolean copies) throws IOException {
    if (!Files.exists(place.data()) || Files.size(place.data()) == 0) {
      return;
    }
    Path copy = place.data().resolveSibling("data.mdb.new");
    Files.deleteIfExists(copy);
    if (!RecoveryProcess.damage(place.data(), copies ? copy : null).isEmpty()) {
      return;
    }
    if (copies) {
      Files.move(copy, place.data(), StandardCopyOption.ATOMIC_MOVE);
    }
    Files.deleteIfExists(place.lockTable());
    CleanClose.write(place);
  }
}
