package dev.torc.engine;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.engine.StubRunner.Held;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Rule 6: needs that move while a job runs, and what a depfile names. */
class Rule06MovedTest extends Harness {

  private interface Change {
    void make() throws IOException;
  }

  /** A job that reads x, which changes while it runs, and a reader of its product. */
  private void whileItRuns(String needs, Change change) throws IOException {
    given(
        """
        a: { command: make a, needs: [%s], produces: [a.out] }
        b: { command: make b, needs: [a.out], produces: [b.out] }
        """
            .formatted(needs));
    Held held = hold("a");
    Building building = start();
    held.started();
    change.make();
    held.go();
    building.await();
    usual("a");
    assertEquals(JobState.RAN, state("a"));
    assertEquals(JobState.RAN, state("b"));
    assertEquals(0, exit);
  }

  private void movedAndRunsAgain(String file) {
    said(file, "moved while it ran");
    build();
    assertTrue(why("a").startsWith("moved " + file), why("a"));
    assertTrue(notes().isEmpty(), notes().toString());
    settled();
  }

  @Test
  void aNeedThatWasEdited() throws IOException {
    edit("x", "1");
    whileItRuns("x", () -> edit("x", "other"));
    movedAndRunsAgain("x");
  }

  @Test
  void aNeedThatWasPutBack() throws IOException {
    edit("x", "1");
    whileItRuns(
        "x",
        () -> {
          edit("x", "2");
          edit("x", "1");
        });
    movedAndRunsAgain("x");
  }

  @Test
  void aNeedThatWasPutBackWithItsTime() throws IOException {
    for (String need : List.of("x", "d/", "'*.c'", "out/in", "{job: m}")) {
      edit("x", "1");
      edit("d/x", "1");
      edit("x.c", "1");
      edit("y", need);
      String file =
          switch (need) {
            case "d/" -> "d/x";
            case "'*.c'" -> "x.c";
            case "out/in" -> "out/in";
            case "{job: m}" -> "out/in";
            default -> "x";
          };
      given(
          """
          m: { command: make m, needs: [y], produces: [out/] }
          a: { command: make a, needs: [y, %s], produces: [a.out] }
          """
              .formatted(need));
      job(
          "a",
          stub -> {
            String old = read(file);
            FileTime time = Files.getLastModifiedTime(root.resolve(file));
            tick();
            Files.writeString(root.resolve(file), "2");
            Files.writeString(root.resolve(file), old);
            Files.setLastModifiedTime(root.resolve(file), time);
            return work(stub);
          });
      build().ran("m", "a");
      usual("a");
      movedAndRunsAgain(need.equals("{job: m}") ? "out/" : file);
    }
  }

  /** What a job does to its needs beside their bytes: it links, locks or gives them away. */
  @Test
  void whereALinkOrAModeSaysWhyTheBytesDecide() throws IOException {
    edit("x", "1");
    edit("d/x", "1");
    edit("x.c", "1");
    given("a: { command: make a, needs: [x, d/, '*.c'], produces: [a.out] }");
    job(
        "a",
        stub -> {
          for (String need : List.of("x", "d/x", "x.c")) {
            tick();
            Files.createLink(
                root.resolve("linked-to-" + need.replaceAll("\\W", "-")), root.resolve(need));
          }
          return work(stub);
        });
    build().ran("a");
    assertEquals(List.of(), notes());
    settled();
    edit("x", "2");
    job(
        "a",
        stub -> {
          for (String need : List.of("x", "d/x", "x.c")) {
            Path file = root.resolve(need);
            tick();
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r-----"));
          }
          return work(stub);
        });
    build().ran("a");
    assertEquals(List.of(), notes());
    settled();
  }

  @Test
  void aNeedWhoseTimeAloneMoved() throws IOException {
    edit("x", "1");
    whileItRuns("x", () -> Files.setLastModifiedTime(root.resolve("x"), FileTime.fromMillis(5000)));
    movedAndRunsAgain("x");
  }

