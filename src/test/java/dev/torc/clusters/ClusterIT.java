package dev.torc.clusters;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.Sample;
import dev.torc.Sampled;
import dev.torc.Sandbox;
import dev.torc.Sandbox.Going;
import dev.torc.Sandbox.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Builds by the shipped launcher whose jobs a real Slurm runs: jobs that are submitted when torc
 * ends are found again by the next build, and nothing is submitted twice.
 */
@Sampled
@Execution(ExecutionMode.CONCURRENT)
class ClusterIT {

  /** Three jobs that note when they begin, and end when the test says so; the first one is held. */
  private static final String THREE =
      """
      jobs:
        queued: { command: sh work queued, needs: [work, x], produces: [queued.out], executor: held }
        running: { command: sh work running, needs: [work, x], produces: [running.out] }
        ended: { command: sh work ended, needs: [work, x], produces: [ended.out] }
        reader: { command: cat *.out > all, needs: ['*.out'], produces: [all], executor: local }
      """;

  private static final String WORK =
      """
      trap 'echo killed >> $1.log; exit 1' INT TERM
      echo begin >> $1.log
      until test -e $1.go || test -e go; do sleep 0.1 || :; done
      cat x > $1.out
      echo end >> $1.log
      """;

  private static final List<String> ONCE = List.of("begin", "end");

  @TempDir static Path temp;
  private static Cluster cluster;

  @BeforeAll
  static void start() throws Exception {
    cluster = Cluster.shared();
  }

  private static Sandbox three() throws Exception {
    Sandbox project = cluster.project(temp);
    project.build(Cluster.executors(project) + THREE);
    project.write("work", WORK);
    project.write("x", "1\n");
    return project;
  }

  /** Waits until all three jobs are submitted, or told as run since, and two have begun. */
  private static void awaitOut(Sandbox project, Going torc) throws Exception {
    for (String job : List.of("queued", "running", "ended")) {
      Sandbox.until(
          job + " is out",
          () ->
              torc.err().contains(job + ": submitted to ")
                  || ("\n" + torc.err()).contains("\n" + job + ": ran "));
    }
    project.awaitLine("running.log");
    project.awaitLine("ended.log");
  }

  /** Checks that status says where the jobs are, with or without a build that waits for them. */
  private static void showsOut(Sandbox project, TreeSet<String> out) throws Exception {
    // a torc that asked in time has told the reason
    String status = project.torc("status").out().replace(" (JobHeldUser)", "");
    for (String line : List.of("queued to held %s: first run", "running to slurm %s")) {
      assertTrue(out.stream().anyMatch(id -> status.contains(line.formatted(id))), status);
    }
  }

  /** Checks that the next build finds all three jobs, and that nothing runs twice. */
  private static void takes(Sandbox project, TreeSet<String> out) throws Exception {
    showsOut(project, out);
    Going next = project.start();
    awaitOut(project, next);
    showsOut(project, out);
    assertEquals(out, cluster.submissions(project));
    project.write("go", "");
    cluster.release(project);
    Ran ran = next.await();
    assertEquals(0, ran.exit(), ran.err());
    assertEquals("4 jobs: 4 ran, 0 up to date, 0 failed", ran.counts(), ran.err());
    for (String job : List.of("queued", "running", "ended")) {
      assertEquals(ONCE, project.lines(job + ".log"), job);
    }
    assertEquals(out, cluster.submissions(project));
    assertEquals("1\n1\n1\n", project.read("all"));
    assertEquals("4 jobs: 0 ran, 4 up to date, 0 failed", project.torc().counts());
  }

  @Test
  void jobsOutWhenTorcIsKilledAreFoundAgainAndNotSubmittedTwice() throws Exception {
    try (Sandbox project = three()) {
      for (int i = 0; i < 2; i++) {
        Going torc = project.start();
        awaitOut(project, torc);
        torc.process().destroyForcibly().waitFor();
      }
      TreeSet<String> out = cluster.submissions(project);
      // The two that run are one array where both are ready within a moment.
      assertTrue(out.size() == 2 || out.size() == 3, out.toString());
      project.write("ended.go", "");
      Sandbox.until("it ended", () -> cluster.out(project).size() == 2);
      takes(project, out);
    }
  }

  @ParameterizedTest
  @CsvSource({"HUP, 129", "TERM, 143"})
  void jobsStayOutWhenTheSessionIsLost(String signal, int exit) throws Exception {
    try (Sandbox project = three()) {
      project.edit(
          "torc.yaml", "reader:", "here: { command: sh work here, executor: local }\n  reader:");
      Going torc = project.start();
      awaitOut(project, torc);
      project.awaitLine("here.log");
      torc.signal(signal);
      Ran left = torc.await();
      assertEquals(exit, left.exit(), left.err());
      assertEquals(List.of("begin", "killed"), project.lines("here.log"));
      assertEquals(
          "5 jobs: 0 ran, 0 up to date, 0 failed, 3 submitted, 1 interrupted, 1 not started",
          left.counts(),
          left.err());
      project.edit("torc.yaml", "here: { command: sh work here, executor: local }\n  ", "");
      takes(project, cluster.submissions(project));
    }
  }

