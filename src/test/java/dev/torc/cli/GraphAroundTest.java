package dev.torc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code torc graph --job}: what lies around a job, and what does not. */
class GraphAroundTest {

  @TempDir Path cwd;
  private Folder folder;

  @BeforeEach
  void samplesThatAreTrimmedAlignedAndCounted() throws IOException {
    folder =
        new Folder(cwd)
            .put(
                "torc.yaml",
                """
                jobs:
                  index: { command: "touch ref", produces: ref }
                  trim: { parameters: { s: [a, b] }, command: "touch t{s}", produces: "t{s}" }
                  align:
                    parameters: { s: [a, b] }
                    command: "touch m{s}"
                    needs: ["t{s}", ref]
                    produces: "m{s}"
                  count: { command: "touch n", needs: { job: align }, produces: n }
                  report: { command: "touch r", needs: n, produces: r }
                  docs: { command: "touch d", produces: d }
                """);
  }

  /** The lines of the jobs, without their verdicts. */
  private List<String> jobs(String... options) {
    String[] args = new String[options.length + 3];
    args[0] = "graph";
    args[1] = "--format=text";
    args[2] = "--instances";
    System.arraycopy(options, 0, args, 3, options.length);
    Run run = folder.run(args);
    assertEquals(0, run.exit(), run.err());
    return run.out()
        .lines()
        .filter(line -> line.startsWith("  "))
        .map(line -> line.strip().replaceFirst(":.*", ""))
        .toList();
  }

  @Test
  void allThatItWaitsForAndAllThatWaitsForIt() {
    assertEquals(
        List.of("index", "trim/s=a", "align/s=a (asked for)", "count", "report"),
        jobs("--job", "align/s=a"));
    assertEquals(List.of("docs (asked for)"), jobs("--job", "docs"));
  }

  @Test
  void noMoreThanSomeStepsAway() {
    assertEquals(List.of("align/s=a (asked for)"), jobs("--job", "align/s=a", "--depth", "0"));
    assertEquals(
        List.of("index", "trim/s=a", "align/s=a (asked for)", "count"),
        jobs("--job", "align/s=a", "--depth", "1"));
    assertEquals(
        List.of("align/s=a", "align/s=b", "count (asked for)", "report"),
        jobs("--job", "count", "--depth", "1"));
  }

  @Test
  void byAllNamesThatTargetsHaveAndSeveral() {
    List<String> count = jobs("--job", "count");
    assertEquals(count, jobs("--job", "n"));
    assertEquals(
        List.of("index (asked for)", "docs (asked for)", "align/s=a", "align/s=b"),
        jobs("--job", "index", "--job", "docs", "--depth", "1"));
    assertTrue(jobs("--job", "align").containsAll(List.of("trim/s=a", "trim/s=b", "report")));
  }

  /** Verdicts need what lies further away than what is shown. */
  @Test
  void theVerdictsAreThoseOfTheWholeGraph() throws IOException {
    folder.build();
    folder.put("torc.yaml", folder.get("torc.yaml").replace("touch t{s}", "date > t{s}"));
    String text = folder.run("graph", "--format=text", "--job=report", "--depth=1").out();
    assertEquals(
        """
        2 jobs in 2 stages
        stage 1:
          count: may run
        stage 2:
          report (asked for): may run; after count
        """,
        text);
  }

  @Test
  void folded() {
    assertEquals(
        """
        7 jobs in 4 stages
        stage 1:
          index: will run
          trim: 0 of 2 up to date, 2 will run
        stage 2:
          align (asked for): 0 of 2 up to date, 2 will run; after index, trim
        stage 3:
          count: will run; after align
        stage 4:
          report: will run; after count
        """,
        folder.run("graph", "--format=text", "--job=align").out());
    assertTrue(folder.run("graph", "--job=align").out().contains("penwidth=\"3\""));
  }

  /** A group whose instances come from what a job will make. */
  @Test
  void aGroupWithoutKnownInstancesIsOneStep() throws IOException {
    folder.put(
        "torc.yaml",
        """
        jobs:
          split: { command: "mkdir p; touch p/1", produces: "p/*" }
          part: { match: "p/{i}", command: "cp p/{i} q{i}", produces: "q{i}" }
          join: { command: "cat q*", needs: { job: part } }
          last: { command: "true", after: join }
        """);
    assertEquals(
        List.of("split", "part (asked for)", "join"), jobs("--job", "part", "--depth", "1"));
    assertEquals(
        List.of("part", "join (asked for)", "last"), jobs("--job", "join", "--depth", "1"));
  }
}
