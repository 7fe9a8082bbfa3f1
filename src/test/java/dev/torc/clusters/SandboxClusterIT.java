package dev.torc.clusters;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.torc.Sampled;
import dev.torc.Sandbox;
import dev.torc.Sandbox.Going;
import dev.torc.Sandbox.Ran;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Section 13, {@code sandbox}: jobs in folders of their own that a real Slurm runs. */
@Sampled
@Execution(ExecutionMode.CONCURRENT)
class SandboxClusterIT {

  private static final String JOBS =
      """
      jobs:
        a:
          command: |
            echo a >> $TORC_ROOT/runs; until test -e $TORC_ROOT/go; do sleep 0.1; done
            cat x d/f > a.out && mkdir out/e && cp x out/e/f && cp x "g/$(cat x).o" && echo > junk
          needs: [x, d/]
          produces: [a.out, out/, 'g/*.o']
          sandbox: true
      """;

  @TempDir static Path temp;

  @Test
  void productsAreMovedAlsoIfTheJobEndedWhileNoTorcRan() throws Exception {
    Cluster cluster = Cluster.shared();
    try (Sandbox project = cluster.project(temp)) {
      project.build(Cluster.executors(project) + JOBS);
      project.write("x", "1\n");
      project.write("d/f", "d\n");
      Ran submitted = project.torc("--submit");
      assertEquals("1 job: 0 ran, 0 up to date, 0 failed, 1 submitted", submitted.counts());
      project.awaitLine("runs");
      project.write("go", "");
      cluster.awaitNone(project);
      assertFalse(project.exists("a.out"), "torc moves it");
      Ran taken = project.torc();
      assertEquals("1 job: 1 ran, 0 up to date, 0 failed", taken.counts(), taken.err());
      assertEquals("1\nd\n", project.read("a.out"));
      assertEquals("1\n1\n", project.read("out/e/f") + project.read("g/1.o"));
      assertFalse(project.exists(".torc/sandbox/a"));
      assertEquals(List.of("a"), project.lines("runs"));

      // A job that runs while its torc is killed is found, and not run twice.
      project.write("x", "2\n");
      project.run(List.of("rm", "go"));
      Going killed = project.start();
      Cluster.awaitOut(killed, "a");
      Sandbox.until("it runs", () -> project.lines("runs").size() == 2);
      killed.process().destroyForcibly().waitFor();
      project.write("go", "");
      Ran found = project.torc();
      assertEquals("1 job: 1 ran, 0 up to date, 0 failed", found.counts(), found.err());
      assertEquals("2\nd\n", project.read("a.out"));
      assertFalse(project.exists("g/1.o"));
      assertEquals(List.of("a", "a"), project.lines("runs"));

      // An edit of a need that was copied already: what is queued is submitted anew.
      project.write("x", "3\n");
      assertEquals(0, project.torc("--submit", "--on", "held").exit());
      project.write("x", "4\n");
      assertEquals(0, project.torc("--submit", "--on", "held").exit());
      assertEquals(1, cluster.out(project).size());
      cluster.release(project);
      cluster.awaitNone(project);
      Ran last = project.torc();
      assertEquals("1 job: 1 ran, 0 up to date, 0 failed", last.counts(), last.err());
      assertEquals("4\nd\n", project.read("a.out"));
      Ran none = project.torc();
      assertEquals("1 job: 0 ran, 1 up to date, 0 failed", none.counts(), none.err());
    }
  }
}
