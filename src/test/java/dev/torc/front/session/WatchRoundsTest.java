package dev.torc.front.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.torc.base.syntax.BadInput;
import dev.torc.core.attempt.Event;
import dev.torc.front.cli.Run;
import dev.torc.front.session.WatchRounds.Notices;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** When a watch builds, and what it says. Which files count is for {@link WatchedChangesTest}. */
@Isolated("open files and threads of the process are counted")
class WatchRoundsTest {

  private static final String COPY =
      "copy: { command: cp a.txt b.txt, needs: a.txt, produces: b.txt }\n";

  @TempDir Path temp;
  private WatchStage stage;

  @BeforeEach
  void copying() throws IOException {
    stage = new WatchStage(temp).jobs(COPY).put("a.txt", "1");
  }

  @Test
  void anEditStartsARoundThatSaysWhy() throws IOException {
    stage.thenPut("a.txt", "2").run();
    assertEquals("[copy] | [a.txt] [copy] |", stage.told());
    assertEquals("2", Files.readString(stage.root.resolve("b.txt")));
  }

  /** The last write of a process that has the file open tells the kernel nothing more. */
  @Test
  void aFileThatIsStillWrittenIsWaitedFor() throws IOException {
    OutputStream[] open = new OutputStream[1];
    stage.then(
        () -> {
          open[0] = Files.newOutputStream(stage.root.resolve("a.txt"));
          open[0].write('2');
          return true;
        });
    stage.stepping =
        step -> {
          if (stage.waits.size() == 5 && step.equals("await 50000000")) {
            try (OutputStream last = open[0]) {
              last.write('3');
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          }
        };
    stage.run();
    assertEquals("[copy] | [a.txt] [copy] |", stage.told());
    assertEquals("23", Files.readString(stage.root.resolve("b.txt")));
  }

  @Test
  void aFileThatStaysOpenIsWaitedForTwoSeconds() throws IOException {
    try (OutputStream open = Files.newOutputStream(stage.root.resolve("c.txt"))) {
      stage.jobs(COPY.replace("a.txt", "c.txt"));
      stage
          .then(
              () -> {
                open.write('2');
                return true;
              })
          .run();
    }
    assertEquals("[copy] | [c.txt] [copy] |", stage.told());
    assertEquals(41, stage.waits.stream().filter(wait -> wait == 50_000_000).count());
  }

  @Test
  void itListensWhereTheFilesOfTheLastRoundAre() throws IOException {
    stage
        .put("x/c.txt", "1")
        .then(
            () -> {
              assertTrue(stage.followed.contains(stage.root.resolve("a.txt")));
              assertTrue(!stage.followed.contains(stage.root.resolve("x/c.txt")));
              stage.jobs(COPY.replace("a.txt", "x/c.txt"));
              return true;
            })
        .then(
            () -> {
              assertTrue(stage.followed.contains(stage.root.resolve("x/c.txt")));
              assertTrue(!stage.followed.contains(stage.root.resolve("a.txt")));
              return false;
            })
        .run();
    assertEquals("[copy] | [torc.yaml] [copy] |", stage.told());
  }

  @Test
  void aNoticeOfNothingStartsNone() throws IOException {
    stage
        .then(() -> true)
        .thenSh("touch a.txt b.txt")
        .thenPut("other.txt", "")
        .thenSh("cp a.txt x; mv x a.txt")
        .run();
    assertEquals("[copy] |", stage.told());
  }

  @Test
  void productsAndJobsThatAlwaysRunStartNone() throws IOException {
    stage.jobs(COPY + "tick: { command: 'echo $TORC_BUILD > t', produces: t, always: true }");
    stage.then(() -> true).thenPut("a.txt", "2").then(() -> true).run();
    assertEquals("[copy, tick] | [a.txt] [copy, tick] |", stage.told());
  }

  /** Rule 16: a build would warn of the source that a job writes; here the next round is told. */
  @Test
  void aSourceThatAJobWritesStartsOneWithoutAWarning() throws IOException {
    List<String> warned = new ArrayList<>();
    stage.heard =
        event -> {
          if (event instanceof Event.Note note && note.text().contains("a.txt")) {
            warned.add(note.text());
          }
        };
    stage.jobs(COPY + "gen: { command: 'echo 2 > a.txt', produces: [], after: copy }").run();
    assertEquals("[copy, gen] [a.txt] [copy] |", stage.told());
    assertEquals(List.of(), warned);
  }

  @Test
  void anEditedOrDeletedProductStartsOne() throws IOException {
    stage.thenPut("b.txt", "edited").thenDelete("b.txt").run();
    assertEquals("[copy] | [b.txt] [copy] | [b.txt] [copy] |", stage.told());
  }

  @Test
  void productsOfAnotherBuildStartNoRound() throws IOException {
    stage.jobs(
        COPY
            + """
            tick: { command: 'date +%N > t', produces: t, always: true }
            read: { command: cp t r, needs: t, produces: r }
            bad: { command: 'cp t x; false', needs: t, produces: x }
            """);
    stage
        .then(() -> Run.of(stage.root, "build").exit() == 1)
        .then(() -> true)
        .thenPut("t", "edited")
        .run();
    assertEquals("[bad FAILED, copy, read, tick] | [t] [bad FAILED, read, tick] |", stage.told());
  }

  /** The other build does not select the job whose product was edited. */
  @Test
  void anEditedProductIsNotLostBesideTheBuildOfAnother() throws IOException {
    stage.jobs(
        COPY
            + "tick: { command: 'date +%N > t', produces: t, always: true }\n"
            + "bad: { command: 'grep 2 c.txt', needs: c.txt }");
    stage
        .put("c.txt", "1")
        .then(
            () -> {
              stage.put("b.txt", "edited").put("c.txt", "2");
              return Run.of(stage.root, "build", "tick").exit() == 0;
            })
        .run();
    assertEquals("[bad FAILED, copy, tick] | [b.txt, c.txt, t] [bad, copy, tick] |", stage.told());
  }

  @Test
  void anEditDuringABuildIsBuiltWhenThatIsOver() throws IOException {
    stage.jobs(
        COPY
            + "late: { after: copy, command: 'test -e done || echo 2 > a.txt; : > done',"
            + " always: true }");
    stage.run();
    assertEquals("[copy, late] [a.txt] [copy, late] |", stage.told());
    assertEquals("2\n", Files.readString(stage.root.resolve("b.txt")));
  }

  /** The first reader saw the old state, the second the new: the state seen last is the new one. */
  @Test
  void anEditBetweenTwoReadersIsBuiltForTheFirst() throws IOException {
    stage.jobs(
        COPY
            + """
            edit: { after: copy, command: 'test -e done || echo 2 > a.txt; : > done' }
            other: { after: edit, needs: a.txt, command: cp a.txt c.txt, produces: c.txt }
            """);
    stage.run();
    assertEquals("[copy, edit, other] [a.txt] [copy] |", stage.told());
    assertEquals("2\n", Files.readString(stage.root.resolve("b.txt")));
  }

  /**
   * The racy window passes, so the glob of a fresh job is found changed by listing its folder
   * again.
   */
  @Test
  void aFileThatComesToAGlobDuringABuildIsBuilt() throws IOException {
    stage.jobs(
        """
        list: { needs: 'in/*.txt', command: 'cat in/* > l', produces: l }
        late: { after: list, command: 'echo 2 > in/new.txt; sleep 0.1' }
        """);
    stage.put("in/one.txt", "").run();
    assertEquals("[late, list] [in/new.txt] [list] |", stage.told());
  }

  @Test
  void aFailedJobDoesNotEndIt() throws IOException {
    stage.jobs("check: { command: grep -q 2 a.txt, needs: a.txt }");
    stage.thenPut("a.txt", "2").run();
    assertEquals("[check FAILED] | [a.txt] [check] |", stage.told());
  }

  @Test
  void aFileAtTheMissingProductOfAFailedJobStartsARound() throws IOException {
    stage.jobs("check: { command: 'grep 2 a.txt > c; cp c b.txt', needs: a.txt, produces: b.txt }");
    stage.thenPut("b.txt", "mine").run();
    assertEquals("[check FAILED] | [b.txt] [check FAILED] |", stage.told());
  }

  @Test
  void aBrokenBuildFileIsToldUntilItIsRepaired() throws IOException {
    stage
        .thenPut("torc.yaml", "jobs: [")
        .thenPut("a.txt", "2")
        .then(
            () -> {
              stage.jobs(COPY);
              return true;
            })
        .run();
    assertEquals("[copy] | [torc.yaml] error | [a.txt] error | [torc.yaml] [copy] |", stage.told());
    assertEquals(
        "torc.yaml:1:8: the end of the line here is never closed",
        stage.notes(Event.Level.ERROR).getFirst());
  }

  /** The watch has no file to wait for: the build file is read again now and then. */
  @Test
  void aBuildFileThatIsBrokenFromTheBeginningIsReadAgain() throws IOException {
    stage.put("torc.yaml", "include: sub.yaml").put("sub.yaml", "job: {}");
    stage
        .then(() -> false)
        .then(
            () -> {
              stage.put("sub.yaml", "jobs:\n  " + COPY);
              return false;
            })
        .run();
    assertEquals("error | [copy] |", stage.told());
    assertEquals(List.of(true, true), stage.waits.subList(0, 2).stream().map(w -> w > 0).toList());
    assertEquals(WatchRounds.ENDLESS, stage.waits.getLast());
  }

  @Test
  void aMissingSourceIsWaitedFor() throws IOException {
    Files.delete(stage.root.resolve("a.txt"));
    stage.thenPut("a.txt", "2").thenDelete("a.txt").thenPut("a.txt", "3").run();
    assertEquals("error | [a.txt] [copy] | [a.txt] error | [a.txt] [copy] |", stage.told());
  }

  /** No build has ended; build file, include, missing source and folder of a glob are followed. */
  @Test
  void afterARefusedRoundWhatItBeganWithStartsTheNext() throws IOException {
    Files.delete(stage.root.resolve("a.txt"));
    stage.put("torc.yaml", "include: sub.yaml\njobs:\n  " + COPY);
    stage.put(
        "sub.yaml", "jobs: { all: { command: ls in > all, needs: 'in/*.x', produces: all } }");
    stage.put("in/1.x", "");
    stage
        .then(
            () -> {
              assertTrue(stage.followed.contains(stage.root.resolve("a.txt")));
              assertTrue(stage.followed.contains(stage.root.resolve("sub.yaml")));
              assertTrue(stage.followed.contains(stage.root.resolve("torc.yaml")));
              assertTrue(stage.followed.contains(stage.root.resolve("in/.")));
              stage.put("in/2.x", "");
              return true;
            })
        .thenSh("echo '# 1' >> sub.yaml")
        .thenSh("echo '# 2' >> torc.yaml")
        .thenPut("a.txt", "2")
        .run();
    assertEquals(
        "error | [in/2.x] error | [sub.yaml] error | [torc.yaml] error | [a.txt] [all, copy] |",
        stage.told());
  }

  /** The round ended by trouble of its own; the next edit begins another one. */
  @Test
  void afterAFailedRoundSourcesAndGlobsStartTheNext() throws IOException {
    stage.jobs(COPY + "all: { command: ls in > all, needs: 'in/*.x', produces: all }");
    stage.put("in/1.x", "");
    stage
        .thenSh("mv .torc old; echo > .torc; echo 2 > a.txt")
        .thenPut("in/2.x", "")
        .thenSh("rm .torc; mv old .torc; echo 3 > a.txt")
        .run();
    assertEquals(
        "[all, copy] | [a.txt] error | [in/2.x] error | [a.txt] [all, copy] |", stage.told());
  }

  @Test
  void aWrongCommandLineEndsItAtOnce() throws IOException {
    WatchStage mistyped = new WatchStage(temp, "copyy");
    assertThrows(BadInput.class, mistyped::run);
    assertEquals("", mistyped.told());
  }

  @Test
  void aTargetThatGoesIsToldAndMayComeBack() throws IOException {
    WatchStage copy = new WatchStage(temp, "copy");
    copy.then(
            () -> {
              copy.jobs("other: { command: 'true' }");
              return true;
            })
        .then(
            () -> {
              copy.jobs(COPY);
              return true;
            })
        .run();
    assertEquals("[copy] | [torc.yaml] error | [torc.yaml] [] |", copy.told());
  }

  @Test
  void ofTheBuildFileThatGoesAnotherMayTakeThePlace() throws IOException {
    stage.thenMove("torc.yaml", "x").thenMove("x", "torc.yml").thenPut("a.txt", "2").run();
    assertEquals("[copy] | [torc.yaml] error | [torc.yml] [] | [a.txt] [copy] |", stage.told());
  }

  @Test
  void troubleWithFilesIsToldAndDoesNotEndIt() throws IOException {
    stage
        .thenSh("mv .torc old; echo > .torc; echo 2 > a.txt")
        .thenSh("rm .torc; mv old .torc; echo 3 > a.txt")
        .run();
    assertEquals("[copy] | [a.txt] error | [a.txt] [copy] |", stage.told());
  }

  @Test
  void onlyTheFirstRoundIsForced() throws IOException {
    stage.run();
    WatchStage forced = new WatchStage(temp);
    forced.force = true;
    forced.jobs(COPY + "b: { command: cp c.txt d.txt, needs: c.txt, produces: d.txt }");
    forced.put("c.txt", "1").thenPut("c.txt", "2").run();
    assertEquals("[b, copy] | [c.txt] [b] |", forced.told());
  }

  @Test
  void aJobWithoutProductsRunsAtTheStartAndAfterEachChangeOfItsNeeds() throws IOException {
    String jobs = COPY + "ship: { command: cat b.txt, needs: b.txt, manual: true }";
    stage.jobs(jobs).run();
    for (int watch = 0; watch < 2; watch++) {
      WatchStage named = new WatchStage(temp, "copy", "ship").jobs("refused");
      named.put("a.txt", "1").then(() -> named.jobs(jobs) != null);
      named.thenPut("a.txt", "2").thenDelete("b.txt").run();
      assertEquals(
          (watch == 0 ? "error | [torc.yaml] [ship] | " : "error | [torc.yaml] [copy, ship] | ")
              + "[a.txt] [copy, ship] | [b.txt] [copy] |",
          named.told());
    }
  }

  @Test
  void aLookComesWhenItIsQuietForAMoment() throws IOException {
    stage.busy = 3;
    stage.thenPut("a.txt", "2").run();
    assertEquals(
        List.of(WatchRounds.ENDLESS, QUIET, QUIET, QUIET, QUIET, WatchRounds.ENDLESS), stage.waits);
  }

  private static final long QUIET = 50_000_000;

  @Test
  void aLookComesAfterASecondWhereItIsNeverQuiet() throws IOException {
    stage.busy = 1000;
    stage.thenPut("a.txt", "2").run();
    assertEquals("[copy] | [a.txt] [copy] |", stage.told());
    assertEquals(20, stage.waits.stream().filter(w -> w == QUIET).count());
  }

  @Test
  void withoutAllNoticesOfTheKernelItLooks() throws IOException {
    stage.lack = "the kernel reports no changes";
    stage
        .then(() -> false)
        .then(
            () -> {
              stage.put("a.txt", "2");
              return false;
            })
        .then(() -> false)
        .run();
    assertEquals("[copy] | [a.txt] [copy] |", stage.told());
    assertEquals(
        "the kernel reports no changes: looking every 2 s",
        stage.notes(Event.Level.INFO).getFirst());
    stage.waits.forEach(wait -> assertEquals(2_000_000_000L, wait));
  }

  @Test
  void aJobThatWritesWhatItNeedsIsSlowedDown() throws IOException {
    stage.jobs("own: { command: echo >> a.txt, needs: a.txt }");
    stage.then(() -> false).then(() -> false).run();
    assertEquals("[own] [a.txt] [own] [a.txt] [own] [a.txt] [own] [a.txt] [own]", stage.told());
    assertEquals(List.of(1_000_000_000L, 2_000_000_000L, 4_000_000_000L), stage.waits);
    assertEquals(
        List.of("a.txt changes in every round; if a job writes it, name it in that job's produces"),
        stage.notes(Event.Level.WARNING).stream().filter(l -> l.contains("round")).toList());
  }

  @Test
  void soIsOneThatPutsAnotherFileInANeededFolderEachTime() throws IOException {
    stage.jobs("own: { command: 'mktemp in/XXXXXX', needs: in/ }");
    stage.put("in/first", "").then(() -> false).run();
    assertEquals(11, stage.events.stream().filter(Event.Finished.class::isInstance).count());
    assertEquals(List.of(1_000_000_000L, 2_000_000_000L), stage.waits);
    assertTrue(
        stage.notes(Event.Level.WARNING).stream()
            .anyMatch(line -> line.contains(" and others like it change in every round; ")));
  }

  /** Nothing may grow: neither descriptors nor threads. */
  @Test
  void aHundredRoundsLeaveNothingBehind() throws IOException {
    assumeTrue(Files.isDirectory(Path.of("/proc/self/fd")), "only /proc tells what is open");
    List<Integer> open = new ArrayList<>();
    try (Notices real = new FolderNotices(FileSystems.getDefault())) {
      WatchStage many = new WatchStage(temp, "copy");
      for (int i = 0; i < 121; i++) {
        String text = "text " + i;
        int round = i;
        many.then(
            () -> {
              if (round == 20 || round == 120) {
                open.add(open("/proc/self/fd"));
                open.add(open("/proc/self/task"));
              }
              real.follow(List.of(many.root.resolve("a.txt")));
              many.put("a.txt", text);
              return real.await(WatchRounds.ENDLESS);
            });
      }
      many.run();
      assertEquals(122, many.events.stream().filter(Event.Watching.class::isInstance).count());
    }
    assertTrue(open.get(2) <= open.get(0) + 5, "open files " + open);
    assertTrue(open.get(3) <= open.get(1) + 5, "threads " + open);
  }

  private static int open(String folder) throws IOException {
    try (Stream<Path> entries = Files.list(Path.of(folder))) {
      return (int) entries.count();
    }
  }
}
