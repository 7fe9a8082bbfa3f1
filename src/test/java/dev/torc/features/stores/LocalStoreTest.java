package dev.torc.features.stores;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.digests.Digest;
import dev.torc.base.posix.FolderHandle;
import dev.torc.core.attempt.ClearedProducts.Added;
import dev.torc.core.memory.Cache;
import dev.torc.core.memory.CachePlace;
import dev.torc.core.memory.ProductTarget;
import dev.torc.core.memory.RecordedProduct;
import dev.torc.core.memory.RecordedProduct.OwnedPath;
import dev.torc.core.memory.ThisHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stored results make room when the disk is nearly full; a kill leaves no wrong sum of sizes. */
class LocalStoreTest {

  private static final long GIB = 1L << 30;

  @TempDir Path root;

  private Cache cache;
  private LocalStore kept;
  private long usable = 3 * GIB;
  private int looks; // so often the free space was asked for

  /** Keeps ten results of 100 bytes each. */
  @BeforeEach
  void tenAreKept() throws IOException {
    cache = Cache.open(CachePlace.find(root, Map.of(), ThisHost.system()), _ -> {});
    kept = kept(-1);
    assertFalse(kept.isOff()); // nothing else stands in the store's place
    for (int i = 0; i < 10; i++) {
      Result result = result("key " + i, i);
      kept.put(result, null);
      Path product = Files.writeString(root.resolve("p"), (i + "").repeat(100));
      try (FolderHandle from = FolderHandle.of(root)) {
        OwnedPath part = result.parts().getFirst();
        assertEquals(Added.MOVED, kept.add(part, from, product.getFileName(), 100));
      }
    }
    kept.end();
    cache.flush();
    assertTrue(kept.isNew() && !kept(-1).isNew() && !kept.isEmpty());
    long last = System.currentTimeMillis() + 9; // ten uses in one ms are noted as ten ms
    while (System.currentTimeMillis() <= last) {
      Thread.onSpinWait();
    }
  }

  private static Result result(String key, int digit) {
    RecordedProduct product = ResultSamples.file("p", (digit + "").repeat(100));
    return ResultSamples.of(Digest.ofText(key), product);
  }

  private Result known(int i) {
    return LocalStore.find(cache, Digest.ofText("key " + i));
  }

  @AfterEach
  void end() {
    cache.close();
  }

  private LocalStore kept(long keep) {
    return new LocalStore(cache, keep, true) {
      @Override
      long usable() {
        looks++;
        return usable;
      }
    };
  }

  /** How many results are left when so many bytes of the disk are usable. */
  private int left(LocalStore of, long bytes) throws IOException {
    usable = bytes;
    of.makeRoom();
    return stored();
  }

  private int stored() {
    return root.resolve(".torc/store").toFile().list().length;
  }

  @Test
  void aGibibyteIsLeftForOthers() throws IOException {
    assertEquals(10, left(kept(-1), GIB));
    assertEquals(10, left(kept(0), 0), "nothing is kept, so nothing is known");
    assertEquals(9, left(kept(-1), GIB - 1)); // a sixteenth of the size goes as well
    assertEquals(7, left(kept(-1), GIB - 101));
    for (int i = 0; i < 10; i++) { // the oldest went, also among uses in one ms
      assertEquals(i < 3, known(i) == null);
    }
    assertEquals(0, left(kept(-1), GIB - 800));
    looks = 0;
    left(kept(-1), 0);
    assertEquals(0, looks, "there is nothing to give");
  }

  /** Room is asked for before each start of a job. */
  @Test
  void usableResultsAreLookedAtOnceInASecond() throws IOException {
    LocalStore one = kept(-1);
    looks = 0;
    long begin = System.nanoTime();
    for (int i = 0; i < 1000; i++) {
      left(one, GIB);
    }
    long most = 1 + (System.nanoTime() - begin) / 1_000_000_000;
    assertTrue(looks >= 1 && looks <= most, looks + " of " + most);
  }

  @Test
  void withoutASettingItTakesATwentiethAndFiveGibibytesAtMost() throws IOException {
    usable = 200 * GIB;
    assertEquals(5 * GIB, kept(-1).bound());
    LocalStore one = kept(-1);
    usable = 2000;
    assertEquals(150, one.bound());
    usable = 4000;
    assertEquals(150, one.bound(), "in one build it stays");
    assertEquals(0, kept(0).bound());
    assertTrue(kept(4000).mayStore(1000, 10_000));
    assertFalse(kept(4000).mayStore(1001, 1) || kept(4000).mayStore(1, 10_001));
  }

