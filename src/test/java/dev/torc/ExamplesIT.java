package dev.torc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.torc.Sandbox.Ran;
import dev.torc.posix.JobTrace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The examples do what their READMEs say, built by the shipped launcher. */
@Order(1) // it takes long
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("ExamplesIT") // one of its tests at a time, beside other classes
class ExamplesIT {

  private static final List<String> ALL = List.of("postprocess", "preprocess", "work1", "work2");
  private static final String MEMORY = "memory: 1GiB";

  @TempDir Path temp;

  @Test
  void overviewRunsFourJobsOnceAndWarnsOfMoreCpusThanThereAre() throws Exception {
    try (Sandbox overview = Sandbox.example(temp, "overview")) {
      Ran first = overview.torc("build", "-j2");
      assertEquals(0, first.exit(), first.err());
      assertEquals("4 jobs: 4 ran, 0 up to date, 0 failed", first.counts());
      assertEquals("", first.out());
      assertTrue(
          first
              .err()
              .contains(
                  "warning: job work1 asks for 18 cpus, and there are 2: it runs alone, as others"
                      + " like it do\n"),
          first.err());
      assertTrue(overview.read("f5.json").contains("\"crossing\""));

      Ran second = overview.torc();
      assertEquals("4 jobs: 0 ran, 4 up to date, 0 failed", second.counts());
      assertEquals(1, second.err().lines().count(), second.err());

      overview.edit("inputs.json", "\"decay\": 0.3,", "\"decay\": 0.31,");
      Ran third = overview.torc();
      assertEquals(List.of("postprocess", "preprocess", "work2"), third.ran(), third.err());
      assertEquals("4 jobs: 3 ran, 1 up to date, 0 failed", third.counts());
    }
  }

  @Test
  void clusterRunsHereAndTheSitesFileChangesNothingOfThat() throws Exception {
    try (Sandbox cluster = Sandbox.example(temp, "cluster")) {
      Ran first = cluster.torc("build");
      assertEquals("21 jobs: 21 ran, 0 up to date, 0 failed", first.counts(), first.err());
      assertTrue(cluster.lines("out/summary.txt").getLast().startsWith("20 walks, "));

      String none = "21 jobs: 0 ran, 21 up to date, 0 failed";
      assertEquals(none, cluster.torc("-f", "torc.yaml", "-f", "site.yaml").counts());
      cluster.env.put("TORC_CONFIG", "site.yaml");
      assertEquals(none, cluster.torc().counts());
      assertEquals(0, cluster.torc("-n", "--on", "slurm").exit());
      assertEquals(
          none.replace("0 ran", "0 will run, 0 may run").replace(", 0 failed", ""),
          cluster.torc("-n", "--on", "slurm").last());
      cluster.env.remove("TORC_CONFIG");
      assertEquals(2, cluster.torc("-n", "--on", "slurm").exit());
    }
  }

