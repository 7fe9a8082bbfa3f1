package dev.torc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.records.BuildLock;
import dev.torc.records.CachePlace;
import dev.torc.records.StartMarks;
import dev.torc.records.ThisHost;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatusCommandTest {

  @TempDir Path cwd;
  private Folder folder;

  @BeforeEach
  void open() throws IOException {
    folder = new Folder(cwd).chain();
  }

  private static String plain(String text) {
    return text.replaceAll("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d", "DATE")
        .replaceAll("after [0-9.]+ s", "after T");
  }

  @Test
  void rule10BeforeTheFirstBuildItTellsAndCreatesNothing() {
    assertEquals(
        new Run(
            0,
            """
            3 jobs: 3 will run, 0 may run, 0 up to date
            will run:
              first: never ran
              second: never ran
              third: never ran
            no build yet
            """,
            ""),
        folder.run("status"));
    assertFalse(folder.has(".torc"));
  }

  @Test
  void staleProductsAreOneLine() throws IOException {
    folder.build();
    assertFalse(folder.run("status").out().contains("stale"));
    folder.put("torc.yaml", "jobs: { first: { command: cp a.txt b.txt, needs: a.txt } }");
    String line = "stale: 3 products that no job declares any more; `torc clean --stale` removes";
    assertTrue(folder.run("status").out().contains("\n" + line + " them\n"));
    assertTrue(folder.run("status", "--json").out().contains("\"stale\":3,"));
    assertFalse(folder.run("status", "first").out().contains("stale"));
    assertEquals(0, folder.run("clean", "--stale").exit());
    assertFalse(folder.run("status").out().contains("stale"));
  }

  @Test
  void itListsWhatIsUpToDateWillRunAndMayRun() throws IOException {
    folder.build();
    assertEquals(
        """
        3 jobs: 0 will run, 0 may run, 3 up to date
        up to date:
          first
          second
          third
        last build: 1, DATE, exit 0 after T: 3 ran
        """,
        plain(folder.run("status").out()));
    Files.delete(cwd.resolve("c.txt"));
    assertEquals(
        """
        3 jobs: 1 will run, 1 may run, 1 up to date
        will run:
          second: product c.txt missing
        may run:
          third: after second
        up to date:
          first
        last build: 1, DATE, exit 0 after T: 3 ran
        """,
        plain(folder.run("status").out()));
  }

  @Test
  void itNamesFailedJobsWithWhatHappened() throws IOException {
    folder.put("torc.yaml", folder.get("torc.yaml").replace("cat b.txt > c.txt", "exit 4"));
    folder.run("build");
    assertEquals(
        """
        3 jobs: 2 will run, 0 may run, 1 up to date
        will run:
          second: failed last time (exit 4)
          third: never ran
        up to date:
          first
        failed:
          second: exit 4
        last build: 1, DATE, exit 1 after T: 1 ran, 1 failed, 1 blocked
        """,
        plain(folder.run("status").out()));
  }

  @Test
  void withExitCodeItEndsWith1WhereAnythingWouldRun() throws IOException {
    assertEquals(1, folder.run("status", "--exit-code").exit());
    folder.build();
    assertEquals(0, folder.run("status", "--exit-code").exit());
    folder.put("a.txt", "two\n");
    assertEquals(0, folder.run("status").exit());
    assertEquals(1, folder.run("status", "--exit-code").exit());
  }

  @Test
  void rule13ItWorksFromTheRecordsWhereTheBuildFileIsRefused() throws IOException {
    folder.put("torc.yaml", folder.get("torc.yaml").replace("cat b.txt > c.txt", "exit 4"));
    folder.run("build");
    folder.put("torc.yaml", folder.get("torc.yaml") + "nonsense: 1\n");
    Run run = folder.run("status");
    assertEquals(0, run.exit());
    assertTrue(run.err().startsWith("torc.yaml:5:1: unknown key nonsense"), run.err());
    assertEquals(1, run.err().lines().count());
    assertEquals(
        """
        failed:
          second: exit 4
        last build: 1, DATE, exit 1 after T: 1 ran, 1 failed, 1 blocked
        """,
        plain(run.out()));
    assertEquals(2, folder.run("status", "--exit-code").exit());
    folder.put("torc.json", "{}");
    assertTrue(folder.run("status").out().contains("last build: 1"));
    assertTrue(folder.run("status").err().contains("stands beside it"));
  }

  @Test
  void rule13WhatABuildWouldRefuseIsSaidBesideTheRest() throws IOException {
    folder.build();
    Files.delete(cwd.resolve("a.txt"));
    Run run = folder.run("status");
    assertEquals(0, run.exit());
    assertTrue(run.err().contains("job first needs a.txt, which does not exist"), run.err());
    assertTrue(run.out().contains("  first: need a.txt removed\n"), run.out());
  }

  @Test
  void withoutABuildFileThereIsNothingToTell() throws IOException {
    Files.delete(cwd.resolve("torc.yaml"));
    assertEquals(2, folder.run("status").exit());
  }

  @Test
  void rule9WhatTheHolderOfTheLockStartedIsRunningAndNothingElseIs() throws IOException {
    folder.build();
    CachePlace place = CachePlace.find(cwd, Map.of(), ThisHost.system());
    try (StartMarks marks = StartMarks.begin(place, List.of())) {
      marks.add(new StartMarks.Mark("now", "second", 1));
      marks.add(new StartMarks.Mark("killed", "third", 1));
      try (BuildLock lock =
          BuildLock.tryAcquire(
                  place,
                  new BuildLock.Holder(ProcessHandle.current().pid(), "now", "torc build"),
                  false)
              .orElseThrow()) {
        String out = folder.run("status").out();
        assertTrue(
            out.contains(
                "at work: process "
                    + ProcessHandle.current().pid()
                    + ", torc build, runs second\n"),
            out);
        assertTrue(out.contains("will run:\n  third: was interrupted last time\n"), out);
        assertEquals("second is running\n", folder.run("why", "second").out());
        assertTrue(folder.run("list").out().contains("second  running "));
        assertTrue(lock != null);
      }
    }
    assertFalse(folder.run("status").out().contains("at work"));
  }

  @Test
  void whatTorcTakesIsToldWhereItIsMuch() throws IOException {
    folder.build();
    assertFalse(folder.run("status").out().contains(".torc takes"));
    Path kept = Files.createDirectories(cwd.resolve(".torc/kept/1"));
    try (RandomAccessFile large = new RandomAccessFile(kept.resolve("x").toFile(), "rw")) {
      large.setLength(3L << 30); // no byte of it is written
    }
    String out = folder.run("status").out();
    assertTrue(
        out.contains(
            "\n.torc takes 3.0 GiB, 3.0 GiB of it files that torc moved aside;"
                + " look at .torc/kept, and remove it\nlast build"),
        out);
  }

  @Test
  void jsonHasItAll() throws IOException {
    folder.build();
    String out = folder.run("status", "--json").out();
    assertTrue(out.startsWith("{\"version\":1,\"root\":\"" + cwd + "\",\"accepted\":true,"), out);
    assertTrue(out.contains("{\"job\":\"first\",\"verdict\":\"up_to_date\"}"), out);
    assertTrue(out.contains("\"at_work\":null,\"torc_bytes\":"), out);
    assertTrue(out.contains(",\"last_build\":{\"number\":1,"), out);
    assertTrue(
        out.endsWith(
            "\"exit\":0,\"counts\":{\"blocked\":0,\"failed\":0,\"interrupted\":0,\"not_reached\":0,\"ran\":3,\"restored\":0,\"submitted\":0,\"up_to_date\":0}}}\n"),
        out);
  }

  @Test
  void itWorksFromASubfolderAndWithC() throws IOException {
    folder.put("sub/x", "");
    Run there = folder.run("status");
    assertEquals(there, Run.of(cwd.resolve("sub"), "status"));
    assertEquals(there, Run.of(cwd.getParent(), "-C", cwd.toString(), "status"));
  }
}
