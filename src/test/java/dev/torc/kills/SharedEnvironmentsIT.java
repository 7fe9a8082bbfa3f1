package dev.torc.kills;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.Sampled;
import dev.torc.Sandbox;
import dev.torc.Sandbox.Going;
import dev.torc.Sandbox.Ran;
import dev.torc.base.posix.OpenFileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Section 13: an environment in a folder that two roots share, and what their locks are for. */
@Sampled
@Execution(ExecutionMode.CONCURRENT)
class SharedEnvironmentsIT {

  private static final String BUILD_FILE =
      """
      stores: { environments: ../shared }
      environments:
        main:
          kind: commands
          file: lock
          create: 'echo made >> ../made; echo $$ > ../pid; while test -e ../hang; do sleep 0.05; done; cp lock {dir}/'
          activate: 'export ENV={dir}'
      jobs:
        a: { environment: main, command: 'echo > runs; while test -e busy; do sleep 0.05; done; cat "$ENV/lock" > a.out', needs: lock, produces: a.out }
      """;

  @TempDir Path temp;

  private Sandbox one;
  private Sandbox two;

  @BeforeEach
  void twoRoots() throws Exception {
    Files.createDirectory(temp.resolve("shared"));
    one = root("one");
    two = root("two");
  }

  @AfterEach
  void end() {
    one.close();
    two.close();
  }

  private Sandbox root(String name) throws Exception {
    Sandbox root = new Sandbox(temp, Files.createDirectory(temp.resolve(name)));
    root.build(BUILD_FILE);
    root.write("lock", "1\n");
    return root;
  }

  private List<String> made() {
    return one.lines("../made");
  }

  private static void ended(Going build) throws Exception {
    Ran ran = build.await();
    assertEquals(0, ran.exit(), ran.err());
  }

  @Test
  void twoRootsAtOnceMakeOneOnce() throws Exception {
    one.write("../hang", "");
    Going first = one.start("-v");
    one.awaitLine("../pid");
    Going second = two.start("-v");
    Sandbox.until("the second waits", () -> second.err().contains("waiting for another torc"));
    Files.delete(temp.resolve("hang"));
    ended(first);
    ended(second);
    assertTrue(second.err().contains("environment/main: made by another build"), second.err());
    assertEquals(1, made().size());
    assertEquals("1\n", two.read("a.out"));
  }

  @Test
  void aTorcThatHasTheLockForALookAtACompleteOneFailsNoJob() throws Exception {
    ended(one.start());
    Path lock;
    try (var all = Files.newDirectoryStream(temp.resolve("shared"), "*.lock")) {
      lock = all.iterator().next();
    }
    Going uses;
    try (OpenFileLock _ = OpenFileLock.flock(lock, true).orElseThrow()) {
      uses = one.start("-v", "--force", "a");
      Sandbox.until("it begins", () -> uses.err().contains("command:"));
    }
    ended(uses);
    assertEquals(1, made().size());
  }

  @Test
  void aKilledMakerBlocksNobodyAndItsProcessesEndBeforeItIsMadeAnew() throws Exception {
    one.write("../hang", "");
    Going first = one.start("-v");
    String pid = one.awaitLine("../pid");
    first.signal("KILL");
    first.process().waitFor();
    assertTrue(Sandbox.runs(pid));
    Going second = two.start("-v");
    Sandbox.until("the second makes it", () -> made().size() == 2);
    assertFalse(Sandbox.runs(pid));
    Files.delete(temp.resolve("hang"));
    ended(second);
    assertEquals("1\n", two.read("a.out"));
    ended(one.start("-v"));
    assertEquals(2, made().size());
  }

  @Test
  void oneThatARunningBuildUsesIsNeitherRemovedNorMadeAnew() throws Exception {
    ended(two.start());
    one.write("busy", "");
    Going uses = one.start("-v");
    one.awaitLine("runs");
    Going forced = two.start("--force", "environment/main");
    Sandbox.until("it waits", () -> forced.err().contains("waiting for another torc"));
    forced.signal("INT");
    assertEquals(130, forced.await().exit());

    two.write("lock", "2\n");
    Ran kept = two.torc("clean", "--environments", "--unused", "0s");
    assertTrue(kept.err().contains("not removed: a running build uses it"), kept.err());
    Files.delete(one.root.resolve("busy"));
    ended(uses);
    assertEquals("1\n", one.read("a.out"));
    Ran removed = two.torc("clean", "--environments", "--unused", "0s");
    assertTrue(removed.out().startsWith("removed "), removed.out() + removed.err());
    assertEquals(1, made().size());
    try (var left = Files.list(temp.resolve("shared"))) {
      assertEquals(List.of(), left.toList());
    }
  }
}
