package dev.torc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.Sandbox.Going;
import dev.torc.Sandbox.Ran;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** The examples with groups do what their READMEs say, built by the shipped launcher. */
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("GroupExamplesIT") // one of its tests at a time, beside other classes
class GroupExamplesIT {

  @TempDir Path temp;

  @Test
  void sweepRunsEveryRateWithEverySeedOnce() throws Exception {
    try (Sandbox sweep = Sandbox.example(temp, "sweep")) {
      assertEquals("16 jobs: 16 ran, 0 up to date, 0 failed", built(sweep).counts());
      assertEquals(
          List.of("0.1", "0.3", "0.01"),
          sweep.lines("out/table.csv").stream().skip(1).map(line -> line.split(",")[0]).toList());

      Ran second = built(sweep);
      assertEquals("16 jobs: 0 ran, 16 up to date, 0 failed", second.counts());
      assertEquals(1, second.err().lines().count(), second.err());
    }
  }

  @Test
  void sweepRunsTheJobsOfANewSeedAndThoseThatReadThem() throws Exception {
    try (Sandbox sweep = Sandbox.example(temp, "sweep")) {
      built(sweep);
      sweep.edit("torc.yaml", "to: 4", "to: 5");
      Ran ran = built(sweep);
      List<String> expected =
          List.of(
              "summary/lr=0.01",
              "summary/lr=0.1",
              "summary/lr=0.3",
              "table",
              "train/lr=0.01,seed=5",
              "train/lr=0.1,seed=5",
              "train/lr=0.3,seed=5");
      assertEquals(expected, ran.ran(), ran.err());
      assertEquals("19 jobs: 7 ran, 12 up to date, 0 failed", ran.counts());
      for (String line : sweep.lines("out/table.csv").subList(1, 4)) {
        assertTrue(line.endsWith(",5"), line);
      }
    }
  }

  @Test
  void sweepRunsTheJobsOfANewRateAndTheTable() throws Exception {
    try (Sandbox sweep = Sandbox.example(temp, "sweep")) {
      built(sweep);
      sweep.edit("torc.yaml", "[0.3, 0.1, 0.01]", "[0.3, 0.2, 0.1, 0.01]");
      Ran ran = built(sweep);
      List<String> expected =
          List.of(
              "summary/lr=0.2",
              "table",
              "train/lr=0.2,seed=1",
              "train/lr=0.2,seed=2",
              "train/lr=0.2,seed=3",
              "train/lr=0.2,seed=4");
      assertEquals(expected, ran.ran(), ran.err());
    }
  }

  @Test
  void sweepRunsNothingWhenItsListsAreInAnotherOrder() throws Exception {
    try (Sandbox sweep = Sandbox.example(temp, "sweep")) {
      built(sweep);
      String lists = "      lr: [0.3, 0.1, 0.01]\n      seed: { from: 1, to: 4 }\n";
      String reordered = "      seed: [2, 4, 3, 1]\n      lr: [0.01, 0.3, 0.1]\n";
      sweep.edit("torc.yaml", lists, reordered);
      Ran ran = built(sweep);
      assertEquals("16 jobs: 0 ran, 16 up to date, 0 failed", ran.counts(), ran.err());
    }
  }

  @Test
  void annzBuildsAsItStands() throws Exception {
    try (Sandbox annz = Sandbox.example(temp, "annz")) {
      assertEquals("11 jobs: 11 ran, 0 up to date, 0 failed", built(annz).counts());
      assertEquals("networks 10", annz.lines("out/summary.txt").getFirst());
    }
  }

  @Test
  void annzRunsTwentyJobsForTwentyMoreSeeds() throws Exception {
    try (Sandbox annz = Sandbox.example(temp, "annz")) {
      seeds(annz, numbers(1, 100));
      assertEquals("101 jobs: 101 ran, 0 up to date, 0 failed", built(annz).counts());
      assertEquals("networks 100", annz.lines("out/summary.txt").getFirst());
      assertEquals("101 jobs: 0 ran, 101 up to date, 0 failed", built(annz).counts());

      seeds(annz, numbers(1, 120));
      Ran more = built(annz);
      List<String> expected =
          Stream.concat(
                  numbers(101, 120).stream().map(seed -> "train/seed=" + seed),
                  Stream.of("summary"))
              .sorted()
              .toList();
      assertEquals(expected, more.ran(), more.err());
      assertEquals("121 jobs: 21 ran, 100 up to date, 0 failed", more.counts());
      assertEquals("networks 120", annz.lines("out/summary.txt").getFirst());

      List<String> reordered = new ArrayList<>(numbers(1, 120));
      Collections.reverse(reordered);
      Collections.swap(reordered, 3, 70);
      seeds(annz, reordered);
      Ran nothing = built(annz);
      assertEquals("121 jobs: 0 ran, 121 up to date, 0 failed", nothing.counts(), nothing.err());
    }
  }

