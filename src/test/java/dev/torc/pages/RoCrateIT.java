package dev.torc.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.Sandbox;
import dev.torc.Sandbox.Going;
import dev.torc.Sandbox.Ran;
import dev.torc.Shipping;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Crates of real builds, held against the profiles by the validator of RO-Crate. */
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("RoCrateIT")
@Shipping
class RoCrateIT {

  /** A profile that has Process Run Crate, Workflow Run Crate and Workflow RO-Crate in it. */
  private static final String RUNS = "provenance-run-crate";

  @TempDir Path temp;
  private Sandbox project;
  private CrateValidator validator;

  @BeforeEach
  void start() throws Exception {
    project = new Sandbox(temp);
    validator = CrateValidator.find(project, temp);
  }

  @AfterEach
  void end() {
    project.close();
  }

  private void crate(String name) throws Exception {
    Ran ran = project.torc("report", "--ro-crate", name);
    assertEquals(0, ran.exit(), ran.err());
  }

  private void fits(String name) throws Exception {
    assertEquals(List.of(), validator.findings(name, RUNS, "required"));
  }

  /** A project with names of all sorts, folders, globs, a product elsewhere, data, a failure. */
  private void mixed() throws Exception {
    Path scratch = Files.createDirectory(temp.toRealPath().resolve("scratch place"));
    project.write("in put#1%.txt", "one\n");
    project.write("données/日本@1.csv", "1,2\n");
    project.write("'q\"uote[1]{2}.txt", "x\n");
    project.build(
        """
        name: mixed
        description: All sorts.
        roots: ["SCRATCH"]
        data: { high: 3 }
        jobs:
          pre:
            command: cat {needs} > f1.txt; echo 'loss="a b"' >> $TORC_OUTPUT
            needs: ["in put#1%.txt", "données/日本@1.csv"]
            produces: f1.txt
          work:
            parameters: { n: [1, 2], s: ["a b", "x/y", "50%"] }
            command: cat f1.txt > {produces}; echo {data.pre.loss} {data.high}
            env: { LC_ALL: C }
            needs: f1.txt
            produces: "out/{n}-{s:name}.txt"
          parts:
            command: touch p/a.part p/b.part 'SCRATCH/far away'
            produces: ["p/*.part", "SCRATCH/far away"]
          tree:
            command: mkdir -p 'tree 1/in'; echo 1 > 'tree 1/in/x'
            produces: tree 1/
          read:
            command: cat {needs} > all
            needs: [{ job: work }, "tree 1/in/x", p/, "*.txt", "SCRATCH/far away"]
            produces: all
          tool: { command: gunzip --version > gz, tools: gunzip, produces: gz }
          bad: { command: exit 3, needs: f1.txt }
          late: { command: "true", after: bad }
        """
            .replace("SCRATCH", scratch.toString()));
  }

  @Test
  void aProjectOfAllSortsFits() throws Exception {
    mixed();
    assertEquals(1, project.torc("build").exit());
    crate("made");
    fits("made");
    String text = project.read("made/ro-crate-metadata.json");
    assertTrue(text.contains("\"#file/données/日本%401.csv\""), text);
    assertTrue(text.contains("scratch%20place/far%20away\""), text);
    List<String> advice =
        validator.findings("made", RUNS, "recommended").stream()
            .map(line -> line.replaceFirst("^[^:]*(:[^ ]*)?: ", ""))
            .distinct()
            .filter(line -> !line.startsWith("Missing or invalid `encodingFormat`"))
            .toList();
    // What torc cannot know, and where the validator asks for the ids of types.
    for (String line : advice) {
      assertTrue(
          line.matches(
              ".*(SHOULD have a url|SHOULD have a version|SHOULD be an absolute URI|README.md"
                  + " SHOULD|`author`|`publisher`|Action SHOULD have a result|a link to a"
                  + " Contextual Entity|Contextual Entity representing the `license`).*"),
          line);
    }
    crate("again");
    project.edit("f1.txt", "one", "two");
    project.torc("build", "pre");
    crate("later");
    fits("later");
  }

  @Test
  void restoredJobsFit() throws Exception {
    String text = "jobs: { a: { command: echo one > a, produces: a } }";
    for (String each : List.of("one", "two", "one")) {
      project.build(text.replace("one", each));
      assertEquals(0, project.torc("build").exit());
    }
    crate("made");
    fits("made");
    assertTrue(
        project.read("made/ro-crate-metadata.json").contains("(restored in build 3 from build 1)"));
  }

  @Test
  void runsOfAnotherProjectFit() throws Exception {
    Path store = Files.createDirectory(temp.resolve("store"));
    project.build(
        """
        stores: { shared: [{ path: STORE }] }
        jobs: { a: { command: sleep 4; echo one > a, produces: a } } # sending may take as long
        """
            .replace("STORE", store.toString()));
    assertEquals(0, project.torc("build").exit());
    assertEquals(0, project.sh("rm -r .torc a").exit());
    assertEquals(0, project.torc("build").exit());
    crate("made");
    fits("made");
    String text = project.read("made/ro-crate-metadata.json");
    assertTrue(text.contains("(restored in build 1 from build 1 on "), text);
  }

  @Test
  void aProjectThatWasNeverBuiltFitsAsAWorkflow() throws Exception {
    mixed();
    crate("made");
    assertEquals(List.of(), validator.findings("made", "workflow-ro-crate", "required"));
  }

  @Test
  void theValidatorFindsWhatIsWrong() throws Exception {
    project.build("jobs: { a: { command: 'true' } }");
    project.torc("build");
    crate("made");
    fits("made");
    project.edit("made/ro-crate-metadata.json", "\"instrument\":{\"@id\":\"#job/a\"},", "");
    assertTrue(
        validator
            .findings("made", RUNS, "required")
            .toString()
            .contains("MUST have an instrument"));
  }

  @Test
  void duringABuildItTellsWhatIsDoneAndDoesNotWait() throws Exception {
    project.build(
        """
        jobs:
          quick: { command: echo 1 > one, produces: one }
          long: { command: "echo > started; cat gate", needs: one }
        """);
    assertEquals(0, project.run(List.of("mkfifo", "gate")).exit());
    Going build = project.start("build");
    project.awaitLine("started");
    Sandbox.until(
        "quick is on record", () -> project.torc("why", "quick").out().contains("up to date"));
    crate("made");
    fits("made");
    assertTrue(project.read("made/ro-crate-metadata.json").contains("\"#run/quick\""));
    assertEquals(0, project.sh("echo > gate").exit());
    assertEquals(0, build.await().exit());
  }
}
