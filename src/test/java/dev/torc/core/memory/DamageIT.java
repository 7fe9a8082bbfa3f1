package dev.torc.core.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.Sample;
import dev.torc.Sampled;
import dev.torc.base.digests.Digest.KnownDigest;
import dev.torc.core.memory.Cache.CacheException;
import dev.torc.core.memory.Cache.CacheSettings;
import dev.torc.core.memory.JobResult.ManifestEntry;
import dev.torc.core.memory.JobResult.RunDetails;
import dev.torc.core.memory.RecordedProduct.OwnedPath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Whatever is done to the file, a record is read as it was written last or not at all, and the next
 * build works. The tests overwrite the file between opens, so if this process crashes, they fail.
 */
@Sampled
@Execution(ExecutionMode.CONCURRENT)
class DamageIT {

  private static final CacheSettings SETTINGS = new CacheSettings(1 << 20, "boot", () -> 0);
  private static final String LAST = "b4";
  private static final List<String> NAMES = new ArrayList<>(Samples.NAMES);
  private static final Map<String, Written> WRITTEN = new ConcurrentHashMap<>(); // takes long
  private static byte[] good;

  @TempDir Path root;

  private final List<String> notes = new ArrayList<>();
  private int survived;

  /** The records that were written last for a name. */
  private record Written(KnownDigest known, JobResult result, RunDetails details, OwnedPath owned) {

    static Written of(String name) {
      return new Written(
          Samples.known(name),
          Samples.result(name, LAST),
          Samples.details(name, LAST),
          Samples.owned(name));
    }

    Batch all(String name) {
      return new Batch().stamp(name, known).result(name, result, details).own(owned);
    }
  }

  private int missing; // records that the last survive() did not find

  private Written last(String name) {
    return WRITTEN.computeIfAbsent(name, Written::of);
  }

  private CachePlace place() {
    return place(root);
  }

  private static CachePlace place(Path root) {
    return CachePlace.find(root, Map.of(), ThisHost.system());
  }

  private Path data() {
    return place().data();
  }

  private Cache open() {
    return CacheOpening.forWork(place(), notes::add, SETTINGS);
  }

  /** Makes a database with a past: stale versions of every record lie in its free pages. */
  @BeforeAll
  static void fill(@TempDir Path first) throws IOException {
    Random random = new Random(3);
    for (int i = 0; i < 20; i++) {
      NAMES.add(Samples.name(random));
    }
    CachePlace place = place(first);
    try (Cache cache = CacheOpening.forWork(place, _ -> {}, SETTINGS)) {
      for (int build = 1; build <= 4; build++) {
        for (int i = 0; i < NAMES.size(); i++) {
          cache.put(Samples.all(NAMES.get(i), "b" + build));
          if (i % 20 == 0) {
            cache.flush();
          }
        }
        cache.put(
            new Batch()
                .build(Samples.build(build))
                .list(
                    Samples.digest("list"),
                    List.of(new ManifestEntry(build, "l".repeat(9000), null, null))));
      }
    }
    good = Files.readAllBytes(place.data());
  }

  @BeforeEach
  void begin() {
    open().close();
    notes.clear();
  }

  private void clear() throws IOException {
    try (Stream<Path> files = Files.list(place().folder())) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    notes.clear();
  }

  /** Counts the records that are there; each must be the one that was written last. */
  private int countRight(Cache cache) {
    int[] found = new int[1];
    for (String name : NAMES) {
      Written written = last(name);
      found[0] += right(written.known, cache.stamp(name));
      found[0] += right(written.result, cache.result(name));
      found[0] += right(written.details, cache.details(name));
      found[0] += right(written.owned, cache.owned(name));
    }
    cache.eachResult((name, result) -> assertEquals(last(name).result, result));
    cache.eachStamp((name, known) -> assertEquals(last(name).known, known));
    cache.eachOwned(owned -> assertEquals(last(owned.path()).owned, owned));
    cache.builds(9).forEach(build -> assertEquals(Samples.build(build.id().number()), build));
    found[0] +=
        right(
            List.of(new ManifestEntry(4, "l".repeat(9000), null, null)),
            cache.list(Samples.digest("list")));
    return found[0];
  }

  private static int right(Object expected, Object found) {
    if (found != null) {
      assertEquals(expected, found);
    }
    return found == null ? 0 : 1;
  }

