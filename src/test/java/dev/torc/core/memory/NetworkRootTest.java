package dev.torc.core.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.core.memory.Cache.CacheException;
import dev.torc.core.memory.JobResult.ManifestEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Section 10, network roots: hosts that share a root all see the same records. */
class NetworkRootTest {

  @TempDir Path temp;

  private final List<String> notes = new ArrayList<>();
  private Path root;
  private ThisHost one;
  private ThisHost two;

  @BeforeEach
  void hosts() throws IOException {
    root = Files.createDirectory(temp.resolve("root"));
    one = SharingHost.named("one", temp);
    two = SharingHost.named("two", temp);
  }

  private CachePlace place(ThisHost host) {
    return CachePlace.find(root, Map.of(), host);
  }

  private Cache open(ThisHost host) {
    return Cache.open(place(host), notes::add);
  }

  private Cache look(ThisHost host) {
    return Cache.look(place(host), notes::add);
  }

  private void put(ThisHost host, String name, String build) {
    try (Cache cache = open(host)) {
      cache.put(Samples.all(name, build));
    }
  }

  private void has(ThisHost host, String name, String build) {
    try (Cache cache = look(host)) {
      assertEquals(build == null ? null : Samples.result(name, build), cache.result(name));
    }
    try (Cache cache = open(host)) {
      assertEquals(build == null ? null : Samples.result(name, build), cache.result(name));
    }
    assertEquals(List.of(), notes);
  }

  @Test
  void theDatabaseLiesOnTheHostAndTheJournalInTheRoot() throws IOException {
    put(one, "a", "1");
    assertTrue(place(one).data().startsWith(one.databases()));
    assertTrue(Files.exists(place(one).data()));
    assertTrue(Files.exists(root.resolve(".torc/journal")));
    assertFalse(Files.exists(root.resolve(".torc/data.mdb")));
    assertEquals("rwx------", permissions(one.databases()));
  }

  private static String permissions(Path file) throws IOException {
    return java.nio.file.attribute.PosixFilePermissions.toString(
        Files.getPosixFilePermissions(file));
  }

  @Test
  void recordsOfOneHostAreKnownToTheOther() {
    put(one, "a", "1");
    has(two, "a", "1");
    put(two, "a", "2");
    put(two, "b", "2");
    has(one, "a", "2");
    has(one, "b", "2");
    try (Cache cache = open(one)) {
      cache.put(Samples.noResult("a"));
    }
    has(two, "a", null);
    has(two, "b", "2");
  }

  @Test
  void everyKindOfRecordUnderEveryNameIsInTheJournal() {
    List<ManifestEntry> list = List.of(new ManifestEntry(3, "a\nb", null, "x"));
    try (Cache cache = open(one)) {
      Samples.NAMES.forEach(name -> cache.put(Samples.all(name, "b1")));
      cache.put(new Batch().list(Samples.digest("list"), list).build(Samples.build(1)));
    }
    for (Cache cache : List.of(look(two), open(two))) {
      try (cache) {
        for (String name : Samples.NAMES) {
          assertEquals(Samples.known(name), cache.stamp(name));
          assertEquals(Samples.result(name, "b1"), cache.result(name));
          assertEquals(Samples.details(name, "b1"), cache.details(name));
          assertEquals(Samples.owned(name), cache.owned(name));
        }
        assertEquals(list, cache.list(Samples.digest("list")));
        assertEquals(List.of(Samples.build(1)), cache.builds(9));
        assertEquals(2, cache.nextBuildNumber());
      }
    }
  }

  /** Whatever is lost of the journal's end or of the database, the two never disagree. */
  @Test
  void aJournalThatIsBehindTheDatabaseIsTheTruth() throws IOException {
    put(one, "a", "1");
    byte[] before = Files.readAllBytes(place(one).journal());
    put(one, "a", "2");
    byte[] after = Files.readAllBytes(place(one).journal());
    for (int size = before.length; size < after.length; size++) {
      Files.write(place(one).journal(), Arrays.copyOf(after, size));
      has(one, "a", "1");
      Files.write(place(one).journal(), after);
      has(one, "a", "2");
    }
  }

