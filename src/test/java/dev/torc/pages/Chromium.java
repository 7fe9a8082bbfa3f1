package dev.torc.pages;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.torc.Sandbox;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The process of a headless Chromium: finds the program, starts it with a profile and a home of its
 * own and without a network, and ends it with all its children, also when the test is killed. Where
 * it cannot start, the tests are skipped with its words. {@link Browser} works with its page.
 */
final class Chromium implements AutoCloseable {

  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome");

  /** Seconds after which a Chromium that does not listen, or does not end, is given up. */
  private static final int PATIENCE = 300;

  /** Root and most containers have no sandbox for it; it sees only what tests wrote. */
  private static final List<String> HEADLESS =
      List.of("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-breakpad");

  /** No network: no server answers at the port of the proxy, and no name has an address. */
  private static final List<String> OPTIONS =
      List.of(
          "--remote-debugging-port=0",
          "--proxy-server=127.0.0.1:9",
          "--proxy-bypass-list=<-loopback>",
          "--host-resolver-rules=MAP * ~NOTFOUND",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync",
          "--disable-extensions",
          "--no-first-run",
          "--password-store=basic",
          "about:blank");

  /** Prints the process id; kills the process and its group when the standard input ends. */
  private static final String KEEPER =
      """
      folder=$1
      shift
      setsid "$@" >"$folder/said" 2>&1 </dev/null &
      echo $!
      cat >/dev/null
      kill -KILL "-$!"
      wait
      rm -rf "$folder" || rm -rf "$folder"
      """;

  private static final Pattern LISTENS = Pattern.compile("DevTools listening on (ws://\\S+)");

  private final Path folder;
  private final Process keeper;
  private final String pid;
  private URI address;

  private Chromium(Path folder, Process keeper, String pid) {
    this.folder = folder;
    this.keeper = keeper;
    this.pid = pid;
  }

  /**
   * The first of {@link #NAMES} on the PATH. Where there is none, the test is skipped, or fails if
   * CI is {@code true}.
   */
  static Path installed(Map<String, String> env) {
    List<Path> found = new ArrayList<>();
    for (String name : NAMES) {
      for (String each : env.getOrDefault("PATH", "").split(":")) {
        found.add(Path.of(each, name));
      }
    }
    found.removeIf(file -> !Files.isExecutable(file));
    if (found.isEmpty() && "true".equals(env.get("CI"))) {
      fail("chromium is not installed: apt has it, see .ci/run");
    }
    assumeTrue(!found.isEmpty(), "none of " + NAMES + " is installed");
    return found.getFirst();
  }

  /** Starts a program, and waits until it listens. */
  static Chromium start(Path program) throws Exception {
    Path folder = Files.createTempDirectory("chromium").toRealPath();
    List<String> command = new ArrayList<>(List.of("sh", "-c", KEEPER, "sh", folder.toString()));
    command.addAll(command(program, folder, OPTIONS));
    Files.createFile(folder.resolve("said"));
    Process keeper = builder(folder, command).start();
    Chromium started = new Chromium(folder, keeper, keeper.inputReader().readLine());
    try {
      started.awaitAddress(program);
      return started;
    } catch (Throwable e) {
      started.close();
      throw e;
    }
  }

  private void awaitAddress(Path program) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE);
    while (address == null) {
      boolean over = !Sandbox.runs(pid) || System.nanoTime() > end;
      String said = Files.readString(folder.resolve("said"), StandardCharsets.ISO_8859_1);
      Matcher listens = LISTENS.matcher(said);
      if (listens.find()) {
        address = URI.create(listens.group(1));
      } else if (over) {
        probe(program);
        fail(program + " does not listen, but can start; it said:\n" + said);
      }
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }

  /** Skips the test where the program cannot even print an empty page. */
  private void probe(Path program) throws Exception {
    Path said = folder.resolve("probed");
    Path home = Files.createDirectory(folder.resolve("probe"));
    Process process =
        builder(home, command(program, home, List.of("--dump-dom", "about:blank")))
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    boolean ended = process.waitFor(PATIENCE, TimeUnit.SECONDS);
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    int status = process.destroyForcibly().waitFor();
    String words = Files.readString(said, StandardCharsets.ISO_8859_1).strip();
    assumeTrue(ended && status == 0, program + " cannot start here: " + words);
  }

  private static List<String> command(Path program, Path home, List<String> options) {
    return Stream.of(
            List.of(program.toString(), "--user-data-dir=" + home.resolve("profile")),
            HEADLESS,
            options)
        .flatMap(List::stream)
        .toList();
  }

  /** Chromium writes only to a folder; its texts and times do not depend on the machine. */
  private static ProcessBuilder builder(Path home, List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().clear();
    builder.environment().put("PATH", System.getenv("PATH"));
    builder.environment().put("HOME", home.toString());
    builder.environment().put("TMPDIR", home.toString());
    builder.environment().put("LC_ALL", "C.UTF-8");
    builder.environment().put("TZ", "UTC");
    return builder.directory(home.toFile());
  }

  /** The address at which it listens for {@link DevTools}. */
  URI address() {
    return address;
  }

  /** The process ids of the browser and all its children. */
  List<String> processes() {
    // The processes that watch for crashes are no descendants, but have a path in the folder as an
    // argument.
    Stream<ProcessHandle> watching =
        ProcessHandle.allProcesses()
            .filter(each -> each.info().commandLine().orElse("").contains(folder.toString()));
    return Stream.concat(keeper.descendants(), watching)
        .map(ProcessHandle::pid)
        .filter(each -> each != keeper.pid())
        .distinct()
        .map(each -> Long.toString(each))
        .toList();
  }

  /** Ends Chromium; returns when no process of it runs and its folder is gone. */
  @Override
  public void close() throws IOException {
    List<String> processes = processes();
    keeper.getOutputStream().close();
    try {
      if (!keeper.waitFor(PATIENCE, TimeUnit.SECONDS)) {
        keeper.destroyForcibly();
        throw new IOException("Chromium does not end: " + pid);
      }
      Sandbox.until("Chromium is gone", () -> processes.stream().noneMatch(Sandbox::runs));
    } catch (IOException e) {
      throw e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      throw new IOException(e);
    }
  }
}
