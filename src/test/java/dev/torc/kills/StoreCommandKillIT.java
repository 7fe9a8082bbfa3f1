package dev.torc.kills;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.Sandbox;
import dev.torc.core.memory.Unclosed;
import dev.torc.front.cli.Run;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * Rule 9 for {@code torc store}: the command is ended, as by {@code kill -9}, before the first
 * change of the store, before the next change of any file or commit, and so on. Whatever is left
 * then: restored products are right, and what cannot be restored is made.
 */
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("StoreCommandKillIT") // one of its tests at a time, beside other classes
class StoreCommandKillIT {

  private static final String PROJECT =
      """
      stores: { keep: 1GiB }
      jobs:
        a: { command: cp in out, needs: in, produces: out }
        b: { command: cp out d/x; cat in in > two, needs: [in, out], produces: [d/, two] }
      """;

  private static final List<String> STATES = List.of("one", "two2", "three");

  @TempDir Path temp;

  private void killedAt(List<String> names, String... args) throws Exception {
    Sandbox built = new Sandbox(temp);
    built.build(PROJECT);
    for (String state : STATES) {
      built.write("in", state);
      Run run = Run.of(built.root);
      assertEquals(0, run.exit(), run.err());
    }
    List<String> all =
        new KillWalk(temp, ".torc/store", ".torc/never")
            .all(built, List.of(), (project, killed) -> mends(project, killed.err()), args);
    for (String name : names) {
      assertTrue(all.stream().anyMatch(step -> step.contains(name)), () -> name + " in " + all);
    }
  }

  private static void mends(Sandbox project, String said) throws Exception {
    Unclosed.recover(project.root);
    Run look = Run.of(project.root, "store");
    assertEquals(0, look.exit(), said + look.err());
    for (String state : STATES) {
      project.write("in", state);
      Run run = Run.of(project.root);
      assertEquals(0, run.exit(), said + run.err());
      assertEquals(state, project.read("out"), said);
      assertEquals(state, project.read("d/x"), said);
      assertEquals(state + state, project.read("two"), said);
    }
    Run pruned = Run.of(project.root, "store", "--prune");
    assertEquals(0, pruned.exit(), said + pruned.err());
    Run verified = Run.of(project.root, "store", "--verify");
    assertEquals(0, verified.exit(), said + verified.out() + verified.err());
    assertEquals("checked 6 products, 28 B: all is well\n", verified.err(), said);
  }

  @Test
  void pruning() throws Exception {
    killedAt(
        List.of("unlink .torc/store/f", "rmdir .torc/store/d", "commit"), "store", "--prune=0");
  }
}
