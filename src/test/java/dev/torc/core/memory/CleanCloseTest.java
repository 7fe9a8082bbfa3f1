package dev.torc.core.memory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
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

/** A database needs no recovery only while nothing can have written to it. */
class CleanCloseTest {

  @TempDir Path root;
  private CachePlace place;
  private final List<String> notes = new ArrayList<>();

  @BeforeEach
  void closedInOrder() {
    place = CachePlace.find(root, Map.of(), ThisHost.system());
    try (Cache cache = open()) {
      cache.put(Samples.all("a", "b"));
    }
  }

  private Cache open() {
    return Cache.open(place, notes::add);
  }

  private boolean holds() throws IOException {
    return CleanClose.holds(place);
  }

  @Test
  void holdsAfterACloseInOrder() throws IOException {
    assertTrue(holds());
    try (Cache cache = open()) {
      assertEquals(Samples.result("a", "b"), cache.result("a"));
    }
    assertTrue(holds(), "a build that wrote nothing leaves it as sound as it was");
    assertEquals(List.of(), notes);
  }

  @Test
  void doesNotHoldWhileABuildIsAtWorkAndSoNotAfterItsCrash() throws IOException {
    try (Cache cache = open()) {
      assertFalse(Files.exists(place.closed()));
      cache.put(Samples.all("a", "c"));
      cache.flush();
      assertFalse(holds());
    }
    assertTrue(holds());
  }

  @Test
  void doesNotHoldForAFileWithASecondName() throws IOException {
    Files.createLink(root.resolve("other"), place.data());
    CleanClose.write(place);
    assertFalse(holds(), "it is not to be written");
    byte[] others = Files.readAllBytes(root.resolve("other"));
    open().close();
    assertTrue(holds());
    assertArrayEquals(others, Files.readAllBytes(root.resolve("other")));
    assertEquals(1, Files.getAttribute(place.data(), "unix:nlink"));
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
  void damageIsFoundThoughTheNoteIsThere() throws IOException {
    byte[] bytes = Files.readAllBytes(place.data());
    for (int at = 2 * 4096; at < bytes.length; at++) {
      bytes[at] ^= 0x55;
    }
    Files.write(place.data(), bytes);
    try (Cache cache = Cache.look(place, notes::add)) {
      assertNull(cache.result("a"));
    }
    assertEquals(1, notes.size(), notes::toString);
    try (Cache cache = open()) {
      assertNull(cache.result("a"));
    }
    assertTrue(Files.exists(place.data().resolveSibling("data.mdb.bad-1")));
  }
}