  @Test
  void annzSummarisesWithoutTheSeedThatWasRemoved() throws Exception {
    try (Sandbox annz = Sandbox.example(temp, "annz")) {
      built(annz);
      String best = annz.lines("out/summary.txt").getLast().substring("best ".length());
      String scored = annz.read("out/stats/" + best + ".txt");
      annz.edit("seeds.txt", "\n" + best + "\n", "\n");
      Ran ran = built(annz);
      assertEquals(List.of("summary"), ran.ran(), ran.err());
      assertEquals("10 jobs: 1 ran, 9 up to date, 0 failed", ran.counts());
      assertEquals("networks 9", annz.lines("out/summary.txt").getFirst());
      assertTrue(!annz.lines("out/summary.txt").contains("best " + best), scored);
    }
  }

  @Test
  void annzRunsOnlyTheSummaryWhenItsScriptChanges() throws Exception {
    try (Sandbox annz = Sandbox.example(temp, "annz")) {
      built(annz);
      annz.edit("summary.sh", "networks %d", "%d networks");
      Ran ran = built(annz);
      assertEquals(List.of("summary"), ran.ran(), ran.err());
      assertEquals("10 networks", annz.lines("out/summary.txt").getFirst());
    }
  }

  @Test
  void annzRepeatsNoRecordedSeedAfterAKillHalfWay() throws Exception {
    try (Sandbox annz = Sandbox.example(temp, "annz")) {
      annz.edit(
          "train.sh",
          "set -eu\n",
          "set -eu\n[ \"$1\" -le 50 ] || until [ -e go ]; do sleep 0.01; done\n");
      seeds(annz, numbers(1, 100));
      Going going = annz.start("build", "-j2");
      // not what the build has said: a job is recorded up to 50 ms after it ended (rule 9)
      Sandbox.until(
          "50 seeds are recorded", () -> annz.torc("status").out().contains(", 50 up to date\n"));
      going.signal("KILL");
      assertEquals(137, going.await().exit());

      annz.write("go", "");
      Ran ran = built(annz);
      assertEquals("101 jobs: 51 ran, 50 up to date, 0 failed", ran.counts(), ran.err());
      assertEquals("networks 100", annz.lines("out/summary.txt").getFirst());
    }
  }

  @Test
  void variantsScatterAndGather() throws Exception {
    try (Sandbox variants = Sandbox.example(temp, "variants")) {
      assertEquals("22 jobs: 22 ran, 0 up to date, 0 failed", built(variants).counts());
      assertEquals(
          List.of("ann chr1 2 G T 3", "bo chr1 5 C A 4", "ann chr1 12 G C 4"),
          variants.lines("out/cohort.txt").subList(0, 3));

      Ran second = built(variants);
      assertEquals("22 jobs: 0 ran, 22 up to date, 0 failed", second.counts());
      assertEquals(1, second.err().lines().count(), second.err());
    }
  }

  @Test
  void variantsRunsTheJobsOfANewSampleAndTheCohort() throws Exception {
    try (Sandbox variants = Sandbox.example(temp, "variants")) {
      built(variants);
      variants.write("fq/dee_L1.fq", "chr1 2 T\nchr1 2 T\nchr2 7 N\n");
      Ran ran = built(variants);
      List<String> expected =
          List.of(
              "align/lane=L1,sample=dee",
              "call/chromosome=chr1,sample=dee",
              "call/chromosome=chr2,sample=dee",
              "call/chromosome=chr3,sample=dee",
              "cohort",
              "gather/sample=dee",
              "merge/sample=dee");
      assertEquals(expected, ran.ran(), ran.err());
      assertEquals("28 jobs: 7 ran, 21 up to date, 0 failed", ran.counts());
      assertEquals("dee chr1 2 G T 2", variants.lines("out/cohort.txt").get(1));
    }
  }

