package dev.torc;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.torc.base.posix.FreshProgram;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A project in a temp folder and the launcher of the built distribution, for the end-to-end tests.
 * It starts programs and waits for conditions; which outcome is right is for the tests to say.
 */
public final class Sandbox implements AutoCloseable {

  private static final Path DISTRIBUTION = Path.of(System.getProperty("torc.home"));

  /** Seconds after which a wait fails; no test comes near. */
  private static final long DEADLINE = 300;

  private static final long SHORTEST_PAUSE = 5_000_000;
  private static final long LONGEST_PAUSE = 1_000_000_000;

  /** Folder of the project; there is no build file in it yet. */
  public final Path root;

  /** Environment of the programs that are started. */
  public final Map<String, String> env = new HashMap<>();

  private final Path outputs;
  private final List<Process> started = new ArrayList<>();

  /** A project in a new folder below {@code temp}. */
  public Sandbox(Path temp) throws IOException {
    this(temp, Files.createTempDirectory(temp.toRealPath(), "root"));
  }

  /** A project in an existing folder; the outputs of its programs go below {@code temp}. */
  public Sandbox(Path temp, Path root) throws IOException {
    this.root = root;
    outputs = Files.createTempDirectory(temp, "outputs");
    env.put("PATH", System.getenv("PATH"));
    env.put("HOME", Files.createTempDirectory(temp, "home").toString());
    env.put("TORC_JAVA_HOME", System.getProperty("java.home"));
  }

  /** A copy of one of the examples, without anything built. */
  public static Sandbox example(Path temp, String name) throws IOException {
    Sandbox copy = new Sandbox(temp);
    copy(name, copy.root);
    return copy;
  }

