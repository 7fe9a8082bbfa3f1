package dev.torc.core.here;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.posix.Environment;
import dev.torc.base.posix.Kill;
import dev.torc.base.posix.Spawn;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ProcessPassTest {

  @TempDir Path dir;

  private final List<ProcessTree> trees = new ArrayList<>();
  private final ProcessPass pass = new ProcessPass();

  @AfterEach
  void end() {
    for (ProcessTree tree : trees) {
      assertEquals(List.of(), tree.end(Kill.TERM, 0, () -> true));
      tree.reapLeader(true);
    }
  }

  /** Starts a script as a tree of its own, and waits until it has said something. */
  private ProcessTree start(String script) throws IOException {
    Path tell = dir.resolve("tell" + trees.size());
    new ProcessBuilder("mkfifo", tell.toString()).start().onExit().join();
    Map<String, String> mark = Map.of("TORC_BUILD", dir + "/" + trees.size());
    ProcessTree tree = new ProcessTree(mark, true, 0);
    int pid =
        new Spawn()
            .start(
                List.of("sh", "-c", script.replace("TELL", tell.toString())),
                dir,
                Environment.ofCaller().with(mark),
                new Spawn.Streams(dir.resolve("log" + trees.size()), true, false),
                null);
    tree.addLeader(pid);
    trees.add(tree);
    try (BufferedReader lines = Files.newBufferedReader(tell)) {
      assertNotNull(lines.readLine());
    }
    return tree;
  }

  private static final String LARGE = "x=$(head -c 30000000 /dev/zero | tr '\\0' a)";

  @Test
  void ofEachTreeAllProcessesAreSeen() throws Exception {
    ProcessTree small = start("echo > TELL; sleep 1000");
    ProcessTree large = start("(" + LARGE + "; echo > TELL; sleep 1000; : $x) & wait");
    List<ProcessPass.Use> uses = pass.measure(List.of(small, large));
    assertTrue(uses.get(0).memory() < 30_000_000, uses::toString);
    assertTrue(uses.get(0).memory() > 0, uses::toString);
    assertTrue(uses.get(1).memory() > 30_000_000, uses::toString);
  }

  @Test
  void aProcessThatLeftItsGroupAndParentIsFoundByTheMark() throws Exception {
    String left = LARGE + "; echo > TELL; sleep 1000; : $x";
    ProcessTree tree = start("setsid sh -c \"" + left.replace("$", "\\$") + "\" & sleep 1000");
    ProcessTree daemon = start("setsid sh -c '(" + left.replace("'", "'\\''") + ") & exit'; true");
    assertTrue(pass.measure(List.of(tree)).getFirst().memory() > 30_000_000);
    List<ProcessPass.Use> both = new ProcessPass().measure(List.of(daemon, tree));
    assertTrue(both.get(0).memory() > 30_000_000, both::toString);
    assertTrue(both.get(1).memory() > 30_000_000, both::toString);
    assertTrue(both.get(0).memory() < 90_000_000, both::toString);
  }

  @Test
  void theTimeOfChildrenThatEndedCounts() throws Exception {
    ProcessTree tree =
        start("sh -c 'i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done'; echo > TELL; sleep 1000");
    assertTrue(pass.measure(List.of(tree)).getFirst().cpu() >= 10_000_000);
  }

  @Test
  void aTreeThatIsGoneUsesNothing() throws Exception {
    ProcessTree tree = start("echo > TELL; sleep 1000");
    assertTrue(pass.measure(List.of(tree)).getFirst().memory() > 0);
    tree.end(Kill.TERM, 0, () -> true);
    assertEquals(0, pass.measure(List.of(tree)).getFirst().memory());
    assertEquals(List.of(), pass.measure(List.of()));
  }
}
