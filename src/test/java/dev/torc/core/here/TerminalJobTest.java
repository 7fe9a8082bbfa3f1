package dev.torc.core.here;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.torc.base.posix.Environment;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs a job from a JVM that has a terminal of its own, which util-linux's {@code script} makes.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TerminalJobTest {

  @TempDir Path dir;
  private Process process;

  @AfterEach
  void end() {
    if (process != null) {
      process.destroyForcibly();
    }
  }

  /** The JVM with the terminal: it runs one job, tells how it ended, and reads a line itself. */
  static final class Probe {
    public static void main(String[] arguments) throws Exception {
      Path dir = Path.of(arguments[0]);
      boolean interactive = arguments[1].equals("interactive");
      CompletableFuture<ProcessEnd> ended = new CompletableFuture<>();
      try (LocalRunner runner = new LocalRunner(Environment.ofCaller(), LocalRunner.GRACE)) {
        Launch.Step step =
            new Launch.Step(
                List.of("sh", "-c", Files.readString(dir.resolve("job"))), dir, Map.of());
        runner.start(
            new Launch(
                List.of(step),
                new Launch.Output(dir.resolve("log"), false, interactive),
                0,
                0,
                Map.of()),
            ended::complete);
        System.out.println("ended " + ended.get().how() + " " + ended.get().code() + ".");
      }
      var in = new BufferedReader(new InputStreamReader(System.in));
      System.out.println("torc read " + in.readLine() + ".");
    }
  }

  private Process probe(String how, String job) throws IOException {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")), "needs util-linux's script");
    Files.writeString(dir.resolve("job"), job);
    String command =
        "'%s/bin/java' --enable-native-access=ALL-UNNAMED -cp '%s' '%s' '%s' %s"
            .formatted(
                System.getProperty("java.home"),
                System.getProperty("java.class.path"),
                Probe.class.getName(),
                dir,
                how);
    process =
        new ProcessBuilder("/usr/bin/script", "-qec", command, "/dev/null")
            .redirectErrorStream(true)
            .start();
    return process;
  }

  /** Reads on until the text has come; returns all that came. */
  private static String until(Process process, String text) throws IOException {
    StringBuilder all = new StringBuilder();
    InputStream in = process.getInputStream();
    while (all.indexOf(text) < 0) {
      int next = in.read();
      assertTrue(next >= 0, () -> "ended after " + all);
      all.append((char) next);
    }
    return all.toString();
  }

  private static void type(Process process, String text) throws IOException {
    OutputStream keys = process.getOutputStream();
    keys.write(text.getBytes());
    keys.flush();
  }

  @Test
  void anInteractiveJobHasTheTerminalAndGivesItBack() throws Exception {
    process = probe("interactive", "echo 'name?'; read x; echo \"job read $x.\"; exit 3");
    until(process, "name?");
    type(process, "bob\n");
    until(process, "job read bob.");
    until(process, "ended EXITED 3.");
    type(process, "more\n");
    until(process, "torc read more.");
    assertEquals(0, process.waitFor());
  }

  @Test
  void ctrlCGoesToTheInteractiveJob() throws Exception {
    process = probe("interactive", "trap 'exit 9' INT; read x; echo 'up'; while :; do :; done");
    type(process, "who can read this has the terminal\n");
    until(process, "up");
    type(process, "\u0003");
    until(process, "ended EXITED 9.");
    type(process, "more\n");
    until(process, "torc read more.");
    assertEquals(0, process.waitFor());
  }

  @Test
  void anotherJobThatReadsTheTerminalIsEnded() throws Exception {
    process = probe("plain", "cat < /dev/tty");
    until(process, "ended TERMINAL 0.");
    type(process, "more\n");
    until(process, "torc read more.");
    assertEquals(0, process.waitFor());
  }
}
