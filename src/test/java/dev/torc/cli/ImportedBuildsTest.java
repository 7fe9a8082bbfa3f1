package dev.torc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.buildfile.BuildFileLoader;
import dev.torc.workflow.Job;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The workflows of NREL's torc under {@code testdata/imports}, imported and built. */
class ImportedBuildsTest {

  private static final Path IMPORTS = Path.of("testdata", "imports");

  @TempDir Path cwd;
  private Folder folder;

  @BeforeEach
  void stand() {
    folder = new Folder(cwd);
  }

  static List<Path> workflows() throws IOException {
    try (Stream<Path> files = Files.list(IMPORTS)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  /** Imports and says what was said of what is not carried. */
  private String imported(String name) throws IOException {
    folder.put(name, Files.readString(IMPORTS.resolve(name)));
    Run run = folder.run("import", name);
    assertEquals(0, run.exit(), run.err());
    return run.err();
  }

  private List<String> jobs() throws IOException {
    return BuildFileLoader.load(List.of(cwd.resolve("torc.yaml")), Collections.emptySortedMap())
        .jobs()
        .stream()
        .map(Job::name)
        .sorted()
        .toList();
  }

  private void upToDate() {
    Run again = folder.run("build");
    assertTrue(again.err().contains(": 0 ran"), again.err());
  }

  @ParameterizedTest
  @MethodSource("workflows")
  void comesOutAsItIsWrittenDown(Path workflow) throws IOException {
    String name = workflow.getFileName().toString();
    imported(name);
    Path expected =
        IMPORTS.resolve("expected").resolve(name.replaceFirst("\\.[a-z]+$", ".torc.yaml"));
    assertEquals(Files.readString(expected), folder.get("torc.yaml"));
  }

  @Test
  void aDiamondOfFilesThatTheCommandsName() throws IOException {
    imported("diamond.yaml");
    folder.put("inputs.txt", "hello\n").put("the notes.txt", "n").build();
    assertEquals("1 HELLO\n2 HELLO\n", folder.get("out/f5.txt"));
    upToDate();
    folder.put("the notes.txt", "changed");
    String out = folder.run("build", "-n").out();
    assertTrue(out.startsWith("postprocess will run: need the notes.txt changed "), out);
    assertEquals(1, out.lines().count());
  }

  @Test
  void aSweepWithFormatsPartialSummariesAndATableOverAll() throws IOException {
    imported("sweep.yaml");
    assertEquals(
        List.of(
            "first",
            "prepare",
            "summary_0.0001",
            "summary_0.01",
            "table",
            "train/lr=0.0001,seed=1",
            "train/lr=0.0001,seed=2",
            "train/lr=0.0001,seed=3",
            "train/lr=0.01,seed=1",
            "train/lr=0.01,seed=2",
            "train/lr=0.01,seed=3"),
        jobs());
    folder.build();
    assertEquals("rate 0.01 seed 2\n", folder.get("models/lr0.0100_s2.pt"));
    assertEquals("1.0e-04 001\n1.0e-04 002\n1.0e-04 003\n", folder.get("summary/0.0001.txt"));
    assertEquals(6, folder.get("table.txt").lines().count());
    assertEquals("rate 0.0001 seed 1\nrate 0.01 seed 1\n", folder.get("first.txt"));
    upToDate();
    // Only the summary of the rate whose result is missing waits for it.
    Files.delete(cwd.resolve("metrics/lr0.0100_s2.txt"));
    assertEquals(
        """
        train/lr=0.01,seed=2 will run: product metrics/lr0.0100_s2.txt missing
        summary_0.01 may run: after train/lr=0.01,seed=2
        table may run: after train/lr=0.01,seed=2
        """,
        folder.run("build", "-n").out());
  }

  @Test
  void parametersInStepWithBlanksQuotesAndNothing() throws IOException {
    String said = imported("zip.yaml");
    assertTrue(
        said.contains("zip.yaml:5:14: ${options} leaves values like '--fast --small' to the shell"),
        said);
    assertEquals(7, jobs().size());
    folder.build();
    assertEquals("cifar10|resnet|--deep|", folder.get("out/cifar10_resnet.txt"));
    assertEquals("mnist|cnn|--fast|--small|", folder.get("out/mnist_cnn.txt"));
    assertEquals("my data|it's, big|", folder.get("out/my data_it's, big.txt"));
    assertEquals(3, folder.get("all.txt").lines().count());
    upToDate();
  }

  @Test
  void jobsThatAreNoGroupOneByOne() throws IOException {
    String said = imported("chains.yaml");
    assertTrue(said.contains("chains.yaml:5:11: step_{i} is no group here but 2 jobs: "), said);
    folder.build();
    assertEquals("0\n1\n2\n", folder.get("s2.txt"));
    assertEquals("first\n01\n02\n03\n", folder.get("order.txt"));
    assertEquals("2\n", folder.get("out/02.txt"));
    assertEquals("007\n", folder.get("mixed_007.txt"));
    assertEquals("a\n", folder.get("mixed_a.txt"));
    upToDate();
  }

  @Test
  void stagesWithBarriersAndActions() throws IOException {
    String said = imported("stages.yaml");
    assertTrue(
        said.contains("stages.yaml:35:5: the action schedule_nodes on_jobs_ready is not carried"),
        said);
    folder.build();
    assertEquals("0\n5\n10\n15\n20\n10\n", folder.get("third.txt"));
    assertEquals("15\n", folder.get("last.txt"));
    assertEquals("{start}\nstage 1\n", folder.get("log.txt"));
    upToDate();
  }

  @Test
  void aChangedCommandGoesThroughABarrierToTheNextStage() throws IOException {
    imported("stages.yaml");
    folder.build();
    folder.put("torc.yaml", folder.get("torc.yaml").replace("echo {i} >", "echo x{i} >"));
    String out = folder.run("build", "-n").out();
    assertTrue(out.contains("barrier may run: after stage1/i=0"), out);
    folder.build();
    assertEquals("x0\nx5\nx10\nx15\nx20\nx10\n", folder.get("third.txt"));
  }

  @Test
  void userDataIsNeededByValue() throws IOException {
    String said = imported("data.json");
    assertTrue(said.contains("data.json:24:15: the user data result is not stored"), said);
    folder.build();
    assertEquals(
        "{\"deep\":{\"none\":null,\"on\":true},\"names\":[\"a\",\"b {c}\"],\"rate\":0.1}\n",
        folder.get("used.txt"));
    assertEquals("a title\n", folder.get("title.txt"));
    folder.put("torc.yaml", folder.get("torc.yaml").replace("\"12\"", "\"13\""));
    Map<String, String> verdicts =
        folder
            .run("build", "-n")
            .out()
            .lines()
            .collect(
                Collectors.toMap(
                    line -> line.substring(0, line.indexOf(' ')),
                    line -> line.substring(line.indexOf(' ') + 1),
                    (a, b) -> a,
                    TreeMap::new));
    assertEquals(List.of("count", "fit", "use"), List.copyOf(verdicts.keySet()));
    assertEquals("will run: always", verdicts.get("fit"));
  }

  @Test
  void failuresAreTriedAgainAfterTheRecoveryScript() throws IOException {
    imported("failures.yaml");
    folder.build();
    assertEquals("again\n", folder.get("tries.txt"));
    upToDate();
  }

  @Test
  void whatLooksLikeAPlaceholderStaysAndWhatIsOneIsPutIn() throws IOException {
    imported("literal.yaml");
    folder.build();
    assertEquals("{name} {needs} {{twice}} a b home\n1\n", folder.get("braces.txt"));
    assertEquals("5 {{7}} 07 7 7 57 {7}\n", folder.get("read.txt"));
    assertEquals("{lr} stays, {kept} too\n", folder.get("doc.txt"));
    assertEquals("1\n", folder.get("run_a_1.txt"));
    upToDate();
  }
}