  /** A torc was killed between the journal's append and the database's commit. */
  @Test
  void aDatabaseThatIsBehindTheJournalCatchesUp() throws IOException {
    put(one, "a", "1");
    byte[] before = Files.readAllBytes(place(one).data());
    put(one, "a", "2");
    put(one, "b", "2");
    Files.write(place(one).data(), before);
    has(one, "a", "2");
    has(one, "b", "2");
    Files.delete(place(one).data());
    has(one, "a", "2");
  }

  @Test
  void aDatabaseThatIsDamagedIsMadeAgain() throws IOException {
    put(one, "a", "1");
    byte[] bytes = Files.readAllBytes(place(one).data());
    Arrays.fill(bytes, 100, bytes.length, (byte) 7);
    Files.write(place(one).data(), bytes);
    try (Cache cache = look(one)) {
      assertEquals(Samples.result("a", "1"), cache.result("a"));
    }
    assertTrue(notes.getFirst().endsWith("the next build makes it again from the journal"));
    notes.clear();
    try (Cache cache = open(one)) {
      assertEquals(Samples.result("a", "1"), cache.result("a"));
    }
    assertTrue(notes.getFirst().endsWith("and is made again from the journal"), notes.toString());
    notes.clear();
    has(one, "a", "1");
  }

  /** The journal does not tell whether the machine went down since torc looked at files. */
  @Test
  void aDatabaseThatIsMadeAgainDoubtsWhatWasLate() throws IOException {
    put(one, "a", "1");
    long seconds = Samples.known("a").stamp().ctime() / 1_000_000_000;
    for (int later : new int[] {61, 59}) {
      Files.delete(place(one).data());
      Files.setLastModifiedTime(
          place(one).journal(), FileTime.from(seconds + later, TimeUnit.SECONDS));
      try (Cache cache = open(one)) {
        assertEquals(later > 60, cache.stamp("a").safe());
      }
    }
  }

  @Test
  void aJournalThatWasRemovedForgetsAll() throws IOException {
    put(one, "a", "1");
    has(two, "a", "1");
    Files.delete(place(one).journal());
    has(one, "a", null);
    has(two, "a", null);
  }

  @Test
  void aDamagedJournalIsSetAsideAndNothingOfItCounts() throws IOException {
    put(one, "a", "1");
    put(one, "b", "1");
    byte[] bytes = Files.readAllBytes(place(one).journal());
    bytes[JournalReader.HEADER + 40] ^= 1;
    Files.write(place(one).journal(), bytes);
    try (Cache cache = look(two)) {
      assertNull(cache.result("b"));
    }
    assertEquals(
        "the journal %s is damaged at byte %d, so the cache counts as empty; the next build sets it"
                .formatted(place(one).journal(), JournalReader.HEADER)
            + " aside",
        notes.removeFirst());
    try (Cache cache = open(two)) {
      assertNull(cache.result("b"));
      cache.put(Samples.all("b", "2"));
    }
    assertEquals(
        "the journal %s is damaged at byte %d; it was set aside as journal.bad-1, and everything"
                .formatted(place(one).journal(), JournalReader.HEADER)
            + " counts as never built",
        notes.removeFirst());
    has(one, "b", "2");
    has(one, "a", null);
  }

  @Test
  void aJournalOfAnotherVersionIsSetAside() throws IOException {
    put(one, "a", "1");
    Files.writeString(place(one).journal(), "torc journal 9, records 9, " + "x".repeat(80) + "\n");
    try (Cache cache = open(one)) {
      assertNull(cache.result("a"));
    }
    assertTrue(notes.removeFirst().contains(" is of another version of torc; it was set aside"));
    assertEquals(List.of(), notes);
  }

  /** A root without a journal yet: the journal begins with the records of the host's database. */
  @Test
  void recordsOfOneHostAloneAreNotLost() throws IOException {
    try (Cache cache = Cache.open(CachePlace.find(root, Map.of(), ThisHost.system()), notes::add)) {
      cache.put(Samples.all("a", "1"));
    }
    try (Cache cache = look(one)) {
      assertEquals(Samples.result("a", "1"), cache.result("a"));
    }
    has(one, "a", "1");
    put(two, "a", "2");
    has(one, "a", "2");
  }

