package dev.torc.features.clusters;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.torc.base.posix.FreshProgram;
import dev.torc.base.posix.Stop;
import dev.torc.core.here.Launch;
import dev.torc.core.here.ProcessEnd;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * How a batch script ends jobs, and how it is ended itself, in each shell that nodes have. It takes
 * much CPU, which is that of the shells and of the programs that they start.
 */
@ParameterizedClass
@ValueSource(strings = {"dash", "bash", "busybox"})
@Execution(ExecutionMode.CONCURRENT)
class BatchEndTest {

  private static final long SECOND = 1_000_000_000;

  /** Processes that leave their parent, their session or their environment, or ignore TERM. */
  private static final String TREE =
      """
      echo $$ >own
      (trap '' TERM; echo $(sh -c 'echo $PPID') >deaf; while :; do sleep 0.1; done) &
      (setsid sh -c 'echo $$ >apart; sleep 1000' &)
      env -i "PATH=$PATH" sh -c 'echo $$ >bare; sleep 1000' &
      while ! [ -s own ] || ! [ -s deaf ] || ! [ -s apart ] || ! [ -s bare ]; do sleep 0.05; done
      touch up
      """;

  private static final List<String> ALL = List.of("own", "deaf", "apart", "bare");

  private final String shell;

  @TempDir Path temp;
  @AutoClose private BatchNode node;

  BatchEndTest(String shell) {
    this.shell = shell;
  }

  @BeforeEach
  void aNode() throws Exception {
    node = new BatchNode(temp, shell);
  }

  private static void assertGone(BatchNode node) throws Exception {
    for (String process : ALL) {
      assertFalse(node.lives(process), process);
    }
  }

  @Test
  void theTimeLimitEndsTheWholeTree() throws Exception {
    node.run(
        node.job("a", List.of(node.step(TREE + "sleep 1000"), node.step(":")), 5 * SECOND, 0),
        node.job("b", "echo next"));
    ProcessEnd status = node.folder.status("a", 0);
    assertEquals(ProcessEnd.How.TIMEOUT, status.how());
    assertEquals(0, status.code());
    assertEquals("", status.message());
    assertTrue(status.wall() >= 5 * SECOND, status.toString());
    assertTrue(node.exists("up"), "all of the tree runs within the time");
    assertTrue(status.usage().peak() > 0, status.toString());
    assertTrue(status.usage().cpu() >= 0, status.toString());
    assertGone(node);
    assertTrue(node.folder.status("b", 0).ok());
  }

  @Test
  void containersOfAFailedJobAreRemoved() throws Exception {
    Files.createDirectory(node.folder.path().resolve("other.claim")); // another script runs it
    node.run(
        node.job("a", List.of(inContainer("a1", ":"), inContainer("a2", "exit 3")), 0, 0),
        node.job("b", List.of(inContainer("b", ":")), 0, 0),
        node.job("other", List.of(inContainer("other", ":")), 0, 0),
        node.job("c", "exit 3"),
        node.job("d", List.of(inContainer("d's", "sleep 1000")), SECOND, 0));
    assertEquals("a1\na2\nd's\n", node.text("away"));
  }

  /** A step in a container; its removal writes the container's name to the file {@code away}. */
  private Launch.Step inContainer(String name, String line) {
    Launch.Step step = node.step(line);
    return new Launch.Step(
        step.argv(),
        step.dir(),
        step.env(),
        new Launch.Container() {
          @Override
          public boolean isApart() {
            return true;
          }

          @Override
          public String removal() {
            return "echo \"" + name + "\" >>away\n";
          }

          @Override
          public Client client(Launch.Step started, Launch launch) {
            throw new AssertionError("it was handed out");
          }
        });
  }

  /** The shell of a job tells the end twice; the signal comes amid the second time. */
  @Test
  void aSignalWhileAnEndIsToldTakesNothingOfIt() throws Exception {
    String signal =
        """
        told=0
        printf() {
          told=$((told + 1))
          [ "$told" != 3 ] || sh -c 'echo >told; kill -s TERM "$PPID"'
          command printf "$@"
        }
        """;
    node.run(node.before(signal), node.job("a", "echo ran"));
    ProcessEnd status = node.folder.status("a", 0);
    assertTrue(status.ok() && status.usage().cpu() >= 0, status.toString());
    assertTrue(node.exists("told"));
  }

