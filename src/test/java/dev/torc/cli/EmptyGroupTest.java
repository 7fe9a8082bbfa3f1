package dev.torc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A group without values: every build that is about it says so, and its readers see none; where a
 * job may make any number of files nobody wonders.
 */
class EmptyGroupTest {

  private static final String SAID = "warning: torc.yaml:2:40: no values, so each has no instances";

  private static final String SOURCE = SAID + ": seeds.txt holds none";

  @TempDir Path cwd;
  private Folder folder;

  @BeforeEach
  void noSeeds() throws IOException {
    folder = new Folder(cwd).put("seeds.txt", "\n\n");
    folder.put(
        "torc.yaml",
        """
        jobs:
          each: { command: echo, parameters: { s: { lines: seeds.txt } }, produces: "{s}" }
          all: { command: "cat {needs} /dev/null > all", needs: { job: each }, produces: all }
          other: { command: "true" }
        """);
  }

  private List<String> warnings(String... args) {
    Run run = folder.run(args);
    assertEquals(0, run.exit(), run.err());
    return run.err().lines().filter(line -> line.startsWith("warning: ")).toList();
  }

  @Test
  void everyBuildThatIsAboutTheGroupSaysSo() throws IOException {
    assertEquals(List.of(SOURCE), warnings("build"));
    assertEquals("", folder.get("all"));
    assertEquals(List.of(SOURCE), warnings("build"));
    assertEquals(List.of(SOURCE), warnings("build", "-n"));
    assertEquals(List.of(SOURCE), warnings("build", "each"));
    assertEquals(List.of(SOURCE), warnings("build", "all"));
    assertEquals(List.of(), warnings("build", "other"));
    assertEquals(
        List.of(SOURCE.replace("warning: ", "")),
        folder.run("check").err().replace("warning: ", "").lines().toList());
  }

  @Test
  void aFileThatAJobLeftEmptyIsSaidInTheBuildThatMakesItAndInLaterOnes() throws IOException {
    folder.put(
        "torc.yaml",
        """
        jobs:
          each: { command: echo, parameters: { s: { lines: made.txt } }, produces: "{s}" }
          make: { command: ": > made.txt", produces: made.txt }
        """);
    assertEquals(List.of(SAID), warnings("build"));
    assertEquals(List.of(SAID), warnings("build"));
  }

  @Test
  void noProductsAreOrdinary() throws IOException {
    folder.put(
        "torc.yaml",
        """
        jobs:
          each: { command: echo, parameters: { s: { products: make } }, produces: "{s}x" }
          make: { command: "true", produces: "made/*" }
          none: { command: echo, parameters: { s: { products: nothing } }, produces: "{s}y" }
          nothing: { command: "true" }
        """);
    assertEquals(List.of(), warnings("build"));
    assertEquals(List.of(), warnings("build"));
  }
}
