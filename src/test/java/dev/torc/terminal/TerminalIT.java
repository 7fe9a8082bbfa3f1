package dev.torc.terminal;

import static dev.torc.Sandbox.runs;
import static dev.torc.Sandbox.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.torc.Sandbox;
import dev.torc.Sandbox.Going;
import dev.torc.Sandbox.Ran;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** torc on a terminal, made by Python's pty; and the signals that end a build, rule 11. */
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("TerminalIT") // one of its tests at a time, beside other classes
public class TerminalIT {

  /**
   * Runs a command on a terminal of its own with 80 columns. Files in the current folder control
   * it: {@code type} has text to be typed, {@code probe} asks for a file {@code settings}: whether
   * the terminal is as it was. What the terminal shows goes to standard output.
   */
  public static final String PTY =
      """
      import fcntl, os, pty, select, struct, sys, termios
      pid, master = pty.fork()
      if pid == 0:
          os.execvp(sys.argv[1], sys.argv[1:])
      fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack('HHHH', 24, 80, 0, 0))
      before = termios.tcgetattr(master)
      ended = None
      while True:
          if select.select([master], [], [], 0.01)[0]:
              try:
                  data = os.read(master, 65536)
              except OSError:
                  data = b''
              if not data:
                  break
              os.write(1, data)
              continue
          if os.path.exists('type') and os.path.getsize('type'):
              with open('type', 'rb') as file:
                  keys = file.read()
              os.remove('type')
              os.write(master, keys)
          if os.path.exists('probe'):
              os.remove('probe')
              with open('settings', 'w') as file:
                  file.write(str(termios.tcgetattr(master) == before))
      _, status = os.waitpid(pid, 0)
      sys.exit(os.waitstatus_to_exitcode(status))
      """;

  /** A tree of processes that writes its ids and sleeps. */
  private static final String TREE =
      """
      #!/bin/sh
      sh -c 'sleep 1000 & echo $! >> pids; wait' &
      setsid sleep 1000 &
      echo $! >> pids
      echo $$ >> pids
      wait
      """;

  /** Goes on after INT and TERM, and counts for how long in {@code ticks}. */
  private static final String DEAF =
      """
      #!/bin/sh
      trap 'told=yes' INT TERM
      echo $$ >> pids
      while true; do [ -z "$told" ] || echo >> ticks; sleep 0.1; done
      """;

  @TempDir Path temp;
  Sandbox project;

  @BeforeEach
  void project() throws Exception {
    project = new Sandbox(temp);
    project.env.put("TERM", "xterm");
    project.script("tree", TREE);
    project.script("deaf", DEAF);
  }

  @AfterEach
  void end() {
    project.close();
  }

  @Test
  void showsLiveLinesOnATerminalAndLeavesItAsItWas() throws Exception {
    project.build(
        """
        jobs:
          first: { command: "until [ -e go ]; do sleep 0.01; done" }
          second: { command: "true", after: first }
        """);
    Going torc = onTerminal("build");
    until("a live line names the job", () -> torc.out().contains("first"));
    until(
        "the line is drawn anew", () -> torc.out().contains("\033[") || torc.out().contains("\r"));
    project.write("go", "");
    Ran ran = torc.await();
    assertEquals(0, ran.exit(), ran.out());
    assertTrue(plain(ran.out()).contains("2 jobs: 2 ran, 0 up to date, 0 failed"), ran.out());
    int hidden = ran.out().lastIndexOf("\033[?25l");
    int shown = ran.out().lastIndexOf("\033[?25h");
    assertTrue(hidden <= shown, "the cursor is left hidden: " + ran.out());
  }

  @Test
  void ctrlCEndsTheWholeTreesAndTheJobsRunAgain() throws Exception {
    project.build(
        """
        jobs:
          a: { command: ./tree, needs: tree, after: b }
          b: { command: exit 0 }
        """);
    Going torc = onTerminal("build");
    List<String> pids = pids(3);
    project.write("type", "\003");
    Ran ran = torc.await();
    assertEquals(130, ran.exit(), ran.out());
    for (String pid : pids) {
      assertFalse(runs(pid), "process " + pid + " still runs: " + ran.out());
    }
    String out = plain(ran.out());
    assertTrue(out.contains("2 jobs: 1 ran, 0 up to date, 0 failed, 1 interrupted in "), out);

    Ran next = project.torc("build", "-n");
    assertEquals("a will run: was interrupted last time\n", next.out(), next.err());
  }

  @Test
  void aSecondCtrlCKillsAtOnce() throws Exception {
    project.build("jobs:\n  a: { command: ./deaf, needs: deaf }\n");
    Going torc = onTerminal("build");
    List<String> pids = pids(1);
    project.write("type", "\003");
    project.awaitLine("ticks"); // the job has its INT: now the grace of five seconds runs
    project.write("type", "\003"); // a third one could end torc before its last line
    Ran ran = torc.await();
    assertEquals(130, ran.exit(), ran.out());
    assertFalse(runs(pids.getFirst()));
    assertTrue(plain(ran.out()).contains("1 job: 0 ran, 0 up to date, 0 failed, 1 interrupted"));
    int ticks = project.lines("ticks").size();
    assertTrue(ticks < 45, "the grace of 5 s went by: " + ticks + " ticks of 0.1 s");
  }

