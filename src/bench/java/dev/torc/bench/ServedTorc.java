package dev.torc.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The warm server of the torc that is measured, in a folder of its own. It answers the calls of
 * {@link Tool#SERVED}. {@link Meter} sees only the client, a shell, so the server's CPU time and
 * memory are read from {@code /proc} here. The server's log says whether a call was served: a cold
 * call has no figures.
 */
final class ServedTorc implements AutoCloseable {

  private static final int UTIME = 11; // the field of /proc/PID/stat after the name
  private static final long TICK = 10_000_000; // ns
  private static final int WARM_UP = 600; // tenths of a second that the server has to warm up

  private final String torc;
  private final Path home;

  /**
   * Starts the server.
   *
   * @param torc path of the launcher
   * @param work the folder that gets the server's folder
   */
  ServedTorc(String torc, Path work) throws IOException, InterruptedException {
    this.torc = torc;
    home = Files.createDirectories(work.resolve("server"));
    Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwx------"));
    call("start");
    for (int i = 0; i < WARM_UP && said(" warm") == 0; i++) {
      Thread.sleep(100);
    }
  }

  /**
   * Runs a command that the server answers, and measures both.
   *
   * @throws IOException if the server refused the call, too
   */
  Usage run(Meter meter, Path dir, Path log, List<String> command)
      throws IOException, InterruptedException {
    long served = served();
    long[] before = ticks();
    Usage client = meter.run(dir, log, command, environment());
    long[] after = ticks();
    if (served() != served + 1) {
      throw new IOException("the warm server did not answer `" + String.join(" ", command) + "`");
    }
    long own = after[0] + after[1] - before[0] - before[1];
    long jobs = after[2] + after[3] - before[2] - before[3];
    return new Usage(
        client.wall(),
        client.cpu() + (own + jobs) * TICK,
        client.own() + own * TICK,
        Math.max(client.peak(), peak()));
  }

  private Map<String, String> environment() {
    return Map.of("XDG_RUNTIME_DIR", home.toString());
  }

  private long served() throws IOException {
    return said(" served: ");
  }

  /** Returns how many lines of the server's log contain a text. */
  private long said(String text) throws IOException {
    try (Stream<String> lines = Files.lines(home.resolve("torc/log"))) {
      return lines.filter(line -> line.contains(text)).count();
    }
  }

  /** Returns the largest memory of the server so far, in bytes. */
  private long peak() throws IOException {
    try (Stream<String> lines = Files.lines(proc().resolve("status"))) {
      String line = lines.filter(each -> each.startsWith("VmHWM:")).findFirst().orElse("0");
      return Long.parseLong(line.replaceAll("\\D", "")) << 10;
    }
  }

  /** Returns user and system time of the server, and of the jobs that it waited for, in ticks. */
  private long[] ticks() throws IOException {
    String stat = Files.readString(proc().resolve("stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return IntStream.range(UTIME, UTIME + 4).mapToLong(i -> Long.parseLong(fields[i])).toArray();
  }

  private Path proc() throws IOException {
    return Path.of("/proc", Files.readString(home.resolve("torc/pid")).strip());
  }

  /** Ends the server. */
  @Override
  public void close() throws IOException {
    try {
      call("stop");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the server ends by itself when idle
    }
  }

  private void call(String what) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(torc, "server", what);
    Meter.asAUser(builder.environment());
    builder.environment().putAll(environment());
    Process process = builder.redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes());
    if (process.waitFor() != 0) {
      throw new IOException("`torc server " + what + "` failed: " + said.strip());
    }
  }
}
