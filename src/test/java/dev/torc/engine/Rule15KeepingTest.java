package dev.torc.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rule 15: nothing of the user's is ever lost. */
class Rule15KeepingTest extends Harness {

  @TempDir Path elsewhere;

  @BeforeEach
  void aProject() {
    given("a: { command: make a, needs: [x], produces: [p] }");
    edit("x", "1");
  }

  private void movedWithOneLine(String path) {
    said("moved " + path + " to .torc/kept/");
    assertEquals(1, notes().size(), notes().toString());
  }

  @Test
  void aFileFromBeforeTorcMoves() {
    edit("p", "mine");
    build().ran("a");
    movedWithOneLine("p");
    keptText("mine");
    settled();
  }

  @Test
  void withoutRecordsOneLineTellsOfAllThatMoves() {
    given(
        """
        a: { command: make a, produces: [p, q] }
        b: { command: make b, after: [a], produces: [r] }
        """);
    edit("p", "1");
    edit("q", "2");
    edit("r", "3");
    build().ran("a", "b");
    assertEquals(List.of("p", "q", "r"), kept());
    assertEquals(
        List.of("moved p to .torc/kept/1/p: torc did not make it as it is; and 2 more likewise"),
        notes());
    edit("p", "4");
    edit("r", "5");
    build().ran("a", "b");
    assertEquals(2, notes().size());
  }

  @Test
  void anEditedProductMoves() {
    build();
    edit("p", "mine");
    build().ran("a");
    movedWithOneLine("p");
    keptText("mine");
  }

  @Test
  void twoThingsOfOnePathAreKeptBoth() {
    given("a: { command: make a, produces: [p], retries: 1 }");
    edit("p", "mine");
    job(
        "a",
        stub -> {
          if (stub.attempt() == 1) {
            stub.write("q", "1");
            return stub.exit(1);
          }
          return work(stub);
        });
    build();
    assertEquals(List.of("p"), kept());
    edit("p", "mine too");
    usual("a");
    build();
    assertEquals(List.of("p", "p"), kept());
  }

  @Test
  void anUnalteredProductIsDeleted() {
    build();
    edit("x", "2");
    job(
        "a",
        stub -> {
          assertEquals("-", stub.read("p"));
          return work(stub);
        });
    build().ran("a");
    assertEquals(0, exit);
    assertEquals(List.of(), kept());
    assertEquals(List.of(), notes());
  }

  @Test
  void anUnalteredProductOfAnotherJobIsDeletedToo() {
    build();
    given("b: { command: make b, needs: [x], produces: [p] }");
    job(
        "b",
        stub -> {
          assertEquals("-", stub.read("p"), "a stale file is never credited");
          return stub.exit(0);
        });
    build();
    assertEquals(JobState.FAILED, state("b"));
    assertEquals(List.of(), kept());
  }

  @Test
  void whatTheJobDeclaresNoLongerStays() {
    String made = read(build().root.resolve("p"));
    given("a: { command: make a, needs: [x], produces: [q] }");
    build().ran("a");
    assertEquals(made, read("p"));
    assertEquals(List.of(), kept());
  }

  @Test
  void productsOfAFailedJobStayForALookAndGoAtItsNextRun() {
    failing("a");
    build();
    assertTrue(exists("p"));
    usual("a");
    build().ran("a");
    assertEquals(List.of(), kept());
    settled();
  }

  @Test
  void anEditedProductOfAFailedJobMoves() {
    failing("a");
    build();
    edit("p", "mine");
    usual("a");
    build();
    keptText("mine");
  }

  @Test
  void whatAKilledJobLeftMoves() {
    deadly(
        "a",
        stub -> {
          stub.write("p", "half");
          return stub.exit(0);
        });
    build();
    usual("a");
    build().ran("a");
    keptText("half");
    settled();
  }

  @Test
  void aFolderWithForeignFilesMoves() {
    given("a: { command: make a, needs: [x], produces: [d/] }");
    edit("d/mine", "1");
    build();
    assertEquals(List.of("d/mine"), kept());
    edit("d/mine", "2");
    build();
    assertEquals(List.of("d/in", "d/mine", "d/mine"), kept());
    settled();
  }

  @Test
  void whatADigestDoesNotSeeIsForeignToo() {
    given("a: { command: make a, needs: [x], produces: [d/] }");
    build();
    edit("d/.git/mine", "1");
    edit("x", "2");
    build().ran("a");
    assertTrue(kept().contains("d/.git/mine"), kept().toString());
  }

