package dev.torc.core.memory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.digests.Digest;
import dev.torc.core.memory.DatabaseKey.RecordTree;
import dev.torc.core.memory.JobResult.ManifestEntry;
import dev.torc.core.memory.JobResult.Outcome;
import dev.torc.core.memory.JobResult.RunDetails;
import dev.torc.core.memory.JobResult.RunNeeds;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs that find the same files share the paths of these, and the lines about them. */
class SharedTextsTest {

  private static final Digest DIGEST = Samples.digest("x");

  @TempDir Path root;

  private Cache open() {
    return Cache.open(CachePlace.find(root, Map.of(), ThisHost.system()), note -> {});
  }

  private static List<String> headers(int from, int count) {
    return IntStream.range(from, from + count)
        .mapToObj(i -> "include/component/detail/header_%06d.h".formatted(i))
        .toList();
  }

  private static JobResult result(List<String> found) {
    RunNeeds needs = new RunNeeds(found);
    return new JobResult(Outcome.OK, "b", DIGEST, List.of(), needs, 1, true);
  }

  private static RunDetails details(List<String> found, String version) {
    List<ManifestEntry> lines = new ArrayList<>();
    lines.add(new ManifestEntry(0, "", "", "cc"));
    for (String path : found) {
      lines.add(new ManifestEntry(8, path, "", Samples.digest(path + version).hex()));
    }
    lines.add(new ManifestEntry(10, "a.o", "", ""));
    JobResult.Ran ran = new JobResult.Ran(1, 1, 0, 0, 1, 1, 1);
    return new RunDetails(lines, List.of(), "", ran, null, null, List.of());
  }

  private static Batch job(String name, List<String> found, String version) {
    return new Batch().result(name, result(found), details(found, version));
  }

  private static void assertJob(Cache cache, String name, List<String> found, String version) {
    assertEquals(result(found), cache.result(name));
    assertEquals(details(found, version), cache.details(name));
  }

  /** Returns how many bytes the records of a tree have. */
  private long bytes(RecordTree tree) throws IOException {
    return Damaging.spots(root, tree).stream().mapToLong(Damaging.Spot::bytes).sum();
  }

  @Test
  void aFoundNeedOfAnotherJobTakesAFewBytes() throws IOException {
    try (Cache cache = open()) {
      for (int job = 0; job < 200; job++) {
        cache.put(job("job" + job, headers(job % 20 * 5, 100), ""));
      }
      assertJob(cache, "job7", headers(35, 100), "");
    }
    try (Cache cache = open()) {
      assertJob(cache, "job7", headers(35, 100), "");
      cache.put(job("job7", headers(35, 100), "edited"));
    }
    try (Cache cache = open()) {
      assertJob(cache, "job7", headers(35, 100), "edited");
      assertJob(cache, "job8", headers(40, 100), "");
    }
    long each = (bytes(RecordTree.RESULTS) + bytes(RecordTree.DETAILS)) / 200;
    assertTrue(each < 2 * 100 * 3 + 150, each + " bytes a job with 100 found needs");
    long texts = bytes(RecordTree.LISTS);
    assertTrue(texts < (195 + 295) * 150, texts + " bytes of paths and lines");
  }

  /** What a thread prepares has the bytes that it would have without. */
  @Test
  void preparedRecordsAreTheSame() throws IOException {
    List<String> found = headers(0, 3);
    try (Cache cache = open()) {
      Batch first = job("first", found, "");
      cache.prepare(first); // no text has a number yet
      assertTrue(first.changes.stream().noneMatch(change -> change.value != null));
      cache.put(first);
      Batch second = job("second", found, "");
      cache.prepare(second);
      assertTrue(second.changes.stream().allMatch(change -> change.value != null));
      Batch usual = job("second", found, "");
      cache.put(usual);
      for (int i = 0; i < usual.changes.size(); i++) {
        assertArrayEquals(usual.changes.get(i).value, second.changes.get(i).value);
      }
      cache.put(second);
    }
    try (Cache cache = open()) {
      assertJob(cache, "first", found, "");
      assertJob(cache, "second", found, "");
    }
  }

  /** An earlier torc knew no shared texts: its records hold the paths themselves. */
  @Test
  void recordsThatHoldTheTextsAreReadAndRewritten() throws IOException {
    List<String> found = headers(0, 3);
    try (Cache cache = open()) {
      Batch batch = job("job", found, "");
      batch.changes.forEach(change -> change.seal(null, 0));
      cache.put(batch);
    }
    long before = bytes(RecordTree.DETAILS);
    assertEquals(0, bytes(RecordTree.LISTS));
    try (Cache cache = open()) {
      assertJob(cache, "job", found, "");
      cache.put(job("job", found, ""));
    }
    assertTrue(bytes(RecordTree.DETAILS) < before / 3);
  }

  /** Any damage to a text makes the records that have it absent, and the text is stored again. */
  @Test
  void recordsWhoseTextIsDamagedAreAbsent() throws IOException {
    try (Cache cache = open()) {
      cache.put(job("job", headers(0, 3), ""));
    }
    for (Damaging.Spot spot : Damaging.spots(root, RecordTree.LISTS)) {
      Damaging.damage(root, spot, 6, new Random(1));
      try (Cache cache = open()) {
        cache.put(job("other", headers(0, 3), ""));
        assertJob(cache, "other", headers(0, 3), "");
      }
    }
    try (Cache cache = open()) {
      assertNull(cache.result("job"));
      assertNull(cache.details("job"));
      assertJob(cache, "other", headers(0, 3), "");
    }
  }

  @Test
  void textsThatNoRecordHasGoOnceThereAreMany() throws IOException {
    List<String> stays = headers(0, 500);
    try (Cache cache = open()) {
      cache.put(job("stays", stays, ""));
      for (int job = 1; job <= 80; job++) {
        cache.put(job("goes", headers(500 * job, 500), ""));
      }
      cache.put(job("goes", List.of(), ""));
      Batch comes = job("comes", headers(500, 500), "");
      cache.prepare(comes); // with numbers that the sweep takes away
      Samples.stored(cache).sweep();
      assertJob(cache, "stays", stays, "");
      cache.put(comes);
    }
    assertEquals(2 * (1000 + 1000) + 1, Damaging.spots(root, RecordTree.LISTS).size());
    try (Cache cache = open()) {
      assertJob(cache, "stays", stays, "");
      assertJob(cache, "comes", headers(500, 500), "");
    }
  }
}
