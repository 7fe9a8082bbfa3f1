package dev.torc.kills;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.Sandbox;
import dev.torc.Sandbox.Going;
import dev.torc.Sandbox.Ran;
import dev.torc.containers.FuseMount;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Rule 11: a file system that hangs, as one does whose server is gone, does not hold torc. */
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("HangIT") // one of its tests at a time, beside other classes
class HangIT {

  /**
   * Stops the file system's process, and waits until each of its threads has stopped. If one has
   * read a request of torc by then, the kernel holds torc until it answers, even after {@code kill
   * -9}.
   */
  private static final String HANG =
      "kill -STOP $SERVER; while grep -L 'T (stopped)' /proc/$SERVER/task/*/status | grep -q .; do"
          + " sleep 0.01; done; touch up";

  @TempDir Path temp;

  @Test
  void aBuildWhoseFilesDoNotAnswerEndsAfterTwoSignals() throws Exception {
    try (Sandbox project = new Sandbox(temp);
        FuseMount mount =
            FuseMount.of(Files.createDirectory(project.root.resolve("far")), project.root)) {
      String server =
          ProcessHandle.allProcesses()
              .filter(each -> each.info().commandLine().orElse("").endsWith(" " + mount.at))
              .map(each -> Long.toString(each.pid()))
              .findFirst()
              .orElseThrow();
      project.env.put("SERVER", server);
      project.build(
          """
          defaults: { env: { SERVER: }, stop: { grace: 1s } }
          jobs:
            first: { command: "echo > first", produces: first }
            a: { command: "echo 1 > MOUNT/p; HANG", produces: MOUNT/p, after: first }
            b: { command: "cp MOUNT/p b", needs: MOUNT/p, produces: b }
          """
              .replace("HANG", HANG)
              .replace("MOUNT", mount.at.getFileName().toString()));
      String line = "torc: a file or a process does not answer; ended at once, as by kill -9\n";
      Going torc = project.start("-j1");
      try {
        Sandbox.until("it hangs", () -> project.exists("up"));
        torc.signal("TERM");
        Sandbox.until("the first counts", () -> torc.err().contains("stopping a"));
        torc.signal("TERM"); // a pending signal takes in another one
        String held = "grep -qs 'State:.D' /proc/" + torc.process().pid() + "/task/*/status";
        Sandbox.until(
            "it ends, or only the kernel holds it",
            () ->
                !torc.process().isAlive()
                    || torc.err().contains(line) && project.sh(held).exit() == 0);
      } finally {
        new ProcessBuilder("kill", "-CONT", server).start().waitFor();
      }
      Ran ran = torc.await();
      assertEquals(143, ran.exit(), ran.err());
      assertTrue(ran.err().contains(line), ran.err());
      project.edit("torc.yaml", HANG, "true");
      Ran next = project.torc();
      assertEquals("3 jobs: 2 ran, 1 up to date, 0 failed", next.counts(), next.err());
    }
  }
}
