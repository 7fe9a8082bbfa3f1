package dev.torc.features.clusters;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.torc.Interruptible;
import dev.torc.base.posix.Stop;
import dev.torc.core.here.Launch;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * A node with one shell as its sh, on which tests run batch scripts. With busybox, PATH has nothing
 * but busybox.
 */
final class BatchNode implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(300);

  private static Path programs;

  final Path root;
  final Path bin;
  final BatchFolder folder;
  final String path;
  final List<Process> started = new ArrayList<>();

  BatchNode(Path root, String shell) throws Exception {
    this.root = root;
    this.bin = Files.createDirectories(root.resolve("bin"));
    this.folder = new BatchFolder(Files.createDirectories(root.resolve("remote")));
    assumeTrue(Files.isDirectory(Path.of("/proc/self")), "there is no /proc");
    if (shell.equals("busybox")) {
      Path busybox = Path.of("/bin/busybox");
      assumeTrue(Files.isExecutable(busybox), "there is no " + busybox);
      Files.createSymbolicLink(bin.resolve("sh"), busybox);
      path = bin + ":" + programs(busybox);
    } else {
      Path program = Path.of("/bin/" + shell);
      assertTrue(Files.isExecutable(program), program + " is needed");
      Files.createSymbolicLink(bin.resolve("sh"), program);
      path = bin + ":/usr/bin:/bin";
    }
  }

  /** Returns the folder of all nodes with the programs of busybox: to make one takes long. */
  private static synchronized Path programs(Path busybox) throws IOException {
    if (programs == null) {
      Path folder = Files.createDirectories(Path.of("target", "busybox").toAbsolutePath());
      Process list = new ProcessBuilder(busybox.toString(), "--list").start();
      for (String name : new String(list.getInputStream().readAllBytes()).split("\n")) {
        if (!Files.exists(folder.resolve(name))) {
          Files.createSymbolicLink(folder.resolve(name), busybox);
        }
      }
      programs = folder;
    }
    return programs;
  }

  /** Starts a script of jobs, and waits until one of them has made the file {@code up}. */
  Process up(BatchAttempt... jobs) throws Exception {
    folder.writeScript(script().of(List.of(List.of(jobs))));
    Process process = start(Map.of());
    awaitFile("up");
    return process;
  }

  /** A script that enforces memory limits, without a time limit; jobs end within a second. */
  BatchScript script() {
    return new BatchScript(folder.path(), "", 0, "ELEMENT");
  }

  BatchScript before(String text) {
    return new BatchScript(folder.path(), text, 0, "ELEMENT");
  }

  /** A job of one line of sh that runs in the root. */
  BatchAttempt job(String name, String line, RemoteAttempt.Product... products) {
    return job(name, List.of(step(line)), 0, 0, products);
  }

  BatchAttempt job(
      String name,
      List<Launch.Step> steps,
      long timeLimit,
      long memoryLimit,
      RemoteAttempt.Product... products) {
    return job(name, steps, log(name), false, timeLimit, memoryLimit, 0, List.of(products));
  }

  static BatchAttempt job(
      String name,
      List<Launch.Step> steps,
      Path log,
      boolean append,
      long timeLimit,
      long memoryLimit,
      long expected,
      List<RemoteAttempt.Product> products) {
    return job(
        name,
        new RemoteAttempt(
            null,
            new Launch(
                    steps, new Launch.Output(log, append, false), timeLimit, memoryLimit, Map.of())
                .stopping(new Stop(0, 1_000_000_000)),
            expected,
            products,
            List.of(),
            null,
            new RemoteAttempt.RemoteFolders(Map.of(), null)));
  }

  static BatchAttempt job(String name, RemoteAttempt attempt) {
    return new BatchAttempt(attempt, null).in(new BatchFolder(Path.of("/remote")), name);
  }

  BatchAttempt job(String name, Launch.Step step, Stop stop) {
    Launch launch = new Launch(List.of(step), Launch.Output.of(log(name)), 0, 0, Map.of());
    return job(
        name,
        new RemoteAttempt(
            null,
            launch.stopping(stop),
            0,
            List.of(),
            List.of(),
            null,
            new RemoteAttempt.RemoteFolders(Map.of(), null)));
  }

  Launch.Step step(String line) {
    return new Launch.Step(List.of("sh", "-c", line), root, Map.of());
  }

  Path log(String name) {
    return root.resolve(name + ".log");
  }

  RemoteAttempt.Product file(String path) {
    return new RemoteAttempt.Product(root.resolve(path), false, RemoteAttempt.Clearing.CLEAR);
  }

  RemoteAttempt.Product inFolder(String path) {
    return new RemoteAttempt.Product(root.resolve(path), true, RemoteAttempt.Clearing.CLEAR);
  }

  /** Runs a script of one batch to its end. */
  Ended run(BatchAttempt... jobs) throws Exception {
    return run(script(), jobs);
  }

  Ended run(BatchScript script, BatchAttempt... jobs) throws Exception {
    folder.writeScript(script.of(List.of(List.of(jobs))));
    return await(start(Map.of()));
  }

  /** Starts the script that was written, in a process group of its own, as schedulers do. */
  Process start(Map<String, String> env) throws IOException {
    return start(env, folder.script());
  }

  /** Starts another copy of the script. */
  Process start(Map<String, String> env, Path script) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
                Interruptible.command(
                    List.of("setsid", bin.resolve("sh").toString(), script.toString())))
            .directory(root.toFile())
            .redirectErrorStream(true)
            .redirectOutput(root.resolve("script.out").toFile());
    builder.environment().put("PATH", path);
    builder.environment().putAll(env);
    Process process = builder.start();
    started.add(process);
    return process;
  }

  Ended await(Process process) throws Exception {
    assertTrue(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS), "the script does not end");
    return new Ended(process.exitValue(), Files.readString(root.resolve("script.out")));
  }

  /** A script's exit status and output. */
  record Ended(int exit, String out) {}

  /** Waits until something holds. */
  static void until(String what, Check check) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!check.holds()) {
      assertTrue(System.nanoTime() < end, "never: " + what);
      Thread.sleep(5);
    }
  }

  interface Check {
    boolean holds() throws Exception;
  }

  void awaitFile(String name) throws Exception {
    until(name, () -> Files.exists(root.resolve(name)));
  }

  String text(String name) throws IOException {
    return Files.readString(root.resolve(name), StandardCharsets.UTF_8);
  }

  boolean exists(String name) {
    return Files.exists(root.resolve(name));
  }

  /** Returns the shells that run a script, and the processes of jobs. */
  private List<ProcessHandle> processes() {
    return Stream.of(new File("/proc").list())
        .filter(name -> Character.isDigit(name.charAt(0)) && isOfNode(Path.of("/proc", name)))
        .flatMap(pid -> ProcessHandle.of(Long.parseLong(pid)).stream())
        .toList();
  }

  private boolean isOfNode(Path process) {
    try {
      return Files.readSymbolicLink(process.resolve("cwd")).startsWith(root)
          || Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1)
              .contains(root + "/");
    } catch (IOException gone) {
      return false;
    }
  }

  /** Whether the process lives whose id a job wrote to this file. */
  boolean lives(String name) throws IOException {
    String stat = "/proc/" + text(name).strip() + "/stat";
    try {
      String line = Files.readString(Path.of(stat));
      return "ZX".indexOf(line.charAt(line.lastIndexOf(')') + 2)) < 0;
    } catch (IOException gone) {
      return false;
    }
  }

  static void signal(String signal, Process process) throws Exception {
    new ProcessBuilder("kill", "-s", signal, Long.toString(process.pid())).start().waitFor();
  }

  /** Waits until no process runs on the node anymore, the children of killed scripts included. */
  void awaitAll() {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!processes().isEmpty()) {
      assertTrue(System.nanoTime() < end, "something goes on");
      LockSupport.parkNanos(5_000_000);
    }
  }

  /** Ends processes and removes links: JUnit reports each link that leads out of its folder. */
  @Override
  public void close() throws IOException {
    processes().forEach(ProcessHandle::destroyForcibly);
    awaitAll();
    try (DirectoryStream<Path> links = Files.newDirectoryStream(bin)) {
      for (Path link : links) {
        Files.delete(link);
      }
    }
  }
}
