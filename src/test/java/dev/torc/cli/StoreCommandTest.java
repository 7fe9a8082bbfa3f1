package dev.torc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.records.BuildLock;
import dev.torc.records.CachePlace;
import dev.torc.records.ThisHost;
import dev.torc.results.SigningKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreCommandTest {

  private static final String MOMENT = "\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d";

  @TempDir Path temp;
  private Path cwd;
  private Folder folder;

  @BeforeEach
  void open() throws IOException {
    cwd = temp.toRealPath().resolve("project");
    folder = new Folder(cwd).chain();
    folder.put("torc.yaml", "stores: { keep: 1GiB }\n" + folder.get("torc.yaml"));
  }

  /** Builds with each of these as the source. */
  private Folder states(String... states) throws IOException {
    for (String state : states) {
      folder.put("a.txt", state).build();
    }
    return folder;
  }

  /** What a call prints, with columns one blank apart and without moments. */
  private String shown(String... args) {
    Run run = folder.run(args);
    assertEquals(0, run.exit(), run.err());
    return run.out().replaceAll(MOMENT, "MOMENT").replaceAll("(?<=\\S) +(?=\\S)", " ");
  }

  private List<String> files() throws IOException {
    try (Stream<Path> all = Files.walk(cwd)) {
      List<String> files = new ArrayList<>();
      for (Path each : (Iterable<Path>) all::iterator) {
        if (!each.endsWith("lock.mdb")) { // LMDB's own
          files.add(each + " " + Files.getLastModifiedTime(each));
        }
      }
      return files;
    }
  }

  @Test
  void rule10BeforeTheFirstBuildItTellsAndCreatesNothing() throws IOException {
    assertEquals(
        "nothing is stored in "
            + cwd
            + "/.torc/store\n1.0 GiB at most, by stores: {keep} of the build file\n",
        shown("store"));
    assertEquals("no result of first is stored\n", shown("store", "first"));
    assertFalse(folder.has(".torc"));
  }

  @Test
  void sharedStoresAreNamedAndAskedNothing() throws IOException {
    folder.put(
        "torc.yaml",
        """
        stores:
          shared:
            - { path: ../store, group: users, keep: 20GiB }
            - { url: "https://example.org/x", trust: "ed25519:pcN7N6DDPDg9Nf7N9s1kGW1CBLY7pGFX1cJhRk9OQ7I=" }
            - { url: "https://example.org/y", key: k, headers: { A: { env: TOKEN } } }
        jobs:
          a: { command: make a }
        """);
    assertEquals(
        """
        shared: STORE, of group users, 20.0 GiB at most
        shared: https://example.org/x, 1 key trusted, nothing is sent there
        shared: https://example.org/y, 0 keys trusted, signed by k, which is trusted too
        """
            .replace("STORE", cwd.resolveSibling("store").toString()),
        shown("store")
            .lines()
            .filter(line -> line.startsWith("shared"))
            .collect(Collectors.joining("\n", "", "\n")));
    String json = folder.run("store", "--json").out();
    assertTrue(
        json.contains(
            "{\"path\":null,\"group\":null,\"keep\":null,\"url\":\"https://example.org/y\","
                + "\"key\":\"k\",\"trust\":[]}"),
        json);
  }

  @Test
  void rule10ItNeverWaitsAndWritesNothing() throws IOException {
    states("one\n", "two\n");
    CachePlace place = CachePlace.find(cwd, Map.of(), ThisHost.system());
    BuildLock.Holder holder = new BuildLock.Holder(1, "id", "torc build");
    try (BuildLock lock = BuildLock.tryAcquire(place, holder, false).orElseThrow()) {
      List<String> before = files();
      assertTrue(shown("store").startsWith("3 results of 3 jobs"));
      assertTrue(shown("store", "first", "second").contains("second"));
      assertEquals(before, files());
      assertTrue(lock != null);
    }
  }

  @Test
  void itShowsHowMuchIsHeldAndWhose() throws IOException {
    folder.put(
        "torc.yaml",
        """
        stores: { keep: 1GiB }
        jobs:
          large: { command: cat a.txt a.txt a.txt > large, needs: a.txt, produces: large }
          small: { command: cp a.txt small; cp a.txt d/x, needs: a.txt, produces: [small, d/] }
        """);
    states("12345", "67890", "abcde");
    assertEquals(
        """
        4 results of 2 jobs, 50 B in %s/.torc/store
        1.0 GiB at most, by stores: {keep} of the build file
        the last 3 builds that asked: 6 misses
        used from MOMENT to MOMENT

        job results size used
        large 2 30 B MOMENT
        small 2 20 B MOMENT
        """
            .formatted(cwd),
        shown("store"));
  }

  @Test
  void ofJobsItShowsEachResultAndWhereItsBytesAre() throws IOException {
    folder.put(
        "torc.yaml", "jobs: { first: { command: cp a.txt b, needs: a.txt, produces: b } }\n");
    states("one\n", "two\n", "three\n", "one\n");
    assertEquals(
        """
        job made by size files used bytes
        first MOMENT build 1 4 B 1 MOMENT in their place
        first MOMENT build 3 6 B 1 MOMENT in the store
        first MOMENT build 2 4 B 1 MOMENT in the store
        """,
        shown("store", "first"));
    assertEquals(shown("store", "first"), shown("store", "b"), "a file names its job");
    try (Stream<Path> all = Files.list(cwd.resolve(".torc/store"))) {
      for (Path each : all.toList()) {
        Files.delete(each);
      }
    }
    assertEquals(2, shown("store", "first").split(" gone\n", -1).length - 1);
  }

  @Test
  void jobsMayBeNamedThatOnlyTheStoreKnows() throws IOException {
    states("one\n", "two\n");
    folder.put("torc.yaml", "jobs: { new: { command: 'true' } }\n");
    assertTrue(shown("store", "second").contains("second MOMENT build 1"), shown("store"));
    Run run = folder.run("store", "secund");
    assertEquals(new Run(2, "", "torc: no job secund; did you mean second?\n"), run);
  }

  @Test
  void itTellsWhereTheBoundComesFrom() throws IOException {
    assertTrue(shown("store").contains("1.0 GiB at most, by stores: {keep} of the build file\n"));
    folder.chain();
    String usual = " at most, 5 GiB or a twentieth of the free disk; stores: {keep: SIZE} says";
    assertTrue(shown("store").contains(usual), shown("store"));
    folder.put("torc.yaml", "stores: { keep: 0 }\njobs: { a: { command: 'true' } }\n");
    assertTrue(shown("store").contains("nothing is kept: the build file says stores: {keep: 0}\n"));
  }

  @Test
  void whereTheBuildFileIsRefusedItWorksFromTheRecords() throws IOException {
    states("one\n", "two\n");
    folder.put("torc.yaml", "jobs: { a: { comand: x } }\n");
    Run run = folder.run("store");
    assertEquals(0, run.exit());
    assertTrue(run.err().startsWith("torc.yaml:1:14: "), run.err());
    assertTrue(run.out().startsWith("3 results of 3 jobs"), run.out());
    assertFalse(run.out().contains("at most"), "nobody knows the bound");
    assertTrue(folder.run("store", "--json").out().contains("\"keep\":null"));
  }

  @Test
  void whatNoResultHasIsTold() throws IOException {
    states("one\n", "two\n").put(".torc/store/f0123", "left by a kill");
    assertTrue(shown("store").contains("14 B there belong to no result; "), shown("store"));
  }

  @Test
  void aStoreThatIsALinkIsNone() throws IOException {
    states("one\n", "two\n");
    Files.move(cwd.resolve(".torc/store"), temp.resolve("elsewhere"));
    Files.createSymbolicLink(cwd.resolve(".torc/store"), temp.resolve("elsewhere"));
    assertTrue(shown("store").startsWith("3 results of 3 jobs, 0 B in "), shown("store"));
  }

  @Test
  void aNewKeyIsWrittenAndItsWordPrintedAlone() throws Exception {
    Path away = Files.createDirectory(temp.resolve("no project"));
    Run run = Run.of(away, "store", "--make-key", "key");
    assertEquals(0, run.exit(), run.err());
    assertEquals("", run.err());
    assertEquals(SigningKey.read(away.resolve("key").toRealPath()).word() + "\n", run.out());
    assertEquals(
        "rw-------",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(away.resolve("key"))));
  }

  @Test
  void aKeyIsNeverWrittenOverAnythingNorIntoAFolderThatIsNotThere() throws IOException {
    folder.put("there", "mine");
    Files.createSymbolicLink(cwd.resolve("link"), Path.of("nowhere"));
    for (String file : List.of("there", "link", ".", "no/key", "there/key")) {
      Run run = folder.run("store", "--make-key", file);
      assertEquals(2, run.exit(), file + ": " + run.err());
      assertEquals(1, run.err().lines().count(), run.err());
      assertEquals("", run.out());
    }
    assertEquals("mine", folder.get("there"));
    assertFalse(folder.has("nowhere"));
    assertEquals(2, folder.run("store", "--make-key", "key", "first").exit());
    assertFalse(folder.has("key"));
  }
}
