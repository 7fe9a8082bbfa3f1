package dev.torc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.records.BuildLock;
import dev.torc.records.CachePlace;
import dev.torc.records.ThisHost;
import dev.torc.results.SigningKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code torc store} beside a build, and its keys; the rest stands in the transcripts. */
class StoreCommandTest {

  @TempDir Path temp;
  private Folder folder;

  @BeforeEach
  void threeStates() throws IOException {
    folder = new Folder(temp.toRealPath().resolve("project")).put("torc.yaml", YAML);
    for (String state : List.of("one1", "two22", "three3")) {
      folder.put("in", state).build();
    }
  }

  private static final String YAML =
      "{ stores: { keep: 1GiB }, jobs: { a: { command: cp in out, needs: in, produces: out } } }";

  private BuildLock lock() {
    BuildLock.Holder other = new BuildLock.Holder(1, "other", "torc build");
    CachePlace place = CachePlace.find(folder.at(), Map.of(), ThisHost.system());
    return BuildLock.tryAcquire(place, other, false).orElseThrow();
  }

  /** All files with when they changed, but for LMDB's own. */
  private Map<Path, Object> files() throws IOException {
    Map<Path, Object> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(folder.at())) {
      for (Path each : all.filter(file -> !file.endsWith("lock.mdb")).toList()) {
        files.put(each, Files.getLastModifiedTime(each));
      }
    }
    return files;
  }

  @Test
  void rule10ShowingNeverWaitsAndWritesNothing() throws IOException {
    try (BuildLock _ = lock()) {
      Map<Path, Object> before = files();
      assertTrue(folder.run("store").out().startsWith("3 results of 1 job"));
      assertTrue(folder.run("store", "a").out().contains("in the store"));
      for (String look : List.of("--prune=5B", "--clear", "--verify")) {
        assertEquals(0, folder.run("store", look, "-n").exit());
      }
      assertEquals(before, files());
    }
  }

  @Test
  void rule10WithNoWaitTheRestEndsWith75() throws IOException {
    try (BuildLock _ = lock()) {
      Map<Path, Object> before = files();
      for (String action : List.of("--prune=0", "--clear", "--verify")) {
        Run run = folder.run("store", action, "--no-wait");
        assertEquals(75, run.exit());
        assertTrue(run.err().startsWith("another build is at work here"), run.err());
      }
      assertEquals(before, files());
    }
  }

  @Test
  void theWordThatIsPrintedIsThatOfTheNewKey() throws Exception {
    Run run = folder.run("store", "--make-key", "key");
    assertEquals(new Run(0, SigningKey.read(folder.at().resolve("key")).word() + "\n", ""), run);
  }
}
