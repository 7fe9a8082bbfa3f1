package dev.torc.features.stores;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.digests.Digest;
import dev.torc.core.memory.Cache;
import dev.torc.core.memory.CachePlace;
import dev.torc.core.memory.ThisHost;
import dev.torc.features.stores.StoredResults.Stored;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a restore asks of the stored results costs the same however many there are. */
class StoredResultsTest {

  @TempDir Path root;

  private final AtomicInteger read = new AtomicInteger();

  private Cache open() {
    return Cache.open(CachePlace.find(root, Map.of(), ThisHost.system()), _ -> {});
  }

  /** Results are texts here: {@code a b} has the parts a and b. */
  private StoredResults<String> of(Cache cache) {
    return new StoredResults<>(
        cache,
        (fields, of) -> {
          read.incrementAndGet();
          return fields.text(1, of, text -> text);
        });
  }

  private static List<String> parts(String result) {
    return List.of(result.split(" "));
  }

  private static void put(StoredResults<String> to, String result) {
    to.put(Digest.ofText(result), new Stored<>(7, result), parts(result), null, List.of());
  }

  private static boolean isCommon(StoredResults<String> of, String part) {
    return of.isCommon(part, StoredResultsTest::parts, Digest::ofText);
  }

  /** Section 11: torc puts a product back by rename if no other stored result names it. */
  @Test
  void aPartIsFoundInOtherResultsWithoutReadingThem() {
    try (Cache cache = open()) {
      StoredResults<String> stored = of(cache);
      put(stored, "a b");
      put(stored, "c c");
      put(stored, "d b");
      put(stored, "a b"); // the same result again
      assertFalse(isCommon(stored, "a"));
      assertTrue(isCommon(stored, "b") && isCommon(stored, "c"));
      assertFalse(isCommon(stored, "none"));
    }
    try (Cache cache = open()) {
      StoredResults<String> stored = of(cache);
      read.set(0);
      assertTrue(isCommon(stored, "b") && !isCommon(stored, "d"));
      assertEquals(0, read.get());
      stored.dropPart("b");
      assertFalse(isCommon(stored, "b"));
    }
  }

  /** An earlier torc stored results without their parts, which are noted once. */
  @Test
  void partsOfAnEarlierTorcAreNotedOnce() {
    try (Cache cache = open()) {
      StoredResults<String> stored = of(cache);
      for (String result : List.of("a b", "d b")) {
        stored.put(Digest.ofText(result), new Stored<>(7, result), List.of(), null, List.of());
      }
      assertTrue(isCommon(stored, "b") && !isCommon(stored, "a"));
      read.set(0);
      put(stored, "e a");
      int written = read.getAndSet(0);
      assertTrue(isCommon(stored, "a"));
      assertEquals(0, read.get());
      assertTrue(written <= 1, "only the new result itself passes its form");
    }
  }
}
