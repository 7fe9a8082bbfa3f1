package dev.torc.bench;

import dev.torc.base.posix.ChildWait;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Runs a command and measures it by {@code wait4}. A process keeps its peak memory over {@code
 * exec}, and the peak of a JVM is high; so the command takes the place of a small shell. Another
 * shell forks that one and ends, and this process, a "subreaper" (Linux only), becomes its parent.
 * {@link Usage} says what the numbers mean.
 */
final class Meter implements AutoCloseable {

  /** Forks a shell, prints its number and ends; the fork reads a line, then execs the command. */
  private static final String SCRIPT =
      "log=$1 go=$2; shift 2; mkfifo \"$go\"; "
          + "{ read -r line <\"$go\"; exec \"$@\" >\"$log\" 2>&1 </dev/null; } & echo $!";

  private static final int PR_SET_CHILD_SUBREAPER = 36;
  private static final int ROOM = 256; // bytes for a struct rusage, which has 144
  private static final int MAXRSS = 32; // offset of ru_maxrss, after two struct timeval; in KiB
  private static final long TICK = 10_000_000; // ns, USER_HZ is 100 on all of Linux
  private static final int UTIME = 11; // among the fields of /proc/PID/stat after the name
  private static final Linker LINKER = Linker.nativeLinker();

  private final MethodHandle wait4;
  private final MethodHandle prctl;

  /**
   * Makes this process adopt its descendants whose parents have ended, until it is closed.
   *
   * @throws IOException if the system cannot do that
   */
  Meter() throws IOException {
    if (!System.getProperty("os.name").equals("Linux")) {
      throw new IOException("the benchmark measures on Linux only");
    }
    ValueLayout.OfInt number = ValueLayout.JAVA_INT;
    ValueLayout.OfLong wide = ValueLayout.JAVA_LONG;
    wait4 =
        function(
            "wait4",
            FunctionDescriptor.of(
                number, number, ValueLayout.ADDRESS, number, ValueLayout.ADDRESS));
    prctl =
        function(
            "prctl",
            FunctionDescriptor.of(number, number, wide, wide, wide, wide),
            Linker.Option.firstVariadicArg(1));
    if (!adopt(true)) {
      throw new IOException("this kernel does not hand over orphans (PR_SET_CHILD_SUBREAPER)");
    }
  }

  /** Stops the adoption: orphans go where they went before. */
  @Override
  public void close() {
    adopt(false);
  }

  private boolean adopt(boolean orphans) {
    try {
      return (int) prctl.invokeExact(PR_SET_CHILD_SUBREAPER, orphans ? 1L : 0L, 0L, 0L, 0L) == 0;
    } catch (Throwable wrong) {
      throw new AssertionError("prctl is linked wrongly", wrong);
    }
  }

  @SuppressWarnings("restricted")
  private static MethodHandle function(
      String name, FunctionDescriptor type, Linker.Option... options) {
    return LINKER.downcallHandle(LINKER.defaultLookup().find(name).orElseThrow(), type, options);
  }

  /** Runs a command to its end, as the other method does; torc does not use a warm server. */
  Usage run(Path dir, Path log, List<String> command) throws IOException, InterruptedException {
    return run(dir, log, command, Map.of("TORC_SERVER", "0"));
  }

  /**
   * Runs a command to its end.
   *
   * @param log the file that takes its output
   * @param environment variables that the command has besides those of a user
   * @throws IOException if the command cannot be started or does not end with status 0; the message
   *     has the end of its output
   */
  Usage run(Path dir, Path log, List<String> command, Map<String, String> environment)
      throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(List.of("sh", "-c", SCRIPT, "meter"));
    Path go = log.resolveSibling(log.getFileName() + ".go");
    words.addAll(List.of(log.toString(), go.toString()));
    words.addAll(command);
    ProcessBuilder builder = new ProcessBuilder(words).directory(dir.toFile());
    asAUser(builder.environment());
    builder.environment().putAll(environment);
    Process shell = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    int pid;
    try (BufferedReader said = shell.inputReader(StandardCharsets.US_ASCII)) {
      pid = Integer.parseInt(said.readLine());
      shell.waitFor(); // now the forked shell is a child of this process
    }
    Thread end =
        Thread.ofPlatform().unstarted(() -> ProcessHandle.of(pid).ifPresent(p -> p.destroy()));
    Runtime.getRuntime().addShutdownHook(end);
    ChildWait.News change;
    long wall;
    try {
      long start = System.nanoTime();
      Files.writeString(go, "\n");
      change = ChildWait.next(pid);
      wall = System.nanoTime() - start;
    } finally {
      Runtime.getRuntime().removeShutdownHook(end);
      Files.deleteIfExists(go);
    }
    Usage usage = reap(pid, wall);
    if (change.what() != ChildWait.What.EXITED || change.code() != 0) {
      throw new IOException(
          "`%s` ended with %d:%n%s".formatted(String.join(" ", command), change.code(), tail(log)));
    }
    return usage;
  }

  /** Removes what a make, torc or CI that called the benchmark left in an environment. */
  static void asAUser(Map<String, String> environment) {
    environment
        .keySet()
        .removeIf(n -> n.startsWith("TORC_") || n.contains("MAKE") || n.equals("CI"));
  }

  private Usage reap(int pid, long wall) throws IOException {
    // the process has ended and is not reaped yet: only now are all its numbers complete
    String stat = Files.readString(Path.of("/proc", String.valueOf(pid), "stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    long own = (Long.parseLong(fields[UTIME]) + Long.parseLong(fields[UTIME + 1])) * TICK;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment status = arena.allocate(ValueLayout.JAVA_INT);
      MemorySegment usage = arena.allocate(ROOM, 16);
      int result;
      try {
        result = (int) wait4.invokeExact(pid, status, 0, usage);
      } catch (Throwable wrong) {
        throw new AssertionError("wait4 is linked wrongly", wrong);
      }
      if (result != pid) {
        throw new IOException("process " + pid + " was not left to the benchmark by its shell");
      }
      long peak = usage.get(ValueLayout.JAVA_LONG, MAXRSS) * 1024;
      return new Usage(wall, time(usage, 0) + time(usage, 16), own, peak);
    }
  }

  /** A struct timeval in nanoseconds. */
  private static long time(MemorySegment usage, long offset) {
    return usage.get(ValueLayout.JAVA_LONG, offset) * 1_000_000_000
        + usage.get(ValueLayout.JAVA_LONG, offset + 8) * 1_000;
  }

  private static String tail(Path log) throws IOException {
    List<String> lines = Files.readAllLines(log);
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 10), lines.size()));
  }
}