  @Test
  void aJobThatLacksRoomGetsAllOfIt() throws IOException {
    usable = 64 << 20;
    assertFalse(kept(-1).emptyIfFull(false));
    assertFalse(kept(0).emptyIfFull(true));
    usable--;
    assertTrue(kept(-1).emptyIfFull(false));
    assertEquals(0, left(kept(-1), GIB));
    assertFalse(kept(-1).emptyIfFull(true), "there is nothing to give");
  }

  /** A written sum counts only if the build that wrote it came to its end. */
  @Test
  void aKilledTorcLeavesNoSum() throws IOException {
    Path store = root.resolve(".torc/store");
    Files.writeString(store.resolve("f" + "0".repeat(64)), "7 bytes");
    assertEquals(1000, kept(-1).size());
    kept.forget(each -> each.key().equals(Digest.ofText("key 1")));
    assertEquals(900, kept.size());
    assertEquals(907, kept(-1).size());
    kept.end();
    assertEquals(900, kept(-1).size());
    kept.sweep();
    assertEquals(900, kept(-1).size());
    assertEquals(9, stored());
    kept.end();
    LocalStore one = kept(-1);
    one.put(known(3), "said".getBytes());
    assertEquals(904, kept(-1).size());
    one.end();
    Files.delete(store.resolve(LocalFiles.name(known(2).parts().getFirst())));
    kept(-1).sweep();
    assertEquals(804, kept(-1).size());
    Files.writeString(store.resolve("f" + "0".repeat(64)), "7".repeat(300));
    assertEquals(1104, kept(-1).size());
    assertEquals(9, left(kept(-1), GIB - 200), "what no result has goes first");
  }

  @Test
  void usedResultsAreRemovedLast() throws IOException {
    LocalStore one = kept(-1);
    Result oldest = known(0);
    one.want(oldest);
    assertEquals(9, left(one, GIB - 1));
    one.noteUsed(oldest);
    assertEquals(7, left(kept(-1), GIB - 101));
    assertTrue(known(0) != null && known(1) == null && known(3) == null && known(4) != null);
    one.noteUsed(result("key 1", 1));
    assertNull(known(1), "a result that was forgotten meanwhile stays so");
    one.ensureRecorded(result("key 1", 1));
    one.ensureRecorded(result("key 4", 1)); // it was made of other bytes
    assertEquals(known(1).parts(), known(4).parts());
    kept(0).noteUsed(known(1));
    assertNull(known(1), "where nothing is kept the record was there for its marks");
  }

  @Test
  void aUseInTheFutureIsTheFirstToGo() throws IOException {
    long ahead = System.currentTimeMillis() + TimeUnit.DAYS.toMillis(3650);
    Result newest = known(9);
    new StoredResults<>(cache, Result::form)
        .put(newest.key(), new StoredResults.Stored<>(ahead, newest), List.of(), null, List.of());
    cache.flush();
    assertEquals(9, left(kept(-1), GIB - 1));
    assertTrue(known(9) == null && known(0) != null);
  }

  /** Bytes that two results share are copied to their place, and go with the last of the two. */
  @Test
  void aFileOfTwoResultsStaysForTheOther() throws IOException {
    kept.put(result("twin", 5));
    Path place = root.resolve("place");
    OwnedPath part = known(5).parts().getFirst();
    LocalStore one = kept(-1);
    try (FolderHandle at = FolderHandle.of(root)) {
      one.place(
          known(4).parts().getFirst(), new ProductTarget(cache.place(), at, place.getFileName()));
    }
    assertEquals(900, one.size());
    assertEquals(900, kept(-1).size());
    Files.delete(place);
    one.put(result("another", 6));
    one.put(known(7));
    one.forget(each -> List.of(known(6).key(), known(7).key()).contains(each.key()));
    assertTrue(one.has(result("another", 6).parts().getFirst()));
    assertEquals(8, stored());
    try (FolderHandle at = FolderHandle.of(root)) {
      one.place(part, new ProductTarget(cache.place(), at, place.getFileName()));
      assertTrue(one.has(part));
      assertFalse(one.giveBack(part, at, place.getFileName(), false)); // it was spoilt
    }
    assertFalse(one.has(part));
  }
}