  @Test
  void aNeedThatIsAnotherFileNow() throws IOException {
    edit("x", "1");
    FileTime time = FileTime.fromMillis(5000);
    Files.setLastModifiedTime(root.resolve("x"), time);
    whileItRuns(
        "x",
        () -> {
          edit("new", "1");
          Files.setLastModifiedTime(root.resolve("new"), time);
          Path x = root.resolve("x");
          Files.move(root.resolve("new"), x, StandardCopyOption.REPLACE_EXISTING);
        });
    movedAndRunsAgain("x");
  }

  @Test
  void whereOnlyTheAttributesChangedTheBytesDecide() throws IOException {
    edit("x", "1");
    whileItRuns(
        "x",
        () ->
            Files.setPosixFilePermissions(
                root.resolve("x"), PosixFilePermissions.fromString("rw-rw-rw-")));
    assertTrue(notes().isEmpty(), notes().toString());
    settled();
  }

  @Test
  void otherBytesUnderTheOldTime() throws IOException {
    edit("x", "1");
    FileTime time = FileTime.fromMillis(5000);
    Files.setLastModifiedTime(root.resolve("x"), time);
    whileItRuns(
        "x",
        () -> {
          edit("x", "2");
          Files.setLastModifiedTime(root.resolve("x"), time);
        });
    movedAndRunsAgain("x");
  }

  @Test
  void aNeedThatIsGone() throws IOException {
    edit("x", "1");
    whileItRuns("x", () -> delete("x"));
    said("x", "moved while it ran");
    edit("x", "1");
    build();
    assertEquals("moved x", why("a"));
  }

  @Test
  void aFileThatCameIntoAFolder() throws IOException {
    edit("d/x", "1");
    whileItRuns("d/", () -> edit("d/y", "1"));
    movedAndRunsAgain("d/y");
  }

  @Test
  void aFileThatCameIntoAGlob() throws IOException {
    edit("x.c", "1");
    whileItRuns("'*.c'", () -> edit("y.c", "1"));
    movedAndRunsAgain("y.c");
  }

  @Test
  void aFileOfAFolderThatWasPutBack() throws IOException {
    edit("d/x", "1");
    whileItRuns(
        "d/",
        () -> {
          edit("d/x", "2");
          edit("d/x", "1");
        });
    movedAndRunsAgain("d/x");
  }

  @Test
  void ownProductsInANeededFolderDoNotMoveIt() {
    edit("d/x", "1");
    given("a: { command: make a, needs: [d/], produces: [d/out] }");
    build().ran("a");
    assertEquals(java.util.List.of(), notes());
    settled();
  }

  @Test
  void whatStaleProductsLeaveBehindIsNoMove() {
    edit("d/x", "1");
    given("o: { command: make o, produces: [d/old] }");
    build();
    given("a: { command: make a, needs: [d/], produces: [a.out] }");
    build().ran("a");
    said("moved d/old to .torc/store");
    assertEquals(1, notes().size(), notes().toString());
    settled();
  }

  @Test
  void aLinkInAFolderProductDoesNotMoveByBeingRead() {
    edit("x", "1");
    given(
        """
        a: { command: make a, needs: [x], produces: [out/] }
        b: { command: make b, needs: [{job: a}], produces: [b.out] }
        c: { command: make c, needs: [out/], produces: [c.out] }
        """);
    job(
        "a",
        stub -> {
          Files.createSymbolicLink(stub.root().resolve("out/l"), stub.root().resolve("x"));
          return stub.exit(0);
        });
    build().ran("a", "b", "c");
    settled();
  }

  @Test
  void aNeededFolderMayBeGoneWhereAJobMakesIt() {
    given(
        """
        a: { command: make a, produces: [o/a.o] }
        b: { command: make b, needs: [o/], produces: [b.out] }
        """);
    build();
    delete("o");
    build().ran("a");
    settled();
  }

  // ---- depfiles

  private void depfile(String text) {
    job(
        "a",
        stub -> {
          stub.write("a.d", text);
          return work(stub);
        });
  }

  private void givenDepfile() {
    given("a: { command: make a, needs: [x], produces: [a.out], depfile: a.d }");
    edit("x", "1");
    edit("x.h", "1");
    depfile("a.out: x x.h\n");
  }

