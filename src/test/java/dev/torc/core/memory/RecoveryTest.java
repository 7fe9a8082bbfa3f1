package dev.torc.core.memory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lmdbjava.ByteArrayProxy.PROXY_BA;

import dev.torc.core.memory.Cache.CacheException;
import dev.torc.core.memory.DatabaseKey.RecordTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lmdbjava.Env;
import org.lmdbjava.Txn;

/**
 * A database that was not closed in order is copied if its records can be read, and never lost. It
 * takes much CPU, since each copy is made by a JVM of its own.
 */
class RecoveryTest {

  @TempDir Path root;
  private CachePlace place;
  private final List<String> notes = new ArrayList<>();

  /** Makes a database with the records of two killed builds: there is no note of a close. */
  @BeforeEach
  void killed() throws IOException {
    place = CachePlace.find(root, Map.of(), ThisHost.system());
    for (String build : List.of("b1", "b2")) {
      try (Cache cache = open()) {
        for (int i = 0; i < 300; i++) {
          cache.put(Samples.all("j" + i, build));
        }
        cache.put(Samples.all("a", build));
      }
      Files.deleteIfExists(place.closed());
    }
  }

  private Cache open() {
    return Cache.open(place, notes::add);
  }

  private Cache look() {
    return Cache.look(place, notes::add);
  }

  private Set<String> files() throws IOException {
    return files(place.folder());
  }

  private static Set<String> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(f -> f.getFileName().toString())
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  private void cutOff() throws IOException {
    byte[] bytes = Files.readAllBytes(place.data());
    Files.write(place.data(), Arrays.copyOf(bytes, 3 * 4096));
  }

  @Test
  void aCopyOfAllRecordsReplacesIt() throws IOException {
    Object before = Files.getAttribute(place.data(), "unix:ino");
    long size = Files.size(place.data());
    Files.writeString(place.data().resolveSibling("data.mdb.new"), "what a killed torc had begun");
    try (Cache cache = open()) {
      for (int i = 0; i < 300; i++) {
        assertEquals(Samples.result("j" + i, "b2"), cache.result("j" + i));
      }
      assertEquals(301, cache.size(RecordTree.OWNED));
    }
    assertFalse(before.equals(Files.getAttribute(place.data(), "unix:ino")));
    assertTrue(Files.size(place.data()) < size, "it has no free pages");
    assertEquals(Set.of("closed", "data.mdb", "lock.mdb"), files());
    assertEquals(List.of(), notes);
    Object copy = Files.getAttribute(place.data(), "unix:ino");
    open().close();
    assertEquals(copy, Files.getAttribute(place.data(), "unix:ino"), "closed in order by now");
  }

  @Test
  void oneInWhichNothingWasCommittedIsUsed() throws IOException {
    Files.delete(place.data());
    RecordStore.withoutLockTable(place.data(), 1 << 20, true).close();
    try (Cache cache = look()) {
      assertTrue(cache.isBlank());
    }
    try (Cache cache = open()) {
      cache.put(Samples.all("a", "b1"));
    }
    assertEquals(List.of(), notes);
  }

  /** The lock table of the old file goes with it. */
  @Test
  void aReaderOfTheOldFileReadsOn() {
    try (RecordStore reader = RecordStore.look(place.database(), 1 << 24)) {
      reader.useTrees();
      try (Cache cache = open()) {
        cache.put(Samples.all("a", "b3"));
      }
      assertEquals(301, reader.size(RecordTree.RESULTS));
    }
  }

  @Test
  void aLookReadsItAndChangesNothing() throws IOException {
    Set<String> files = files();
    byte[] bytes = Files.readAllBytes(place.data());
    try (Cache cache = look()) {
      assertEquals(Samples.result("a", "b2"), cache.result("a"));
    }
    assertEquals(files, files());
    assertArrayEquals(bytes, Files.readAllBytes(place.data()));
    assertEquals(List.of(), notes);
  }

  @Test
  void aLookWhileABuildIsAtWorkChecksNothing() throws IOException {
    try (Env<byte[]> env =
            Env.create(PROXY_BA).setMapSize(1 << 24).open(place.database().toFile());
        Txn<byte[]> unsealed = env.txnWrite()) {
      env.openDbi(unsealed, null, null, false).put(unsealed, new byte[1], new byte[1]);
      unsealed.commit();
    }
    try (Cache cache = look()) {
      assertNull(cache.result("a"));
    }
    assertTrue(notes.removeFirst().contains(" is damaged in its last commit and counts as empty"));
    BuildLock.Holder me = new BuildLock.Holder(ProcessHandle.current().pid(), "b", "a test");
    try (BuildLock _ = BuildLock.tryAcquire(place, me, false).orElseThrow();
        Cache cache = look()) {
      assertEquals(Samples.result("a", "b2"), cache.result("a"));
    }
    assertEquals(List.of(), notes);
  }

