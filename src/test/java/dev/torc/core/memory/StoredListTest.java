package dev.torc.core.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.Sample;
import dev.torc.base.digests.Digest;
import dev.torc.core.memory.DatabaseKey.RecordTree;
import dev.torc.core.memory.JobResult.ManifestEntry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Large lists are stored as differences, and each comes back as it was. */
class StoredListTest {

  private static final int MANY = 2000;

  @TempDir Path root;

  private final List<String> notes = new ArrayList<>();

  private Cache open() {
    return Cache.open(CachePlace.find(root, Map.of(), ThisHost.system()), notes::add);
  }

  private static ManifestEntry member(String name, String text) {
    return new ManifestEntry(1, name, "", Digest.ofText(text).hex());
  }

  private static List<ManifestEntry> members(int count) {
    List<ManifestEntry> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(member("data/%05d.csv".formatted(2 * i), "" + i));
    }
    return all;
  }

  private static Digest digest(List<ManifestEntry> list) {
    StringBuilder text = new StringBuilder();
    list.forEach(each -> text.append(each.name()).append(' ').append(each.now()).append('\n'));
    return Digest.ofText(text.toString());
  }

  /** Changes, adds, removes or moves a member. */
  private static void edit(List<ManifestEntry> list, Random random) {
    int at = random.nextInt(list.size());
    switch (random.nextInt(4)) {
      case 0 -> list.set(at, member(list.get(at).name(), "" + random.nextInt()));
      case 1 -> list.add(at, member(list.get(at).name() + "0", "" + random.nextInt()));
      case 2 -> list.remove(at);
      default -> list.add(random.nextInt(list.size()), list.remove(at));
    }
  }

  private static void put(Cache cache, List<ManifestEntry> list, Digest last) {
    StoredList stored = cache.storing(digest(list), list, last);
    if (stored != null) {
      cache.put(new Batch().list(digest(list), stored));
    }
  }

  /** Lists follow each other, and come again, in any order; each can be read at any time. */
  @Test
  void eachListComesBack() {
    Random random = new Random(Sample.SEED);
    Map<Digest, List<ManifestEntry>> all = new HashMap<>();
    List<ManifestEntry> now = members(MANY);
    Digest last = null;
    for (int opened = 0; opened < 3; opened++) {
      try (Cache cache = open()) {
        for (int i = 0; i < 30; i++) {
          put(cache, now, last);
          all.put(digest(now), List.copyOf(now));
          last = digest(now);
          if (random.nextInt(3) == 0) {
            List<Digest> known = List.copyOf(all.keySet());
            now = new ArrayList<>(all.get(known.get(random.nextInt(known.size()))));
          } else {
            for (int edits = random.nextInt(40); edits >= 0; edits--) {
              edit(now, random);
            }
          }
        }
        all.forEach((digest, list) -> assertEquals(list, cache.list(digest)));
      }
    }
    assertEquals(List.of(), notes);
  }

  @Test
  void anEditTakesNoWholeList() throws IOException {
    List<ManifestEntry> now = members(MANY);
    try (Cache cache = open()) {
      put(cache, now, null);
    }
    long whole = bytes();
    assertTrue(whole < MANY * 70L, whole + " bytes");
    try (Cache cache = open()) {
      for (int i = 0; i < 10; i++) {
        Digest last = digest(now);
        now.set(7 * i, member(now.get(7 * i).name(), "edited"));
        put(cache, now, last);
      }
    }
    long edits = bytes() - whole;
    assertTrue(edits < 10 * 10 * 100, edits + " bytes for ten edits");
    try (Cache cache = open()) {
      Digest last = digest(now);
      now.replaceAll(each -> member(each.name(), "all"));
      put(cache, now, last);
      assertEquals(now, cache.list(digest(now)));
    }
    assertTrue(bytes() - whole > MANY * 40L, "a list in which all differs is a whole one");
  }

  @Test
  void aListOfAnEarlierTorcIsABase() {
    List<ManifestEntry> now = members(MANY);
    Digest first = digest(now);
    try (Cache cache = open()) {
      cache.put(
          new Batch()
              .put(
                  RecordTree.LISTS,
                  first.bytes(),
                  List.copyOf(now),
                  (fields, of) -> fields.list(1, of, all -> all, ManifestEntry::form)));
      assertEquals(now, cache.list(first));
      now.set(3, member(now.get(3).name(), "edited"));
      put(cache, now, first);
      assertEquals(now, cache.list(digest(now)));
    }
  }

  /** If the base is lost, so is the list: torc says less about changes, and decides the same. */
  @Test
  void aListWithoutItsBaseIsMissing() {
    List<ManifestEntry> now = members(MANY);
    Digest first = digest(now);
    try (Cache cache = open()) {
      put(cache, now, null);
      now.set(3, member(now.get(3).name(), "edited"));
      put(cache, now, first);
      assertEquals(now, cache.list(digest(now)));
      cache.put(new Batch().drop(RecordTree.LISTS, first.bytes()));
    }
    try (Cache cache = open()) {
      assertNull(cache.list(digest(now)));
    }
  }

  private long bytes() throws IOException {
    long bytes = 0;
    for (Damaging.Spot spot : Damaging.spots(root, RecordTree.LISTS)) {
      bytes += spot.bytes();
    }
    return bytes;
  }
}