  @Test
  void whatADepfileNamesIsNeeded() {
    givenDepfile();
    build();
    settled();
    edit("x.h", "2");
    build().ran("a");
    assertEquals("need changed x.h", why("a"));
    settled();
  }

  /** The same file whether it is named from the root, from the job's folder, or absolutely. */
  @Test
  void aDepfileMayNameAFileInAnyForm() {
    edit("sub/y", "1");
    int round = 1;
    for (String dir : List.of(".", "sub")) {
      String up = dir.equals(".") ? "" : "../";
      given(
          "a: { command: make a, needs: [x], produces: [a.out], depfile: %sa.d, dir: %s }"
              .formatted(up, dir));
      for (String form :
          List.of(
              up + "x.h",
              "./" + up + "x.h",
              up + "sub/../x.h",
              up + "sub//..//x.h",
              root + "/x.h",
              root + "/./x.h",
              root + "/sub/../x.h")) {
        edit("x", "for " + form);
        edit("x.h", "before " + round);
        depfile("a.out: " + up + "x " + form + "\n");
        build().ran("a");
        settled();
        edit("x.h", "after " + round++);
        build().ran("a");
        assertEquals("need changed x.h", why("a"), form);
        settled();
      }
    }
  }

  @Test
  void aDepfileIsUtf8() {
    given("a: { command: make a, needs: [x], produces: [a.out], depfile: a.d }");
    edit("x", "1");
    edit("\ufffd.h", "1");
    depfile("a.out: \ufffd.h\n");
    build().ran("a");
    settled();
    edit("x", "2");
    job(
        "a",
        stub -> {
          Files.write(root.resolve("a.d"), "a.out: \u00e9.h\n".getBytes(ISO_8859_1));
          return work(stub);
        });
    build();
    assertEquals(JobState.FAILED, state("a"));
    assertEquals("depfile a.d is no valid UTF-8", what("a"));
  }

  @Test
  void aFileThatADepfileNamesAndThatIsGoneIsAReason() {
    givenDepfile();
    build();
    delete("x.h");
    depfile("a.out: x\n");
    build().ran("a");
    assertEquals("need removed x.h", why("a"));
    settled();
  }

  @Test
  void aFileThatADepfileNamesAndThatItsJobMadeAndRemovedIsMissedUntilItComes() {
    givenDepfile();
    depfile("a.out: x x.h made.h\n");
    build().ran("a");
    settled();
    edit("made.h", "1");
    build().ran("a");
    assertEquals("need added made.h", why("a"));
    settled();
    edit("x", "2");
    job(
        "a",
        stub -> {
          delete("made.h");
          stub.write("a.d", "a.out: x x.h made.h\n");
          return work(stub);
        });
    build().ran("a");
    said("made.h", "moved while it ran"); // for it was there
    build().ran("a");
    settled();
  }

  @Test
  void aDepfileMayNameAFileWithATab() {
    givenDepfile();
    edit("x\ty.h", "1");
    depfile("a.out: x x\\\ty.h\n");
    build().ran("a");
    settled();
    edit("x\ty.h", "2");
    build().ran("a");
    assertEquals("need changed x\ty.h", why("a"));
    settled();
  }

  @Test
  void aFileThatADepfileNamesAndThatChangedSinceTheStartMoved() {
    givenDepfile();
    job(
        "a",
        stub -> {
          edit("x.h", "2");
          stub.write("a.d", "a.out: x x.h\n");
          return work(stub);
        });
    build();
    said("x.h", "moved while it ran");
    depfile("a.out: x x.h\n");
    build();
    assertEquals("moved x.h", why("a"));
    settled();
  }

  @Test
  void aMadeFileThatADepfileNamesAndThatWasEditedMeanwhileMoved() {
    given(
        """
        g: { command: make g, produces: [g.h] }
        a: { command: make a, after: [g], produces: [a.out], depfile: a.d }
        """);
    job(
        "a",
        stub -> {
          String made = stub.read("g.h");
          tick();
          edit("g.h", "mine");
          stub.write("a.d", "a.out: g.h\n");
          Object ended = work(stub);
          edit("g.h", made);
          return (dev.torc.local.ProcessEnd) ended;
        });
    build();
    said("g.h", "moved while it ran");
    depfile("a.out: g.h\n");
    build().ran("a");
    settled();
  }