  @Test
  void variantsLeavesTheOtherSamplesAloneWhenALaneIsAdded() throws Exception {
    try (Sandbox variants = Sandbox.example(temp, "variants")) {
      built(variants);
      variants.write("fq/cy_L2.fq", "chr2 7 A\nchr2 7 A\n");
      Ran ran = built(variants);
      // what is called on chr1 and chr3 comes out as it was, and gather reads all three
      List<String> expected =
          List.of(
              "align/lane=L2,sample=cy",
              "call/chromosome=chr1,sample=cy",
              "call/chromosome=chr2,sample=cy",
              "call/chromosome=chr3,sample=cy",
              "cohort",
              "gather/sample=cy",
              "merge/sample=cy");
      assertEquals(expected, ran.ran(), ran.err());
      assertTrue(variants.lines("out/cohort.txt").contains("cy chr2 7 C A 2"));
    }
  }

  @Test
  void variantsGathersARemovedChromosomeNoMore() throws Exception {
    try (Sandbox variants = Sandbox.example(temp, "variants")) {
      built(variants);
      assertEquals(1, count(variants.read("out/cohort.txt"), " chr2 "));
      variants.edit("torc.yaml", "[chr1, chr2, chr3]", "[chr1, chr3]");
      Ran ran = built(variants);
      List<String> expected =
          List.of("cohort", "gather/sample=ann", "gather/sample=bo", "gather/sample=cy");
      assertEquals(expected, ran.ran(), ran.err());
      assertEquals(0, count(variants.read("out/cohort.txt"), " chr2 "));
      assertEquals(7, variants.lines("out/cohort.txt").size());
    }
  }

  @Test
  void surveyFoldsWhatIsFoundInTheSameBuild() throws Exception {
    try (Sandbox survey = Sandbox.example(temp, "survey")) {
      Ran first = built(survey);
      assertEquals("19 jobs: 19 ran, 0 up to date, 0 failed", first.counts());
      List<String> ran = first.ran();
      assertEquals(9, count(ran, "observation/"), first.err());
      assertEquals(3, count(ran, "combine/"), first.err());
      assertEquals(3, count(ran, "find/"), first.err());
      assertEquals(3, count(ran, "fold/"), first.err());
      assertEquals(
          List.of("cygnus-b 3 0.90 short", "lyra-a 5 0.88 short", "lyra-c 8 1.23 long", "stars 3"),
          survey.lines("out/stars.txt"));
      assertEquals("lyra-c,8,1.23,long", survey.lines("out/stars.csv").getLast());

      Ran second = built(survey);
      assertEquals("19 jobs: 0 ran, 19 up to date, 0 failed", second.counts());
      assertEquals(1, second.err().lines().count(), second.err());
    }
  }

  @Test
  void surveyFoldsOneMoreStarAndClassifies() throws Exception {
    try (Sandbox survey = Sandbox.example(temp, "survey")) {
      built(survey);
      survey.edit("obs/draco_2.txt", "\n26 a ", "\n26 a 1");
      Ran ran = built(survey);
      List<String> expected =
          List.of(
              "classify",
              "combine/field=draco",
              "find/field=draco",
              "fold/candidate=out%2Fcandidates%2Fdraco-a.txt",
              "observation/field=draco,night=2");
      assertEquals(expected, ran.ran(), ran.err());
      assertEquals("20 jobs: 5 ran, 15 up to date, 0 failed", ran.counts());
      assertEquals("stars 4", survey.lines("out/stars.txt").getLast());

      built(survey, "-D", "range=0.05");
      Ran back = built(survey);
      assertEquals(
          "20 jobs: 0 ran, 4 restored, 16 up to date, 0 failed", back.counts(), back.err());
      assertEquals("stars 4", survey.lines("out/stars.txt").getLast());
    }
  }