  @Test
  void aLinkInThePlaceMovesAndItsTargetIsLeftAlone() throws Exception {
    edit("precious", "mine");
    Files.createSymbolicLink(root.resolve("p"), root.resolve("precious"));
    build().ran("a");
    assertEquals("mine", read("precious"));
    assertEquals(List.of("p"), kept());
    settled();
  }

  @Test
  void aFolderInThePlaceOfAFileMoves() {
    edit("p/mine", "1");
    build().ran("a");
    assertEquals(List.of("p/mine"), kept());
    settled();
  }

  @Test
  void anEarlierProductInTheWayOfAFolderIsDeleted() {
    build();
    given("a: { command: make a, needs: [x], produces: [p/q/r] }");
    build().ran("a");
    assertEquals(0, exit, what("a"));
    assertEquals(List.of(), kept());
    settled();
  }

  @Test
  void aFileInTheWayOfAFolderIsLeftAloneAndTheJobFails() {
    given("a: { command: make a, produces: [d/p] }");
    edit("d", "mine");
    build();
    assertEquals(JobState.FAILED, state("a"));
    assertEquals("mine", read("d"));
    assertTrue(what("a").startsWith(root.resolve("d").toString()), what("a"));
  }

  @Test
  void aUsersFileThatAProducedGlobMatchesMovesAndIsNoReason() {
    given("a: { command: make a, needs: [x], produces: ['g/*.o'] }");
    build();
    edit("g/mine.o", "1");
    settled();
    edit("x", "2");
    build().ran("a");
    movedWithOneLine("g/mine.o");
    settled();
  }

  @Test
  void persistLeavesTheProductsInPlace() {
    given("a: { command: make a, needs: [x], produces: [p, q], persist: true }");
    build();
    String old = read("p");
    for (int exitStatus : new int[] {1, 0}) {
      job(
          "a",
          stub -> {
            assertEquals(old, stub.read("p"));
            stub.write("q", "new");
            return stub.exit(exitStatus);
          });
      edit("x", "2");
      build().ran("a");
      assertEquals(exitStatus, exit);
    }
    assertEquals(List.of(), kept());
    settled();
  }

  @Test
  void persistCopiesWhatWasAlteredOrNeverRecorded() {
    given("a: { command: make a, needs: [x], produces: [p, d/], persist: true }");
    edit("p", "mine");
    edit("d/mine", "1");
    job("a", stub -> stub.exit(0));
    build().ran("a");
    assertEquals(List.of("d/mine", "p"), kept());
    assertEquals("mine", read("p"));
    said("copied p to .torc/kept/1/p", "and 1 more likewise");
    settled();
    edit("p", "mine again");
    build().ran("a");
    assertEquals(List.of("d/mine", "p", "p"), kept());
    settled();
  }

  @Test
  void persistLastsOverAKill() {
    given("a: { command: make a, needs: [x], produces: [p], persist: true }");
    deadly(
        "a",
        stub -> {
          stub.write("p", "half");
          return stub.exit(0);
        });
    build();
    job(
        "a",
        stub -> {
          assertEquals("half", stub.read("p"));
          return stub.exit(0);
        });
    build().ran("a");
    assertEquals(0, exit);
    keptText("half");
    settled();
  }

  @Test
  void staleProductsMoveToTheStoreOutOfTheWayOfAGlob() {
    given("o: { command: make o, produces: [g/old.c] }");
    build();
    given("a: { command: make a, needs: ['g/*.c'], produces: [p] }");
    edit("g/x.c", "1");
    build().ran("a");
    assertEquals(List.of(), kept());
    assertFalse(Files.exists(root.resolve("g/old.c")));
    said("moved g/old.c to .torc/store: no job produces it any more");
    settled();
  }

  @Test
  void theyAreToldOnceHoweverManyJobsNeedTheirLike() {
    String made = String.join(", ", IntStream.range(0, 50).mapToObj(i -> "g/" + i + ".c").toList());
    given("o: { command: make o, produces: [%s] }".formatted(made));
    build();
    given(
        """
        a: { command: make a, needs: ['g/*.c'] }
        b: { command: make b, needs: ['g/?.c', 'g/*', g/x.c] }
        c: { command: make c, needs: ['g/**'] }
        d: { command: make d, needs: [g/] }
        """);
    edit("g/x.c", "1");
    build().ran("a", "b", "c", "d");
    assertEquals(50, notes().size(), () -> notes().toString());
    assertEquals(50, Set.copyOf(notes()).size());
    assertFalse(Files.exists(root.resolve(".torc/kept")));
    settled();
  }