  /** By the executor of the page of schedulers that needs none. */
  @Test
  void clusterRunsElsewhereAndWhereDecidesNothing() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/setsid")), "no setsid here");
    try (Sandbox cluster = Sandbox.example(temp, "cluster")) {
      for (Page.Block block : Page.of("schedulers.md").blocks("yaml")) {
        if (block.notes().containsKey("file")) {
          cluster.write(block.notes().get("file"), block.text());
        }
      }
      Ran there = cluster.torc("build", "-f", "torc.yaml", "-f", "here.yaml", "--on", "here");
      assertEquals("21 jobs: 21 ran, 0 up to date, 0 failed", there.counts(), there.err());
      String summary = cluster.read("out/summary.txt");
      assertEquals("21 jobs: 0 ran, 21 up to date, 0 failed", cluster.torc("build").counts());
      assertEquals("21 jobs: 21 ran, 0 up to date, 0 failed", cluster.torc("--force").counts());
      assertEquals(summary, cluster.read("out/summary.txt"));
    }
  }

  @Test
  void overviewStoresAValueAndPostsEvents() throws Exception {
    try (Sandbox overview = Sandbox.example(temp, "overview")) {
      assertEquals(0, overview.torc().exit());
      assertEquals("postprocess.key1=1.754\n", overview.torc("data").out());
      String events =
          overview.torc("events", "work1").out() + overview.torc("events", "work2").out();
      assertEquals(
          List.of(
              "build 1 work1 {\"error\": \"10 resamples are too few to tell the error of the"
                  + " decay\"}",
              "build 1 work2 {\"result\": 2.158}"),
          events.lines().map(line -> line.substring("2026-11-20 10:01:02 ".length())).toList());
      assertEquals("4 jobs: 0 ran, 4 up to date, 0 failed", overview.torc().counts());
    }
  }

  @Test
  void overviewRerunsAllWhenABugInTheInputsIsFixed() throws Exception {
    try (Sandbox overview = Sandbox.example(temp, "overview")) {
      assertEquals(0, overview.torc().exit());
      overview.edit("inputs.json", "\"seed\": 2023", "\"seed\": 2024");
      Ran again = overview.torc();
      assertEquals(0, again.exit(), again.err());
      assertEquals(ALL, again.ran(), again.err());
    }
  }

  @Test
  void overviewRerunsOnlyWhatRanOutOfMemoryAndItsReader() throws Exception {
    try (Sandbox overview = Sandbox.example(temp, "overview")) {
      overview.edit("torc.yaml", MEMORY, "memory: 64MB");
      Ran killed = overview.torc();
      assertEquals(1, killed.exit(), killed.err());
      assertTrue(killed.err().contains("work2 failed: out of memory"), killed.err());
      assertTrue(killed.err().contains("postprocess: blocked by work2"), killed.err());
      assertEquals("4 jobs: 2 ran, 0 up to date, 1 failed, 1 blocked", killed.counts());

      overview.edit("torc.yaml", "memory: 64MB", MEMORY);
      Ran again = overview.torc();
      assertEquals(0, again.exit(), again.err());
      assertEquals(List.of("postprocess", "work2"), again.ran(), again.err());
      assertTrue(again.err().contains(": ran out of memory last time\n"), again.err());
    }
  }

  @Test
  void overviewRerunsOnlyWhatRanOutOfTime() throws Exception {
    try (Sandbox overview = Sandbox.example(temp, "overview")) {
      String medium = "produces: f5.json\n    resources: medium";
      String little = "produces: f5.json\n    resources: { cpus: 4, runtime: PT0.05S }";
      overview.edit("torc.yaml", medium, little);
      Ran late = overview.torc();
      assertEquals(1, late.exit(), late.err());
      assertTrue(late.err().contains("postprocess failed: timed out after "), late.err());
      assertEquals("4 jobs: 3 ran, 0 up to date, 1 failed", late.counts());

      overview.edit("torc.yaml", little, medium);
      Ran again = overview.torc();
      assertEquals(0, again.exit(), again.err());
      assertEquals(List.of("postprocess"), again.ran(), again.err());
      assertTrue(again.err().contains(": timed out last time\n"), again.err());
    }
  }

  @Test
  void cProjectRecompilesExactlyTheUsersOfAHeader() throws Exception {
    try (Sandbox project = Sandbox.example(temp, "c-project")) {
      Ran first = project.torc();
      assertEquals(0, first.exit(), first.err());
      assertEquals("8 jobs: 8 ran, 0 up to date, 0 failed", first.counts());
      assertEquals(
          "2 lines, 3 words, longest 7\n",
          project.sh("printf 'one two\\nthree\\n' | build/tally").out());

      project.edit("include/report.h", "int report(", "extern int report(");
      Ran second = project.torc();
      assertEquals(List.of("main", "report", "test-program"), second.ran(), second.err());

      project.write("include/count.h", project.read("include/count.h") + "enum { UNUSED = 1 };\n");
      Ran third = project.torc();
      assertEquals(List.of("count", "main", "report", "test-program"), third.ran(), third.err());
    }
  }

  @Test
  void cProjectRelinksNothingWhereTheObjectsStayTheSame() throws Exception {
    try (Sandbox project = Sandbox.example(temp, "c-project")) {
      assertEquals(0, project.torc().exit());
      project.edit("include/text.h", "A line without", "A  line without");
      Ran comment = project.torc();
      List<String> users = List.of("count", "main", "report", "test-program", "text");
      assertEquals(users, comment.ran(), comment.err());
      assertEquals("8 jobs: 5 ran, 3 up to date, 0 failed", comment.counts());
    }
  }

  @Test
  void cProjectBreaksWhereATestFails() throws Exception {
    try (Sandbox project = Sandbox.example(temp, "c-project")) {
      project.edit("src/count.c", "counts->lines++", "counts->lines += 2");
      Ran ran = project.torc();
      assertEquals(1, ran.exit(), ran.err());
      assertTrue(ran.err().contains("test failed: exit 3 after "), ran.err());
      assertTrue(
          ran.err().contains("\nof \"one\": 2 lines, 1 words, longest 3, not 1 "), ran.err());
      assertEquals("8 jobs: 7 ran, 0 up to date, 1 failed", ran.counts());
    }
  }

  @Test
  void cProjectTellsHowEachObjectIsCompiled() throws Exception {
    try (Sandbox project = Sandbox.example(temp, "c-project")) {
      Ran listed = project.sh("torc list --json | python3 compile_commands.py");
      JsonNode commands = new ObjectMapper().readTree(listed.out());
      assertEquals(4, commands.size(), listed.err());
      assertEquals(0, project.sh("mkdir build").exit());
      for (JsonNode one : commands) {
        assertTrue(Files.exists(Path.of(one.path("file").asText())), one.toString());
        String line = "cd '" + one.path("directory").asText() + "' && ";
        Ran compiled = project.sh(line + one.path("command").asText());
        assertEquals(0, compiled.exit(), compiled.err());
      }
    }
  }

  /** What each of the tools is called with that have a file in the example words. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "make -s -j2",
        "snakemake -q -c2",
        "nextflow -q run main.nf",
        "dvc init -q --no-scm && dvc repro -q"
      })
  void wordsComeOutTheSameOfEachTool(String call) throws Exception {
    try (Sandbox words = Sandbox.example(temp, "words");
        Sandbox other = Sandbox.example(temp, "words")) {
      String tool = call.split(" ")[0];
      assumeTrue(other.sh("command -v " + tool).exit() == 0, tool + " is not installed");
      assertEquals("3 jobs: 3 ran, 0 up to date, 0 failed", words.torc().counts());
      Ran ran = other.sh(call);
      assertEquals(0, ran.exit(), ran.err());
      for (String product : List.of("counts/hill.count", "counts/river.count", "top.txt")) {
        assertEquals(words.read(product), other.read(product), product);
      }
      assertEquals(0, other.torc("adopt", "count", "top").exit());
      assertEquals("3 jobs: 0 ran, 3 up to date, 0 failed", other.torc().counts());
    }
  }

  @Test
  void pythonKnowsWhatItsScriptsRead() throws Exception {
    try (Sandbox project = Sandbox.example(temp, "python")) {
      assumeTrue(project.sh("command -v python3").exit() == 0, "no python3");
      assumeTrue(JobTrace.refusal() == null, JobTrace.refusal());
      assertEquals("3 jobs: 3 ran, 0 up to date, 0 failed", project.torc().counts());
      project.torc("--force");
      project.torc("--force"); // from now on only bytecode is opened
      assertEquals(
          0, project.sh("sed -i 's/HIGHEST = 100.0/HIGHEST = 10.0/' pipeline/limits.py").exit());
      assertEquals("3 jobs: 3 ran, 0 up to date, 0 failed", project.torc().counts());
      assertEquals(0, project.sh("echo >> template.txt").exit());
      assertEquals("3 jobs: 1 ran, 2 up to date, 0 failed", project.torc().counts());
    }
  }

  @Test
  void fromMakeBuildsUnderMakesJobserver() throws Exception {
    try (Sandbox project = Sandbox.example(temp, "from-make")) {
      List<String> make = List.of("make", "-j2", "TORC=" + Sandbox.launcher());
      Ran first = project.run(make);
      assertEquals(0, first.exit(), first.err());
      // make tells on standard error if it misses a token when it ends
      assertEquals("3 jobs: 3 ran, 0 up to date, 0 failed", first.counts(), first.err());
      assertEquals(3, project.lines("out/top.txt").size());

      assertEquals(0, project.run(List.of("touch", "texts/hill.txt")).exit());
      Ran second = project.run(make);
      assertEquals("3 jobs: 0 ran, 3 up to date, 0 failed", second.counts(), second.err());
      assertTrue(!second.out().contains("sort "), second.out());
    }
  }
}
