package dev.torc.core.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.core.memory.Cache.CacheException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** The cache on a disk of its own, small enough to be filled: it needs the right to mount. */
@Isolated("what other tests start may hold the disk")
class FullDiskTest {

  @TempDir Path folder;

  private Path disk;
  private boolean mounted;
  private final List<String> notes = new ArrayList<>();

  @BeforeEach
  void mount() throws Exception {
    disk = Files.createDirectory(folder.resolve("disk"));
    mounted =
        run("mount", "-t", "tmpfs", "-o", "size=512k,mode=755", "torc-test", disk.toString()) == 0;
    Assumptions.assumeTrue(mounted, "no full disk to test with: this user cannot mount a tmpfs");
  }

  @AfterEach
  void unmount() throws Exception {
    if (mounted) {
      assertEquals(0, run("umount", disk.toString()));
    }
  }

  private static int run(String... command) throws IOException, InterruptedException {
    try {
      return new ProcessBuilder(command)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .redirectError(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    } catch (IOException noSuchProgram) {
      return 127;
    }
  }

  private CachePlace place() {
    return CachePlace.find(disk, Map.of(), ThisHost.system());
  }

  @Test
  void aFullDiskIsOneLineAndLosesNothingThatWasCommitted() throws Exception {
    List<Integer> committed = Collections.synchronizedList(new ArrayList<>());
    List<String> failures = Collections.synchronizedList(new ArrayList<>());
    int failed = 0;
    Cache cache = Cache.open(place(), notes::add);
    String message = null;
    for (int i = 0; message == null; i++) {
      int number = i;
      cache.put(
          Samples.all("j" + i, "b")
              .onCommit(
                  failure -> {
                    if (failure == null) {
                      committed.add(number);
                    } else {
                      failures.add(failure.getMessage());
                    }
                  }));
      try {
        cache.flush();
      } catch (CacheException e) {
        message = e.getMessage();
        failed = i;
      }
    }
    assertEquals(
        "cannot write the cache "
            + place().data()
            + ": no space left on device; free some and build again",
        message);
    assertEquals(0, run("mount", "-o", "remount,size=8m", disk.toString()));
    cache.put(Samples.all("later", "b"));
    assertNotNull(cache.result("later"));
    assertThrows(CacheException.class, cache::close);
    assertEquals(List.of(message), failures);
    assertEquals(failed, committed.size());
    try (Cache again = Cache.open(place(), notes::add)) {
      for (int i : committed) {
        assertEquals(Samples.result("j" + i, "b"), again.result("j" + i));
        assertEquals(Samples.details("j" + i, "b"), again.details("j" + i));
      }
      assertNull(again.result("j" + failed), "nothing half");
      assertNull(again.stamp("j" + failed));
      assertNull(again.result("later"), "no later batch without the earlier ones");
      again.put(Samples.all("later", "b"));
    }
    assertEquals(List.of(), notes);
  }

  @Test
  void aDiskThatIsFullFromTheStartIsOneLine() throws IOException {
    Files.createDirectories(place().folder());
    fill();
    CacheException e = assertThrows(CacheException.class, () -> Cache.open(place(), notes::add));
    assertTrue(e.getMessage().endsWith("no space left on device; free some and build again"));
    assertFalse(e.getMessage().contains("\n"));
  }

  @Test
  void rule9AMarkThatCannotBeWrittenIsAnErrorAndTheOthersStay() throws IOException {
    StartMark first = new StartMark(".", false, "b", "first", 1, "", null, 7, "", List.of());
    try (StartMarks marks = StartMarks.begin(place(), List.of())) {
      marks.add(first);
      fill();
      StartMark big = new StartMark("b", "x".repeat(100_000), 1);
      CacheException e = assertThrows(CacheException.class, () -> marks.add(big));
      assertTrue(e.getMessage().endsWith("no space left on device; free some and build again"));
      assertEquals(List.of(first), StartMarks.read(place()));
      Files.delete(disk.resolve("filler"));
      StartMark second = new StartMark(".", false, "b", "second", 1, "", null, 7, "", List.of());
      marks.add(second);
      assertEquals(List.of(first, second), StartMarks.read(place()).subList(0, 2));
    }
  }

  private void fill() throws IOException {
    byte[] block = new byte[4096];
    try (var out = Files.newOutputStream(disk.resolve("filler"))) {
      while (true) {
        out.write(block);
      }
    } catch (IOException full) {
      assertTrue(Files.size(disk.resolve("filler")) > 0, full::getMessage);
    }
  }

  @Test
  void aReadOnlyDiskIsOneLineAndIsNotSetAside() throws Exception {
    try (Cache cache = Cache.open(place(), notes::add)) {
      cache.put(Samples.all("a", "b"));
    }
    assertEquals(0, run("mount", "-o", "remount,ro", disk.toString()));
    CacheException e = assertThrows(CacheException.class, () -> Cache.open(place(), notes::add));
    assertTrue(e.getMessage().contains("read-only"), e.getMessage());
    try (Cache cache = Cache.look(place(), notes::add)) {
      assertEquals(Samples.result("a", "b"), cache.result("a"));
    }
    assertEquals(List.of(), notes);
  }
}
