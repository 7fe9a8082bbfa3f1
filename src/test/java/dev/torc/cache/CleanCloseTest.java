package dev.torc.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When the pages of a database need not be checked: only while nobody can have written to them. */
class CleanCloseTest {

  /** No file is small enough to be checked in whole when it is opened. */
  private static final CacheSettings LARGE = new CacheSettings(1 << 20, 0, "boot", () -> 0);

  @TempDir Path root;
  private CachePlace place;
  private final List<String> notes = new ArrayList<>();

  @BeforeEach
  void closedInOrder() {
    place = CachePlace.find(root, Map.of(), ThisHost.system());
    try (Cache cache = open(LARGE)) {
      cache.put(Samples.all("a", "b"));
    }
  }

  private Cache open(CacheSettings settings) {
    return Cache.open(place, notes::add, settings);
  }

  private boolean holds() throws IOException {
    return CleanClose.holds(place, LARGE);
  }

  @Test
  void holdsAfterACloseInOrder() throws IOException {
    assertTrue(holds());
    try (Cache cache = open(LARGE)) {
      assertEquals(Samples.result("a", "b"), cache.result("a"));
    }
    assertTrue(holds(), "a build that wrote nothing leaves it as sound as it was");
    assertEquals(List.of(), notes);
  }

  @Test
  void doesNotHoldWhileABuildIsAtWorkAndSoNotAfterItsCrash() throws IOException {
    try (Cache cache = open(LARGE)) {
      assertFalse(Files.exists(place.closed()));
      cache.put(Samples.all("a", "c"));
      cache.flush();
      assertFalse(holds());
    }
    assertTrue(holds());
  }

  @Test
  void doesNotHoldInAnotherBootOrWhereTheBootIsNotKnown() throws IOException {
    assertFalse(CleanClose.holds(place, new CacheSettings(1 << 20, 0, "other", () -> 0)));
    CacheSettings unknown = new CacheSettings(1 << 20, 0, "", () -> 0);
    open(unknown).close();
    assertFalse(CleanClose.holds(place, unknown));
  }

  @Test
  void doesNotHoldForAnyOtherFile() throws IOException {
    byte[] same = Files.readAllBytes(place.data());
    Files.write(place.data(), same);
    assertFalse(holds(), "somebody wrote it, be it the same bytes");
    Files.delete(place.data());
    assertFalse(holds());
  }

  @Test
  void doesNotHoldWhereTheNoteIsDamaged() throws IOException {
    byte[] note = Files.readAllBytes(place.closed());
    note[note.length - 1] ^= 1;
    Files.write(place.closed(), note);
    assertFalse(holds());
  }

  @Test
  void whatWasNotCheckedInWholeIsNotNotedAsSound() throws IOException {
    Files.delete(place.closed());
    open(LARGE).close(); // checks just what every build reads
    assertFalse(Files.exists(place.closed()));
    try (Cache cache = open(LARGE)) {
      cache.put(Samples.all("a", "c")); // the first commit checks the rest
    }
    assertTrue(holds());
  }

  @Test
  void damageIsFoundThoughTheNoteIsThere() throws IOException {
    byte[] bytes = Files.readAllBytes(place.data());
    for (int at = 2 * 4096; at < bytes.length; at++) {
      bytes[at] ^= 0x55;
    }
    Files.write(place.data(), bytes);
    try (Cache cache = Cache.look(place, notes::add, LARGE)) {
      assertNull(cache.result("a"));
    }
    assertEquals(1, notes.size(), notes::toString);
    try (Cache cache = open(LARGE)) {
      assertNull(cache.result("a"));
    }
    assertTrue(Files.exists(place.data().resolveSibling("data.mdb.bad-1")));
  }
}
