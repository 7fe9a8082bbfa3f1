package dev.torc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.records.BuildLock;
import dev.torc.records.CachePlace;
import dev.torc.records.ThisHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code torc adopt}, and what rules 1 and 15 say of adopted products. */
class AdoptCommandTest {

  private static final String NOTHING = "nothing adopted\n";

  @TempDir Path cwd;
  private Folder folder;

  @BeforeEach
  void open() throws IOException {
    folder = new Folder(cwd).chain();
  }

  /** A failed call that adopted nothing: the words of its lines, in their order. */
  private void refused(Run run, String... lines) {
    assertEquals(1, run.exit(), run.err());
    assertEquals("", run.out());
    List<String> said = run.err().lines().toList();
    assertEquals(lines.length + 1, said.size(), run.err());
    for (int i = 0; i < lines.length; i++) {
      assertTrue(said.get(i).contains(lines[i]), said.get(i));
      assertTrue(said.get(i).matches("(torc\\.yaml|.*/torc\\.yaml):\\d+:\\d+: .*"), said.get(i));
    }
    assertEquals(NOTHING, said.getLast() + "\n");
  }

  private void upToDate(int jobs) {
    Run run = folder.run("build", "-n");
    assertEquals("", run.out());
    assertTrue(run.err().contains("%d up to date".formatted(jobs)), run.err());
  }

  @Test
  void rule1ProductsFromBeforeTorcAreAccepted() throws IOException {
    folder.put("b.txt", "one\n").put("c.txt", "other\n").put("d.txt", "other\n");
    Run run = folder.run("adopt", "first", "second", "third");
    String all = "adopted first\nadopted second\nadopted third\n";
    assertEquals(new Run(0, all, "3 jobs: 3 adopted, 0 up to date\n"), run);
    upToDate(3);
    folder.build();
    assertEquals("other\n", folder.get("d.txt"));
  }

  @Test
  void rule1ARenamedJobIsNewUntilItIsAdopted() throws IOException {
    folder.build();
    folder.put("torc.yaml", folder.get("torc.yaml").replace("second:", "middle:"));
    assertTrue(
        folder.run("build", "-n", "--no-restore").out().startsWith("middle will run: never"));
    assertEquals("adopted middle\n", folder.run("adopt", "middle").out());
    upToDate(3);
  }

  @Test
  void rule1AFailedResultIsAccepted() throws IOException {
    folder.put("torc.yaml", "jobs: { a: { command: 'echo 1 > x; exit 1', produces: x } }\n");
    assertEquals(1, folder.run("build").exit());
    assertEquals("adopted a\n", folder.run("adopt", "x").out());
    upToDate(1);
    assertEquals(
        "", folder.run("status").out().lines().filter("failed:"::equals).findAny().orElse(""));
  }

  @Test
  void rule1AnEditedCommentIsNoReasonAfterwards() throws IOException {
    folder.build().put("a.txt", "# one\n");
    assertEquals("adopted first\n", folder.run("adopt", "first").out());
    upToDate(3);
    folder.put("a.txt", "two\n");
    assertTrue(folder.run("build", "-n").out().startsWith("first will run: need a.txt changed"));
  }

  @Test
  void theReadersOfWhatWasAdoptedRunIfItIsNotWhatTheyRead() throws IOException {
    folder.build().put("b.txt", "other\n");
    folder.run("adopt", "first");
    folder.build();
    assertEquals("other\n", folder.get("d.txt"));
    Run why = folder.run("why", "third");
    assertTrue(why.out().contains("second ran: need b.txt changed"), why.out());
    assertTrue(why.out().contains("(first was adopted)"), why.out());
  }

  @Test
  void oneThatIsUpToDateStaysAsItIs() throws IOException {
    folder.build().put("torc.yaml", folder.get("torc.yaml").replace("cat c.txt", "cat  c.txt"));
    Run run = folder.run("adopt", "first", "third");
    assertEquals(new Run(0, "adopted third\n", "2 jobs: 1 adopted, 1 up to date\n"), run);
    assertTrue(folder.run("why", "first").out().contains("it had never run"));
  }

