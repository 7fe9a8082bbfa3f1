package dev.torc.kills;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.Sampled;
import dev.torc.Sandbox;
import dev.torc.Sandbox.Ran;
import dev.torc.core.memory.Unclosed;
import dev.torc.front.cli.Run;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Section 13, {@code sandbox}: {@code kill -9} at any moment leaves nothing that a later build
 * believes, and no process. Builds of a job in a folder of its own are ended before each step, from
 * the first one in that folder on: while its needs are copied, while it runs, and while its
 * products are moved. The build after each ends as one from scratch.
 */
@Sampled
@Execution(ExecutionMode.CONCURRENT)
class SandboxKillIT {

  private static final String PROJECT =
      """
      jobs:
        a:
          command: cat x d/f > a.out; cat x > out/f; cat x > "g/$(cat x).o"; echo > junk; echo a >> $TORC_ROOT/runs
          needs: [x, d/]
          produces: [a.out, out/, 'g/*.o']
          sandbox: true
      """;

  /** The scheduler is {@code sh}, and has ended each script when it has submitted it. */
  private static final String FAR =
      """
      executors:
        far:
          kind: commands
          submit: 'cd ../../..; sh {script} > {log} 2>&1; echo 1'
          states: 'true'
          cancel: 'true {ids}'
          latency: 1s
      defaults: { executor: far }
      """;

  @TempDir Path temp;

  private Sandbox built(String executors) throws Exception {
    Sandbox built = new Sandbox(temp);
    built.build(executors + PROJECT);
    built.write("x", "1\n");
    built.write("d/f", "d\n");
    Run run = Run.of(built.root);
    assertEquals(0, run.exit(), run.err());
    built.run(List.of("rm", "runs"));
    built.write("x", "2\n");
    return built;
  }

  /** Checks that the next build mends what the killed one left. */
  private static void mends(Sandbox project, Ran killed) throws Exception {
    Unclosed.recover(project.root);
    Run next = Run.of(project.root);
    String said = killed.err() + "\nthen:\n" + next.err();
    assertEquals(0, next.exit(), said);
    assertEquals("2\nd\n", project.read("a.out"), said);
    assertEquals("2\n", project.read("out/f"), said);
    assertEquals("2\n", project.read("g/2.o"), said);
    assertFalse(project.exists("g/1.o"), said);
    assertFalse(project.exists(".torc/sandbox/a"), said);
    assertFalse(project.exists(".torc/sandbox/a@old"), said);
    Run nothing = Run.of(project.root);
    assertTrue(nothing.err().contains("1 job: 0 ran, 1 up to date, 0 failed"), nothing.err());
  }

  @Test
  void aKillWhileNeedsAreCopiedOrProductsMoved() throws Exception {
    List<String> steps =
        new KillWalk(temp, ".torc/sandbox", ".torc/graph.new")
            .all(built(""), List.of(), SandboxKillIT::mends, "build");
    killedAt(steps, "directCopy ", "start ", "rename .torc/sandbox/a/a.out a.out", "rmdir");
  }

  @Test
  void aJobThatEndedOnACluster() throws Exception {
    List<String> steps =
        new KillWalk(temp, ".torc/sandbox", ".torc/graph.new")
            .all(built(FAR), List.of(), SandboxKillIT::mendsOnce, "build");
    killedAt(steps, "rename .torc/sandbox/a/a.out a.out", "rename .torc/sandbox/a/out/f out/f");
  }

  /** It runs once: its products are moved by the next build if the killed one has not done so. */
  private static void mendsOnce(Sandbox project, Ran killed) throws Exception {
    mends(project, killed);
    assertEquals(List.of("a"), project.lines("runs"), killed.err());
    assertFalse(project.exists(".torc/remote"), killed.err());
  }

  private static void killedAt(List<String> all, String... names) {
    for (String name : names) {
      assertTrue(all.stream().anyMatch(step -> step.contains(name)), () -> name + " in " + all);
    }
  }
}
