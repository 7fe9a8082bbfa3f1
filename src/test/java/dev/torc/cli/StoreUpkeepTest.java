package dev.torc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.posix.FileTree;
import dev.torc.records.BuildLock;
import dev.torc.records.CachePlace;
import dev.torc.records.ThisHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code torc store --prune}, {@code --clear} and {@code --verify}: what goes, and what stays. */
class StoreUpkeepTest {

  /** One job; what it makes of a source is the source, in a file of its own. */
  private static final String ONE =
      "jobs: { a: { command: cp in out, needs: in, produces: out } }\n";

  private static final String LARGE = "stores: { keep: 1GiB }\n";

  @TempDir Path temp;
  private Path cwd;
  private Folder folder;

  @BeforeEach
  void open() throws IOException {
    cwd = temp.toRealPath().resolve("project");
    folder = new Folder(cwd).put("torc.yaml", LARGE + ONE);
  }

  /** Builds with each of these as the source. */
  private Folder states(String... states) throws IOException {
    for (String state : states) {
      folder.put("in", state).build();
    }
    return folder;
  }

  private Path store() {
    return cwd.resolve(".torc/store");
  }

  /** What is in the store. */
  private List<Path> stored() throws IOException {
    if (!Files.exists(store())) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(store())) {
      return all.sorted().toList();
    }
  }

  /** That of these bytes. */
  private Path stored(String text) throws IOException {
    for (Path each : stored()) {
      if (Files.isRegularFile(each) && Files.readString(each).equals(text)) {
        return each;
      }
    }
    throw new AssertionError(text + " is not in the store");
  }

  /** How a build with this source goes. */
  private String next(String state) throws IOException {
    Run run = folder.put("in", state).run("build");
    assertEquals(0, run.exit(), run.err());
    assertEquals(state, folder.get("out"));
    List<String> lines = run.err().lines().toList();
    return lines.getLast().replaceFirst(" in .*", "");
  }

  @Test
  void pruningTakesTheLeastRecentlyUsedUntilNoMoreIsHeld() throws IOException {
    states("one1", "two22", "three3", "four44", "one1", "five55");
    // In the order of their use: two22, three3, four44, one1.
    assertEquals(
        new Run(0, "", "freed 11 B of 2 results; 2 results with 10 B are left\n"),
        folder.run("store", "--prune", "12B"));
    assertEquals("1 job: 0 ran, 1 restored, 0 up to date, 0 failed", next("one1"));
    assertEquals("1 job: 0 ran, 1 restored, 0 up to date, 0 failed", next("four44"));
    assertEquals("1 job: 1 ran, 0 up to date, 0 failed", next("two22"));
  }

  /** A project whose results go to a folder beside it, with a bound. */
  private Path shared(String keep) throws IOException {
    Path shared = cwd.resolveSibling("shared");
    String entry = "{ path: ../shared, keep: " + keep + " }";
    folder.put("torc.yaml", "stores: { keep: 1GiB, shared: " + entry + " }\n" + ONE);
    return Files.createDirectories(shared);
  }

  private static long bytes(Path shared) throws IOException {
    try (Stream<Path> all = Files.walk(shared)) {
      return all.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    }
  }

  private static void age(Path shared, String in, int days) throws IOException {
    try (Stream<Path> all = Files.list(shared.resolve(in))) {
      for (Path file : all.toList()) {
        long time = Files.getLastModifiedTime(file).toMillis() - days * 86_400_000L;
        Files.setLastModifiedTime(file, FileTime.fromMillis(time));
      }
    }
  }

  @Test
  void pruningHoldsTheBoundOfASharedFolder() throws IOException {
    Path shared = shared("1GB");
    states("one1");
    age(shared, "ac", 3);
    long one = bytes(shared);
    states("two22");
    age(shared, "ac", 1);
    states("three3");
    long all = bytes(shared);
    String name = shared + ": ";
    assertTrue(
        folder.run("store", "--prune").err().contains(name + "nothing to free: 3 results with "));
    shared((all - 1) + "B");
    Files.writeString(shared.resolve("cas/" + "0".repeat(64)), "on its way");
    String said = folder.run("store", "--prune", "-n").err();
    assertTrue(said.contains(name + "would free " + one + " B of 1 result; 2 results "), said);
    assertEquals(all + 10, bytes(shared));
    assertEquals(
        said.replace("would free", "freed").replace("would be", "are"),
        folder.run("store", "--prune").err());
    assertEquals(all + 10 - one, bytes(shared));
    folder.run("store", "--clear");
    assertEquals("1 job: 0 ran, 1 restored, 0 up to date, 0 failed", next("two22"));
    assertEquals("1 job: 1 ran, 0 up to date, 0 failed", next("one1"));
    age(shared, "cas", 2);
    shared("0");
    folder.run("store", "--prune");
    assertEquals(0, bytes(shared), "with what no result names");
    assertEquals("1 job: 1 ran, 0 up to date, 0 failed", next("four4"));
    String use = "the last 6 builds that asked: 1 hit in " + shared + " (5 B), 5 misses\n";
    assertTrue(folder.run("store").out().contains(use), folder.run("store").out());
    assertEquals("1 job: 0 ran, 1 restored, 0 up to date, 0 failed", next("one1"));
    folder.put("in", "five").run("build", "--no-restore");
    use = "the last 7 builds that asked: 1 hit here (4 B), 1 hit in " + shared + " (5 B), 5 ";
    assertTrue(folder.run("store").out().contains(use), folder.run("store").out());
  }

  @Test
  void aFolderThatIsNotOnesOwnIsNotPruned() throws IOException {
    Path shared = shared("0");
    states("one1");
    Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("rwxrwxrwx"));
    Run refused = folder.run("store", "--prune");
    assertEquals(0, refused.exit());
    assertTrue(
        refused.err().contains("is not pruned: others can write to " + shared), refused.err());
    Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("rwxr-xr-x"));
    FileTree.remove(shared);
    refused = folder.run("store", "--prune");
    assertTrue(refused.err().contains(" is not pruned: there is no such folder"), refused.err());
  }

  @Test
  void withoutASizeTheBoundIsMeant() throws IOException {
    states("one1", "two22", "three3");
    assertEquals(
        new Run(0, "", "nothing to free: 2 results with 9 B stay\n"),
        folder.run("store", "--prune"));
    folder.put("torc.yaml", "stores: { keep: 6B }\n" + ONE);
    assertEquals(
        new Run(0, "", "freed 4 B of 1 result; 1 result with 5 B is left\n"),
        folder.run("store", "--prune"));
  }

  @Test
  void aDryRunSaysTheSameAndTakesNothing() throws IOException {
    states("one1", "two22", "three3").put(".torc/store/f0123", "left by a kill");
    List<Path> before = stored();
    BuildLock.Holder other = new BuildLock.Holder(1, "other", "torc build");
    try (BuildLock _ =
        BuildLock.tryAcquire(CachePlace.find(cwd, Map.of(), ThisHost.system()), other, false)
            .orElseThrow()) {
      assertEquals(
          new Run(0, "", "would free 18 B of 1 result; 1 result with 5 B would be left\n"),
          folder.run("store", "--prune", "5B", "-n"));
      assertEquals(
          new Run(0, "", "would free 23 B of 2 results; nothing would be left\n"),
          folder.run("store", "--clear", "-n"));
      assertEquals(0, folder.run("store", "--verify", "-n").exit());
    }
    assertEquals(before, stored());
    assertEquals(
        "{\"version\":1,\"dry_run\":false,\"removed\":1,\"freed\":18,\"results\":1,\"bytes\":5,"
            + "\"stuck\":[],\"shared\":[]}\n",
        folder.run("store", "--prune=5B", "--json").out());
  }

  @Test
  void bytesThatAnotherResultHasStay() throws IOException {
    folder.put(
        "torc.yaml",
        LARGE
            + "jobs:\n"
            + "  a: { command: cp in out, needs: in, produces: out }\n"
            + "  b: { command: cp out two; cat out out > three, needs: out, produces: [two, three]"
            + " }\n");
    states("one1", "two22");
    folder.put("in", "one1").build("a"); // that of b was not used since
    folder.put("in", "two22").build("a");
    assertEquals(
        "freed 8 B of 1 result; 2 results with 4 B are left\n",
        folder.run("store", "--prune", "5B").err());
    assertTrue(Files.exists(stored("one1")));
  }

  @Test
  void withTheLeastUsedGoWhatNoResultHasAndResultsWhoseBytesAreNowhere() throws IOException {
    states("one1", "two22", "three3").put(".torc/store/f0123", "left by a kill");
    Files.delete(stored("one1"));
    assertEquals(
        "freed 14 B of 1 result; 1 result with 5 B is left\n",
        folder.run("store", "--prune").err());
    assertEquals(List.of(stored("two22")), stored());
    assertEquals("1 job: 1 ran, 0 up to date, 0 failed", next("one1"));
  }

  @Test
  void ofATemporaryJobTheRecordAloneStays() throws IOException {
    folder.put(
        "torc.yaml",
        LARGE
            + "jobs:\n"
            + "  t: { command: cp in t, needs: in, produces: t, temporary: delete }\n"
            + "  a: { command: cp t out, needs: t, produces: out }\n");
    states("one1", "two22");
    String shown = folder.run("store", "t").out();
    assertTrue(shown.contains(" gone\n") || shown.contains("in the store"), shown);
    for (Path each : stored()) {
      Files.delete(each);
    }
    assertEquals(
        "a: out of build 1 is missing\n", folder.run("store", "--verify", "-n").out(), "not t");
    folder.run("store", "--prune");
    assertTrue(folder.run("store", "t").out().contains("build 1"), "the record of t");
    assertEquals("no result of a is stored\n", folder.run("store", "a").out());
  }

  @Test
  void clearingTakesAll() throws IOException {
    states("one1", "two22", "three3").put(".torc/store/f0123", "left by a kill");
    assertEquals(
        new Run(0, "", "freed 23 B of 2 results; nothing is left\n"),
        folder.run("store", "--clear"));
    assertEquals(List.of(), stored());
    assertEquals("three3", folder.get("out"), "products stay");
    assertEquals(new Run(0, "", "nothing is stored\n"), folder.run("store", "--clear"));
    assertEquals("1 job: 1 ran, 0 up to date, 0 failed", next("one1"));
    assertEquals("1 job: 0 ran, 1 restored, 0 up to date, 0 failed", next("three3"));
  }

  @Test
  void whereNothingWasBuiltNothingIsMade() throws IOException {
    for (String action : List.of("--prune", "--clear", "--prune=0")) {
      assertEquals(new Run(0, "", "nothing is stored\n"), folder.run("store", action));
    }
    assertEquals(
        new Run(0, "", "checked 0 products, 0 B: all is well\n"), folder.run("store", "--verify"));
    assertFalse(folder.has(".torc"));
  }

  @Test
  void rule10WithNoWaitTheyEndWith75() throws IOException {
    states("one1", "two22");
    BuildLock.Holder other = new BuildLock.Holder(1, "other", "torc build");
    try (BuildLock _ =
        BuildLock.tryAcquire(CachePlace.find(cwd, Map.of(), ThisHost.system()), other, false)
            .orElseThrow()) {
      for (String action : List.of("--prune=0", "--clear", "--verify")) {
        Run run = folder.run("store", action, "--no-wait");
        assertEquals(75, run.exit());
        assertTrue(run.err().startsWith("another build is at work here"), run.err());
      }
    }
    assertEquals(1, stored().size());
  }

  @Test
  void rule13WhereTheBuildFileIsRefusedOnlyTheBoundIsMissing() throws IOException {
    states("one1", "two22", "three3").put("torc.yaml", "jobs: { a: { comand: x } }\n");
    Run refused = folder.run("store", "--prune");
    assertEquals(2, refused.exit());
    assertEquals(2, stored().size());
    Run pruned = folder.run("store", "--prune", "5B");
    assertEquals(0, pruned.exit(), pruned.err());
    assertTrue(pruned.err().contains("freed 4 B of 1 result"), pruned.err());
    assertEquals(0, folder.run("store", "--verify").exit());
    assertTrue(folder.run("store", "--clear").err().contains("freed 5 B of 1 result"));
  }

  @Test
  void withoutARecordAllBytesAreOfNoResult() throws IOException {
    states("one1", "two22");
    folder.put(".torc/data.mdb", "no database");
    Files.deleteIfExists(cwd.resolve(".torc/closed"));
    Run run = folder.run("store");
    assertEquals(0, run.exit(), run.err());
    assertTrue(run.out().contains("4 B there belong to no result"), run.out() + run.err());
    assertTrue(run.err().startsWith("warning: "), run.err());
    Run pruned = folder.run("store", "--prune");
    assertEquals(0, pruned.exit(), pruned.err());
    assertTrue(pruned.err().endsWith("freed 4 B of no result; nothing is left\n"), pruned.err());
    assertEquals(List.of(), stored());
  }

  @Test
  void wordsThatDoNotGoTogetherAreSaidInOneLine() throws IOException {
    states("one1", "two22");
    for (String line :
        List.of(
            "--prune --clear",
            "--clear --verify",
            "--verify --make-key k",
            "--prune --prune=1 --clear",
            "--clear a",
            "--verify a",
            "--prune 1MB a",
            "--prune a",
            "--prune -3",
            "--prune=3parsecs",
            "--prune 99999999999TB",
            "-n",
            "-n a",
            "--make-key k -n")) {
      Run run = folder.run(("store " + line).split(" "));
      assertEquals(2, run.exit(), line + run.err());
      assertEquals(1, run.err().lines().count(), line + run.err());
      assertEquals("", run.out());
    }
    assertFalse(folder.has("k"));
    assertEquals(1, stored().size());
  }

  @Test
  void verifyingFindsWhatIsNotWhatWasStoredAndTakesItOut() throws IOException {
    folder.put(
        "torc.yaml",
        LARGE
            + "jobs:\n"
            + "  a: { command: cp in out; chmod u+x out, needs: in, produces: out }\n"
            + "  d: { command: mkdir d/e; cp in d/e/x, needs: in, produces: d/ }\n"
            + "  l: { command: cp in i; ln -s $(cat in) l, needs: in, produces: [i, l] }\n"
            + "  s: { command: cat in; cp in s, needs: in, produces: s, output: always }\n");
    for (String state : List.of("one1", "two22", "three3", "four44")) {
      folder.put(state, ""); // a link leads there
      states(state);
    }
    assertEquals(
        new Run(0, "", "checked 12 products, 45 B: all is well\n"),
        folder.run("store", "--verify"));

    for (Path each : stored()) {
      String name = each.getFileName().toString();
      if (name.endsWith(".executable") && Files.readString(each).equals("one1")) {
        Files.setPosixFilePermissions(each, PosixFilePermissions.fromString("rw-r--r--"));
      } else if (name.endsWith(".executable") && Files.readString(each).equals("two22")) {
        Files.writeString(each, "two23");
      } else if (name.startsWith("d") && Files.readString(each.resolve("e/x")).equals("one1")) {
        Files.writeString(each.resolve("e/more"), "");
      } else if (Files.isSymbolicLink(each) && Files.readSymbolicLink(each).endsWith("two22")) {
        Files.delete(each);
        Files.createSymbolicLink(each, Path.of("elsewhere"));
      }
    }
    Path plain = stored("three3");
    Files.delete(plain);
    Files.createSymbolicLink(plain, temp.resolve("secret"));
    Files.writeString(temp.resolve("secret"), "three3");

    Run dry = folder.run("store", "--verify", "-n");
    String told =
        """
        a: out of build 1 is not what was stored
        d: d of build 1 is not what was stored
        a: out of build 2 is not what was stored
        l: l of build 2 is not what was stored
        l: i of build 3 is not what was stored
        s: s of build 3 is not what was stored
        s: what it wrote of build 3 is not what was stored
        """;
    assertEquals(told.lines().sorted().toList(), dry.out().lines().sorted().toList());
    assertEquals(1, dry.exit());
    Run run = folder.run("store", "--verify");
    assertEquals(dry.out(), run.out());
    assertEquals(1, run.exit());
    assertEquals("checked 12 products, 39 B: 7 wrong, 0 missing; 6 results taken out\n", run.err());
    Run again = folder.run("store", "--verify");
    assertEquals(0, again.exit(), again.out());
    assertTrue(again.err().endsWith(": all is well\n"), again.err());
    assertEquals("4 jobs: 2 ran, 2 restored, 0 up to date, 0 failed", next("one1"));
    assertTrue(Files.isExecutable(cwd.resolve("out")));
    assertEquals("4 jobs: 2 ran, 2 restored, 0 up to date, 0 failed", next("two22"));
  }

  @Test
  void whatStandsInItsPlaceIsNotMissing() throws IOException {
    states("one1", "two22", "one1");
    assertTrue(folder.run("store", "a").out().contains("in their place"));
    assertEquals(0, folder.run("store", "--verify").exit());
    Files.delete(stored("two22"));
    Run run = folder.run("store", "--verify", "--json");
    assertEquals(0, run.exit(), "whoever takes it away does no harm");
    assertTrue(run.out().contains("\"path\":\"out\",\"fault\":\"missing\""), run.out());
    assertTrue(run.out().contains("\"removed\":1}"), run.out());
    assertFalse(folder.run("store", "a").out().contains("build 2"));
  }
}
