package dev.torc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A build that selects no job is a build of nothing, and so is every look at it. */
class NoJobsTest {

  private static final String DONE = "0 jobs: 0 ran, 0 up to date, 0 failed in ";

  @TempDir Path temp;
  private Folder folder;

  @BeforeEach
  void folder() throws IOException {
    folder = new Folder(temp.toRealPath());
  }

  private void isDone(String... args) {
    Run run = folder.run(args);
    assertEquals(0, run.exit(), run.err());
    assertTrue(run.err().lines().toList().getLast().startsWith(DONE), run.err());
  }

  @ParameterizedTest
  @ValueSource(strings = {"jobs: {}", "jobs: []", "jobs:", "", "{}", "# none", "name: x"})
  void aBuildFileWithoutJobsIsBuilt(String text) throws IOException {
    folder.put("torc.yaml", text + "\n");
    isDone();
    isDone("build");
    isDone("--force", "-v");
    Run json = folder.run("--json");
    assertEquals(0, json.exit(), json.err());
    List<String> events = json.out().lines().toList();
    assertTrue(events.getFirst().contains("\"event\":\"started\""), json.out());
    assertTrue(events.getLast().contains("\"exit\":0"), json.out());
    assertTrue(folder.run("-n").err().endsWith("0 jobs: 0 will run, 0 may run, 0 up to date\n"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "status",
        "list",
        "check",
        "graph",
        "data",
        "events",
        "history",
        "clean",
        "clean --stale"
      })
  void whoLooksSeesNothing(String command) throws IOException {
    folder.put("torc.yaml", "jobs: {}\n");
    for (int times = 0; times < 2; times++) {
      Run run = folder.run(command.split(" "));
      assertEquals(0, run.exit(), run.err());
      isDone();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "build",
        "build -n",
        "status",
        "list",
        "why",
        "why --json",
        "graph",
        "data",
        "data --json",
        "events",
        "history",
        "clean",
        "adopt"
      })
  void aGroupWithoutInstancesIsATarget(String command) throws IOException {
    folder.put(
        "torc.yaml",
        "jobs: { g: { command: 'echo {s}', parameters: { s: { lines: seeds.txt } } } }\n");
    folder.put("seeds.txt", "");
    Run run = folder.run((command + " g").split(" "));
    assertEquals(0, run.exit(), run.err());
    assertFalse(run.err().contains("Exception"), run.err());
  }

  @Test
  void emptiedSeedsLeaveNothingToBuild() throws IOException {
    folder.put(
        "torc.yaml",
        "jobs: { g: { command: 'echo > {s}', parameters: { s: { lines: seeds.txt } },"
            + " produces: '{s}' } }\n");
    folder.put("seeds.txt", "a\nb\n").build();
    folder.put("seeds.txt", "");
    isDone();
    isDone("build", "g");
    assertTrue(folder.has("a"));
    folder.put("seeds.txt", "a\n");
    assertTrue(folder.run().err().contains("1 job: 0 ran, 1 up to date"));
  }
}