  @Test
  void theMemoryLimitIsHeld() throws Exception {
    // dd holds its whole block until it is read
    String use = "dd if=/dev/zero bs=100M count=1 2>/dev/null | { sleep 1000; cat; }";
    BatchAttempt job = node.job("a", List.of(node.step(use)), 0, 50L << 20);
    node.run(job);
    ProcessEnd status = node.folder.status("a", 0);
    assertEquals(ProcessEnd.How.MEMORY, status.how());
    assertTrue(status.message().matches("used \\d+ MiB of 50 MiB"), status.message());
    assertTrue(status.usage().peak() > 50L << 20, status.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "INT", "HUP"})
  void aScriptThatIsToldToEndCancelsItsJob(String signal) throws Exception {
    Process process =
        node.up(node.job("a", TREE + "sleep 1000", node.file("p")), node.job("b", "echo ran >ran"));
    assertNull(node.folder.status("a", 0));
    BatchNode.signal(signal, process);
    assertEquals(0, node.await(process).exit());
    ProcessEnd status = node.folder.status("a", 0);
    assertEquals(ProcessEnd.How.INTERRUPTED, status.how());
    assertGone(node);
    assertTrue(node.folder.isLater("b"));
    assertEquals(Set.of(BatchFolder.Word.LATER), node.folder.words().get("b"));
    assertFalse(node.exists("ran"));
  }

  /** Rule 11: a job that torc cancels gets INT once, and starts no further command. */
  @ParameterizedTest
  @ValueSource(strings = {"sh", "bash"})
  void aJobThatTorcCancelsGetsInt(String own) throws Exception {
    assumeFalse(shell.equals("busybox"), "its jobs ignore INT");
    String tidy = "trap 'echo $0; exit 0' %s; touch %s; while :; do sleep 0.1; done";
    Files.writeString(temp.resolve("tidy"), tidy.formatted("INT", "up"));
    Files.writeString(temp.resolve("late"), tidy.formatted("TERM", "later"));
    String trap =
        "sh late >late.log & until [ -e later ]; do sleep 0.1; done; sleep 1; kill -9 $!; exit";
    Map<String, String> scripts =
        Map.of("a", "sh tidy; echo new", "b", "trap '" + trap + "' INT; sh tidy");
    for (String job : List.of("a", "b")) {
      Launch.Step step = new Launch.Step(List.of(own, "-c", scripts.get(job)), temp, Map.of());
      Process process = node.up(node.job(job, step, new Stop(0, 100 * SECOND)));
      node.folder.unwanted(job, true);
      BatchNode.signal("TERM", process);
      node.await(process);
      assertEquals(ProcessEnd.How.INTERRUPTED, node.folder.status(job, 0).how());
      String log = node.text(job + ".log"); // a shell may say by which signal its child ended
      assertTrue(log.contains("tidy\n") && !log.contains("new"), log);
      Files.delete(temp.resolve("up"));
    }
    assertEquals("", node.text("late.log"), "what started later was told to end");
  }

  /** Rule 11: a torc in the job hands the signal on, so its jobs get it once. */
  @Test
  void theJobsOfATorcInAJobHearOfTheEndFromThatTorc() throws Exception {
    String hear = "trap 'echo $0; exit' TERM; touch $1; while :; do sleep 0.1; done";
    Files.writeString(temp.resolve("hear"), hear);
    String both =
        "TORC_BUILD=other sh -c '. ./hear' inner on & until [ -e on ]; do sleep 0.1; done;"
            + " exec sh -c '. ./hear' outer up";
    Process process = node.up(node.job("a", node.step(both), new Stop(0, 2 * SECOND)));
    BatchNode.signal("USR1", process);
    node.await(process);
    String log = node.text("a.log");
    assertTrue(log.contains("outer") && !log.contains("inner"), log);
  }

  /** Rule 11: the grace begins at the signal, however long the search for processes takes. */
  @Test
  void theSearchTakesNothingOfTheGrace() throws Exception {
    assumeFalse(shell.equals("busybox"), "busybox has an awk of its own");
    FreshProgram.write(
        node.bin.resolve("awk"),
        """
        #!/bin/sh
        if [ -e again ]; then touch twice; elif [ -e told ]; then touch again; fi
        ! rm slow 2>/dev/null || sleep 3.3
        exec /usr/bin/awk "$@"
        """);
    String tidy = "touch told; until [ -e twice ]; do sleep 0.05; done; echo tidy >tidy; exit 1";
    Launch.Step step =
        node.step("trap '" + tidy + "' TERM; touch up; while :; do sleep 0.05; done");
    Process process = node.up(node.job("a", step, new Stop(0, 3 * SECOND)));
    Files.createFile(temp.resolve("slow"));
    BatchNode.signal("TERM", process);
    node.await(process);
    assertEquals("tidy\n", node.text("tidy"));
  }

