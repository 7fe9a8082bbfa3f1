package dev.torc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Import writes {@code torc.yaml} in the current folder, never over one, or nothing. */
class ImportCommandTest {

  private static final String HELLO =
      """
      name: w
      jobs:
        - { name: hello, command: echo hello > hello.txt }
      """;

  @TempDir Path cwd;
  private Folder folder;

  @BeforeEach
  void stand() {
    folder = new Folder(cwd);
  }

  private List<String> files() throws IOException {
    try (var files = Files.list(cwd)) {
      return files.map(f -> f.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void writesWhatTorcBuildsAndSaysWhereItIs() throws IOException {
    folder.put("w.yaml", HELLO);
    assertEquals(
        new Run(0, "", "wrote " + cwd.resolve("torc.yaml") + ": 1 job; next: torc check\n"),
        folder.run("import", "w.yaml"));
    assertEquals("hello\n", folder.build().get("hello.txt"));
  }

  @Test
  void theNewFileHasTheModeOfAnyNewFile() throws IOException {
    folder.put("w.yaml", HELLO).run("import", "w.yaml");
    assertEquals(
        PosixFilePermissions.toString(Files.getPosixFilePermissions(cwd.resolve("w.yaml"))),
        PosixFilePermissions.toString(Files.getPosixFilePermissions(cwd.resolve("torc.yaml"))));
    assertEquals(List.of("torc.yaml", "w.yaml"), files());
  }

  @Test
  void saysWithPlaceWhatItCouldNotCarryAndLeavesItAsComment() throws IOException {
    folder.put(
        "w.yaml",
        """
        name: w
        user: me
        jobs:
          - name: a
            command: echo
            scheduler: big
        """);
    Run run = folder.run("import", "w.yaml");
    assertEquals(
        """
        w.yaml:2:1: user is not carried: torc knows no owners
        w.yaml:6:5: scheduler is not carried: torc runs the job on this machine
        """
            + "wrote "
            + cwd.resolve("torc.yaml")
            + ": 1 job, 2 notes above; next: torc check\n",
        run.err());
    assertTrue(folder.get("torc.yaml").contains("#   line 6: scheduler is not carried: "));
  }

  @ParameterizedTest
  @ValueSource(strings = {"torc.yaml", "torc.yml", "torc.json"})
  void neverWritesOverABuildFile(String name) throws IOException {
    folder.put("w.yaml", HELLO).put(name, "mine");
    assertEquals(
        new Run(
            2, "", "torc: " + name + ": is there already, and torc import writes over nothing\n"),
        folder.run("import", "w.yaml"));
    assertEquals("mine", folder.get(name));
    assertEquals(2, files().size());
  }

  @Test
  void aDanglingLinkIsABuildFileToo() throws IOException {
    folder.put("w.yaml", HELLO);
    Files.createSymbolicLink(cwd.resolve("torc.yaml"), cwd.resolve("none"));
    assertEquals(2, folder.run("import", "w.yaml").exit());
    assertFalse(folder.has("none"));
  }

  @Test
  void goesWhereItIsToldAndReadsFromThere() throws IOException {
    folder.put("sub/w.yaml", HELLO);
    assertEquals(0, folder.run("import", "-C", "sub", "w.yaml").exit());
    assertTrue(folder.has("sub/torc.yaml"));
    folder.put("deep/w.yml", HELLO);
    assertEquals(0, folder.run("import", cwd.resolve("deep/w.yml").toString()).exit());
    assertTrue(folder.has("torc.yaml"));
  }

  @Test
  void whatTorcRefusesIsToldByItsPlaceInTheWorkflowFileAndNothingIsWritten() throws IOException {
    folder.put(
        "w.yaml",
        """
        name: w
        jobs:
          - { name: a, command: touch x, output_files: [f] }
          - { name: b, command: touch x, output_files: [f] }
          - { name: c, command: echo, depends_on: [d] }
          - { name: d, command: echo, depends_on: [c] }
        files: [{ name: f, path: x }]
        """);
    Run run = folder.run("import", "w.yaml");
    assertEquals(2, run.exit());
    assertTrue(
        run.err().startsWith("w.yaml:4:13: what this becomes is refused, so nothing is written: "),
        run.err());
    assertEquals(List.of("w.yaml"), files());
  }

  @Test
  void resourcesThatTorcRefusesAreToldByTheirPlaceToo() throws IOException {
    folder.put(
        "w.yaml",
        """
        name: w
        jobs:
          - { name: a, command: echo, resource_requirements: big }
        resource_requirements:
          - { name: r, num_cpus: two, memory: lots, runtime: long }
        """);
    Run run = folder.run("import", "w.yaml");
    assertEquals(
        new Run(
            2,
            "",
            """
            w.yaml:5:5: WHY: cpus must be a whole number, not two
            w.yaml:5:5: WHY: lots is no size; write it like 4GiB or 512MB
            w.yaml:5:5: WHY: long is no duration; write it like 90s, 10m, 1h30m or PT10M
            w.yaml:3:13: WHY: unknown resource class big
            """
                .replace("WHY", "what this becomes is refused, so nothing is written")),
        run);
    assertEquals(List.of("w.yaml"), files());
  }

  @Test
  void aFolderThatCannotBeWrittenIsTroubleOfTheEnvironment() throws IOException {
    assumeTrue(Files.isDirectory(Path.of("/proc/self")));
    folder.put("w.yaml", HELLO);
    Run run = Run.of(Path.of("/proc"), "import", cwd.resolve("w.yaml").toString());
    assertEquals(3, run.exit());
    assertEquals(1, run.err().lines().count(), run.err());
  }

  @Test
  void takesOneFileAndNoBuildFile() throws IOException {
    assertEquals(2, folder.run("import").exit());
    assertEquals(2, folder.run("import", "a", "b").exit());
    Run run = folder.run("import", "-f", "x", "w.yaml");
    assertEquals(
        "torc: -f: torc import writes torc.yaml in the current folder; use -C DIR\n", run.err());
  }

  @Test
  void json5IsReadAsNrelWritesIt() throws IOException {
    folder.put(
        "w.json5",
        """
        // a comment
        {
          name: "w", /* and another */
          jobs: [
            { name: 'a', "command": "echo \\"it's\\"", invocation_script: null, },
            { name: 'b', command: 'sh b.sh', depends_on: ['a'], resource_requirements: "r" },
          ],
          resource_requirements: [{ name: "r", num_cpus: +1, memory: "1g", runtime: "PT1M" }],
        }
        """);
    assertEquals(
        new Run(0, "", "wrote " + cwd.resolve("torc.yaml") + ": 2 jobs; next: torc check\n"),
        folder.run("import", "w.json5"));
    assertTrue(Files.readString(cwd.resolve("torc.yaml")).contains("command: echo \"it's\"\n"));
  }

  @Test
  void otherFormatsAreNamed() throws IOException {
    folder.put("w.kdl", "");
    Run run = folder.run("import", "w.kdl");
    assertEquals(2, run.exit());
    assertEquals("w.kdl: KDL is not read; write the workflow as YAML, JSON or JSON5\n", run.err());
    assertEquals("none.yaml: no such file\n", folder.run("import", "none.yaml").err());
  }
}
