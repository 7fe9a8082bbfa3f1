package dev.torc.core.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.digests.Digest.KnownDigest;
import dev.torc.base.digests.Stamp;
import dev.torc.core.memory.Cache.CacheException;
import dev.torc.core.memory.Cache.CacheSettings;
import dev.torc.core.memory.JobResult.ManifestEntry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CacheTest {

  @TempDir Path root;

  private final List<String> notes = new ArrayList<>();

  private CachePlace place() {
    return CachePlace.find(root, Map.of(), ThisHost.system());
  }

  private Cache open() {
    return Cache.open(place(), notes::add);
  }

  private Cache open(String boot, long time) {
    return CacheOpening.forWork(place(), notes::add, new CacheSettings(1 << 20, boot, () -> time));
  }

  private static void assertAll(Cache cache, String name, String build) {
    assertEquals(Samples.known(name), cache.stamp(name));
    assertEquals(Samples.result(name, build), cache.result(name));
    assertEquals(Samples.details(name, build), cache.details(name));
    assertEquals(Samples.owned(name), cache.owned(name));
  }

  @Test
  void everyRecordComesBackUnderEveryName() {
    List<ManifestEntry> list =
        List.of(new ManifestEntry(3, "a\nb", null, "x"), new ManifestEntry(4, "", "o", null));
    try (Cache cache = open()) {
      Samples.NAMES.forEach(name -> cache.put(Samples.all(name, "b1")));
      cache.put(new Batch().list(Samples.digest("list"), list).build(Samples.build(1)));
      Samples.NAMES.forEach(name -> assertAll(cache, name, "b1"));
    }
    try (Cache cache = open()) {
      Samples.NAMES.forEach(name -> assertAll(cache, name, "b1"));
      assertEquals(list, cache.list(Samples.digest("list")));
      assertNull(cache.list(Samples.digest("other")));
      assertEquals(List.of(Samples.build(1)), cache.builds(9));
      assertEquals(Samples.build(1), cache.build(1));
      assertNull(cache.build(2));
      assertNull(cache.stamp("nobody"));
      assertNull(cache.result("y".repeat(481)));
    }
    try (Cache cache = Cache.look(place(), notes::add)) {
      Samples.NAMES.forEach(name -> assertAll(cache, name, "b1"));
    }
    assertEquals(List.of(), notes);
  }

  @Test
  void everyKindOfStampComesBack() {
    KnownDigest missing = new KnownDigest(Stamp.MISSING, null, false);
    KnownDigest device =
        new KnownDigest(new Stamp(Stamp.FileKind.OTHER, true, -1, -2, -3, -4), null, true);
    try (Cache cache = open()) {
      cache.put(new Batch().stamp("m", missing).stamp("d", device));
    }
    try (Cache cache = open()) {
      assertEquals(missing, cache.stamp("m"));
      assertEquals(device, cache.stamp("d"));
    }
  }

  @Test
  void recordsAreReadBeforeAndAfterTheirCommit() {
    try (Cache cache = open()) {
      cache.put(Samples.all("a", "b1"));
      cache.flush();
      cache.put(Samples.all("a", "b2"));
      assertAll(cache, "a", "b2");
      cache.put(Samples.noResult("a").dropStamp("a").disown("a"));
      assertNull(cache.result("a"));
      assertNull(cache.details("a"));
      assertNull(cache.stamp("a"));
      assertNull(cache.owned("a"));
      cache.flush();
      assertNull(cache.result("a"));
      cache.put(Samples.all("a", "b3"));
      cache.flush();
      assertAll(cache, "a", "b3");
    }
  }

  @Test
  void iterationMergesWhatIsNotYetCommittedInKeyOrder() {
    try (Cache cache = open()) {
      for (String name : List.of("b", "d", "f")) {
        cache.put(Samples.all(name, "old"));
      }
      cache.flush();
      CountDownLatch held = new CountDownLatch(1);
      cache.put(new Batch().onCommit(_ -> await(held)));
      List.of("a", "d", "e", "g").forEach(name -> cache.put(Samples.all(name, "new")));
      cache.put(Samples.noResult("f").disown("b").dropStamp("d"));
      List<String> seen = new ArrayList<>();
      cache.eachResult((name, result) -> seen.add(name + " " + result.build()));
      List<String> owned = new ArrayList<>();
      cache.eachOwned(it -> owned.add(it.path()));
      List<String> stamps = new ArrayList<>();
      cache.eachStamp((name, _) -> stamps.add(name));
      held.countDown();
      assertEquals(List.of("a new", "b old", "d new", "e new", "g new"), seen);
      assertEquals(List.of("a", "d", "e", "f", "g"), owned);
      assertEquals(List.of("a", "b", "e", "f", "g"), stamps);
      cache.flush();
      List<String> again = new ArrayList<>();
      cache.eachResult((name, result) -> again.add(name + " " + result.build()));
      assertEquals(seen, again);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(300, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void iterationIsInTheOrderOfTheNamesBytes() {
    List<String> names = new ArrayList<>(List.of("z", "é", "😀", "", "a/b", "a b", "a", "\uffee"));
    try (Cache cache = open()) {
      names.forEach(name -> cache.put(Samples.all(name, "b")));
    }
    try (Cache cache = open()) {
      List<String> seen = new ArrayList<>();
      cache.eachResult((name, _) -> seen.add(name));
      names.sort(
          Comparator.comparing(n -> n.getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned));
      assertEquals(names, seen);
    }
  }

  @Test
  void aVisitorMayReadAndPut() {
    try (Cache cache = open()) {
      cache.put(Samples.all("a", "b1"));
      cache.put(Samples.all("b", "b1"));
      cache.flush();
      cache.eachResult((name, _) -> cache.put(Samples.all(name, "b" + cache.stamp(name).safe())));
      assertAll(cache, "b", "btrue");
    }
  }

  @Test
  void historyIsNewestFirstAndCounted() {
    try (Cache cache = open()) {
      assertEquals(1, cache.nextBuildNumber());
      for (long i = 1; i <= 300; i++) {
        assertEquals(i, cache.nextBuildNumber());
        cache.put(new Batch().build(Samples.build(i)));
      }
    }
    try (Cache cache = open()) {
      assertEquals(301, cache.nextBuildNumber());
      assertEquals(List.of(Samples.build(300), Samples.build(299)), cache.builds(2));
      assertEquals(300, cache.builds(1000).size());
    }
  }

  @Test
  void rule9ListenersHearOfTheirCommitInOrderWithoutAFlush() throws InterruptedException {
    List<Integer> heard = java.util.Collections.synchronizedList(new ArrayList<>());
    CountDownLatch all = new CountDownLatch(100);
    try (Cache cache = open()) {
      for (int i = 0; i < 100; i++) {
        int number = i;
        cache.put(
            Samples.all("j" + i, "b")
                .onCommit(
                    failure -> {
                      assertNull(failure);
                      heard.add(number);
                      all.countDown();
                    }));
      }
      assertTrue(all.await(300, TimeUnit.SECONDS), "nobody flushed, and yet all are committed");
    }
    assertEquals(100, heard.size());
    assertEquals(heard.stream().sorted().toList(), heard);
  }

  @Test
  void batchesPutBeforeAFlushAreOneCommit() {
    AtomicLong commits = new AtomicLong(); // each commit asks once for the time
    CacheSettings counting = new CacheSettings(1 << 20, "boot", commits::incrementAndGet);
    try (Cache cache = CacheOpening.forWork(place(), notes::add, counting)) {
      cache.put(new Batch());
      cache.flush();
      CountDownLatch held = new CountDownLatch(1);
      CountDownLatch reached = new CountDownLatch(1);
      cache.put(
          new Batch()
              .onCommit(
                  _ -> {
                    reached.countDown();
                    await(held);
                  }));
      await(reached);
      long before = commits.get();
      for (int i = 0; i < 500; i++) {
        cache.put(Samples.all("j" + i, "b"));
      }
      held.countDown();
      cache.flush();
      assertEquals(before + 1, commits.get());
    }
  }

  @Test
  void theMapGrowsWithWhatIsPutWhileOthersRead() throws InterruptedException {
    CacheSettings small = new CacheSettings(1 << 16, "boot", () -> 0);
    Random random = new Random(1);
    Map<String, String> model = new HashMap<>();
    try (Cache cache = CacheOpening.forWork(place(), notes::add, small)) {
      Thread reader =
          Thread.ofPlatform()
              .start(
                  () -> {
                    while (!Thread.currentThread().isInterrupted()) {
                      cache.eachStamp((name, known) -> assertEquals(Samples.known(name), known));
                      cache.details("a");
                    }
                  });
      for (int i = 0; i < 1000; i++) {
        String name = Samples.name(random);
        model.put(name, "b" + i);
        cache.put(Samples.all(name, "b" + i));
        if (i % 50 == 0) {
          cache.flush();
        }
      }
      cache.flush();
      reader.interrupt();
      reader.join();
      model.forEach((name, build) -> assertAll(cache, name, build));
    }
    try (Cache cache = CacheOpening.forWork(place(), notes::add, small)) {
      TreeMap<String, String> seen = new TreeMap<>();
      cache.eachResult((name, result) -> seen.put(name, result.build()));
      assertEquals(new TreeMap<>(model), seen);
      model.forEach((name, build) -> assertAll(cache, name, build));
    }
    assertEquals(List.of(), notes);
  }

  @Test
  void aLongBuildDoesNotMakeTheFileGrowWithoutEnd() throws IOException {
    try (Cache cache = open()) {
      for (int i = 0; i < 100; i++) {
        cache.put(Samples.all("j" + i, "b"));
      }
      cache.flush();
      for (int i = 0; i < 40; i++) {
        cache.put(Samples.all("j1", "b" + i));
        cache.flush();
      }
      long size = Files.size(place().data());
      for (int i = 0; i < 200; i++) {
        cache.put(Samples.all("j1", "c" + i));
        cache.flush();
      }
      assertEquals(size, Files.size(place().data()));
    }
  }

  @Test
  void rule10LookingCreatesNothingWhereThereIsNothing() throws IOException {
    try (Cache cache = Cache.look(place(), notes::add)) {
      assertNull(cache.stamp("a"));
      cache.eachOwned(it -> assertNull(it));
      assertEquals(List.of(), cache.builds(3));
      assertEquals(1, cache.nextBuildNumber());
      assertThrows(IllegalStateException.class, () -> cache.put(new Batch()));
    }
    assertEquals(List.of(), tree());
    assertEquals(List.of(), notes);
  }

  @Test
  void rule10LookingWritesNothing() throws IOException {
    try (Cache cache = open()) {
      cache.put(Samples.all("a", "b"));
    }
    List<String> before = tree();
    byte[] data = Files.readAllBytes(place().data());
    try (Cache cache = Cache.look(place(), notes::add)) {
      assertAll(cache, "a", "b");
    }
    assertEquals(before, tree());
    assertTrue(Arrays.equals(data, Files.readAllBytes(place().data())));
  }

  private List<String> tree() throws IOException {
    try (Stream<Path> paths = Files.walk(root)) {
      return paths.filter(it -> !it.equals(root)).map(Path::toString).sorted().toList();
    }
  }

  @Test
  void rule10LookingNeedsNoLockTableAndLeavesNoneHalfMade() throws IOException {
    try (Cache cache = open()) {
      cache.put(Samples.all("a", "b"));
    }
    List<String> before = tree();
    Files.delete(place().data().resolveSibling("lock.mdb"));
    try (Cache cache = Cache.look(place(), notes::add)) {
      assertAll(cache, "a", "b");
    }
    assertEquals(before, tree());
  }

  @Test
  void anotherBootDistrustsStampsOfFilesChangedShortBeforeTheLastCommit() {
    long commit = 1_800_000_000_000L;
    KnownDigest old =
        new KnownDigest(Samples.stamp("a", (commit - 61_000) * 1_000_000), null, true);
    KnownDigest late =
        new KnownDigest(Samples.stamp("a", (commit - 59_000) * 1_000_000), null, true);
    KnownDigest doubtful = new KnownDigest(late.stamp(), late.digest(), false);
    try (Cache cache = open("first", commit)) {
      cache.put(new Batch().stamp("old", old).stamp("late", late));
    }
    try (Cache cache = open("first", commit + 5)) {
      assertEquals(late, cache.stamp("late"));
    }
    try (Cache cache =
        CacheOpening.forLooking(
            place(), notes::add, new CacheSettings(1 << 20, "second", () -> commit))) {
      assertEquals(doubtful, cache.stamp("late"));
      assertEquals(old, cache.stamp("old"));
    }
    try (Cache cache = open("second", commit + 1_000_000)) {
      assertEquals(doubtful, cache.stamp("late"));
      assertEquals(old, cache.stamp("old"));
    }
    // The stamp stays doubtful although the last commit is of this boot by now.
    try (Cache cache = open("second", commit + 1_000_000)) {
      assertEquals(doubtful, cache.stamp("late"));
      cache.put(new Batch().stamp("late", late));
      assertEquals(late, cache.stamp("late"));
    }
    try (Cache cache = open("second", commit + 1_000_000)) {
      assertEquals(late, cache.stamp("late"));
    }
  }

  @Test
  void afterAFailedCommitNothingMoreIsCommitted() {
    List<String> done = new ArrayList<>();
    List<CacheException> failures = new ArrayList<>();
    CacheException full = new CacheException("full");
    CacheWriter writer =
        new CacheWriter(
            group ->
                group.forEach(
                    batch -> {
                      String key = new String(batch.changes.get(0).key, StandardCharsets.UTF_8);
                      if (key.equals("bad")) {
                        throw full;
                      }
                      done.add(key);
                    }));
    Runnable nothing = () -> {};
    writer.put(new Batch().disown("one").onCommit(failures::add), nothing);
    writer.flush();
    writer.put(new Batch().disown("bad").onCommit(failures::add), nothing);
    assertEquals("full", assertThrows(CacheException.class, writer::flush).getMessage());
    writer.put(new Batch().disown("two").onCommit(failures::add), nothing);
    assertThrows(CacheException.class, writer::flush);
    writer.stop();
    assertEquals(List.of("one"), done);
    assertEquals(Arrays.asList(null, full, full), failures);
  }

  @Test
  void aFlushWaitsForACommitThatHasBegun() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch mayEnd = new CountDownLatch(1);
    AtomicBoolean committed = new AtomicBoolean();
    CacheWriter writer =
        new CacheWriter(
            _ -> {
              begun.countDown();
              try {
                mayEnd.await();
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
              committed.set(true);
            });
    writer.put(new Batch().disown("one"), () -> {});
    begun.await();
    Thread flushes = Thread.currentThread();
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              while (flushes.getState() != Thread.State.WAITING) {
                Thread.yield();
              }
              mayEnd.countDown();
            });
    try {
      writer.flush();
      assertTrue(committed.get());
    } finally {
      mayEnd.countDown();
      writer.stop();
    }
  }

  @Test
  void torcCacheNamesAFolderThatManyRootsShare() throws IOException {
    Path shared = root.resolve("shared");
    Map<String, String> env = Map.of("TORC_CACHE", shared.toString());
    Path one = Files.createDirectory(root.resolve("one"));
    Path two = Files.createDirectory(root.resolve("two"));
    CachePlace before = CachePlace.find(one, env, ThisHost.system());
    assertFalse(Files.exists(shared), "finding creates nothing");
    for (Path each : List.of(one, two)) {
      CachePlace place = CachePlace.find(each, env, ThisHost.system());
      BuildLock.Holder me = new BuildLock.Holder(1, "b", "build");
      try (var _ = BuildLock.tryAcquire(place, me, false).orElseThrow();
          Cache cache = Cache.open(place, notes::add)) {
        assertNull(cache.stamp("a"));
        cache.put(new Batch().stamp("a", Samples.known(each.getFileName().toString())));
        assertTrue(BuildLock.tryAcquire(place, me, false).isEmpty());
      }
    }
    CachePlace after = CachePlace.find(one, env, ThisHost.system());
    assertNotEquals(before.database(), after.database(), "the id was made by the first open");
    assertEquals(after, CachePlace.find(one, env, ThisHost.system()));
    assertTrue(Files.exists(after.data()) && Files.exists(after.database().resolve("lock")));
    assertEquals(one.resolve(".torc/logs"), after.logs());
    assertEquals(one.resolve(".torc/kept/b7"), after.setAside("b7"));
    try (Stream<Path> found = Files.list(shared)) {
      assertEquals(2, found.count());
    }
    assertFalse(Files.exists(one.resolve(".torc/data.mdb")));
    for (Path each : List.of(one, two)) {
      try (Cache cache = Cache.look(CachePlace.find(each, env, ThisHost.system()), notes::add)) {
        assertEquals(Samples.known(each.getFileName().toString()), cache.stamp("a"));
      }
    }
    assertEquals(List.of(), notes);
  }

  @Test
  void withoutAddressSpaceForTheMapTheMessageNamesTheLimit() {
    CacheSettings huge = new CacheSettings(1L << 60, "boot", () -> 0);
    CacheException refused =
        assertThrows(
            CacheException.class, () -> CacheOpening.forWork(place(), notes::add, huge).close());
    assertEquals(
        "cannot open the cache %s: no address space for its map; allow more (ulimit -v)"
            .formatted(place().data()),
        refused.getMessage());
  }

  /** As after {@code sudo torc} under a umask of 077. */
  @Test
  void aFileThatMayNotEvenBeExaminedIsNamedOnceWithWhatToDo() throws IOException {
    Path folder = Files.createDirectory(root.resolve(".torc"));
    IOException denied =
        new IOException("cannot look at " + folder.resolve("journal") + ": permission denied");
    assertEquals(
        "cannot look at %s: permission denied; make %s writable"
            .formatted(folder.resolve("journal"), folder),
        CacheTrouble.of("cannot look at", folder, denied).getMessage());
  }
}