  /** The script's own word that it is to end comes when the job's processes are gone. */
  @Test
  void aScriptThatIsToldLaterThanItsJobCancelsToo() throws Exception {
    assumeFalse(shell.equals("busybox"), "busybox has a sleep of its own, which tells nothing");
    FreshProgram.write(
        node.bin.resolve("sleep"),
        """
        #!/bin/sh
        [ "$1" != 1 ] || ! grep "^pid $PPID$" remote/a.claim/by || kill -TERM $PPID
        exec /bin/sleep "$1"
        """);
    node.run(node.job("a", "kill -TERM $$"), node.job("b", "echo ran >ran"));
    assertEquals(ProcessEnd.How.INTERRUPTED, node.folder.status("a", 0).how());
    assertTrue(node.folder.isLater("b"));
  }

  /** Slurm signals every process of a batch, also the job's shell and what the script now calls. */
  @Test
  void aSignalToAllProcessesCancelsToo() throws Exception {
    Process process = node.up(node.job("a", "touch up; exec sleep 1000"));
    List<ProcessHandle> all = process.descendants().toList();
    assertTrue(all.size() > 2, all.toString());
    BatchNode.signal("STOP", process); // or the script sees the job's end first
    for (ProcessHandle one : all) {
      one.destroy();
    }
    BatchNode.signal("TERM", process);
    BatchNode.signal("CONT", process);
    assertEquals(0, node.await(process).exit());
    assertEquals(ProcessEnd.How.INTERRUPTED, node.folder.status("a", 0).how());
  }

  @Test
  void aKilledScriptLeavesNoStatusAndNoJob() throws Exception {
    Process process = node.up(node.job("a", TREE + "sleep 1000"));
    process.destroyForcibly().waitFor();
    assertEquals(
        Set.of(BatchFolder.Word.CLAIM, BatchFolder.Word.BEGUN), node.folder.words().get("a"));
    assertEquals(process.pid(), ClaimOwner.read(node.folder.begunFile("a")).pid());
    // the processes of the script that are left end the job
    for (String one : List.of("own", "deaf", "apart")) {
      BatchNode.until(one + " is gone", () -> !node.lives(one));
    }
    assertNull(node.folder.status("a", 0));
  }

  @Test
  void processesThatAFailedJobLeftAreEndedAndThoseOfAGoodOneNot() throws Exception {
    String leave = "(setsid sleep 1000 >/dev/null 2>&1 & echo $! >";
    node.run(
        node.job("b", leave + "good); until [ -s good ]; do :; done"),
        node.job("a", leave + "bad); until [ -s bad ]; do :; done; exit 1"));
    assertEquals(1, node.folder.status("a", 0).code());
    BatchNode.until("bad is gone", () -> !node.lives("bad"));
    assertTrue(node.lives("good"));
    ProcessHandle.of(Long.parseLong(node.text("good").strip())).get().destroyForcibly();
  }

  @Test
  void aJobMaySignalItsOwnGroup() throws Exception {
    node.run(node.job("a", "kill -s KILL 0; sleep 1000"), node.job("b", "echo next"));
    assertEquals(ProcessEnd.How.SIGNALED, node.folder.status("a", 0).how());
    assertEquals(9, node.folder.status("a", 0).code());
    assertTrue(node.folder.status("b", 0).ok());
  }

  @Test
  void aKilledShellOfTheJobIsNotTakenForItsEnd() throws Exception {
    node.run(node.job("a", "echo $$ >own; kill -s KILL $PPID; sleep 1000"));
    assertEquals(ProcessEnd.How.SIGNALED, node.folder.status("a", 0).how());
    assertEquals(-1, node.folder.status("a", 0).usage().cpu());
    assertFalse(node.lives("own"));
  }

  @Test
  void ofAKilledScriptNoFurtherProcessStarts() throws Exception {
    List<Launch.Step> steps =
        List.of(
            node.step("trap 'exit 0' TERM; touch up; while :; do sleep 0.1; done"),
            node.step("touch second"));
    Process process = node.up(node.job("a", steps, 0, 0));
    process.destroyForcibly().waitFor();
    node.awaitAll();
    assertFalse(node.exists("second"));
  }

  @Test
  void jobsHearInterruptsWhereEnvCanUndoWhatAShellDoes() throws Exception {
    assumeFalse(shell.equals("busybox"), "its env knows no --default-signal");
    Process env = new ProcessBuilder("env", "--default-signal", "true").start();
    assumeTrue(env.waitFor() == 0, "this env knows no --default-signal");
    node.run(node.job("a", "trap 'echo heard' INT; kill -s INT $$"));
    assertEquals("heard\n", node.text("a.log"));
  }

  /** The job's shell still cleans up when the time limit comes. */
  @Test
  void aJobThatIsOverIsNotEndedForALimit() throws Exception {
    node.run(
        node.before("trap 'sleep 1000' EXIT"),
        node.job("a", List.of(node.step("exit 3")), 2 * SECOND, 0));
    assertEquals(ProcessEnd.How.EXITED, node.folder.status("a", 0).how());
    assertEquals(3, node.folder.status("a", 0).code());
  }
}