  @Test
  void whyTellsItUntilTheJobRuns() throws IOException {
    folder.put("b.txt", "one\n").run("adopt", "first");
    String why = folder.run("why", "first").out();
    assertTrue(why.startsWith("first is up to date; its products were adopted (20"), why);
    assertTrue(why.endsWith(") and it did not run since\n"), why);
    String use = folder.run("why", "a.txt").out();
    assertEquals("a.txt is needed by first, unchanged since its products were adopted\n", use);
    folder.put("a.txt", "two\n");
    why = folder.run("why", "first").out();
    assertTrue(why.startsWith("first will run: need a.txt changed "), why);
    assertTrue(why.contains("\n  its products were adopted (20"), why);
    folder.build();
    assertTrue(folder.run("why", "first").out().contains("it last ran in build 1 ("));
  }

  @Test
  void theOtherCommandsReadSensiblyOfIt() throws IOException {
    folder.put("b.txt", "one\n").run("adopt", "first");
    assertTrue(folder.run("list").out().contains("first   up to date  -  -  1 cpu  cat a.txt"));
    assertTrue(folder.run("status").out().contains("up to date:\n  first\n"));
    assertTrue(folder.run("status").out().contains("no build yet"));
    Run log = folder.run("log", "first");
    assertEquals(new Run(0, "", "job first has no log: none of its commands was started\n"), log);
    String last = folder.run("list", "--json").out();
    assertTrue(last.contains("\"outcome\":\"adopted\",\"what\":\"\""), last);
    assertEquals(0, folder.run("graph").exit());
    assertEquals(0, folder.run("why", "first", "--json").exit());
  }

  @Test
  void aMissingProductIsAnErrorAndNothingIsAdopted() throws IOException {
    folder.put("b.txt", "one\n").put("d.txt", "one\n");
    refused(
        folder.run("adopt", "first", "second", "third"),
        "job second: product c.txt is missing; make it with `torc build second`",
        "job third: it needs what job second makes");
    assertTrue(folder.run("build", "-n").out().startsWith("first will run: never ran"));
  }

  @Test
  void theKindOfAProductMustBeTheDeclaredOne() throws IOException {
    folder.put(
        "torc.yaml",
        """
        jobs:
          a: { command: make, produces: [f, d/] }
        """);
    folder.put("f/x", "1").put("d", "1");
    refused(
        folder.run("adopt", "a"),
        "job a: product f is a folder; declare f/",
        "job a: product d/ is a file; declare it without the slash");
  }

  @Test
  void foldersAndGlobsAreAccepted() throws IOException {
    folder.put(
        "torc.yaml",
        """
        jobs:
          many: { command: make, produces: ['out/*.csv', dir/] }
          read: { command: cat out/1.csv dir/x > all, needs: ['out/*.csv', dir/x], produces: all }
        """);
    folder.put("out/1.csv", "1").put("dir/x", "1").put("all", "1");
    assertEquals("adopted many\nadopted read\n", folder.run("adopt", "many", "read").out());
    upToDate(2);
    folder.put("dir/x", "2");
    assertTrue(folder.run("build", "-n").out().contains("many will run: product dir altered"));
  }

  @Test
  void aGlobThatMatchesNothingIsNoResult() throws IOException {
    folder.put("torc.yaml", "jobs: { a: { command: make, produces: 'out/*.csv' } }\n");
    refused(folder.run("adopt", "a"), "job a: none of its products is there");
  }

  @Test
  void aJobWithoutProductsIsAdopted() throws IOException {
    folder.put("torc.yaml", "jobs: { a: { command: exit 1 } }\n");
    assertEquals("adopted a\n", folder.run("adopt", "a").out());
    upToDate(1);
  }

