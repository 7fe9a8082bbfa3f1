package dev.torc.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.syntax.BadInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rule 13: what is refused before anything runs, with its place. */
class Rule13RefusalTest extends Harness {

  @TempDir Path elsewhere;

  /** A single line is said, at that line of the build file, and nothing is written or started. */
  private void refused(int line, String message) {
    BadInput bad = assertThrows(BadInput.class, this::build);
    assertEquals(1, bad.diagnostics().size(), bad.getMessage());
    assertEquals(message, bad.diagnostics().getFirst().message());
    assertEquals(line, bad.diagnostics().getFirst().place().line());
    assertFalse(exists(".torc"));
  }

  @Test
  void aProductOfTwoJobs() {
    given("a: { command: a, produces: [p] }\nb: { command: b, produces: [./p] }");
    refused(3, "product p is made by job a already");
  }

  @Test
  void aProductOfAllInstancesWantsAPlaceholder() {
    given("a: { command: a, parameters: { s: [1, 2, 3], t: [x] }, produces: p }");
    refused(2, "product p is made by job a/s=1,t=x already; put {s} in its path");
  }

  @Test
  void aNeedThatIsTheNameOfAJobIsNoFile() {
    given("a: { command: a, produces: p }\nb: { command: b, needs: a }");
    refused(
        3,
        "job b needs a, which does not exist and which no job produces; to need the products of"
            + " the job of that name, write {job: a}");
  }

  @Test
  void aFileThatIsNeededAsAJobOrAsDataIsToldSo() {
    given("b: { command: b, needs: { data: d.csv } }");
    refused(
        2,
        "no job d; {data: …} is a value that a job stored; a file is needed by its path alone, or"
            + " under another name");
    given("b: { command: b, needs: { job: d.csv } }");
    refused(2, "no job d.csv; a file is needed by its path alone");
  }

  @Test
  void aProductInsideTheFolderOfAnother() {
    given("a: { command: a, produces: [d/] }\nb: { command: b, produces: [d/e/p] }");
    refused(3, "product d/e/p lies inside product d of job a");
  }

  @Test
  void productsInsideOthersAreToldInTheOrderOfTheirPathsWithTheNearest() {
    given(
        """
        a: { command: a, produces: [d/] }
        b: { command: b, produces: [d/e/p, x, d/b] }
        c: { command: c, produces: [d/e/p/q, d.c, d/a/z] }
        """);
    BadInput bad = assertThrows(BadInput.class, this::build);
    assertEquals(
        List.of(
            "product d/a/z lies inside product d of job a",
            "product d/b lies inside product d of job a",
            "product d/e/p lies inside product d of job a",
            "product d/e/p/q lies inside product d/e/p of job b"),
        bad.diagnostics().stream().map(each -> each.message()).toList());
  }

  @Test
  void aProductThatMatchesTheGlobOfAnother() {
    given("a: { command: a, produces: ['*.o'] }\nb: { command: b, produces: [p.o] }");
    refused(3, "product p.o of job b matches product *.o of job a");
  }

  @Test
  void twoGlobsThatOnePathCouldMatch() {
    given("a: { command: a, produces: ['a*'] }\nb: { command: b, produces: ['*b'] }");
    refused(3, "products *b of job b and a* of job a can match the same path");
  }

  @Test
  void aDepfileOfTwoJobs() {
    given("a: { command: a, depfile: x.d }\nb: { command: b, depfile: x.d }");
    refused(3, "depfile x.d of job b is that of job a already or its product");
  }

  @Test
  void globsThatNoPathCouldMatchBothAreFine() {
    given("a: { command: a, produces: ['*.a'] }\nb: { command: b, produces: ['*.b'] }");
    build().ran("a", "b");
  }

  @Test
  void theShortestCycle() {
    given(
        """
        a: { command: a, needs: [c.out], produces: [a.out] }
        b: { command: b, needs: [a.out], produces: [b.out] }
        c: { command: c, needs: [b.out], produces: [c.out] }
        x: { command: x, needs: [c.out, y.out], produces: [x.out] }
        y: { command: y, needs: [x.out], produces: [y.out] }
        """);
    refused(5, "jobs wait for each other in a cycle: x → y → x; remove one of these needs");
  }