  private int all() {
    return 4 * NAMES.size() + 1;
  }

  /** Looks, builds and builds again over a damaged file; returns how the first build found it. */
  private String survive(byte[] bytes) throws IOException {
    clear();
    Files.write(data(), bytes);
    if (survived++ % 4 == 0) { // each look reads it in a process of its own
      try (Cache cache = CacheOpening.forLooking(place(), notes::add, SETTINGS)) {
        countRight(cache);
      }
      assertTrue(notes.size() < 2, notes::toString);
      assertTrue(Arrays.equals(bytes, Files.readAllBytes(data())), "looking changes nothing");
      notes.clear();
    }
    String outcome;
    try (Cache cache = open()) {
      int found = countRight(cache);
      missing = all() - found;
      outcome = notes.isEmpty() ? found == all() ? "whole" : "in part" : "set aside";
      assertTrue(notes.isEmpty() || found == 0, "what is set aside is not read");
      cache.put(new Batch().build(Samples.build(5)));
    }
    notes.forEach(this::assertOneLine);
    assertTrue(notes.size() < 2, notes::toString);
    int before = notes.size();
    try (Cache cache = open()) {
      countRight(cache);
      NAMES.forEach(name -> cache.put(last(name).all(name)));
    }
    try (Cache cache = open()) {
      assertTrue(countRight(cache) >= all() - 1, "the next build works");
    }
    assertEquals(before, notes.size(), "and has nothing more to say");
    return outcome;
  }

  private void assertOneLine(String message) {
    assertTrue(message.contains(data().toString()) && !message.contains("\n"), message);
  }

  @Test
  void anUndamagedFileIsWhole() throws IOException {
    assertEquals("whole", survive(good));
  }

  @Test
  void anotherSchemaVersionIsSetAside() throws IOException {
    String text = new String(good, StandardCharsets.ISO_8859_1);
    byte[] other =
        text.replace("schema" + RecordStore.SCHEMA, "schema9")
            .getBytes(StandardCharsets.ISO_8859_1);
    assertFalse(Arrays.equals(good, other));
    clear();
    Files.write(data(), other);
    try (Cache cache = open()) {
      assertNull(cache.stamp("a"));
    }
    assertEquals(
        List.of(
            "the cache "
                + data()
                + " is of another version of torc; it was set aside as data.mdb.bad-1, and"
                + " everything counts as never built"),
        notes);
    assertTrue(Arrays.equals(other, Files.readAllBytes(data().resolveSibling("data.mdb.bad-1"))));
    assertEquals("set aside", survive(other));
  }

  @Test
  void theLmdbFormatOfAnotherVersionIsSetAside() throws IOException {
    byte[] other = good.clone();
    other[16 + 4] = 2;
    assertEquals("set aside", survive(other));
  }

  @Test
  void aTruncatedFileIsNoticedWhereverItIsCut() throws IOException {
    TreeSet<Integer> lengths = new TreeSet<>(List.of(0, 1, 100, 152, 4095, 4096 + 151));
    for (int page = 0; page < good.length; page += Sample.step(3) * 13 * 4096) {
      lengths.add(page + (page / 4096 % 3 == 0 ? 0 : page / 4096 % 3 == 1 ? 1 : 4095));
    }
    int aside = 0;
    for (int length : lengths) {
      String outcome = survive(Arrays.copyOf(good, length));
      // The file is whole if only free pages are missing.
      boolean one = length % 4096 > 0 && missing == 1;
      assertTrue(one || outcome.equals("whole") || outcome.equals("set aside"), outcome);
      aside += outcome.equals("set aside") ? 1 : 0;
      assertTrue(length >= 8192 || outcome.equals("set aside"));
    }
    assertTrue(aside > lengths.size() / 2, "set aside " + aside + " of " + lengths.size());
  }

  /** Bytes that are gone there read as zeros, so the checksum of a record may be wrong. */
  @Test
  void aCutWithinTheLastPageInUseCostsOneRecordAtMost() throws IOException {
    int page = 0;
    int whole = good.length / 4096;
    while (page + 1 < whole) {
      int middle = (page + whole) / 2;
      if (survive(Arrays.copyOf(good, middle * 4096)).equals("whole")) {
        whole = middle;
      } else {
        page = middle;
      }
    }
    for (int bytes : List.of(1, 4095)) {
      String outcome = survive(Arrays.copyOf(good, page * 4096 + bytes));
      assertTrue(missing <= 1 || outcome.equals("set aside"), missing + " are missing: " + outcome);
    }
  }

