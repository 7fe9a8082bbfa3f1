package dev.torc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.Sandbox.Going;
import dev.torc.Sandbox.Ran;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples with groups do what their READMEs say, built by the shipped launcher. */
class GroupExamplesIT {

  @TempDir Path temp;

  @Test
  void sweepRunsEveryRateWithEverySeedOnce() throws Exception {
    try (Sandbox sweep = Sandbox.example(temp, "sweep")) {
      assertEquals("16 jobs: 16 ran, 0 up to date, 0 failed", built(sweep).counts());
      assertEquals(
          List.of("0.1", "0.3", "0.01"),
          sweep.lines("out/table.txt").stream().map(line -> line.split(" ")[0]).toList());

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
      for (String line : sweep.lines("out/table.txt")) {
        assertTrue(line.endsWith(" 5"), line);
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
  void annzRepeatsNoFinishedSeedAfterAKillHalfWay() throws Exception {
    try (Sandbox annz = Sandbox.example(temp, "annz")) {
      annz.edit(
          "train.sh",
          "set -eu\n",
          "set -eu\n[ \"$1\" -le 50 ] || until [ -e go ]; do sleep 0.01; done\n");
      seeds(annz, numbers(1, 100));
      Going going = annz.start("build", "-j2");
      Sandbox.until("50 seeds are done", () -> count(going.err(), ": ran in ") == 50);
      going.signal("KILL");
      assertEquals(137, going.await().exit());

      annz.write("go", "");
      Ran ran = built(annz);
      assertEquals("101 jobs: 51 ran, 50 up to date, 0 failed", ran.counts(), ran.err());
      assertEquals("networks 100", annz.lines("out/summary.txt").getFirst());
    }
  }

  /** Builds, which must end well. */
  private static Ran built(Sandbox project, String... options) throws Exception {
    String[] args = Stream.concat(Stream.of("build"), Stream.of(options)).toArray(String[]::new);
    Ran ran = project.torc(args);
    assertEquals(0, ran.exit(), ran.err());
    return ran;
  }

  private static List<String> numbers(int from, int to) {
    return IntStream.rangeClosed(from, to).mapToObj(Integer::toString).toList();
  }

  private static void seeds(Sandbox annz, List<String> seeds) throws Exception {
    annz.write("seeds.txt", seeds.stream().map(s -> s + "\n").collect(Collectors.joining()));
  }

  private static long count(String text, String part) {
    return text.lines().filter(line -> line.contains(part)).count();
  }
}
