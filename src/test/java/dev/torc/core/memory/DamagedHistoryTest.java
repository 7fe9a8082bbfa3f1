package dev.torc.core.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.core.memory.Cache.CacheSettings;
import dev.torc.core.memory.DatabaseKey.RecordTree;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The history goes on behind records that cannot be read, and behind keys with a wrong number. */
class DamagedHistoryTest {

  @TempDir Path root;

  private Cache open() {
    return Cache.open(CachePlace.find(root, Map.of(), ThisHost.system()), note -> {});
  }

  private void build(long number) {
    try (Cache cache = open()) {
      cache.put(new Batch().build(Samples.build(number)));
    }
  }

  private List<Long> numbers(Cache cache, int most) {
    return cache.builds(most).stream().map(build -> build.id().number()).toList();
  }

  @ParameterizedTest
  @ValueSource(longs = {Long.MAX_VALUE, Long.MAX_VALUE - 1, 1L << 40, 4, -1})
  void aNumberThatLiesIsNeitherShownNorCountedOn(long lie) throws IOException {
    build(1);
    build(2);
    byte[] key = DatabaseKey.of(lie);
    CachePlace place = CachePlace.find(root, Map.of(), ThisHost.system());
    try (RecordStore store = RecordStore.open(place.database(), 1 << 20)) {
      store.useTrees(null);
      store.write(
          List.of(
              new Batch.Change(
                  RecordTree.BUILDS, key, store.get(RecordTree.BUILDS, DatabaseKey.of(2)))),
          false,
          new RecordStore.Seal(CacheSettings.system(), null));
    }
    try (Cache cache = open()) {
      assertEquals(List.of(2L, 1L), numbers(cache, 9));
      assertEquals(4, cache.nextBuildNumber());
      cache.put(new Batch().build(Samples.build(4)));
      assertEquals(List.of(4L, 2L), numbers(cache, 2));
      assertTrue(cache.nextBuildNumber() > 4); // higher if the record under the wrong key is read
    }
  }

  @Test
  void theNumberOfADamagedBuildIsNotGivenAgain() throws IOException {
    build(1);
    build(2);
    Damaging.Spot last = Damaging.spots(root).getLast();
    assertEquals("BUILDS", last.tree());
    Damaging.damage(root, last, 2, new Random(1));
    try (Cache cache = open()) {
      assertEquals(List.of(1L), numbers(cache, 1));
      assertEquals(3, cache.nextBuildNumber());
    }
  }
}
