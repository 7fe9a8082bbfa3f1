package dev.torc.clusters;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.Sampled;
import dev.torc.Sandbox;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * {@code torc slurm} in a real Slurm of two nodes: torc itself runs on the first, and hands scripts
 * to the other. Both are this machine, without control groups: the tests cannot show that a step is
 * held to its cpus and gpus, nor that torc sees no process of another machine.
 */
@Sampled
@Order(0) // it takes longest, one test at a time
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("AllocationIT") // one of its tests at a time, beside other classes
class AllocationIT {

  @TempDir static Path temp;
  @AutoClose private static RealSlurm slurm;
  private Sandbox box;

  @BeforeAll
  static void start() throws Exception {
    slurm = RealSlurm.start(10);
  }

  @BeforeEach
  void project() throws Exception {
    box = new Sandbox(temp);
    box.env.put("SLURM_CONF", slurm.env().get("SLURM_CONF"));
  }

  @AfterEach
  void end() throws Exception {
    box.close();
    slurm.administer("scancel", "--partition=both");
    Sandbox.until("the nodes are free", () -> slurm.ask("squeue", "--noheader").isEmpty());
  }

  private void build(String jobs) throws Exception {
    box.build(
        """
        executors:
          slurm: { kind: slurm, partition: both, latency: 2s, args: [--nodes=2, --mem=450M] }
        jobs:
        """
            + jobs.indent(2));
  }

  private static String queue() throws Exception {
    return slurm.ask("squeue", "--noheader", "--format=%i");
  }

  @Test
  void jobsRunInOneAllocationOnBothNodesAtOnceAndNoneIsAskedForWithoutNeed() throws Exception {
    StringBuilder jobs = new StringBuilder();
    for (String job : List.of("a", "b", "c", "d")) {
      jobs.append(
          """
          %s:
            command: >-
              echo $SLURM_JOB_ID $SLURMD_NODENAME > {produces};
              until test -e a.txt -a -e b.txt -a -e c.txt -a -e d.txt; do sleep 0.05; done
            produces: %s.txt
            resources: { memory: 100MiB }
          """
              .formatted(job, job));
    }
    jobs.append(
        """
        all:
          command: cat {needs} > {produces}
          needs: [a.txt, b.txt, c.txt, d.txt]
          produces: all.txt
        """);
    build(jobs.toString());
    Sandbox.Ran first = box.torc("slurm", "-j", "4");
    assertEquals(0, first.exit(), first.err());
    assertTrue(first.err().contains(": 4 cpus on 2 nodes, n1 the first\n"), first.err());
    Set<String> allocations = new TreeSet<>();
    List<String> nodes =
        box.lines("all.txt").stream()
            .map(line -> line.split(" "))
            .peek(words -> allocations.add(words[0]))
            .map(words -> words[1])
            .sorted()
            .toList();
    assertEquals(List.of("n1", "n1", "n2", "n2"), nodes);
    assertEquals(1, allocations.size());
    Sandbox.until("Slurm has taken it back", () -> queue().isEmpty());

    Sandbox.Ran second = box.torc("slurm");
    assertEquals(0, second.exit(), second.err());
    assertFalse(second.err().contains("allocation"), second.err());
    Sandbox.Ran dry = box.torc("slurm", "-n", "--force");
    assertEquals(5, dry.out().lines().filter(line -> line.contains(" will run: ")).count());
    assertFalse(dry.err().contains("allocation"), dry.err());
  }