  @Test
  void aDepfileMayNameWhatAnEarlierJobMade() {
    given(
        """
        g: { command: make g, needs: [y], produces: [g.h] }
        m: { command: make m, needs: [g.h], produces: [m] }
        a: { command: make a, needs: [m], produces: [a.out], depfile: a.d }
        """);
    edit("y", "1");
    job(
        "m",
        stub -> {
          stub.write("m", "same");
          return stub.exit(0);
        });
    depfile("a.out: g.h\n");
    build().ran("g", "m", "a");
    settled();
    edit("y", "2");
    build().ran("g", "m", "a");
    assertEquals("need changed g.h", why("a"));
    settled();
  }

  @Test
  void whatAnEarlierJobMakesIsAwaitedThoughOnlyTheOrderLeadsThere() {
    given(
        """
        g: { command: make g, needs: [y], produces: [g.h] }
        m: { command: make m, after: [g], produces: [m] }
        a: { command: make a, needs: [m], produces: [a.out], depfile: a.d }
        """);
    edit("y", "1");
    depfile("a.out: g.h\n");
    build().ran("g", "m", "a");
    settled();
    edit("y", "2");
    build().ran("g", "a"); // m is up to date from the beginning, and a waits for g all the same
    assertEquals("need changed g.h", why("a"));
    settled();
    edit("y", "3");
    failing("g");
    build();
    assertEquals(JobState.BLOCKED, state("a"));
    assertEquals(JobState.UP_TO_DATE, state("m"));
  }

  @Test
  void aMadeFileWithoutAPathIsAFailureThatSaysWhatToAdd() {
    given(
        """
        g: { command: make g, produces: [g.h] }
        a: { command: make a, produces: [a.out], depfile: a.d }
        """);
    depfile("a.out: g.h\n");
    build();
    assertEquals(JobState.FAILED, state("a"));
    said("g.h", "job g", "add g.h to its needs, or g to its after where the order alone matters");
    given(
        """
        g: { command: make g, produces: [g.h] }
        a: { command: make a, needs: [g.h], produces: [a.out], depfile: a.d }
        """);
    build().ran("a");
    settled();
  }

  @Test
  void aPathThatWasTakenAwayLeadsToThatFailure() {
    given(
        """
        g: { command: make g, needs: [y], produces: [g.h] }
        a: { command: make a, after: [g], produces: [a.out], depfile: a.d }
        """);
    edit("y", "1");
    depfile("a.out: g.h\n");
    build();
    given(
        """
        g: { command: make g, needs: [y], produces: [g.h] }
        a: { command: make a, produces: [a.out], depfile: a.d }
        """);
    edit("y", "2");
    build();
    assertEquals(JobState.FAILED, state("a"));
    said("add g.h to its needs");
  }

  @Test
  void aDepfileIsRemovedBeforeARunAndMustBeThereAfterIt() {
    givenDepfile();
    build();
    edit("x", "2");
    usual("a");
    build();
    assertEquals(JobState.FAILED, state("a"));
    assertEquals("depfile a.d is missing though the command ended well", what("a"));
    depfile("a.out: x x.h\n");
    build().ran("a");
    assertEquals(List.of(), kept());
    settled();
  }

  @Test
  void aDepfileOfAFailedJobIsTorcsOwn() {
    givenDepfile();
    job(
        "a",
        stub -> {
          stub.write("a.d", "a.out: x.h\n");
          return stub.exit(1);
        });
    build();
    depfile("a.out: x x.h\n");
    build().ran("a");
    assertEquals(List.of(), kept());
  }

  @Test
  void aDepfileThatCannotBeReadIsAFailureThatQuotesIt() {
    givenDepfile();
    depfile("no rule at all\n");
    build();
    assertEquals(JobState.FAILED, state("a"));
    said("depfile a.d", "no rule at all");
  }
}