  @Test
  void theShortestCycleIsFoundBehindAnother() {
    given(
        """
        a: { command: a, after: b }
        b: { command: b, after: a }
        between: { command: x, after: b }
        c: { command: c, after: [c, between] }
        behind: { command: x, after: c }
        """);
    refused(5, "jobs wait for each other in a cycle: c → c; remove one of these needs");
  }

  @Test
  void aJobThatNeedsItsOwnProduct() {
    given("a: { command: a, needs: [p], produces: [p] }");
    refused(2, "job a needs its own product p");
  }

  /** The instance that lacks it fails by name, as often as it is asked for; the others run. */
  private void failsOfARow(String group, String name, String need, String row) {
    given(
        "tab: { %s, command: 'make out/{s}', produces: 'out/{s}' }\n".formatted(group)
            + "all: { command: make all, needs: { job: tab }, produces: all }");
    assertEquals("will fail: need missing " + need, look().get("tab/" + name));
    build();
    assertEquals(1, exit);
    assertEquals(JobState.FAILED, state("tab/" + name));
    assertEquals(
        "need " + need + " does not exist, and no job produces it" + row, what("tab/" + name));
    assertTrue(exists("out/a"));
    assertEquals(JobState.BLOCKED, state("all"));
    build().ran();
    assertEquals(1, exit);
  }

  @Test
  void aMissingNeedOfARowFailsItsInstanceWithTheLineOfTheTable() throws IOException {
    edit("runs.csv", "s,file\na,in/a\nb,in/b\n");
    edit("seeds.txt", "a\n\nb\n");
    edit("in/a", "");
    Files.createDirectories(root.resolve("dir_a"));
    failsOfARow(
        "table: runs.csv, needs: '{file}'", "file=in%2Fb,s=b", "in/b", "; its row is runs.csv:3:1");
    failsOfARow(
        "table: { file: runs.csv, key: [s] }, needs: 'dir_{s}/'",
        "s=b",
        "dir_b/",
        "; its row is runs.csv:3:1");
    failsOfARow(
        "parameters: { s: { lines: seeds.txt } }, needs: 'in/{s}'",
        "s=b",
        "in/b",
        "; its row is seeds.txt:3:1");
    failsOfARow("parameters: { s: [a, b] }, needs: 'in/{s}'", "s=b", "in/b", "");
  }

  @Test
  void aMissingNeedThatAllInstancesHaveIsAnError() {
    edit("seeds.txt", "b\n");
    given("tab: { parameters: { s: { lines: seeds.txt } }, needs: gone, command: 'tab {s}' }");
    refused(2, "job tab/s=b needs gone, which does not exist and which no job produces");
  }

  @Test
  void aNeedThatNobodyMakesAndThatDoesNotExist() {
    given("a: { command: a, needs: [x] }\nb: { command: b }");
    refused(2, "job a needs x, which does not exist and which no job produces");
    build("b").ran("b"); // only of the jobs selected
  }

  @Test
  void allErrorsAtOnce() {
    given("a: { command: a, needs: [x] }\nb: { command: b, needs: [y] }");
    BadInput bad = assertThrows(BadInput.class, this::build);
    assertEquals(2, bad.diagnostics().size());
  }

  @Test
  void aProductThatLiesElsewhereByALink() throws Exception {
    Files.createSymbolicLink(root.resolve("d"), elsewhere);
    given("a: { command: a, produces: [d/p] }");
    refused(
        2,
        "product d/p lies in %s, which is neither below the root nor below a folder in `roots`"
            .formatted(elsewhere.toRealPath()));
    givenFile("roots: ['%s']\njobs: { a: { command: a, produces: [d/p] } }".formatted(elsewhere));
    build().ran("a");
    settled();
  }

  @Test
  void aProductThatIsTheBuildFile() {
    given("a: { command: a, produces: [torc.yaml] }");
    refused(2, "product torc.yaml is the build file");
  }
}