  @Test
  void aFailureATimeLimitAndAJobThatIsTooLargeAreTheBuildsOwn() throws Exception {
    build(
        """
        bad: { command: "echo to the log; exit 7" }
        slow: { command: sleep 100, resources: { runtime: 1s } }
        good: { command: "echo $BEFORE > {produces}", produces: good.txt }
        """);
    box.edit("torc.yaml", "450M]", "450M], before: export BEFORE=said");
    Sandbox.Ran ran = box.torc("slurm", "-j", "4");
    assertEquals(1, ran.exit(), ran.err());
    assertTrue(ran.err().contains("\n  bad: exit 7,"), ran.err());
    assertTrue(ran.err().contains("\n  slow: timed out after 1."), ran.err());
    assertTrue(ran.err().contains("3 jobs: 1 ran, 0 up to date, 2 failed"), ran.err());
    assertEquals("said\n", box.read("good.txt"));
    Sandbox.Ran far = box.torc("--on", "slurm", "good");
    assertEquals("1 job: 0 ran, 1 up to date, 0 failed", far.counts(), far.err());
    build("large: { command: \"true\", resources: { cpus: 2, memory: 900MiB } }\n");
    box.edit("torc.yaml", "450M", "300M");
    Sandbox.Ran large = box.torc("slurm", "-j", "4", "--json");
    assertEquals(2, large.exit(), large.err());
    String line = "job large asks for 900.0 MiB of memory, and there is only 300.0 MiB; ";
    assertTrue(large.err().contains(line), large.err());
    assertTrue(large.out().contains(line), "standard output comes, too: " + large.out());
    Sandbox.until("Slurm has taken it back", () -> queue().isEmpty());
  }

  @Test
  void theBuildFileMayComeFromAPipe() throws Exception {
    build("a: { command: \"echo {data.x} > {produces}\", produces: a.txt }\n");
    box.sh("sed 's/.data.x./piped/' torc.yaml > other.yaml");
    Sandbox.Ran ran = box.sh("cat other.yaml | torc slurm -f -");
    assertEquals(0, ran.exit(), ran.err());
    assertEquals("piped\n", box.read("a.txt"));
  }

  private Sandbox.Going startLong() throws Exception {
    build(
        """
        long:
          command: echo $$ > pid; test -e go || sleep 100 || exit; echo x > {produces}
          produces: long.txt
        """);
    Sandbox.Going going = box.start("slurm");
    box.awaitLine("pid");
    return going;
  }

  private void goesOn() throws Exception {
    goesOn("long");
  }

  private void goesOn(String job) throws Exception {
    box.write("go", "");
    Sandbox.Ran next = box.torc("slurm");
    assertEquals(0, next.exit(), next.err());
    assertTrue(next.err().contains(job + ": ran in "), next.err());
  }

  @Test
  void theEndOfTheAllocationIsAnInterruption() throws Exception {
    Sandbox.Going going = startLong();
    slurm.administer("scancel", queue());
    Sandbox.Ran ran = going.await();
    assertEquals(143, ran.exit(), ran.err());
    assertTrue(ran.err().matches("(?s).*allocation \\d+ is over: slurm: CANCELLED.*"), ran.err());
    assertTrue(ran.err().contains(" 0 failed, 1 interrupted in "), ran.err());
    assertFalse(Sandbox.runs(box.awaitLine("pid")));
    goesOn();
  }

  @Test
  void aSignalEndsJobsAndAllocation() throws Exception {
    Sandbox.Going going = startLong();
    going.signal("TERM");
    Sandbox.Ran ran = going.await();
    assertEquals(143, ran.exit(), ran.err());
    assertTrue(ran.err().contains(" 0 failed, 1 interrupted in "), ran.err());
    assertFalse(Sandbox.runs(box.awaitLine("pid")));
    Sandbox.until("Slurm has taken it back", () -> queue().isEmpty());
    goesOn();
  }

  /** Rule 11: Ctrl-C is INT, once, for jobs beside torc and on the other node. */
  @Test
  void ctrlCIsIntForJobsOnAllNodes() throws Exception {
    box.write(
        "work",
        "trap 'echo INT >> $1; sleep 1; exit' INT; echo up >> $1; while :; do sleep 0.1; done");
    build("near: { command: [sh, work, near] }\nfar: { command: [sh, work, far] }\n");
    box.edit("torc.yaml", "  near: {", "  near: { resources: { cpus: 2 }, priority: 9,");
    Sandbox.Going going = box.start("slurm", "-j", "4");
    box.awaitLine("near");
    box.awaitLine("far");
    going.signal("INT");
    Sandbox.Ran ran = going.await();
    assertEquals(130, ran.exit(), ran.err());
    assertEquals(List.of("up", "INT"), box.lines("near"));
    assertEquals(List.of("up", "INT"), box.lines("far"));
  }