  @Test
  void interruptCancelsWhatWasSubmittedAndTheNextBuildRunsItAnew() throws Exception {
    try (Sandbox project = three()) {
      Going torc = project.start();
      awaitOut(project, torc);
      torc.signal("INT");
      Ran ended = torc.await();
      assertEquals(130, ended.exit(), ended.err());
      assertTrue(ended.err().contains("held: 1 submitted job is cancelled\n"), ended.err());
      assertTrue(ended.err().contains("slurm: 2 submitted jobs are cancelled\n"), ended.err());
      assertEquals(
          "4 jobs: 0 ran, 0 up to date, 0 failed, 3 interrupted, 1 not started",
          ended.counts(),
          ended.err());
      cluster.awaitNone(project);
      assertEquals(List.of("begin", "killed"), project.lines("running.log"));
      assertEquals(List.of(), project.lines("queued.log"));

      project.write("go", "");
      Going next = project.start();
      Cluster.awaitOut(next, "queued");
      cluster.release(project);
      Ran ran = next.await();
      assertEquals("4 jobs: 4 ran, 0 up to date, 0 failed", ran.counts(), ran.err());
      assertEquals(List.of("begin", "killed", "begin", "end"), project.lines("running.log"));
      assertEquals(ONCE, project.lines("queued.log"));
      cluster.awaitNone(project);
    }
  }

  /** Rule 11: jobs get their signal alone, and have their grace; Slurm's own order comes later. */
  @Test
  void interruptIsTheSignalThatAJobAsksForAndIntOtherwise() throws Exception {
    try (Sandbox project = cluster.project(temp)) {
      project.write(
          "work.py",
          """
          import time
          try:
              open("python.up", "w").close()
              time.sleep(1000)
          finally:
              time.sleep(1)
              open("python", "w").write("done")
          """);
      project.build(
          Cluster.executors(project)
              + """
              jobs:
                python: { command: [python3, work.py] }
                other:
                  command: trap 'echo done > other; exit' USR2; echo > other.up; while sleep 0.1; do :; done
                  stop: { signal: USR2, grace: 100s }
                deaf:
                  command: trap '' INT TERM; echo $$ > deaf.up; while sleep 0.1; do :; done
                  stop: { grace: 2s }
              """);
      Going torc = project.start();
      for (String job : List.of("python", "other", "deaf")) {
        Sandbox.until(job + " runs", () -> project.exists(job + ".up"));
      }
      String deaf = project.awaitLine("deaf.up");
      torc.signal("INT");
      assertEquals(130, torc.await().exit(), torc.err());
      assertEquals("done", project.read("python"), "there was no second signal");
      assertEquals(List.of("done"), project.lines("other"));
      assertFalse(Sandbox.runs(deaf));
      cluster.awaitNone(project);
    }
  }

  /** The job's scripts are killed before they tell its end, for which torc waits ten minutes. */
  @Test
  void aSecondInterruptEndsAtOnceAndLeavesTheRestToTheNextBuild() throws Exception {
    try (Sandbox project = cluster.project(temp)) {
      project.build(
          Cluster.executors(project).replace("latency: 3s", "latency: 10m")
              + """
              jobs:
                a: { command: 'echo $$ >> a.log; until test -e go; do sleep 0.1; done; cat x > a.out', needs: [x], produces: [a.out] }
              """);
      project.write("x", "1\n");
      Going torc = project.start();
      String pid = project.awaitLine("a.log");
      // The script before its job: a script that outlives its job would tell how that ended.
      List<String> kill = new ArrayList<>(List.of("kill", "-KILL"));
      kill.addAll(scripts(pid).reversed());
      assertEquals(0, new ProcessBuilder(kill).start().waitFor());
      // else torc may cancel a script that still tells how it ended
      cluster.awaitNone(project);
      torc.signal("INT");
      Sandbox.until("it ends", () -> torc.err().contains("1 submitted job is cancelled"));
      torc.signal("INT");
      Ran ended = torc.await();
      assertEquals(130, ended.exit(), ended.err());
      assertEquals("1 job: 0 ran, 0 up to date, 0 failed, 1 submitted", ended.counts());
      cluster.awaitNone(project);
      project.edit("torc.yaml", "latency: 10m", "latency: 1s");
      project.write("go", "");
      Ran next = project.torc();
      assertEquals("1 job: 1 ran, 0 up to date, 0 failed", next.counts(), next.err());
      assertEquals(2, project.lines("a.log").size());
    }
  }

  /** A process of a job, and the processes of the script above it, the topmost last. */
  private static List<String> scripts(String pid) throws IOException {
    List<String> all = new ArrayList<>();
    String at = pid;
    while (true) {
      String stat = Files.readString(Path.of("/proc/" + at + "/stat"));
      if (stat.contains("(slurmstepd")) {
        return all;
      }
      all.add(at);
      at = stat.substring(stat.lastIndexOf(')') + 2).split(" ")[1]; // its parent
    }
  }

