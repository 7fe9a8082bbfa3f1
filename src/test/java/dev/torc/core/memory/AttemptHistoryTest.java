package dev.torc.core.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.torc.core.memory.DatabaseKey.RecordTree;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AttemptHistoryTest {

  @TempDir Path root;

  private Cache open() {
    return Cache.open(CachePlace.find(root, Map.of(), ThisHost.system()), _ -> {});
  }

  private static List<AttemptRecord> all(Cache cache, long build) {
    List<AttemptRecord> all = new ArrayList<>();
    new AttemptHistory(cache).eachFrom(build, all::add);
    return all;
  }

  @Test
  void attemptsComeBackInTheOrderOfTheirEnds() {
    try (Cache cache = open()) {
      cache.put(new Batch().attempt(Samples.attempt(2, 0)).series(2, 0, Samples.series()));
      cache.put(new Batch().attempt(Samples.attempt(1, 1)));
      cache.put(new Batch().attempt(Samples.attempt(1, 0)));
      cache.flush();
      cache.put(
          new Batch()
              .attempt(Samples.attempt(2, 1))
              .series(2, AttemptHistory.MACHINE, Samples.series()));
    }
    try (Cache cache = open()) {
      assertEquals(
          List.of(
              Samples.attempt(1, 0),
              Samples.attempt(1, 1),
              Samples.attempt(2, 0),
              Samples.attempt(2, 1)),
          all(cache, 0));
      assertEquals(List.of(Samples.attempt(2, 0), Samples.attempt(2, 1)), all(cache, 2));
      AttemptHistory history = new AttemptHistory(cache);
      assertEquals(Samples.series().at(0), history.series(2, 0).at(0));
      assertEquals(5, history.series(2, AttemptHistory.MACHINE).began());
      assertNull(history.series(1, 0));
    }
  }

  @Test
  void theOldestGoWhereThereAreTooMany() {
    try (Cache cache = open()) {
      for (int i = 0; i < 30; i++) {
        cache.put(new Batch().attempt(Samples.attempt(1 + i / 10, i)));
      }
      cache.flush();
      AttemptHistory history = new AttemptHistory(cache);
      history.trim();
      history.trim(RecordTree.ATTEMPTS, 30);
      assertEquals(30, all(cache, 0).size());
      history.trim(RecordTree.ATTEMPTS, 20);
      cache.flush();
      assertEquals(18, all(cache, 0).size()); // a tenth more than must go
      assertEquals(Samples.attempt(2, 12), all(cache, 0).getFirst());
      assertEquals(18, cache.size(RecordTree.ATTEMPTS));
    }
  }

  @Test
  void withoutACacheThereIsNoHistory() {
    try (Cache cache = Cache.look(CachePlace.find(root, Map.of(), ThisHost.system()), _ -> {})) {
      assertEquals(List.of(), all(cache, 0));
      new AttemptHistory(cache).trim();
    }
  }
}