  @Test
  void whoWaitsForAJobThatIsNotUpToDateIsRefused() throws IOException {
    folder.put("b.txt", "one\n").put("c.txt", "one\n");
    refused(
        folder.run("adopt", "second"),
        "job second: it needs what job first makes, which is not up to date;"
            + " build or adopt first first");
    folder.run("adopt", "first", "second");
    assertEquals("third will run: never ran\n", folder.run("build", "-n").out());
  }

  private void upToDateBut(String line) {
    assertTrue(folder.run("build", "-n").out().startsWith(line));
  }

  @Test
  void dataThatOthersNeedCannotBeAdopted() throws IOException {
    folder.put(
        "torc.yaml",
        """
        jobs:
          train:
            parameters: { lr: [1, 2] }
            command: 'echo loss=1 >> "$TORC_OUTPUT"; touch {produces}'
            produces: m{lr}
          best: { command: 'echo {data.train.loss} > best', produces: best }
        """);
    folder.put("m1", "1").put("m2", "2");
    refused(
        folder.run("adopt", "train"),
        "job train/lr=1: job best needs its data, and values cannot be adopted",
        "job train/lr=2: job best needs its data");
    folder.build();
    Run run = folder.run("adopt", "train");
    assertEquals(new Run(0, "", "2 jobs: 0 adopted, 2 up to date\n"), run);
  }

  @Test
  void dataThatNobodyNeedsIsForgotten() throws IOException {
    folder.put(
        "torc.yaml",
        "jobs: { a: { command: 'echo k=1 >> \"$TORC_OUTPUT\"; touch x', produces: x } }\n");
    folder.build().put("torc.yaml", folder.get("torc.yaml").replace("touch x", "touch  x"));
    assertEquals("adopted a\n", folder.run("adopt", "a").out());
    assertEquals("", folder.run("data").out());
  }

  @Test
  void groupsAreAdoptedInTheirOrder() throws IOException {
    folder.put(
        "torc.yaml",
        """
        jobs:
          train: { parameters: { lr: [1, 2] }, command: 'touch {produces}', produces: 'm{lr}' }
          sum: { command: 'cat {needs} > sum', needs: { job: train }, produces: sum }
        """);
    folder.put("m1", "1").put("m2", "2").put("sum", "12");
    String all = "adopted train/lr=1\nadopted train/lr=2\nadopted sum\n";
    assertEquals(all, folder.run("adopt", "sum", "train").out());
    upToDate(3);
  }

  @Test
  void instancesThatOnlyAdoptedProductsTellAreAdoptedInTheSameCall() throws IOException {
    folder.put(
        "torc.yaml",
        """
        jobs:
          find: { command: make, produces: 'cand/*.txt' }
          fold:
            parameters: { c: { products: find } }
            command: cp {c} out/{c:name}
            produces: out/{c:name}
        """);
    folder
        .put("cand/1.txt", "1")
        .put("cand/2.txt", "2")
        .put("out/1.txt", "1")
        .put("out/2.txt", "2");
    refused(
        folder.run("adopt", "fold"),
        "group fold: its instances are known when find has ended; build or adopt find first");
    String all = "adopted find\nadopted fold/c=cand%2F1.txt\nadopted fold/c=cand%2F2.txt\n";
    assertEquals(
        all.replace("adopted", "would adopt"), folder.run("adopt", "-n", "fold", "find").out());
    assertEquals(all, folder.run("adopt", "fold", "find").out());
    upToDate(3);
  }

  @Test
  void aDepfileMustBeThere() throws IOException {
    folder.put(
        "torc.yaml",
        """
        jobs:
          cc: { command: make, needs: a.txt, produces: o, depfile: o.d }
        """);
    folder.put("o", "1");
    refused(folder.run("adopt", "cc"), "job cc: depfile o.d is missing; make it with");
    folder.put("o.d", "o: a.txt x.h\n");
    refused(folder.run("adopt", "cc"), "job cc: need x.h is gone");
    folder.put("x.h", "1");
    assertEquals("adopted cc\n", folder.run("adopt", "cc").out());
    upToDate(1);
    folder.put("x.h", "2");
    upToDateBut("cc will run: need x.h changed");
  }