  @Test
  void aChainIsSubmittedStepByStepAndSameBytesEndIt() throws Exception {
    try (Sandbox project = cluster.project(temp)) {
      project.build(
          Cluster.executors(project)
              + """
              jobs:
                a: { command: 'echo run >> a.log; wc -c < x > a.out', needs: [x], produces: [a.out] }
                b: { command: 'echo run >> b.log; cat a.out > b.out', needs: [a.out], produces: [b.out] }
                c: { command: 'echo run >> c.log; cat b.out > c.out', needs: [b.out], produces: [c.out] }
                here: { command: 'cat x > here.out; test ! -e bad', needs: [x], produces: [here.out], executor: local }
              """);
      project.write("x", "1\n");
      List<String> told =
          List.of(
              "4 jobs: 1 ran, 0 up to date, 0 failed, 1 submitted, 2 not started",
              "4 jobs: 1 ran, 1 up to date, 0 failed, 1 submitted, 1 not started",
              "4 jobs: 1 ran, 2 up to date, 0 failed, 1 submitted",
              "4 jobs: 1 ran, 3 up to date, 0 failed");
      for (String counts : told) {
        Ran ran = project.torc("--submit");
        assertEquals(0, ran.exit(), ran.err());
        assertEquals(counts, ran.counts(), ran.err());
        cluster.awaitNone(project);
      }
      assertEquals("4 jobs: 0 ran, 4 up to date, 0 failed", project.torc("--submit").counts());
      assertEquals(3, cluster.submissions(project).size());

      project.write("x", "2\n");
      project.write("bad", "");
      Ran failed = project.torc("--submit");
      assertEquals(1, failed.exit(), failed.err());
      cluster.awaitNone(project);
      project.run(List.of("rm", "bad"));
      Ran same = project.torc("--submit");
      assertEquals("4 jobs: 2 ran, 2 up to date, 0 failed", same.counts(), same.err());
      assertEquals(List.of("run", "run"), project.lines("a.log"));
      assertEquals(List.of("run"), project.lines("b.log"));
      assertEquals(4, cluster.submissions(project).size());
    }
  }

  @Test
  void shortJobsShareElementsAndTellTheirOwnEnds() throws Exception {
    try (Sandbox project = cluster.project(temp)) {
      project.build(
          Cluster.executors(project)
                  .replace(
                      "defaults:", "  few: { like: slurm, max_jobs: 4, batch: 10m }\ndefaults:")
              + """
              jobs:
                each:
                  parameters: { n: { from: 1, to: 60 } }
                  command: "test {n} != 7 || exit 3; echo {n} > {produces}; echo said"
                  produces: "{n}.txt"
                  resources: { runtime: 30s, memory: 50MiB }
                  executor: few
              """);
      Ran ran = project.torc();
      assertEquals("60 jobs: 59 ran, 0 up to date, 1 failed", ran.counts(), ran.err());
      assertTrue(ran.untimed().contains("each/n=7 failed: exit 3"), ran.err());
      assertEquals("9\n", project.read("9.txt"));
      assertEquals("said\n", project.torc("log", "each/n=9").out());
      List<String> ids =
          Pattern.compile("submitted to few (\\S+)")
              .matcher(ran.err())
              .results()
              .map(each -> each.group(1))
              .distinct()
              .toList();
      assertTrue(ids.size() < 30, ids.toString()); // four, or more if jobs get ready in parts
    }
  }

  private static final String SHORT =
      """
      jobs:
        one: { command: sleep 0.2; cat x > one.out, needs: [x], produces: [one.out] }
        two: { command: cat y > left; sleep 0.2; cat y > right, needs: [y], produces: [left, right] }
        folder: { command: 'cat x > dir/x; cat y > dir/$(cat y)', needs: [x, y], produces: [dir/] }
        here: { command: cat one.out > here.out, needs: [one.out], produces: [here.out], executor: local }
        all: { command: cat left right here.out dir/* > all.out, needs: [left, right, here.out, dir/], produces: [all.out] }
      """;

  @Test
  void killedAtRandomMoments() throws Exception {
    long seed = Sample.SEED;
    Random random = new Random(seed);
    try (Sandbox project = cluster.project(temp)) {
      project.build(Cluster.executors(project) + SHORT);
      for (int i = 0; i < 8; i++) {
        project.write("x", random.nextInt(3) + "\n");
        project.write("y", random.nextInt(3) + "\n");
        Going torc = project.start(random.nextBoolean() ? "build" : "--submit");
        TimeUnit.MILLISECONDS.sleep(random.nextInt(1500)); // the random moment of the kill
        torc.process().destroyForcibly().waitFor();
      }
      Ran ran = project.torc();
      assertEquals(0, ran.exit(), () -> "-Dtorc.seed=" + seed + " fails: " + ran.err());
      if (ran.err().contains("it will run again in the next build")) {
        project.torc(); // a need was edited after its job had begun, and edited back (rule 6)
      }
      String x = project.read("x");
      String y = project.read("y");
      assertEquals(
          y + y + x + y + x,
          project.read("all.out"),
          () -> "-Dtorc.seed=" + seed + ": " + ran.err());
      cluster.awaitNone(project);
    }
  }
}
