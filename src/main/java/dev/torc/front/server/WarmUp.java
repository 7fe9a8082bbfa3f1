package dev.torc.front.server;

import dev.torc.base.posix.CallingProcess;
import dev.torc.base.posix.Environment;
import dev.torc.base.posix.FileTree;
import dev.torc.base.posix.OwnUser;
import dev.torc.base.posix.Signals;
import dev.torc.front.cli.Main;
import dev.torc.front.session.Exit;
import dev.torc.front.session.ServerFolder;
import dev.torc.front.show.Console;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;

/**
 * The calls that a new server makes by itself while it has nothing else to do: builds of a small
 * project of its own, so that the JVM has compiled most of torc before the user's next edit.
 * Without them, a server needs some hundred calls until it is fast. They are made once, in short
 * rounds, since a client's call waits for the round that is running. The project has few jobs, as
 * running them is most of a round, and many files, which cost little to look at. At the end, the
 * project is removed.
 */
final class WarmUp implements CallingProcess, Callable<Void> {

  /** The calls of a round; two sources are edited before each round. */
  private static final List<String> CALLS =
      List.of("build -q -j 2", "build -q", "build", "build -q --force wide");

  private static final int ROUNDS = 100;
  private static final int JOBS = 16;
  private static final int FILES = 300;

  private final Main main;
  private final Path folder;
  private final Environment environment;
  private final AtomicReference<Object> handedOn = new AtomicReference<>();
  private volatile int round; // the next one

  WarmUp(ServerFolder server, Main main) {
    this.main = main;
    folder = server.path().resolve("warm");
    String path = Environment.ofCaller().asMap().getOrDefault("PATH", "/usr/bin:/bin");
    environment = new Environment(List.of(("PATH=" + path).getBytes(StandardCharsets.UTF_8)));
  }

  /** Returns whether fewer threads run on this machine, this one included, than it has cores. */
  static boolean hasFreeCore() throws IOException {
    String running = Files.readString(Path.of("/proc/loadavg")).split("[ /]")[3];
    return Integer.parseInt(running) <= Runtime.getRuntime().availableProcessors();
  }

  /** Returns whether all rounds have run. */
  boolean isOver() {
    return round == ROUNDS;
  }

  /** Runs the next round, which takes some ten milliseconds; none follows one that fails. */
  @Override
  public Void call() throws IOException {
    int following = ROUNDS;
    try {
      if (round == 0) {
        create();
      }
      Files.writeString(folder.resolve("in"), round + "\n");
      Files.writeString(folder.resolve("f0"), round + "\n");
      OwnUser.enter(folder);
      for (String call : CALLS) {
        make(call.split(" "));
      }
      following = round + 1;
    } finally {
      OwnUser.enter(Path.of("/"));
      round = following;
      if (isOver()) {
        FileTree.remove(folder);
      }
    }
    return null;
  }

  private void make(String[] call) throws IOException {
    StringWriter err = new StringWriter();
    Console console =
        new Console(
            InputStream.nullInputStream(),
            new StringWriter(),
            err,
            environment.asMap(),
            folder,
            new Console.Terminals(false, false, () -> -1),
            System::nanoTime);
    if (main.with(Main::perform, this).call(call, console) != Exit.DONE) {
      throw new IOException("the warm-up failed: " + err.toString().strip());
    }
  }

  private void create() throws IOException {
    FileTree.remove(folder); // of a server that was killed
    Files.createDirectory(folder);
    StringBuilder jobs = new StringBuilder("jobs:\n");
    for (int i = 0; i < JOBS; i++) {
      String command = i % 2 == 0 ? "cp in j%1$d.out" : "': > j%1$d.out'";
      String job = "  j%1$d: { command: " + command + ", needs: [%2$s], produces: j%1$d.out }\n";
      jobs.append(job.formatted(i, i % 4 == 3 ? "in, j" + (i - 1) + ".out" : "in"));
    }
    List<String> files = IntStream.range(0, FILES).mapToObj(i -> "f" + i).toList();
    for (String file : files) {
      Files.createFile(folder.resolve(file));
    }
    jobs.append(
        "  wide: { command: 'cat {needs} > wide.out', needs: %s, produces: wide.out }\n"
            .formatted(files));
    files = files.subList(1, FILES); // made once, since many products take long
    jobs.append(
        "  many: { command: 'for f in {needs}; do : > $f.out; done', needs: %s, produces: %s }\n"
            .formatted(files, files.stream().map(file -> file + ".out").toList()));
    Files.writeString(folder.resolve("torc.yaml"), jobs);
  }

  @Override
  public Environment environment() {
    return environment;
  }

  @Override
  public Signals signals() {
    return new Signals(() -> {}, _ -> {}, Signals.LIMIT); // a signal ends the server as a whole
  }

  @Override
  public AtomicReference<Object> handedOn() {
    return handedOn;
  }

  @Override
  public boolean isOwn() {
    return false; // so no build starts a server
  }
}