  @Test
  void aJobThatAlwaysRunsIsRefused() throws IOException {
    folder.put("torc.yaml", "jobs: { a: { command: touch x, produces: x, always: true } }\n");
    folder.put("x", "1");
    refused(folder.run("adopt", "a"), "job a: it always runs");
  }

  @Test
  void rule13WhatABuildRefusesIsRefused() throws IOException {
    Files.delete(cwd.resolve("a.txt"));
    folder.put("b.txt", "one\n");
    assertEquals(2, folder.run("adopt", "first").exit());
    assertEquals(2, folder.run("adopt", "frist").exit());
    Run none = folder.run("adopt");
    assertEquals(new Run(2, "", "torc: TARGET is missing; see torc adopt --help\n"), none);
    assertFalse(folder.has(".torc"));
  }

  @Test
  void rule15AnAdoptedProductMovesAsideAndCleanTakesItOnlyByForce() throws IOException {
    folder.put("b.txt", "mine\n").run("adopt", "first");
    Run clean = folder.run("clean");
    assertTrue(clean.err().contains("kept b.txt: adopted, so it is yours"), clean.err());
    folder.put("a.txt", "two\n");
    Run run = folder.run("build", "first");
    assertTrue(run.err().contains("moved b.txt to .torc/kept/1/b.txt"), run.err());
    assertEquals("mine\n", folder.get(".torc/kept/1/b.txt"));
    assertEquals("removed b.txt\n", folder.run("clean").out()); // it is torc's now
    folder.put("b.txt", "mine\n").run("adopt", "first");
    assertEquals("removed b.txt\n", folder.run("clean", "--force").out());
  }

  @Test
  void rule5AnAdoptedProductHasItsExecutableBit() throws IOException {
    folder.put("b.txt", "mine\n");
    Path file = folder.at().resolve("b.txt");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    folder.run("adopt", "first");
    assertFalse(folder.run("build", "-n").out().contains("first"));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    assertTrue(folder.run("build", "-n").out().contains("first will run: product b.txt altered: "));
  }

  @Test
  void rule15WhatTorcMadeItselfIsTheUsersOnceItIsAdopted() throws IOException {
    folder.build().put("torc.yaml", folder.get("torc.yaml").replace("cat a.txt", "cat  a.txt"));
    folder.run("adopt", "first");
    assertTrue(folder.run("clean").err().contains("kept b.txt: adopted"));
    assertTrue(folder.has("b.txt"));
  }

  @Test
  void aDryRunWritesNothing() throws IOException {
    folder.put("b.txt", "one\n");
    Run run = folder.run("adopt", "-n", "first");
    assertEquals(
        new Run(0, "would adopt first\n", "1 job: 1 would be adopted, 0 up to date\n"), run);
    assertFalse(folder.has(".torc"));
    refused(folder.run("adopt", "-n", "second"), "product c.txt is missing", "");
  }

  @Test
  void jsonTellsAll() throws IOException {
    folder.put("b.txt", "one\n");
    assertEquals(
        "{\"version\":1,\"dry_run\":false,\"adopted\":[\"first\"],\"up_to_date\":[],\"problems\":[]}\n",
        folder.run("adopt", "first", "--json").out());
    String refused = folder.run("adopt", "second", "--json").out();
    assertTrue(refused.contains("\"adopted\":[]") && refused.contains("c.txt is missing"), refused);
  }

  @Test
  void rule10WithNoWaitALockedProjectIsStatus75() throws IOException {
    folder.put("b.txt", "one\n");
    CachePlace place = CachePlace.find(cwd, Map.of(), ThisHost.system());
    try (BuildLock _ =
        BuildLock.tryAcquire(place, new BuildLock.Holder(1, "other", "torc build"), false)
            .orElseThrow()) {
      Run run = folder.run("adopt", "--no-wait", "first");
      assertEquals(75, run.exit());
      assertTrue(run.err().startsWith("another build is at work here"), run.err());
    }
    assertEquals(0, folder.run("adopt", "--no-wait", "first").exit());
  }
}
