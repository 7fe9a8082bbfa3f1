package dev.torc.core.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.Sample;
import dev.torc.core.memory.JobResult.ManifestEntry;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Rule 9 for the cache itself: whatever moment torc is killed at, what was committed is whole. */
@Execution(ExecutionMode.CONCURRENT)
class CacheCrashIT {

  @TempDir Path root;

  private final List<String> notes = new ArrayList<>();

  private CachePlace place() {
    return CachePlace.find(root, Map.of(), ThisHost.system());
  }

  private long checkWhole(Cache cache) {
    long last = cache.nextBuildNumber() - 1;
    List<BuildRecord> builds = cache.builds(Integer.MAX_VALUE);
    assertEquals(last, builds.size(), "no gap: no later batch without the earlier ones");
    for (int i = 0; i < 97 && i <= last; i++) {
      long newest = last - (last - i) % 97;
      if (newest == 0) {
        continue;
      }
      String build = "b" + newest;
      assertEquals(Samples.result("left" + i, build), cache.result("left" + i));
      assertEquals(Samples.details("left" + i, build), cache.details("left" + i));
      assertEquals(Samples.result("r", build), cache.result("right" + i));
      assertEquals(Samples.details("r", build), cache.details("right" + i));
      assertEquals(
          List.of(new ManifestEntry(1, build, null, null)), cache.list(Samples.digest("list" + i)));
      assertEquals(Samples.owned("left" + i), cache.owned("left" + i));
    }
    return last;
  }

  @Test
  void rule9KilledAtAnyMomentEveryCommittedBatchIsWhole() throws Exception {
    Random random = new Random(Sample.SEED);
    for (int round = 0; round < Sample.part(5, 20); round++) {
      Process child = CacheChild.start("write", root.toString());
      long heard = 0;
      try (BufferedReader from = child.inputReader(StandardCharsets.UTF_8)) {
        assertEquals("writing", from.readLine());
        int lines = random.nextInt(150);
        for (int i = 0; i < lines; i++) {
          heard = Long.parseLong(from.readLine());
        }
        child.toHandle().destroyForcibly(); // what it printed can still be read
        String line;
        while ((line = from.readLine()) != null && line.matches("[0-9]+")) {
          heard = Math.max(heard, Long.parseLong(line));
        }
      } finally {
        child.destroyForcibly().waitFor();
      }
      try (Cache cache = Cache.open(place(), notes::add)) {
        long last = checkWhole(cache);
        assertTrue(last >= heard, last + " are there, " + heard + " were told");
      }
    }
    assertEquals(List.of(), notes);
  }

  @Test
  void rule10LookingSeesAWholeStateWhileAnotherProcessWrites() throws Exception {
    Process child = CacheChild.start("write", root.toString());
    try {
      BufferedReader from = child.inputReader(StandardCharsets.UTF_8);
      assertEquals("writing", from.readLine());
      Thread drain =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      while (from.readLine() != null) {
                        assertNotNull(child);
                      }
                    } catch (java.io.IOException closed) {
                      assertNotNull(closed);
                    }
                  });
      long last = 0;
      for (int i = 0; i < 60 || last < 200; i++) {
        try (Cache cache = Cache.look(place(), notes::add)) {
          long seen = checkWhole(cache);
          assertTrue(seen >= last);
          last = seen;
        }
      }
      assertTrue(child.isAlive());
      child.destroyForcibly().waitFor();
      drain.join();
    } finally {
      child.destroyForcibly().waitFor();
    }
    assertEquals(List.of(), notes);
  }
}
