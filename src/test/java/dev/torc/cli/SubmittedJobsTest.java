package dev.torc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is told of jobs that an earlier build handed out: where they are, and why they run. */
class SubmittedJobsTest {

  @TempDir Path temp;
  private Folder project;

  @BeforeEach
  void project() throws IOException {
    project = new Folder(temp.toRealPath());
    project.put("x", "1").put("hold", "");
    project.put(
        "torc.yaml",
        Rule15RemoteTest.far(project.at())
            + """
            jobs:
              a: { command: "cat x > a.out", needs: x, produces: a.out }
              each:
                parameters: { n: { from: 1, to: 11 } }
                command: "true"
                needs: x
              b: { command: "true", needs: a.out }
            """);
  }

  private Run torc(String... args) {
    return Run.of(project.at(), args);
  }

  /** What a command says, without the scheduler's ids. */
  private String says(String... args) {
    return torc(args).out().replaceAll("far \\d+", "far N");
  }

  private void release() throws IOException {
    Files.delete(project.at().resolve("hold"));
  }

  @Test
  void allAnswersTellThatTheyAreSubmittedAndWhyTheyRun() throws IOException {
    assertEquals(0, torc("--submit").exit());
    assertTrue(
        says("status")
            .startsWith(
                """
                13 jobs: 12 submitted, 1 will run, 0 may run, 0 up to date
                submitted:
                  a to far N: never ran
                  each (11 of 11) to far N and 10 more: never ran
                will run:
                  b: never ran
                """),
        says("status"));
    assertEquals(
        """
        a is submitted to far N: never ran
        each (11 of 11) are submitted to far N and 10 more: never ran
        b will run: never ran
        """,
        says("-n"));
    assertEquals("a is submitted to far N: never ran\n", says("why", "a"));
    assertTrue(says("why", "each").startsWith("each: 0 of 11 up to date, 11 submitted\n"));
    String list = says("list");
    assertTrue(list.startsWith("a     submitted to far N "), list);
    assertTrue(list.contains("\neach  0 of 11 up to date, 11 submitted "), list);
    String json = says("list", "--json", "a");
    assertTrue(
        json.contains(
            "\"verdict\":\"will_run\",\"reasons\":[{\"kind\":\"submitted\",\"name\":\"\",\"old\":\"\",\"now\":\"far"
                + " N\"},{\"kind\":\"never_ran\""),
        json);
    release();
    Run taken = torc();
    assertEquals(0, taken.exit(), taken.err());
    assertTrue(taken.err().matches("(?s).*\na: ran in [^\n]*: never ran\n.*"), taken.err());
    assertFalse(taken.err().contains("earlier build"), taken.err());
    assertTrue(says("why", "a").endsWith(" because it had never run\n"), says("why", "a"));
  }

  @Test
  void ofWhatChangedTheReasonIsThatAndOfWhatNoLookShowsThatTheyAreOut() throws IOException {
    release();
    assertEquals(0, torc().exit());
    project.put("x", "2").put("hold", "");
    assertEquals(0, torc("--submit", "a").exit());
    String why = says("why", "a");
    assertTrue(
        why.matches("a is submitted to far N: need x changed \\w+ → \\w+\n  it last ran .*\n"),
        why);
    release();
    assertEquals(0, torc("a").exit());
    assertTrue(says("why", "a").contains(" because need x changed "), says("why", "a"));
    project.put("hold", "");
    assertEquals(0, torc("--submit", "--force", "a").exit());
    why = says("why", "a");
    assertTrue(why.startsWith("a is submitted to far N: forced\n"), why);
    release();
    assertEquals(0, torc("a").exit());
    assertTrue(says("why", "a").contains(" because it was forced\n"), says("why", "a"));
    Files.delete(temp.toRealPath().resolve("a.out"));
    project.put("hold", "");
    assertEquals(0, torc("--submit", "--no-restore", "a").exit());
    why = says("why", "a");
    assertTrue(why.startsWith("a is submitted to far N: product a.out missing\n"), why);
    release();
    Run taken = torc("--no-restore", "a");
    assertEquals(0, taken.exit(), taken.err());
    assertTrue(taken.err().contains("a: ran in "), taken.err());
    assertFalse(taken.err().contains("earlier build"), taken.err());
  }
}
