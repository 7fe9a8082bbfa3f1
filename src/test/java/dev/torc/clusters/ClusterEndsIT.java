package dev.torc.clusters;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.Sampled;
import dev.torc.Sandbox;
import dev.torc.Sandbox.Going;
import dev.torc.Sandbox.Ran;
import dev.torc.front.cli.Run;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** How jobs end on a real Slurm where something is wrong, and what a build makes of it. */
@Sampled
@Order(1) // it takes long
@Execution(ExecutionMode.CONCURRENT)
class ClusterEndsIT {

  @TempDir static Path temp;
  private static Cluster cluster;
  private Sandbox project;

  @BeforeAll
  static void startCluster() throws Exception {
    cluster = Cluster.shared();
  }

  @BeforeEach
  void project() throws Exception {
    project = cluster.project(temp);
  }

  @AfterEach
  void end() {
    project.close();
  }

  private void build(String jobs) throws Exception {
    project.build(Cluster.executors(project) + jobs);
  }

  @Test
  void outOfMemoryIsTriedAgainWithMore() throws Exception {
    build(
        """
        jobs:
          a:
            command: |
              echo {memory} >> log
              x=$(head -c 80m /dev/zero | tr '\\0' x); test {memory} -gt 40 || sleep 600
              echo ${#x} > a.out
            produces: [a.out]
            resources: { memory: 40MiB }
            retries: 1
            retry: { on: [memory], grow: { memory: 8 } }
        """);
    Ran ran = project.torc("--limit", "memory=100MiB"); // the limit of this machine
    assertEquals("1 job: 1 ran (1 after retries), 0 up to date, 0 failed", ran.counts(), ran.err());
    assertTrue(ran.untimed().contains("a: attempt 1 failed: out of memory"), ran.err());
    assertEquals(List.of("40", "320"), project.lines("log"));
    assertEquals(List.of(Integer.toString(80 << 20)), project.lines("a.out"));
  }

  @Test
  void aJobCancelledByHandFailsAndTheOthersContinue() throws Exception {
    build(
        """
        jobs:
          part:
            command: 'echo $SLURM_ARRAY_JOB_ID_$SLURM_ARRAY_TASK_ID > {n}.id; until test -e go; do sleep 0.1; done; echo > {n}.out'
            produces: ['{n}.out']
            parameters: { n: [1, 2, 3] }
          waits: { command: echo > waits.out, produces: [waits.out], executor: held }
        """);
    Going torc = project.start();
    for (int i = 1; i <= 3; i++) {
      project.awaitLine(i + ".id");
    }
    String held = Cluster.awaitOut(torc, "waits");
    String second = Cluster.awaitOut(torc, "part/n=2");
    cluster.slurm.administer("scancel", second, held);
    Sandbox.until(
        "both are told", () -> torc.err().split(" failed(?: after [^:]*)?: ", -1).length == 3);
    project.write("go", "");
    Ran ran = torc.await();
    assertEquals(1, ran.exit(), ran.err());
    assertEquals("4 jobs: 2 ran, 0 up to date, 2 failed", ran.counts(), ran.err());
    String told = ran.untimed();
    assertTrue(told.contains("part/n=2 failed: cancelled; slurm: CANCELLED"), told);
    assertTrue(told.contains("waits failed: cancelled; held: CANCELLED"), told);
  }

  @Test
  void aDrainedNodeIsWaitedForAndADeadOneIsNoFaultOfTheJob() throws Exception {
    build(
        """
        jobs:
          a:
            command: |
              mkdir {tmp}/new
              echo begin >> log; until test -e go; do sleep 0.1; done; echo end >> log
        """);
    project.edit("torc.yaml", "partition: wide", "partition: low");
    cluster.slurm.administer("scontrol", "update", "NodeName=n2", "State=DRAIN", "Reason=test");
    Going torc = project.start();
    Cluster.awaitOut(torc, "a");
    Sandbox.until(
        "it waits",
        () -> cluster.slurm.ask("squeue", "-h", "-p", "low", "-o", "%r").contains("DRAINED"));
    cluster.slurm.administer("scontrol", "update", "NodeName=n2", "State=RESUME");
    project.awaitLine("log");
    cluster.slurm.administer("scontrol", "update", "NodeName=n2", "State=DOWN", "Reason=test");
    Sandbox.until("it is said", () -> torc.err().contains("lost with its machine"));
    project.write("go", "");
    cluster.slurm.ask("scontrol", "update", "NodeName=n2", "State=RESUME"); // it may be back
    Ran ran = torc.await();
    assertEquals("1 job: 1 ran, 0 up to date, 0 failed", ran.counts(), ran.err());
    assertEquals("end", project.lines("log").getLast());
  }

  @Test
  void aJobForNoPartitionFailsWithSlurmsOwnWords() throws Exception {
    build(
        """
        jobs:
          memory: { command: echo, resources: { memory: 900GiB } }
          cpus: { command: echo, resources: { cpus: 999 } }
          partition: { command: echo, executor: none }
          small: { command: echo > small.out, produces: [small.out] }
          reader: { command: cat small.out, needs: [small.out] }
        """);
    project.edit("torc.yaml", "  held:", "  none: { like: slurm, partition: nowhere }\n  held:");
    Ran ran = project.torc();
    assertEquals(1, ran.exit(), ran.err());
    assertEquals("5 jobs: 2 ran, 0 up to date, 3 failed", ran.counts(), ran.err());
    assertTrue(
        ran.untimed().contains("memory failed: slurm: Memory specification can not be satisfied"),
        ran.err());
    assertTrue(ran.untimed().contains("cpus failed: slurm "), ran.err());
    assertTrue(
        ran.untimed().contains("partition failed: none: invalid partition specified: nowhere"),
        ran.err());
    cluster.awaitNone(project);
  }

  /** On another Slurm, whose controller is down for 20 seconds. */
  @Test
  @ResourceLock(SharedSlurm.LOCK)
  void aControllerThatIsDownIsWaitedFor() throws Exception {
    Cluster own = Cluster.impatient();
    try (Sandbox down = own.project(temp)) {
      down.build(
          Cluster.executors(down)
              + """
              jobs:
                a: { command: 'echo run >> a.log; until test -e go; do sleep 0.1; done; echo > a.out', produces: [a.out] }
                b: { command: 'echo run >> b.log; echo > b.out', needs: [a.out], produces: [b.out] }
                c: { command: 'echo run >> c.log', needs: [b.out] }
              """);
      Going torc = down.start();
      down.awaitLine("a.log");
      own.slurm.stopController();
      long end = System.nanoTime() + 20_000_000_000L;
      down.write("go", "");
      Sandbox.until(
          "a's end is recorded", () -> Run.of(down.root, "why", "a").out().contains("up to date"));
      Sandbox.until("it is said", () -> torc.err().contains("slurm does not answer: "));
      Sandbox.until("20 seconds are over", () -> System.nanoTime() > end);
      own.slurm.startController();
      Ran ran = torc.await();
      assertEquals("3 jobs: 3 ran, 0 up to date, 0 failed", ran.counts(), ran.err());
      for (String log : List.of("a.log", "b.log", "c.log")) {
        assertEquals(List.of("run"), down.lines(log), log);
      }
      own.awaitNone(down);
    }
  }
}