  @Test
  void surveyWorksWithoutAnyStar() throws Exception {
    try (Sandbox survey = Sandbox.example(temp, "survey")) {
      Ran none = built(survey, "-D", "range=30");
      assertEquals("16 jobs: 16 ran, 0 up to date, 0 failed", none.counts());
      assertEquals(List.of("stars 0"), survey.lines("out/stars.txt"));
      Ran again = built(survey, "-D", "range=30");
      assertEquals("16 jobs: 0 ran, 16 up to date, 0 failed", again.counts(), again.err());

      Ran some = built(survey);
      assertEquals("19 jobs: 7 ran, 12 up to date, 0 failed", some.counts(), some.err());
      built(survey, "-D", "range=30");
      assertEquals(List.of("stars 0"), survey.lines("out/stars.txt"), "those that are gone");
    }
  }

  @Test
  void seedWithADependencyRunsItsFactoryAndThenTheMerge() throws Exception {
    try (Sandbox seed = seed("factory-dag-workflow.json")) {
      Ran first = built(seed, "-j2", "--no-containers", "-f", "factory-dag-workflow.json");
      assertEquals("4 jobs: 4 ran, 0 up to date, 0 failed", first.counts());
      assertEquals(List.of("merge", "process/id=1", "process/id=2", "process/id=3"), first.ran());
      String beforeMerge = first.err().substring(0, first.err().indexOf("merge: ran in "));
      assertEquals(3, count(beforeMerge, ": ran in "), first.err());

      Ran second = built(seed, "--no-containers", "-f", "factory-dag-workflow.json");
      assertEquals("4 jobs: 0 ran, 4 up to date, 0 failed", second.counts());
    }
  }

  @Test
  void seedRunsTheMergeAgainWhenTheProcessChanges() throws Exception {
    try (Sandbox seed = seed("factory-dag-workflow.json")) {
      built(seed, "--no-containers", "-f", "factory-dag-workflow.json");
      seed.edit("factory-dag-workflow.json", "echo $id", "echo number $id");
      Ran ran = built(seed, "--no-containers", "-f", "factory-dag-workflow.json");
      assertEquals(
          List.of("merge", "process/id=1", "process/id=2", "process/id=3"), ran.ran(), ran.err());
      assertTrue(ran.err().contains(": need job process/id=1 changed "), ran.err());

      seed.edit("factory-dag-workflow.json", "echo merge", "echo merged");
      Ran merge = built(seed, "--no-containers", "-f", "factory-dag-workflow.json");
      assertEquals(List.of("merge"), merge.ran(), merge.err());
    }
  }

  @Test
  void seedWithTwoFactoriesRunsFourAndThree() throws Exception {
    try (Sandbox seed = seed("multiple-job-factories.json")) {
      Ran first = built(seed, "--no-containers", "-f", "multiple-job-factories.json");
      assertEquals("7 jobs: 7 ran, 0 up to date, 0 failed", first.counts());
      List<String> expected =
          List.of(
              "renderA/frame=1",
              "renderA/frame=2",
              "renderA/frame=3",
              "renderA/frame=4",
              "renderB/frame=1",
              "renderB/frame=2",
              "renderB/frame=3");
      assertEquals(expected, first.ran(), first.err());

      Ran second = built(seed, "--no-containers", "-f", "multiple-job-factories.json");
      assertEquals("7 jobs: 0 ran, 7 up to date, 0 failed", second.counts());
    }
  }

  /** Builds, which must end well. */
  private static Ran built(Sandbox project, String... options) throws Exception {
    String[] args = Stream.concat(Stream.of("build"), Stream.of(options)).toArray(String[]::new);
    Ran ran = project.torc(args);
    assertEquals(0, ran.exit(), ran.err());
    return ran;
  }

  /** A project whose build file is a document of the seeds, as it stands. */
  private Sandbox seed(String name) throws Exception {
    Sandbox project = new Sandbox(temp);
    project.write(name, Files.readString(Path.of("testdata", "seeds", name)));
    return project;
  }

  private static List<String> numbers(int from, int to) {
    return IntStream.rangeClosed(from, to).mapToObj(Integer::toString).toList();
  }

  private static void seeds(Sandbox annz, List<String> seeds) throws Exception {
    annz.write("seeds.txt", seeds.stream().map(s -> s + "\n").collect(Collectors.joining()));
  }

  private static long count(String text, String part) {
    return count(text.lines().toList(), part);
  }

  private static long count(List<String> lines, String part) {
    return lines.stream().filter(line -> line.contains(part)).count();
  }
}