  @Test
  void aDatabaseThatCrashesTheReaderIsSetAsideWithoutACrashFile() throws IOException {
    Set<String> here = files(Path.of(""));
    cutOff();
    try (Cache cache = look()) {
      assertNull(cache.result("a"));
    }
    assertTrue(notes.removeFirst().endsWith("counts as empty; the next build sets it aside"));
    try (Cache cache = open()) {
      assertTrue(cache.isBlank());
    }
    assertEquals(
        List.of(
            "the cache %s is damaged; it was set aside as data.mdb.bad-1, and everything counts as never built"
                .formatted(place.data())),
        notes);
    assertEquals(Set.of("closed", "data.mdb", "data.mdb.bad-1", "lock.mdb"), files());
    assertEquals(here, files(Path.of("")));
  }

  /** The next torc says what ended the last one, which could not. */
  @Test
  void anEmptyFileThatWasInUseTellsOfTheJobThatTruncatedIt() throws IOException {
    Files.deleteIfExists(place.closed());
    Files.write(place.data(), new byte[0]);
    open().close();
    String why =
        " is empty, as after a job that truncates files in .torc, which ends torc at once;";
    assertTrue(notes.getFirst().contains(why), notes::toString);
  }

  /** The header says that the file has more pages than fit into the memory. */
  @Test
  void aFileThatSaysThatItIsLargerThanItCanBeIsSetAside() throws IOException {
    byte[] bytes = Files.readAllBytes(place.data());
    bytes[16 + 120 + 6] = 0x7f;
    bytes[4096 + 16 + 120 + 6] = 0x7f;
    Files.write(place.data(), bytes);
    open().close();
    assertEquals(1, notes.size(), notes::toString);
    assertTrue(files().contains("data.mdb.bad-1"));
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 6, 7, 8, 11})
  void aProcessThatDiesOfTheFileSaysThatItIsDamaged(int signal) throws IOException {
    assertEquals("damaged", ended("kill -" + signal + " $$"));
  }

  /** Too little memory, a missing Java or a kill does not make a sound file a bad one. */
  @ParameterizedTest
  @ValueSource(strings = {"kill -9 $$", "kill -15 $$", "exit 1", "exit 126", "exit 127"})
  void anyOtherEndSaysNothingOfTheFile(String how) {
    String said = assertThrows(CacheException.class, () -> ended(how)).getMessage();
    assertTrue(said.startsWith("cannot check the cache " + place.data() + ": "), said);
    assertTrue(said.endsWith("; call torc again"), said);
  }

  private String ended(String script) throws IOException {
    return Recovery.damage(
        place.data(), List.of("/bin/sh", "-c", "ulimit -c 0; " + script), Duration.ofDays(1));
  }

  @Test
  void aProcessThatDoesNotEndIsEnded() throws IOException {
    List<String> endless = List.of("/bin/sh", "-c", "exec sleep 1000");
    assertEquals("not to be read in 0 s", Recovery.damage(place.data(), endless, Duration.ZERO));
  }

  @Test
  void anUncopyableDatabaseIsNoDamage() throws IOException {
    Path nowhere = root.resolve("no/folder/data.mdb.new");
    String said =
        assertThrows(CacheException.class, () -> Recovery.damage(place.data(), nowhere))
            .getMessage();
    assertTrue(said.startsWith("cannot copy the cache " + place.data() + ": "), said);
    assertFalse(said.contains("\n"), said);
  }

  /** At Ctrl-C or a kill of torc, the process that reads the database ends when torc does. */
  @Test
  void theProcessEndsWithTorcAndByNoSignalOfTheTerminal() throws Exception {
    Path pipe = root.resolve("pipe"); // opening it to read waits for a writer
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
    Process process = new ProcessBuilder(Recovery.command(pipe, null)).start();
    try {
      String pid = Long.toString(process.pid());
      while (!ignores(pid)) {
        Thread.onSpinWait(); // the shell does not ignore signals yet
      }
      for (String signal : List.of("INT", "TERM", "HUP", "TSTP")) {
        assertEquals(0, new ProcessBuilder("kill", "-" + signal, pid).start().waitFor());
      }
      assertTrue(process.isAlive());
      process.getOutputStream().close();
      assertTrue(process.waitFor(300, TimeUnit.SECONDS));
      assertEquals(RecoveryProcess.TROUBLE, process.exitValue());
    } finally {
      process.destroyForcibly();
    }
  }

  private static boolean ignores(String pid) throws IOException {
    String line =
        Files.readAllLines(Path.of("/proc", pid, "status")).stream()
            .filter(l -> l.startsWith("SigIgn:"))
            .findFirst()
            .orElseThrow();
    long ignored = Long.parseUnsignedLong(line.substring(7).strip(), 16);
    return (ignored & 1 << 1) != 0 && (ignored & 1 << 14) != 0;
  }
}