  @Test
  void garbageOfTheSameLengthIsSetAside() throws IOException {
    byte[] garbage = new byte[good.length];
    new Random(4).nextBytes(garbage);
    assertEquals("set aside", survive(garbage));
    assertEquals("set aside", survive(new byte[good.length]));
  }

  @Test
  void garbagePagesNeverGiveAWrongValue() throws IOException {
    Random random = new Random(5);
    for (int page = 0; page * 4096 < good.length; page += page < 5 ? 1 : Sample.step(3) * 11) {
      byte[] bad = good.clone();
      byte[] garbage = new byte[4096];
      if (page % 3 > 0) {
        random.nextBytes(garbage);
      }
      System.arraycopy(garbage, 0, bad, page * 4096, 4096);
      survive(bad);
    }
  }

  @Test
  void flippedBitsNeverGiveAWrongValue() throws IOException {
    Random random = new Random(6);
    TreeSet<String> outcomes = new TreeSet<>();
    for (int round = 0; round < Sample.part(2, 36); round++) {
      byte[] bad = good.clone();
      for (int flip = 0; flip <= round % 6; flip++) {
        // Half of the flips hit the structure of a page: its head and the first offsets.
        int page = random.nextInt(good.length / 4096) * 4096;
        int at = page + (flip % 2 == 0 ? random.nextInt(4096) : random.nextInt(160));
        bad[at] ^= (byte) (1 << random.nextInt(8));
      }
      outcomes.add(survive(bad));
    }
    assertTrue(outcomes.containsAll(List.of("whole", "in part")), outcomes::toString);
  }

  /** The note of the orderly close is there, as after an error of the disk. */
  @Test
  void damageThatOnlyShowsDuringABuildIsSetAsideByTheNext() throws IOException {
    byte[] bad = Arrays.copyOf(Arrays.copyOf(good, 8192), good.length);
    Files.write(data(), bad);
    CleanClose.write(place());
    CacheException e = assertThrows(CacheException.class, this::open);
    assertOneLine(e.getMessage());
    assertTrue(e.getMessage().contains("is damaged (MDB_CORRUPTED"), e::getMessage);
    assertEquals(List.of(), notes);
    assertFalse(CleanClose.holds(place()));
    open().close();
    assertEquals(1, notes.size());
    assertOneLine(notes.getFirst());
    assertTrue(Arrays.equals(bad, Files.readAllBytes(data().resolveSibling("data.mdb.bad-1"))));
  }

  @Test
  void swappedPagesNeverGiveAWrongValue() throws IOException {
    Random random = new Random(7);
    int pages = good.length / 4096;
    for (int round = 0; round < Sample.part(2, 20); round++) {
      byte[] bad = good.clone();
      int to = random.nextInt(pages) * 4096;
      System.arraycopy(good, random.nextInt(pages) * 4096, bad, to, 4096);
      survive(bad);
    }
  }

  @Test
  void aFolderInPlaceOfTheFileIsSetAside() throws IOException {
    clear();
    Files.createDirectory(data());
    try (Cache cache = CacheOpening.forLooking(place(), notes::add, SETTINGS)) {
      assertEquals(0, countRight(cache));
    }
    open().close();
    assertEquals(2, notes.size());
    notes.forEach(this::assertOneLine);
    assertTrue(Files.isDirectory(data().resolveSibling("data.mdb.bad-1")));
  }

  @Test
  void aFileInPlaceOfTheFolderIsAnErrorOfOneLine() throws IOException {
    clear();
    Files.delete(place().folder());
    Files.writeString(place().folder(), "the user's");
    CacheException e = assertThrows(CacheException.class, this::open);
    assertFalse(e.getMessage().contains("\n"));
    assertTrue(e.getMessage().contains(place().folder().toString()), e.getMessage());
    assertEquals("the user's", Files.readString(place().folder()));
    try (Cache cache = CacheOpening.forLooking(place(), notes::add, SETTINGS)) {
      assertEquals(0, countRight(cache));
    }
  }
}
