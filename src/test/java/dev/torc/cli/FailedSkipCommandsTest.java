package dev.torc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the commands say of a job that goes without instances that failed. */
class FailedSkipCommandsTest {

  private static final String WITHOUT = "without 4 of 6: g/i=1, g/i=2, g/i=3 …\n";

  @TempDir Path cwd;
  private Folder folder;

  @BeforeEach
  void open() throws IOException {
    folder = new Folder(cwd).put("least", "5\n");
    folder.put(
        "torc.yaml",
        """
        jobs:
          g:
            parameters: { i: { from: 1, to: 6 } }
            command: test {i} -ge $(cat least) && echo {i} > {i}.g
            needs: least
            produces: '{i}.g'
          sum: { command: 'cat {needs} > sum', needs: { job: g, failed: skip }, produces: sum }
        """);
  }

  @Test
  void itsLineSaysWhoIsLeftOut() throws IOException {
    Run run = folder.run("build");
    assertEquals(1, run.exit());
    assertTrue(run.err().matches("(?s).*\nsum: ran in [^\n]*, " + WITHOUT + ".*"), run.err());
    assertEquals("5\n6\n", folder.get("sum"));
    folder.put("least", "1\n");
    String err = folder.build().run("build", "-v").err();
    assertFalse(err.contains("without"), err);
  }

  @Test
  void soDoesWhyAfterwards() throws IOException {
    folder.run("build");
    String why = folder.run("why", "sum").out();
    assertTrue(why.startsWith("sum may run: after g/i=1 (g/i=1 will run: failed last time"), why);
    assertTrue(why.endsWith("\n  it ran " + WITHOUT), why);
    folder.put("least", "3\n");
    folder.run("build");
    why = folder.run("why", "sum").out();
    assertTrue(why.contains("need 3.g added"), why);
    folder.put("least", "1\n").build();
    assertFalse(folder.run("why", "sum").out().contains("without"));
  }

  @Test
  void soDoesJson() throws IOException {
    String without = "\"without\":[{\"of\":6,\"jobs\":[\"g/i=1\",\"g/i=2\",\"g/i=3\",\"g/i=4\"]}]";
    String ended = "{\"event\":\"job_ended\",\"job\":\"sum\",";
    String line =
        folder
            .run("build", "--json")
            .out()
            .lines()
            .filter(l -> l.startsWith(ended))
            .findFirst()
            .get();
    assertTrue(line.contains(without), line);
    for (String command : new String[] {"why", "list"}) {
      String json = folder.run(command, "sum", "--json").out();
      assertTrue(json.replaceAll("\\s+", "").contains(without), json);
    }
  }

  @Test
  void ofOneJobThereIsNothingToSkip() throws IOException {
    folder.put(
        "torc.yaml",
        """
        jobs:
          a: { command: echo, produces: a }
          b: { command: cat a, needs: { job: a, failed: skip } }
        """);
    Run run = folder.run("check");
    String line =
        "torc.yaml:3:31: error: a is one job, and failed: skip is for the instances of a group;"
            + " write {job: a}";
    assertEquals(2, run.exit());
    assertTrue(run.err().contains(line), run.err());
  }

  @Test
  void itIsNotAdoptedWithoutThem() throws IOException {
    folder.run("build");
    Run run = folder.run("adopt", "sum");
    assertEquals(1, run.exit());
    assertTrue(run.err().contains("what job g/i=1 makes, which is not up to date"), run.err());
  }
}