  @Test
  void aTorcThatIsKilledLeavesTheBuildInItsAllocation() throws Exception {
    build(
        """
        long:
          command: echo $$ > pid; until test -e go; do sleep 0.1; done; echo x > {produces}
          produces: long.txt
        """);
    Sandbox.Going going = box.start("slurm");
    box.awaitLine("pid");
    going.signal("KILL");
    assertEquals(137, going.await().exit());
    assertTrue(Sandbox.runs(box.awaitLine("pid")));
    box.write("go", "");
    Sandbox.Ran next = box.torc();
    assertEquals("1 job: 0 ran, 1 up to date, 0 failed", next.counts(), next.err());
    Path left = box.root.resolve(".torc/slurm");
    // The script of the allocation tells its end a moment after the build in it has ended.
    Sandbox.until(
        "what the killed one left is gone",
        () -> !Files.exists(left) || box.torc("--force").exit() != 0);
    assertFalse(Files.exists(left));
  }

  /** torc is killed, as by the end of its node: nothing there can end the job of the other node. */
  @Test
  void aJobOfTheOtherNodeEndsBeforeItRunsElsewhere() throws Exception {
    build(
        """
        near: { command: "echo $PPID > torc; sleep 1000", resources: { cpus: 2 }, priority: 9 }
        long:
          command: >-
            until test -e torc; do sleep 0.1; done;
            if test -e pid && grep -qs "^State:.[^Z]" /proc/$(cat pid)/status; then exit 9; fi;
            echo $$ > pid; test -e go || sleep 100; echo x > {produces}
          produces: long.txt
        """);
    Sandbox.Going going = box.start("slurm", "-j", "4");
    box.awaitLine("pid");
    box.sh("kill -9 $(cat torc)");
    assertEquals(137, going.await().exit());
    box.write("go", "");
    Sandbox.Ran next = box.torc("--on", "local", "long");
    assertEquals("1 job: 1 ran, 0 up to date, 0 failed", next.counts(), next.err());
    assertEquals("", queue());
  }

  @Test
  void earlierSubmittedJobsStayOutWhenTheAllocationEnds() throws Exception {
    build(
        """
        far:
          command: until test -e go; do sleep 0.1; done; echo x > {produces}
          produces: far.txt
        near:
          command: echo $$ > pid; test -e go || sleep 100 || exit; echo x > {produces}
          produces: near.txt
        """);
    box.edit("torc.yaml", "--nodes=2, ", "");
    Sandbox.Ran submitted = box.torc("--on", "slurm", "--submit", "far");
    assertEquals(0, submitted.exit(), submitted.err());
    String far = queue();
    Sandbox.Going going = box.start("slurm");
    box.awaitLine("pid");
    assertEquals(far, Cluster.awaitOut(going, "far"));
    going.signal("HUP");
    Sandbox.Ran ran = going.await();
    assertEquals(129, ran.exit(), ran.err());
    assertEquals("2 jobs: 0 ran, 0 up to date, 0 failed, 1 submitted, 1 interrupted", ran.counts());
    assertFalse(Sandbox.runs(box.awaitLine("pid")));
    Sandbox.until("its nodes are given back", () -> queue().equals(far));
    goesOn("near");
    assertEquals(List.of("x"), box.lines("far.txt"));
  }

