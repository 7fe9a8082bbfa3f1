package dev.torc.server;

import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.torc.Interruptible;
import dev.torc.Sandbox;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A warm server of the shipped torc for a test, in a folder of its own. Its log tells which calls
 * it answered: without that a test would pass by cold calls alone.
 */
public final class WarmServer {

  /** Prints the state of a server that does not end: CI shows little, so only what matters. */
  private static final String WHAT_IT_DOES =
      """
      ls %2$s; tail -n 8 %2$s/log; grep -e State -e Threads /proc/%1$d/status; ls -l /proc/%1$d/fd
      jstack %1$d | grep -A 12 -e '^"main' -e '^"pool' | cut -c 1-90
      """;

  /** The server's folder. */
  public final Path folder;

  private final Map<String, String> env;
  private long last; // the process of the server that was started last

  /**
   * Starts a server.
   *
   * @param env of the calls; gets the variable by which they find the server
   */
  public WarmServer(Path temp, Map<String, String> env) throws Exception {
    Path run = Files.createTempDirectory(temp, "run");
    Files.setPosixFilePermissions(run, PosixFilePermissions.fromString("rwx------"));
    folder = run.resolve("torc");
    this.env = env;
    env.put("XDG_RUNTIME_DIR", run.toString());
    env.keySet().removeAll(List.of("CI", "TORC_SERVER")); // else no call is served
    start();
  }

  /** Starts it again. */
  public void start() throws Exception {
    String said = call("start");
    if (!said.startsWith("started: ")) {
      throw new AssertionError(said + Files.readString(folder.resolve("log")));
    }
    last = pid();
  }

  /** Calls {@code torc server} and returns what it prints. */
  String call(String what) throws Exception {
    String torc = Path.of(System.getProperty("torc.home")).toAbsolutePath() + "/bin/torc";
    ProcessBuilder builder =
        new ProcessBuilder(Interruptible.command(List.of(torc, "server", what)));
    builder.environment().clear();
    builder.environment().putAll(env);
    Path out = folder.resolveSibling("said");
    builder.redirectErrorStream(true).redirectOutput(out.toFile());
    builder.redirectInput(Path.of("/dev/null").toFile());
    builder.start().waitFor();
    return Files.readString(out);
  }

  /** The number of its process. */
  public long pid() throws IOException {
    return Long.parseLong(Files.readString(folder.resolve("pid")).strip());
  }

  /** Stops all threads of its process; until then, one of them may still remove a file. */
  public void freeze() throws Exception {
    new ProcessBuilder("kill", "-STOP", "" + pid()).start().waitFor();
    Path tasks = Path.of("/proc/" + pid() + "/task");
    Sandbox.until(
        "it is stopped",
        () -> {
          try (Stream<Path> all = Files.list(tasks)) {
            for (Path task : all.toList()) {
              if (!Files.readString(task.resolve("stat")).contains(") T ")) {
                return false;
              }
            }
          }
          return true;
        });
  }

  /** Lines of the log that hold a text, such as {@code served:} or {@code refused: context}. */
  public List<String> log(String text) throws IOException {
    try (Stream<String> lines = Files.lines(folder.resolve("log"))) {
      return lines.filter(line -> line.contains(text)).toList();
    }
  }

  /**
   * Ends the server; on a busy machine that takes longer than {@code torc server stop} waits. Until
   * its process has ended, it may still write into its folder.
   */
  public void stop() throws Exception {
    try {
      last = pid();
    } catch (IOException none) {
      assertNotEquals(0, last, "it was started"); // and has ended, or is about to
    }
    String said = call("stop");
    try {
      if (!said.equals("stopped\n")) {
        Sandbox.until("it ends", () -> call("status").equals("not running\n"));
      }
      Sandbox.until("its process ends", () -> !Sandbox.runs("" + last));
    } catch (AssertionError never) {
      String now = call("status") + shell(WHAT_IT_DOES.formatted(last, folder));
      ProcessHandle.of(last).ifPresent(ProcessHandle::destroyForcibly);
      throw new AssertionError(said + now, never);
    }
  }

  private static String shell(String command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder("sh", "-c", command).redirectErrorStream(true);
    return new String(builder.start().getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }
}
