package dev.torc.results;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.hash.Digest;
import dev.torc.records.Cache;
import dev.torc.records.CachePlace;
import dev.torc.records.ThisHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is kept gives way where the disk is nearly full, and a kill leaves no wrong sum of it. */
class KeptResultsTest {

  private static final long GIB = 1L << 30;

  @TempDir Path root;

  private Cache cache;
  private KeptResults kept;
  private long usable = 3 * GIB;
  private int looks; // at what is usable

  /** Ten results of 100 bytes each. */
  @BeforeEach
  void tenAreKept() throws IOException {
    cache = Cache.open(CachePlace.find(root, Map.of(), ThisHost.system()), _ -> {});
    kept = kept(-1);
    for (int i = 0; i < 10; i++) {
      String text = (i + "").repeat(100);
      Result result = ResultSamples.of(Digest.ofText("key " + i), ResultSamples.file("p", text));
      kept.put(result, null);
      Path product = Files.writeString(root.resolve("p"), text);
      assertTrue(kept.add(result.parts().getFirst(), product, 100));
    }
    kept.end();
  }

  @AfterEach
  void end() {
    cache.close();
  }

  private KeptResults kept(long keep) {
    return new KeptResults(cache, keep, true) {
      @Override
      long usable() {
        looks++;
        return usable;
      }
    };
  }

  /** How many are left where so much is usable. */
  private int left(KeptResults of, long bytes) throws IOException {
    usable = bytes;
    of.makeRoom();
    return root.resolve(".torc/store").toFile().list().length;
  }

  @Test
  void aGibibyteIsLeftForOthers() throws IOException {
    assertEquals(10, left(kept(-1), GIB));
    assertEquals(10, left(kept(0), 0), "nothing is kept, so nothing is known");
    assertEquals(9, left(kept(-1), GIB - 1)); // and a sixteenth
    assertEquals(7, left(kept(-1), GIB - 101));
    for (int i = 0; i < 10; i++) { // the oldest went, also of one millisecond
      assertEquals(i < 3, kept.find(Digest.ofText("key " + i)) == null);
    }
    assertEquals(0, left(kept(-1), GIB - 800));
    looks = 0;
    left(kept(-1), 0);
    assertEquals(0, looks, "there is nothing to give");
  }

  /** It is asked before each start. */
  @Test
  void whatIsUsableIsLookedAtOnceInASecond() throws IOException {
    KeptResults one = kept(-1);
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
    KeptResults one = kept(-1);
    usable = 2000;
    assertEquals(150, one.bound());
    usable = 4000;
    assertEquals(150, one.bound(), "in one build it stays");
    assertTrue(kept(4000).holds(1000, 10_000));
    assertFalse(kept(4000).holds(1001, 1) || kept(4000).holds(1, 10_001));
  }

  @Test
  void aJobThatLacksRoomGetsAllOfIt() throws IOException {
    usable = 64 << 20;
    assertFalse(kept(-1).relieve(false));
    assertFalse(kept(0).relieve(true));
    usable--;
    assertTrue(kept(-1).relieve(false));
    assertEquals(0, left(kept(-1), GIB));
    assertFalse(kept(-1).relieve(true), "there is nothing to give");
  }

  /** What is said of the sum counts only where the build that said it came to its end. */
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
    assertEquals(9, store.toFile().list().length);
  }
}
