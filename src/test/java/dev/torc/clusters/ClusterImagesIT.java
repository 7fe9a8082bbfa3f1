package dev.torc.clusters;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.Sampled;
import dev.torc.Sandbox;
import dev.torc.Sandbox.Going;
import dev.torc.Sandbox.Ran;
import dev.torc.containers.RealPodman;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.opentest4j.TestAbortedException;

/** Jobs in containers of podman that a real Slurm runs. */
@Sampled
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("podman") // one of its tests at a time, beside other classes
class ClusterImagesIT {

  @TempDir static Path temp;
  @TempDir static Path storage;
  private static Cluster cluster;
  private static RealPodman podman;
  private static TestAbortedException cannot; // why none of this works here
  private Sandbox project;

  @BeforeAll
  static void startCluster() throws Exception {
    try {
      podman = RealPodman.in(storage.toRealPath());
      cluster = Cluster.shared();
    } catch (TestAbortedException e) {
      cannot = e; // each test tells it: Maven is silent on a class that is left out
    }
  }

  @BeforeEach
  void project() throws Exception {
    if (cannot != null) {
      throw cannot;
    }
    project = cluster.project(temp);
    project.env.putAll(podman.env());
  }

  @AfterEach
  void end() throws Exception {
    if (project != null) {
      project.close();
      cluster.awaitNone(project);
      Sandbox.until("no container is left", () -> podman.containers().isEmpty());
    }
  }

  private void build(String jobs) throws Exception {
    project.build(
        Cluster.executors(project)
                .replace("executor: slurm", "executor: slurm, image: " + RealPodman.BUSYBOX)
                .replace("defaults:", "  sized: { like: slurm, args: [--mem=290M] }\ndefaults:")
            + "jobs:\n"
            + jobs.indent(2));
  }

  @Test
  void itEndsAsItDoesHere() throws Exception {
    project.write("x", "1\n");
    build(
        """
        a: { command: 'cat x > out/a; cat /version; echo data=1 >> "$TORC_OUTPUT"', needs: x, produces: out/a }
        b: { command: 'cat out/a > b && echo {data.a.data} {job} >> b', needs: out/a, produces: b }
        status: { command: 'echo said; exit 7' }
        limit: { command: sleep 1000, resources: { runtime: 1s } }
        given: { command: 'echo $TORC_MEMORY > given', produces: given, executor: sized }
        """);
    Ran ran = project.torc();
    assertEquals("5 jobs: 3 ran, 0 up to date, 2 failed", ran.counts(), ran.err());
    assertEquals("290\n", project.read("given"), "what Slurm says of it");
    assertEquals("1\n1 b\n", project.read("b"));
    assertTrue(project.torc("log", "a").out().startsWith("1"), "the image's file, not the host's");
    assertTrue(ran.untimed().contains("status failed: exit 7"), ran.err());
    assertTrue(ran.untimed().contains("limit failed: timed out after "), ran.err());
    Ran local = project.torc("--on", "local", "b");
    assertEquals("2 jobs: 0 ran, 2 up to date, 0 failed", local.counts(), local.err());
  }

  @Test
  void nothingIsLeftOfAContainerWhoseClientIsEndedWhileItMakesIt() throws Exception {
    build("a: { command: 'true' }\n");
    RealPodman.makesOnly(project, "echo > made; exec sleep 1000");
    Going torc = project.start();
    project.awaitLine("made");
    torc.signal("INT");
    assertEquals(130, torc.await().exit());
    assertEquals(List.of(), podman.containers());

    RealPodman.makesOnly(project, "podman rm -f $made; exit 0");
    Ran ran = project.torc();
    assertTrue(ran.untimed().contains("a failed: podman ended before image "), ran.err());
  }

  @Test
  void itRunsAsAStepOfAnAllocationAndEndsWithIt() throws Exception {
    build(
        """
        a: { command: 'cat /version > a', produces: a, resources: { memory: 100MiB } }
        b: { command: 'cat a; echo begin > log; until test -e go; do sleep 0.1; done; echo > b', needs: a, produces: b, resources: { memory: 100MiB } }
        """);
    Going torc = project.start("slurm");
    project.awaitLine("log");
    assertFalse(podman.containers().isEmpty());
    torc.signal("TERM");
    Ran ended = torc.await();
    assertEquals("2 jobs: 1 ran, 0 up to date, 0 failed, 1 interrupted", ended.counts());
    Sandbox.until("no container is left", () -> podman.containers().isEmpty());
    project.write("go", "");
    Ran ran = project.torc("slurm");
    assertEquals("2 jobs: 1 ran, 1 up to date, 0 failed", ran.counts(), ran.err());
  }

  @Test
  void itIsFoundAgainAndEndedWithItsContainer() throws Exception {
    build(
        "a: { command: 'echo begin >> log; until test -e go; do sleep 0.1; done; echo > a',"
            + " produces: a }\n");
    Going torc = project.start();
    project.awaitLine("log");
    torc.process().destroyForcibly().waitFor();
    assertFalse(podman.containers().isEmpty());
    Going next = project.start();
    Cluster.awaitOut(next, "a");
    next.signal("INT");
    assertEquals(130, next.await().exit(), next.err());
    Sandbox.until("no container is left", () -> podman.containers().isEmpty());

    Ran submitted = project.torc("--submit");
    assertEquals("1 job: 0 ran, 0 up to date, 0 failed, 1 submitted", submitted.counts());
    Sandbox.until("it runs", () -> project.lines("log").size() == 2);
    project.write("go", "");
    Ran ran = project.torc();
    assertEquals("1 job: 1 ran, 0 up to date, 0 failed", ran.counts(), ran.err());
    assertEquals(List.of("begin", "begin"), project.lines("log"));
  }
}
