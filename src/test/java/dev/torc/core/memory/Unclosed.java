package dev.torc.core.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;

/**
 * Spares the next build the process that reads a database which was not closed ({@link Recovery}):
 * this process takes as long as the build. The database has to be sound.
 */
public final class Unclosed {

  private Unclosed() {}

  /** Notes that a copied project's database was closed in order, as the original's was. */
  public static void asClosed(Path root) throws IOException {
    CleanClose.write(CachePlace.find(root, Map.of(), ThisHost.system()));
  }

  /** Does here what the next build would do about the database of a build that was killed. */
  public static void recover(Path root) throws IOException {
    CachePlace place = CachePlace.find(root, Map.of(), ThisHost.system());
    if (CleanClose.holds(place)) {
      return;
    }
    Path copy = place.data().resolveSibling("data.mdb.new");
    assertEquals("", RecoveryProcess.damage(place.data(), copy));
    Files.move(copy, place.data(), StandardCopyOption.ATOMIC_MOVE);
    Files.deleteIfExists(place.lockTable());
    CleanClose.write(place);
  }
}