  /** What a second terminal sees of a build; its Ctrl-C ends the look, and not the build. */
  @Test
  void statusFollowsTheBuildOfAnotherProcess() throws Exception {
    project.build(
        """
        jobs:
          wait: { command: "echo > there; until [ -e go ]; do sleep 0.01; done" }
          bad: { command: "echo oops; exit 3", after: wait }
        """);
    Going build = project.start("build");
    project.awaitLine("there");
    Going left = onTerminal("status", "--follow");
    until("the running job", () -> left.out().contains("  wait  "));
    project.write("type", "\003");
    assertEquals(130, left.await().exit());
    Going followed = onTerminal("status", "--follow");
    until("the running job", () -> followed.out().contains("  wait  "));
    project.write("go", "");
    assertEquals(1, build.await().exit());
    Ran ran = followed.await();
    assertEquals(1, ran.exit());
    String out = plain(ran.out().replaceAll("(?s)\033\\[\\?7l.*?\033\\[\\?7h", ""));
    assertEquals(
        """
        wait: ran in TIME: first run
        bad failed after TIME: exit 3
          reason: first run
          | oops
          log: .torc/logs/bad.log
        failed:
          bad: exit 3, log .torc/logs/bad.log
        2 jobs: 1 ran, 0 up to date, 1 failed in TIME
        """,
        out.replaceAll("\\d+\\.\\d s", "TIME"));
  }

  /** No job has begun, so nothing has changed. Reading a file of 1 TiB takes longer than a test. */
  @Test
  void aSignalEndsABuildThatHasYetToReadASource() throws Exception {
    project.build("jobs:\n  a: { command: cp in a, needs: in, produces: a }\n");
    project.write("in", "1");
    assertEquals(0, project.torc().exit());
    try (RandomAccessFile in = new RandomAccessFile(project.root.resolve("in").toFile(), "rw")) {
      in.setLength(1L << 40);
    } catch (IOException e) {
      assumeTrue(false, "no file of 1 TiB here: " + e.getMessage());
    }
    for (String signal : List.of("TERM", "HUP", "INT")) {
      Going torc = project.start("build");
      Path open = Path.of("/proc/" + reader(torc) + "/fd");
      assumeTrue(Files.isDirectory(open), "no /proc");
      until("torc reads it", () -> leads(open, project.root.resolve("in")));
      torc.signal(signal);
      int number = signal.equals("TERM") ? 15 : signal.equals("HUP") ? 1 : 2;
      assertEquals(128 + number, torc.await().exit(), signal);
    }
    assertEquals("1", project.read("a"));
    project.write("in", "1");
    assertEquals("1 job: 0 ran, 1 up to date, 0 failed", project.torc().counts());
  }

  /** The process that reads files for a call. */
  long reader(Going torc) throws IOException {
    return torc.process().pid();
  }

  private static boolean leads(Path folder, Path file) throws IOException {
    try (Stream<Path> links = Files.list(folder)) {
      return links.anyMatch(
          link -> {
            try {
              return Files.readSymbolicLink(link).equals(file);
            } catch (IOException e) {
              return false; // closed since
            }
          });
    }
  }

  @Test
  void termAndHupEndTheBuildWithTheirStatus() throws Exception {
    project.build("jobs:\n  a: { command: ./tree, needs: tree }\n");
    for (String signal : List.of("TERM", "HUP", "INT")) {
      project.write("pids", "");
      Going torc = project.start("build");
      List<String> pids = pids(3);
      torc.signal(signal);
      Ran ran = torc.await();
      assertEquals(
          switch (signal) {
            case "TERM" -> 143;
            case "HUP" -> 129;
            default -> 130;
          },
          ran.exit(),
          ran.err());
      assertEquals("1 job: 0 ran, 0 up to date, 0 failed, 1 interrupted", ran.counts(), ran.err());
      for (String pid : pids) {
        assertFalse(runs(pid), "process " + pid + " still runs after " + signal);
      }
    }
  }

  /** Rule 11: Ctrl-Z stops the jobs; in the background torc writes lines alone. */
  @Test
  void ctrlZStopsTheJobsToo() throws Exception {
    project.build("jobs:\n  a: { command: ./tree, needs: tree }\n");
    String shell =
        "set -m; '%s' build; echo left; read x; bg %%1; read x; fg %%1; echo \"status $?\""
            .formatted(Sandbox.launcher());
    Going torc = project.start(List.of("python3", "-c", PTY, "bash", "-c", shell));
    List<String> pids = pids(3);
    until("a live line", () -> torc.out().contains("1 running"));
    project.write("type", "\032");
    until("the shell has the terminal", () -> plain(torc.out()).contains("left"));
    for (String pid : pids) {
      until("it is stopped", () -> isStopped(pid));
    }
    project.write("type", "\n");
    for (String pid : pids) {
      until("it goes on in the background", () -> !isStopped(pid));
    }
    assertFalse(torc.out().substring(torc.out().indexOf("left")).contains("running"), torc.out());
    project.write("type", "\n");
    until(
        "live lines again",
        () -> torc.out().substring(torc.out().indexOf("left")).contains("1 running"));
    project.write("type", "\003");
    Ran ran = torc.await();
    assertTrue(plain(ran.out()).contains("status 130"), ran.out());
    for (String pid : pids) {
      assertFalse(runs(pid), pid);
    }
  }

