package dev.torc.core.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.torc.base.digests.Digest;
import dev.torc.core.memory.AttemptRecord.PostedEvent;
import dev.torc.core.memory.DatabaseKey.RecordTree;
import dev.torc.core.memory.JobResult.ManifestEntry;
import dev.torc.core.memory.JobResult.StoredValue;
import dev.torc.features.stores.StoredResults;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In every tree, a value whose bytes are damaged in any way is read as if it were not there. */
class DamagedValueTest {

  private static final String JOB = "train/lr=0.1";

  private static final List<List<String>> NAMES = List.of(List.of("a.h", "b.h"));

  @TempDir Path root;

  private Cache open() {
    return Cache.open(CachePlace.find(root, Map.of(), ThisHost.system()), note -> {});
  }

  private void fill() {
    try (Cache cache = open()) {
      for (String name : List.of(JOB, "other")) {
        cache.put(Samples.all(name, "b1"));
        cache.put(new Batch().data(name, List.of(new StoredValue("loss", "0." + name.length()))));
        cache.put(new Batch().post(new PostedEvent(1, name.length(), 7, name, 1, "{}")));
        cache.put(
            new Batch().list(Samples.digest(name), List.of(new ManifestEntry(1, name, "", "x"))));
      }
      cache.put(new Batch().build(Samples.build(1)).build(Samples.build(2)));
      Digest key = Samples.digest(JOB);
      Samples.stored(cache).put(key, new StoredResults.Stored<>(7, JOB), List.of(), key, NAMES);
      cache.put(new Batch().attempt(Samples.attempt(1, 0)).series(1, 0, Samples.series()));
    }
  }

  private static int records(Cache cache) {
    List<Object> all = new ArrayList<>();
    cache.eachStamp((name, known) -> all.add(name));
    cache.eachResult((name, result) -> all.add(name));
    cache.eachOwned(all::add);
    cache.eachData((name, data) -> all.add(name));
    cache.eachEvent(0, 0, all::add);
    all.addAll(cache.builds(9));
    new AttemptHistory(cache).eachFrom(0, all::add);
    Samples.stored(cache).each(all::add);
    all.addAll(Samples.stored(cache).names(Samples.digest(JOB)));
    if (new AttemptHistory(cache).series(1, 0) != null) {
      all.add("series");
    }
    for (String name : List.of(JOB, "other")) {
      if (cache.details(name) != null) {
        all.add(name);
      }
      if (cache.list(Samples.digest(name)) != null) {
        all.add(name);
      }
    }
    return all.size();
  }

  /** Several records have such a text: see {@link SharedTextsTest}. */
  private static boolean isSharedText(Damaging.Spot spot) {
    return spot.tree().equals(RecordTree.LISTS.name()) && spot.key().length != Digest.LENGTH;
  }

  @Test
  void isNeverRead() throws IOException {
    fill();
    Random random = new Random(5);
    List<Damaging.Spot> spots = Damaging.spots(root);
    spots.removeIf(DamagedValueTest::isSharedText);
    Set<RecordTree> trees = EnumSet.noneOf(RecordTree.class);
    for (Damaging.Spot spot : spots) {
      trees.add(RecordTree.valueOf(spot.tree()));
      for (int kind = 0; kind < Damaging.KINDS; kind++) {
        Damaging.damage(root, spot, kind, random);
        try (Cache cache = open()) {
          assertEquals(spots.size() - 1, records(cache), spot + " by " + kind);
          if (spot.tree().equals("DATA")) {
            assertNull(cache.result(spot.name()), "what a job stored is part of its run");
          }
        }
        fill();
      }
    }
    assertEquals(EnumSet.allOf(RecordTree.class), trees);
  }
}