  @Test
  void aSecondCtrlCLeavesNothingInTheQueueAndTheNextBuildStartsWhenTheStepIsOver()
      throws Exception {
    build(
        """
        long:
          command: >-
            if test -e pid && grep -qs "^State:.[^Z]" /proc/$(cat pid)/status; then exit 9; fi;
            trap '' TERM INT; echo $$ > pid; until test -e go; do sleep 0.1; done; echo x > {produces}
          produces: long.txt
        """);
    Sandbox.Going going = box.start("slurm");
    box.awaitLine("pid");
    going.signal("INT");
    Sandbox.until("it is stopping", () -> going.err().contains("stopping long; kill in "));
    going.signal("INT");
    assertEquals(130, going.await().exit(), going.err());
    Sandbox.until("Slurm has taken it back", () -> queue().isEmpty());
    goesOn();
  }

  @Test
  void whileTheControllerIsAwayWhatRunsGoesOnAndWhatIsReadyForOtherNodesWaits() throws Exception {
    build(
        """
        near: { command: "until test -e back; do sleep 0.1; done", resources: { cpus: 2 }, priority: 9 }
        far:
          command: echo x > begun; until test -e go; do sleep 0.1; done; echo a > {produces}
          produces: far.txt
        next: { command: "cp {needs} {produces}", needs: far.txt, produces: next.txt }
        """);
    Sandbox.Going going = box.start("slurm", "-j", "4");
    box.awaitLine("begun");
    slurm.stopController();
    try {
      box.write("go", "");
      Sandbox.until("it is told", () -> going.err().contains("slurm does not answer: Unable to "));
      assertTrue(going.err().contains("far: ran in "), going.err());
      assertFalse(box.exists("next.txt"));
    } finally {
      slurm.startController();
    }
    Sandbox.until("what was ready ran", () -> going.err().contains("next: ran in "));
    box.write("back", "");
    Sandbox.Ran ran = going.await();
    assertEquals("3 jobs: 3 ran, 0 up to date, 0 failed", ran.counts(), ran.err());
    slurm.administer("scontrol", "update", "NodeName=n1,n2", "State=DOWN", "Reason=test");
    slurm.ask("scontrol", "update", "NodeName=n1,n2", "State=RESUME"); // it may be back by itself
  }

  @Test
  void theUserIsToldOfTheWaitAndARequestThatIsGivenUpLeavesTheQueue() throws Exception {
    Sandbox.Going first = startLong();
    Sandbox other = new Sandbox(temp);
    other.env.putAll(box.env);
    other.build(box.read("torc.yaml"));
    other.edit("torc.yaml", "450M", "450M, --exclusive");
    Sandbox.Going second = other.start("slurm");
    Sandbox.until("it is told", () -> second.err().contains("\n"));
    assertTrue(
        second.err().matches("waiting for an allocation, job \\d+ of Slurm\n"), second.err());
    assertEquals(2, queue().lines().count());
    second.signal("TERM");
    assertEquals(143, second.await().exit());
    Sandbox.until("the request is gone", () -> queue().lines().count() == 1);
    first.signal("TERM");
    first.await();
    other.close();
  }

  @Test
  void refusalsBySlurmAreToldInItsWords() throws Exception {
    build("a: { command: 'true' }\n");
    box.edit("torc.yaml", "partition: both", "partition: nix");
    Sandbox.Ran ran = box.torc("slurm");
    assertEquals(3, ran.exit(), ran.err());
    assertEquals(
        "torc: slurm gives no allocation: invalid partition specified: nix; Batch job submission"
            + " failed: Invalid partition name specified\n",
        ran.err());
    box.edit("torc.yaml", "slurm: {", "other: {");
    assertEquals(
        new Sandbox.Ran(
            2,
            "",
            "torc: torc slurm needs an executor named slurm; describe it in the"
                + " build file: executors: { slurm: { kind: slurm } }\n"),
        box.torc("slurm"));
    assertEquals(
        new Sandbox.Ran(
            2,
            "",
            "torc: torc slurm runs all jobs in one allocation: leave out --on other, or use torc"
                + " build\n"),
        box.torc("slurm", "--on", "other"));
  }
}
