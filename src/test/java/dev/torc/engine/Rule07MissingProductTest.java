package dev.torc.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.syntax.BadInput;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Rule 7: what a job should have made and did not. */
class Rule07MissingProductTest extends Harness {

  @Test
  void aMissingProductIsAFailureThatNamesIt() {
    given("a: { command: make a, produces: [a.out, b.out] }");
    job(
        "a",
        stub -> {
          stub.write("a.out", "1");
          return stub.exit(0);
        });
    build();
    assertEquals(1, exit);
    assertEquals("product b.out is missing though the command ended well", what("a"));
    usual("a");
    build().ran("a");
    assertEquals(List.of(), kept());
    settled();
  }

  @Test
  void aFolderInsteadOfAFileIsAFailure() {
    given("a: { command: make a, produces: [a.out] }");
    job(
        "a",
        stub -> {
          edit("a.out/in", "1");
          return stub.exit(0);
        });
    build();
    assertEquals("product a.out is a folder; declare a.out/", what("a"));
  }

  /** Two makers of many files, and readers of some; which files they make the test says. */
  private void twoMakers(String files) {
    given(
        """
        f: { command: make f, needs: [x], produces: [dir/] }
        g: { command: make g, needs: [x], produces: ['g/*.o'] }
        rf: { command: make rf, needs: [dir/two], produces: [rf.out] }
        rg: { command: make rg, needs: [g/two.o], produces: [rg.out] }
        """);
    for (String job : List.of("f", "g")) {
      job(
          job,
          stub -> {
            for (String file : files.split(" ")) {
              stub.write(job.equals("f") ? "dir/" + file : "g/" + file + ".o", file);
            }
            return stub.exit(0);
          });
    }
  }

  @Test
  void aNeededPathThatTheJobDidNotMakeFailsTheReaderByName() {
    edit("x", "1");
    twoMakers("one");
    build();
    assertEquals(JobState.RAN, state("f"));
    assertEquals(JobState.FAILED, state("rf"));
    assertEquals(JobState.FAILED, state("rg"));
    assertEquals("need dir/two was not made by job f", what("rf"));
    assertEquals("need g/two.o was not made by job g", what("rg"));
    edit("x", "2");
    twoMakers("one two");
    build().ran("f", "g", "rf", "rg");
    assertEquals(0, exit);
    settled();
  }

  @Test
  void soDoesOneThatTheJobMakesNoLonger() {
    edit("x", "1");
    twoMakers("one two");
    build();
    settled();
    edit("x", "2");
    twoMakers("one");
    build();
    assertEquals(JobState.FAILED, state("rf"));
    assertEquals(JobState.FAILED, state("rg"));
  }

  @Test
  void aUsersFileThatAProducedGlobMatchesIsNotMade() {
    edit("x", "1");
    twoMakers("one");
    build();
    edit("g/two.o", "mine");
    build("rg");
    assertEquals(JobState.UP_TO_DATE, state("g"));
    assertEquals("need g/two.o was not made by job g", what("rg"));
    edit("x", "2"); // g would run, and take it
    BadInput refused = assertThrows(BadInput.class, () -> build("rg")); // rule 13
    assertTrue(refused.getMessage().contains("g/two.o, which torc did not make"));
    assertEquals("mine", read("g/two.o"));
  }

  @Test
  void aFailedReaderClaimsNothingThatStandsInItsPlaces() {
    edit("x", "1");
    edit("rf.out", "mine");
    twoMakers("one");
    build();
    assertEquals(JobState.FAILED, state("rf"));
    twoMakers("one two");
    edit("x", "2");
    build();
    assertEquals(JobState.RAN, state("rf"));
    keptText("mine");
  }

  @Test
  void aProducedGlobMayMatchNothing() {
    given(
        """
        g: { command: make g, needs: [x], produces: ['g/*.o'] }
        r: { command: make r, needs: ['g/*.o'], produces: [r.out] }
        """);
    edit("x", "1");
    job("g", stub -> stub.exit(0));
    build().ran("g", "r");
    settled();
  }
}
