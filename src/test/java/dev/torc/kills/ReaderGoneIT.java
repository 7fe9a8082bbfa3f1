package dev.torc.kills;

import static dev.torc.Sandbox.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.Sampled;
import dev.torc.Sandbox;
import dev.torc.Sandbox.Going;
import dev.torc.Sandbox.Ran;
import dev.torc.server.WarmServer;
import dev.torc.terminal.TerminalIT;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rule 11: the reader of the output is gone. That never shortens the end of a job. */
@Sampled
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("ReaderGoneIT") // one of its tests at a time, beside other classes
class ReaderGoneIT {

  /** Says which signal it got, and then ends only when the file {@code go} exists. */
  private static final String SLOW =
      """
      #!/bin/sh
      end() { echo $1 >> told; until [ -e go ]; do sleep 0.02; done; echo end > cleaned; exit 1; }
      trap 'end INT' INT
      trap 'end TERM' TERM
      : > begun
      while :; do sleep 0.02; done
      """;

  private static final String JOBS =
      """
      jobs:
        slow: { command: ./slow, produces: out, stop: { grace: 1h } }
        quick: { command: "until [ -e gone ]; do sleep 0.02; done" }
      """;

  /** A terminal that is closed when the file {@code gone} exists. */
  private static final String CLOSED =
      """
      import os, pty, sys, time
      pid, master = pty.fork()
      if pid == 0:
          os.execvp(sys.argv[1], sys.argv[1:])
      os.set_blocking(master, False)
      while not os.path.exists('begun'):
          try:
              os.read(master, 65536)
          except BlockingIOError:
              time.sleep(0.01)
      os.close(master)
      os.waitpid(pid, 0)
      """;

  @TempDir Path temp;
  private Sandbox project;
  private WarmServer server;

  @BeforeEach
  void project() throws Exception {
    project = new Sandbox(temp);
    project.env.put("TERM", "xterm");
    project.script("slow", SLOW);
    project.build(JOBS);
  }

  private void serve(boolean served) throws Exception {
    server = served ? new WarmServer(temp, project.env) : null;
  }

  @AfterEach
  void end() throws Exception {
    project.close();
    if (server != null) {
      boolean none = server.log(" served: ").isEmpty();
      server.stop();
      assertTrue(!none, "no call was served");
    }
  }

  /** Ctrl-C at {@code torc | tee}: tee ends at once, and the job still has its time. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void ctrlCThatEndsTheReaderTooLeavesTheJobsTheirGrace(boolean served) throws Exception {
    serve(served);
    String line =
        "{ trap : INT; torc build 2>&1; echo $? > status; }"
            + " | sh -c 'echo $$ > reader; exec tee log'";
    Going torc = project.start(List.of("python3", "-c", TerminalIT.PTY, "sh", "-c", path() + line));
    String reader = project.awaitLine("reader");
    until("the job has begun", () -> project.exists("begun"));
    project.write("type", "\003");
    until("the reader is gone", () -> !Sandbox.runs(reader));
    assertEquals("INT", project.awaitLine("told"));
    project.write("gone", ""); // quick ends, in vain for the reader
    project.write("go", "");
    torc.await();
    assertEquals("130", project.awaitLine("status"));
    assertEquals("INT\n", project.read("told"));
    assertEquals("end\n", project.read("cleaned"));
    assertEquals("interrupted", reason());
  }

  /** {@code torc | head -1}, with and without JSON: as after TERM, with 141. */
  @ParameterizedTest
  @ValueSource(strings = {"build 2>&1", "build --json 2> err", "watch 2>&1", "watch --json 2> err"})
  void withoutAReaderTheBuildEndsAtItsNextWrite(String call) throws Exception {
    serve(call.startsWith("build"));
    Going torc =
        project.start(
            List.of(
                "sh",
                "-c",
                path()
                    + "{ torc "
                    + call
                    + "; echo $? > status; }"
                    + " | { until [ -e begun ]; do sleep 0.02; done; exec <&-; : > gone;"
                    + " until [ -s status ]; do sleep 0.02; done; }"));
    assertEquals("TERM", project.awaitLine("told"));
    project.write("go", "");
    Ran ran = torc.await();
    assertEquals("141", project.awaitLine("status"), ran.toString());
    assertEquals("TERM\n", project.read("told"));
    assertEquals("end\n", project.read("cleaned"));
    assertEquals("interrupted", reason());
    if (call.endsWith("err")) { // the other stream has a reader
      assertTrue(project.read("err").contains("slow: interrupted"), project.read("err"));
    }
  }

  /** A terminal that was closed is a reader that is gone, if its HUP is ignored. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aClosedTerminalIsAReaderThatIsGone(boolean served) throws Exception {
    serve(served);
    Going torc =
        project.start(
            List.of(
                "python3",
                "-c",
                CLOSED,
                "sh",
                "-c",
                path() + "trap '' HUP; torc build; echo $? > status"));
    assertEquals("TERM", project.awaitLine("told"));
    project.write("go", "");
    torc.await();
    assertEquals("141", project.awaitLine("status"));
    assertEquals("end\n", project.read("cleaned"));
  }

  /** QUIT prints the threads of a JVM, and the launcher of a served call ignores it. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void quitEndsNoBuild(boolean served) throws Exception {
    serve(served);
    Going torc = project.start("build", "quick");
    until("the build has begun", () -> project.exists(".torc/running"));
    torc.signal("QUIT");
    project.write("gone", "");
    assertEquals(0, torc.await().exit());
  }

  private String path() {
    return "PATH=" + Path.of(System.getProperty("torc.home")).toAbsolutePath() + "/bin:$PATH; ";
  }

  /** Returns why the job would run now, of that word in its line. */
  private String reason() throws Exception {
    String said = project.torc("build", "-n", "slow").out();
    return said.contains("interrupted") ? "interrupted" : said;
  }
}