  /** To the machine that holds the disks, the root's file system is local. */
  @Test
  void aRootWithAJournalIsSharedWhereverItLies() {
    put(one, "a", "1");
    CachePlace local = CachePlace.find(root, Map.of("TORC_CACHE", temp + "/c"), ThisHost.system());
    assertTrue(local.isNetworkRoot());
    try (Cache cache = Cache.open(local, notes::add)) {
      assertEquals(Samples.result("a", "1"), cache.result("a"));
    }
  }

  @Test
  void aRewrittenJournalHoldsTheSameInLessSpace() throws IOException {
    put(two, "before", "1");
    String large = "x".repeat(1 << 20);
    try (Cache cache = open(one)) {
      cache.put(Samples.all("a", "1"));
      for (int i = 0; i < 20; i++) {
        cache.put(
            new Batch()
                .list(Samples.digest("l"), List.of(new ManifestEntry(3, "a", null, large + i))));
        cache.flush();
      }
      cache.put(Samples.noResult("before"));
    }
    assertTrue(Files.size(place(one).journal()) < 8 << 20);
    has(one, "a", "1");
    has(two, "a", "1");
    has(two, "before", null);
    assertEquals(List.of(), notes);
  }

  /** Torc may be killed after the journal was replaced and before the database notes that. */
  @Test
  void aDatabaseThatMissedTheRewritingIsMadeAgain() throws IOException {
    put(one, "a", "1");
    byte[] database = Files.readAllBytes(place(one).data());
    try (Cache cache = open(one)) {
      cache.makeJournal();
      cache.put(Samples.all("b", "2"));
    }
    Files.write(place(one).data(), database);
    has(one, "a", "1");
    has(one, "b", "2");
  }

  @Test
  void theJournalTellsItsStatesFromEachOther() throws IOException {
    String none = Cache.journal(place(one));
    put(one, "a", "1");
    String first = Cache.journal(place(one));
    assertEquals(first, Cache.journal(place(two)));
    has(two, "a", "1");
    assertEquals(first, Cache.journal(place(one)), "a look and an open write nothing");
    put(two, "a", "1");
    assertNotEquals(first, Cache.journal(place(one)));
    assertNotEquals(none, first);
    assertEquals("", Cache.journal(CachePlace.find(temp, Map.of(), ThisHost.system())));
  }

  /** {@code TORC_CACHE} may lie on a network: yet two hosts must never share a database. */
  @Test
  void aFolderOfDatabasesThatHostsShareHasOneForEach() {
    Map<String, String> env = Map.of("TORC_CACHE", temp.resolve("home").toString());
    for (ThisHost host : List.of(one, two, one)) {
      try (Cache cache = Cache.open(CachePlace.find(root, env, host), notes::add)) {
        cache.put(Samples.all(host.name(), "1"));
      }
    }
    assertNotEquals(CachePlace.find(root, env, one).data(), CachePlace.find(root, env, two).data());
    try (Cache cache = Cache.look(CachePlace.find(root, env, one), notes::add)) {
      assertEquals(Samples.result("two", "1"), cache.result("two"));
    }
    assertEquals(List.of(), notes);
  }

  @Test
  void aFolderOfDatabasesThatOthersReachIsRefused() throws IOException {
    Files.createDirectory(one.databases());
    Files.setPosixFilePermissions(
        one.databases(), java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
    assertEquals(
        one.databases()
            + ": it is not your own folder with mode 0700, so its records are not trusted; set"
            + " TORC_CACHE to a folder of yours",
        assertThrows(CacheException.class, () -> place(one)).getMessage());
    Files.delete(one.databases());
    Files.createSymbolicLink(one.databases(), Files.createDirectory(temp.resolve("elsewhere")));
    assertThrows(CacheException.class, () -> place(one));
    place(two);
  }
}
