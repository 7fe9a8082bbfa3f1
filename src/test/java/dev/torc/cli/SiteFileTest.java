package dev.torc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code TORC_CONFIG}: a site's file is one more {@code -f}, laid over the build file. */
class SiteFileTest {

  private static final String JOB =
      "vars: { word: %s }\njobs: { a: { command: 'echo {word} > a', produces: a } }\n";

  @TempDir Path temp;
  private Folder folder;
  private Path site;

  @BeforeEach
  void folder() throws IOException {
    folder = new Folder(Files.createDirectory(temp.toRealPath().resolve("project")));
    folder.put("torc.yaml", JOB.formatted("own"));
    site = temp.toRealPath().resolve("site.yaml");
    Files.writeString(site, "vars: { word: site }\n");
  }

  private Run with(String config, String... args) {
    return Run.in(Map.of("PATH", System.getenv("PATH"), "TORC_CONFIG", config), folder.at(), args);
  }

  private String built(String config, String... args) throws IOException {
    Run run = with(config, args);
    assertEquals(0, run.exit(), run.err());
    return folder.get("a").strip();
  }

  @Test
  void itIsLaidOverTheBuildFileAndWhatTheCommandLineNamesOverBoth() throws IOException {
    assertEquals("site", built(site.toString()));
    assertEquals("own", built(""), "empty is as without");
    assertEquals("site", built("../site.yaml", "-f", "torc.yaml"), "from where the user stands");
    folder.put("mine.yaml", "vars: { word: mine }\n");
    assertEquals("mine", built(site.toString(), "-f", "torc.yaml", "-f", "mine.yaml"));
    assertEquals("site", built(site.toString(), "-f", "torc.yaml"));
    assertEquals("line", built(site.toString(), "-D", "word=line"));
    assertTrue(folder.has(".torc"), "the build file's folder stays the root");
    assertFalse(Files.exists(site.resolveSibling(".torc")));
  }

  @Test
  void itsExecutorsAreKnown() throws IOException {
    Files.writeString(site, "executors: { far: { kind: slurm } }\n");
    assertEquals(0, with(site.toString(), "check", "--on", "far").exit());
    assertEquals(
        "torc: --on far: no executor far; known are local\n",
        with("", "list", "--on", "far").err());
  }

  /** Only the scheduler knows what it gives to a job that asks for no memory. */
  @Test
  void theMemoryOfAJobThatAsksForNoneHasNoValueElsewhere() throws IOException {
    Files.writeString(site, "executors: { far: { kind: slurm } }\n");
    folder.put("torc.yaml", "jobs:\n  a: { command: 'echo {memory} > a', produces: a }\n");
    for (String option : List.of("-q", "-n")) {
      Run run = with(site.toString(), "build", "--on", "far", option);
      assertEquals(2, run.exit(), run.err());
      assertEquals(
          "torc.yaml:2:17: {memory} of job a has no value at far: give it `memory` in resources, or"
              + " use $TORC_MEMORY\n",
          run.err());
    }
    assertFalse(folder.has("a"));
    assertEquals(0, with(site.toString(), "list", "--on", "far", "--json").exit());
    assertEquals(0, with(site.toString()).exit(), "here it is the machine's");
  }

  /** With the same files nothing is read or decided again; without the file it is another graph. */
  @Test
  void itCountsForTheGraphAndForWhatIsAtRest() throws IOException {
    built(site.toString());
    folder.window();
    built(site.toString());
    Path table = folder.at().resolve(".torc/lock.mdb");
    Files.deleteIfExists(table);
    assertEquals("site", built(site.toString()));
    assertFalse(Files.exists(table), "at rest");
    Files.writeString(site, "vars: { word: other }\n");
    assertEquals("other", built(site.toString()));
    assertEquals("own", built(""));
  }

  @Test
  void aFileThatIsNotThereIsAnErrorThatNamesTheVariable() {
    Path gone = temp.resolve("gone.yaml");
    for (String command : new String[] {"build", "status", "data", "clean", "list"}) {
      assertEquals(
          new Run(2, "", "torc: TORC_CONFIG names " + gone + ", and there is no such file\n"),
          with(gone.toString(), command));
    }
  }

  @Test
  void aBuildFileThatIsNotThereIsNamedFromWhereTheUserStands() {
    for (String name : List.of("none/torc.yaml", temp.resolve("gone.yaml").toString())) {
      assertEquals(new Run(2, "", name + ": no such file\n"), with("", "list", "-f", name));
    }
  }

  @Test
  void whatIsWrongInItHasItsPlace() throws IOException {
    Files.writeString(site, "executers: {}\n");
    Run run = with(site.toString(), "list");
    assertEquals(2, run.exit());
    assertTrue(run.err().startsWith(site + ":1:1: unknown key executers"), run.err());
  }
}