  @Test
  void theyMoveToKeptWhereNothingIsStored() {
    given("o: { command: make o, produces: [g/old.c] }");
    build();
    givenFile("stores: {keep: 0}\njobs: {a: { command: make a, needs: ['g/*.c'], produces: [p] }}");
    edit("g/x.c", "1");
    build().ran("a");
    assertEquals(List.of("g/old.c"), kept());
    settled();
  }

  @Test
  void anAlteredStaleProductIsTheUsersOwn() {
    given("o: { command: make o, produces: [g/old.c] }");
    build();
    given("a: { command: make a, needs: ['g/*.c'], produces: [p] }");
    edit("g/old.c", "mine");
    build().ran("a");
    assertEquals("mine", read("g/old.c"));
    assertEquals(List.of(), kept());
    settled();
  }

  @Test
  void belowRootsThingsAreKeptThere() throws Exception {
    givenFile(
        "roots: ['%s']\njobs: { a: { command: make a, produces: ['%s/p'] } }"
            .formatted(elsewhere, elsewhere));
    Files.writeString(elsewhere.resolve("p"), "mine");
    build().ran("a");
    assertEquals(0, exit, () -> notes().toString());
    assertEquals("mine", read(elsewhere.resolve(".torc-kept/1/p")));
    settled();
  }

  @Test
  void wherePlacesCannotBeClearedNothingStarts() throws Exception {
    edit("d/p", "mine");
    given("a: { command: make a, produces: [d/p] }");
    boolean[] ran = new boolean[1];
    job(
        "a",
        stub -> {
          ran[0] = true;
          return stub.exit(0);
        });
    edit(".torc/kept", "a file where a folder should be");
    build();
    assertEquals(JobState.FAILED, state("a"));
    assertEquals("mine", read("d/p"));
    assertEquals(false, ran[0]);
    delete(".torc/kept");
    usual("a");
    build();
    keptText("mine"); // the failure made nothing its own
  }

  private String below(Path ground, String path) {
    return read(ground.resolve(".torc-kept/1").resolve(path));
  }

  @Test
  void belowRootsItIsSetAsideThereByWhateverLinkItIsNamed() throws Exception {
    Path far = elsewhere.toRealPath();
    Files.createDirectories(far.resolve("deep"));
    Files.createSymbolicLink(root.resolve("l"), far);
    Files.createSymbolicLink(root.resolve("m"), far.resolve("deep"));
    givenFile(
        """
        roots: ['%1$s']
        jobs: { a: { command: a, produces: ['%1$s/p', l/q, m/r, l/d/, 'l/*.x'] } }
        """
            .formatted(far));
    for (String path : List.of("p", "q", "deep/r", "d/in", "1.x")) {
      Files.createDirectories(far.resolve(path).getParent());
      Files.writeString(far.resolve(path), path);
    }
    build().ran("a");
    assertEquals(List.of(), kept());
    for (String path : List.of("p", "q", "deep/r", "d/in", "1.x")) {
      assertEquals(path, below(far, path));
    }
    said("moved " + far + "/p to " + far + "/.torc-kept/1/p", "and 4 more likewise");
    settled();
  }

  @Test
  void ofNestedRootsTheNearestCountsAlsoInsideTheRoot() throws Exception {
    givenFile(
        """
        roots: [big, big/bigger]
        jobs: { a: { command: a, produces: [big/p, big/bigger/q, big/bigger/d/, r] } }
        """);
    edit("big/p", "1");
    edit("big/bigger/q", "2");
    edit("big/bigger/d/x", "3");
    edit("r", "4");
    build().ran("a");
    assertEquals(List.of("r"), kept());
    assertEquals("1", below(root.resolve("big"), "p"));
    assertEquals("2", below(root.resolve("big/bigger"), "q"));
    assertEquals("3", below(root.resolve("big/bigger"), "d/x"));
    said("moved big/p to big/.torc-kept/1/p");
  }

  @Test
  void aFolderInRootsThatIsItselfTheProductIsNotSetAsideInItself() throws Exception {
    Path far = Files.createDirectory(elsewhere.toRealPath().resolve("far"));
    Files.writeString(far.resolve("x"), "mine");
    givenFile("roots: ['%1$s']\njobs: { a: { command: a, produces: '%1$s/' } }".formatted(far));
    build().ran("a");
    assertEquals(0, exit, () -> notes().toString());
    assertEquals(List.of("outside/far/x"), kept());
  }

  @Test
  void whatWasSetAsideIsNoMemberOfANeededFolder() {
    givenFile(
        """
        roots: [d]
        jobs:
          a: { command: a, needs: x, produces: [d/p] }
          b: { command: b, needs: [d/], produces: [b] }
        """);
    edit("d/p", "mine");
    build().ran("a", "b");
    settled();
  }
}