  private static boolean isStopped(String pid) throws IOException {
    return Files.readString(Path.of("/proc", pid, "stat")).contains(") T ");
  }

  @Test
  void aClosedTerminalEndsTheBuild() throws Exception {
    project.build("jobs:\n  a: { command: ./tree, needs: tree }\n");
    Going torc = onTerminal("build");
    List<String> pids = pids(3);
    torc.process().destroyForcibly().waitFor();
    for (String pid : pids) {
      until("process " + pid + " is ended by the hang-up", () -> !runs(pid));
    }
    until(
        "the build is over",
        () -> project.torc("build", "--no-wait", "-n").out().contains("interrupted last time"));
    assertEquals("a will run: was interrupted last time\n", project.torc("-n").out());
  }

  @Test
  void anInteractiveJobHasTheTerminal() throws Exception {
    project.build(
        """
        jobs:
          ask:
            command: "printf 'who? '; read who; echo hello $who; echo $who > who"
            produces: who
            interactive: true
          after: { command: "true", after: ask }
        """);
    Going torc = onTerminal("build");
    until("the question is there", () -> torc.out().contains("who? "));
    project.write("type", "Zoë\n");
    Ran ran = torc.await();
    assertEquals(0, ran.exit(), ran.out());
    assertEquals("Zoë\n", project.read("who"));
    assertTrue(ran.out().contains("hello Zoë"), ran.out());
    assertTrue(plain(ran.out()).contains("2 jobs: 2 ran"), ran.out());
  }

  @Test
  void ctrlCInAnInteractiveJobReachesTheJob() throws Exception {
    project.build(
        """
        jobs:
          ask:
            command: "trap 'echo caught > caught; exit 4' INT; read who; echo hello $who; read more"
            interactive: true
        """);
    Going torc = onTerminal("build");
    project.write("type", "you\n");
    until("the job has the terminal", () -> torc.out().contains("hello you"));
    project.write("type", "\003");
    Ran ran = torc.await();
    assertEquals("caught\n", project.read("caught"));
    assertTrue(ran.exit() == 1 || ran.exit() == 130, ran.exit() + ran.out());
  }

  @Test
  void aJobThatReadsTheTerminalUnaskedFailsAndIsToldSo() throws Exception {
    project.build("jobs:\n  a: { command: 'read x < /dev/tty; echo got $x' }\n");
    Going torc = onTerminal("build");
    Ran ran = torc.await();
    assertEquals(1, ran.exit(), ran.out());
    String out = plain(ran.out());
    assertTrue(out.contains("a failed after ") && out.contains("interactive"), out);
  }

  @Test
  void theTerminalHasItsSettingsAgainAfterAJobThatSpoiltThem() throws Exception {
    project.build(
        """
        jobs:
          raw: { command: "stty raw -echo; echo > there; sleep 1000", interactive: true }
        """);
    Going torc =
        project.start(
            List.of(
                "python3",
                "-c",
                PTY,
                "sh",
                "-c",
                "trap : INT; '%s' build; echo ended; until [ -e go ]; do sleep 0.01; done"
                    .formatted(Sandbox.launcher())));
    project.awaitLine("there");
    String pid = torcBelow(torc.process());
    new ProcessBuilder("kill", "-TERM", pid).start().waitFor();
    until("torc ended", () -> torc.out().contains("ended"));
    project.write("probe", "");
    until("the settings are looked at", () -> project.exists("settings"));
    until("they are written", () -> !project.read("settings").isEmpty());
    assertEquals("True", project.read("settings"), torc.out());
    project.write("go", "");
    torc.await();
  }

  private static String torcBelow(Process process) {
    return process
        .descendants()
        .filter(p -> p.info().commandLine().orElse("").contains("dev.torc.front.cli.Main"))
        .map(p -> Long.toString(p.pid()))
        .findFirst()
        .orElseThrow();
  }

  Going onTerminal(String... args) throws Exception {
    List<String> command = new ArrayList<>(List.of("python3", "-c", PTY));
    command.addAll(Sandbox.command(args));
    return project.start(command);
  }

  /** Waits until the job has told the ids of its processes. */
  private List<String> pids(int count) throws Exception {
    until(count + " processes run", () -> project.lines("pids").size() == count);
    return project.lines("pids");
  }

  /** A text without the codes that move the cursor and colour. */
  private static String plain(String text) {
    return text.replaceAll("\033\\[[0-9;?]*[A-Za-z]", "").replace("\r", "");
  }
}