  /** Copies an example to a folder, without the files that a build of it leaves. */
  public static void copy(String name, Path folder) throws IOException {
    Path example = Path.of("examples", name);
    List<String> made = Files.readAllLines(example.resolve(".gitignore"));
    try (Stream<Path> files = Files.walk(example)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String path = example.relativize(file).toString();
        if (!path.startsWith(".torc/") && made.stream().noneMatch(m -> ignored(path, m))) {
          Path to = folder.resolve(path);
          Files.createDirectories(to.getParent());
          Files.copy(file, to);
        }
      }
    }
  }

  private static boolean ignored(String path, String pattern) {
    return pattern.endsWith("/")
        ? ("/" + path).startsWith(pattern)
        : Path.of(path)
            .getFileSystem()
            .getPathMatcher("glob:" + pattern.substring(1))
            .matches(Path.of(path));
  }

  /** The launcher's path. */
  public static String launcher() {
    return DISTRIBUTION.toAbsolutePath() + "/bin/torc";
  }

  /** Writes a file of the project, with the folders above it. */
  public Path write(String path, String text) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  /** Writes the build file. */
  public void build(String yaml) throws IOException {
    write("torc.yaml", yaml);
  }

  /** Writes a program that the project's jobs can call. */
  public void script(String path, String text) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    FreshProgram.write(file, text);
  }

  /** Puts one text of a file in the place of another, which must be there. */
  public void edit(String path, String old, String now) throws IOException {
    String text = read(path);
    if (!text.contains(old)) {
      throw new AssertionError(path + " does not hold " + old + ":\n" + text);
    }
    write(path, text.replace(old, now));
  }

  public String read(String path) throws IOException {
    return Files.readString(root.resolve(path));
  }

  public boolean exists(String path) {
    return Files.exists(root.resolve(path));
  }

  /** The lines of a file, none where it does not exist. */
  public List<String> lines(String path) {
    try {
      return exists(path) ? Files.readAllLines(root.resolve(path)) : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs torc in the root. */
  public Ran torc(String... args) throws Exception {
    return run(command(args));
  }

  /** The command line of the launcher with arguments. */
  public static List<String> command(String... args) {
    return Stream.concat(Stream.of(launcher()), Stream.of(args)).toList();
  }

  /** Runs a line of sh in the root, in which {@code torc} is the launcher. */
  public Ran sh(String line) throws Exception {
    return run(List.of("sh", "-c", "torc() { '" + launcher() + "' \"$@\"; }\n" + line));
  }

  /** Runs a program in the root to its end. */
  public Ran run(List<String> command) throws Exception {
    return start(command).await();
  }

  /** Starts torc in the root. */
  public Going start(String... args) throws IOException {
    return start(command(args));
  }

  /** Starts a program in the root, with nothing on its standard input. */
  public Going start(List<String> command) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(Interruptible.command(command)).directory(root.toFile());
    builder.environment().clear();
    builder.environment().putAll(env);
    Path out = Files.createTempFile(outputs, "out", "");
    Path err = Files.createTempFile(outputs, "err", "");
    builder.redirectInput(Path.of("/dev/null").toFile());
    Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    started.add(process);
    return new Going(process, out, err);
  }

  /**
   * Waits until a condition holds. The text names the condition in the error if it never does. The
   * looks take a fifth of the time at most: many start a program.
   */
  public static void until(String what, Callable<Boolean> holds) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE);
    long began = System.nanoTime();
    while (!holds.call()) {
      long now = System.nanoTime();
      if (now > end) {
        throw new AssertionError("never: " + what);
      }
      TimeUnit.NANOSECONDS.sleep(Math.clamp(4 * (now - began), SHORTEST_PAUSE, LONGEST_PAUSE));
      began = System.nanoTime();
    }
  }

  /** Waits until a file of the project is there with at least one line, and returns that line. */
  public String awaitLine(String path) throws Exception {
    until(path + " has a line", () -> exists(path) && read(path).contains("\n"));
    return lines(path).getFirst();
  }

  /** Whether a process still runs; a zombie does not. */
  public static boolean runs(String pid) {
    try {
      String stat = Files.readString(Path.of("/proc", pid, "stat"));
      return !stat.substring(stat.lastIndexOf(')')).startsWith(") Z");
    } catch (IOException e) {
      return false;
    }
  }

  /** Kills the started programs that still run. */
  @Override
  public void close() {
    started.forEach(Process::destroyForcibly);
  }

  /** A program that was started. */
  public record Going(Process process, Path outFile, Path errFile) {

    public String err() {
      return text(errFile);
    }

    public String out() {
      return text(outFile);
    }

    /** Sends a signal, named as kill(1) has it. */
    public void signal(String name) throws Exception {
      new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    }

    /** Waits for the end. */
    public Ran await() throws Exception {
      if (!process.waitFor(DEADLINE, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("still running; out: " + out() + "\nerr: " + err());
      }
      return new Ran(process.exitValue(), out(), err());
    }

    private static String text(Path file) {
      try {
        return new String(Files.readAllBytes(file), UTF_8);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** A program that ended: its exit status (128 + n of a signal n) and what it wrote. */
  public record Ran(int exit, String out, String err) {

    /** The last line on standard error. */
    public String last() {
      return err.lines().reduce((_, b) -> b).orElse("");
    }

    /** Standard error without the times of failures: {@code a failed: exit 3}. */
    public String untimed() {
      String after = " after (?:[0-9.]+ s|[0-9]+ min [0-9]+ s): ";
      return err.replaceAll("(?m)^(\\S+(?: attempt [0-9]+)? failed)" + after, "$1: ");
    }

    /** The last line on standard error that counts jobs, else the last line; without the time. */
    public String counts() {
      return err.lines()
          .filter(line -> line.matches("[0-9]+ jobs?: .*"))
          .reduce((_, b) -> b)
          .orElse(last())
          .replaceFirst(" in [0-9.:]+ ?[a-z]*.*$", "");
    }

    /** The jobs that ran and ended well, by the lines on standard error; sorted. */
    public List<String> ran() {
      return err.lines()
          .filter(line -> line.contains(": ran in "))
          .map(line -> line.substring(0, line.indexOf(": ran in ")))
          .sorted()
          .toList();
    }
  }
}
