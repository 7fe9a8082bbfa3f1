package dev.torc.front.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.posix.CallingProcess;
import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.Place;
import dev.torc.core.decide.JobSelection.Rerun;
import dev.torc.front.ask.Call;
import dev.torc.front.project.BuildRequest;
import dev.torc.front.show.Console;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MainTest {

  @TempDir Path cwd;

  /** Prints what a command was given. */
  private static int probe(Call call) throws IOException {
    if (call.command().equals("graph")) {
      call.console().print("graph %s %s\n".formatted(call.value("--depth"), call.json()));
      return 0;
    }
    BuildCommand build = new BuildCommand(call);
    BuildRequest request = build.request(false);
    call.console()
        .print(
            String.join(
                " ",
                call.console().cwd().getFileName().toString(),
                call.options().files().stream()
                    .map(f -> f.getFileName().toString())
                    .toList()
                    .toString(),
                call.options().variables().toString(),
                request.choice().asked().toString(),
                request.limits().toString(),
                build.detail().toString(),
                (call.json() ? "json " : "")
                    + (call.has("--color") ? call.value("--color") : "auto")
                    + (request.dry() ? " dry" : "")
                    + (request.manner().failures() > 0
                        ? " most " + request.manner().failures()
                        : "")
                    + (request.choice().downstream() ? " downstream" : "")
                    + (request.choice().args().isEmpty() ? "" : " args " + request.choice().args())
                    + (request.rerun() == Rerun.ALL ? " force" : "")
                    + (request.lock().waits() ? "" : " nowait")
                    + (request.lock().trusts() ? " trust" : "")));
    return 1;
  }

  private Run probe(String... args) {
    return Run.of(MainTest::probe, cwd, Map.of(), args);
  }

  private static Run throwing(Throwable thrown, Map<String, String> env) {
    return Run.of(
        _ -> {
          switch (thrown) {
            case Error e -> throw e;
            case RuntimeException e -> throw e;
            case IOException e -> throw e;
            default -> throw new IllegalArgumentException(thrown);
          }
        },
        Path.of("/"),
        env,
        "build");
  }

  @Test
  void withoutACommandItBuilds() {
    String name = cwd.getFileName().toString();
    String plain = name + " [] {} [] {} NORMAL auto";
    assertEquals(new Run(1, plain, ""), probe());
    assertEquals(new Run(1, plain, ""), probe("build"));
    assertEquals(name + " [] {} [] {cpus=4} NORMAL auto", probe("-j4").out());
    assertEquals(name + " [] {} [] {cpus=4} NORMAL auto", probe("-j", "4").out());
  }

  /** A server declares the options once. */
  @Test
  void aMainForgetsTheOptionsOfTheLastCall() {
    Main main = new Main();
    for (String line :
        List.of("-j3 -k a b", "build -j 2 --nosuch", "build", "--help", "c", "graph -x", "graph")) {
      StringWriter out = new StringWriter();
      StringWriter err = new StringWriter();
      Console console = Run.console(cwd, out, err, Map.of());
      int exit = main.with(MainTest::probe, CallingProcess.own()).call(line.split(" "), console);
      assertEquals(probe(line.split(" ")), new Run(exit, out.toString(), err.toString()), line);
    }
  }

  @Test
  void allOptionsOfBuild() {
    assertEquals(
        cwd.getFileName()
            + " [] {} [a] {cpus=2, memory=8GiB} VERBOSE auto dry most 1 args [-b] force nowait"
            + " trust",
        probe(
                "build",
                "-nk",
                "--fail-fast",
                "--force",
                "--no-wait",
                "--trust-lock",
                "-v",
                "--limit",
                "memory=8GiB",
                "--jobs=2",
                "a",
                "--",
                "-b")
            .out());
  }

  /** {@code -k} takes the next word only if it is a number; the last of several counts. */
  @Test
  void keepGoingTakesANumberButNoTarget() {
    String name = cwd.getFileName().toString();
    for (String line :
        List.of(
            "-k | [] NORMAL auto",
            "-k 0 | [] NORMAL auto",
            "-k 3 | [] NORMAL auto most 3",
            "-k3 | [] NORMAL auto most 3",
            "-k=3 | [] NORMAL auto most 3",
            "--keep-going 3 a | [a] NORMAL auto most 3",
            "--keep-going=3 | [] NORMAL auto most 3",
            "build -k a | [a] NORMAL auto",
            "-k a 3 | [a, 3] NORMAL auto",
            "-nk 2 a | [a] NORMAL auto dry most 2",
            "-kn 2 | [2] NORMAL auto dry",
            "-k2n a | [a] NORMAL auto dry most 2",
            "-vkn a | [a] VERBOSE auto dry",
            "-k 2 -k a | [a] NORMAL auto",
            "--fail-fast -k 2 | [] NORMAL auto most 2",
            "-k 2 --fail-fast a | [a] NORMAL auto most 1",
            "-k 1 build a | [a] NORMAL auto most 1")) {
      String[] parts = line.split(" \\| ");
      String out = probe(parts[0].split(" ")).out();
      assertEquals(name + " [] {} " + parts[1].replace("] ", "] {} "), out, parts[0]);
    }
    assertEquals("[] {} [] {cpus=4}", probe("-kj4").out().replaceAll(".*?(\\[.*\\}).*", "$1"));
    assertEquals(
        new Run(2, "", "torc: -k 9999999999: write a number of failures\n"),
        probe("-k", "9999999999"));
    assertEquals(new Run(2, "", "torc: -k x: write a number of failures\n"), probe("-k=x"));
  }

  /** Words behind {@code --} are arguments of the targets, and need one. */
  @Test
  void wordsBehindTwoHyphensAreArguments() {
    String name = cwd.getFileName().toString();
    assertEquals(
        name + " [] {} [a] {} NORMAL auto args [-k, 3, --, -n]",
        probe("a", "--", "-k", "3", "--", "-n").out());
    assertEquals(name + " [] {} [a] {} NORMAL auto", probe("build", "a", "--").out());
    assertEquals(name + " [] {} [./-b] {} NORMAL auto", probe("build", "./-b").out());
    for (String line : List.of("-- a", "build --", "build -n -- -b")) {
      assertEquals(
          new Run(
              2,
              "",
              "torc: -- needs a target before it: torc build TARGET -- ARGUMENT; a job -b is the"
                  + " target ./-b\n"),
          probe(line.split(" ")));
    }
  }

  @Test
  void theEnvironmentMayTrustLocksToo() {
    String plain = cwd.getFileName() + " [] {} [] {} NORMAL auto";
    assertEquals(
        plain + " trust", Run.of(MainTest::probe, cwd, Map.of("TORC_TRUST_LOCK", "1")).out());
    assertEquals(plain, Run.of(MainTest::probe, cwd, Map.of("TORC_TRUST_LOCK", "")).out());
    assertEquals(
        new Run(2, "", "torc: TORC_TRUST_LOCK=no: write 1, or leave it empty\n"),
        Run.of(MainTest::probe, cwd, Map.of("TORC_TRUST_LOCK", "no")));
  }

  @Test
  void ofSeveralTheLastOneWins() {
    Run run = probe("-j4", "-q", "--limit", "cpus=2", "-v", "--limit", "cpus=3");
    assertEquals(cwd.getFileName() + " [] {} [] {cpus=3} VERBOSE auto", run.out());
    assertEquals("", run.err());
    assertTrue(probe("--limit=cpus=2", "-j4", "-v", "-q").out().contains("{cpus=4} QUIET"));
  }

  @Test
  void globalOptionsStandBeforeOrAfterTheCommand() throws IOException {
    Files.createDirectories(cwd.resolve("sub/deep"));
    String expected = "deep [a.yaml, b.yaml] {x=1=2, y=} [t] {} NORMAL json never";
    String options = "-C sub -Cdeep -f a.yaml --file=b.yaml -D x=1=2 -Dy= --json --color";
    assertEquals(new Run(1, expected, ""), probe((options + " never build t").split(" ")));
    assertEquals(new Run(1, expected, ""), probe(("build t " + options + "=never").split(" ")));
    assertEquals("graph 3 true\n", probe("--json", "--depth", "3", "graph", "--job", "j").out());
  }

  @Test
  void aFirstWordThatIsNoCommandIsATargetOfBuild() {
    String name = cwd.getFileName().toString();
    assertEquals(
        new Run(1, name + " [] {} [train, x] {cpus=4} NORMAL auto dry", ""),
        probe("-j4", "train", "-n", "x"));
    assertEquals(
        "[train, why]", probe("train", "why").out().replaceAll(".*(\\[train.*?\\]).*", "$1"));
  }

  @Test
  void anAtSignIsNoFileOfArguments() throws IOException {
    Files.writeString(cwd.resolve("args"), "x y");
    assertTrue(probe("build", "@args").out().contains("[@args]"));
  }

  @Test
  void versionComesFromThePom() throws IOException {
    String pom = Files.readString(Path.of("pom.xml"));
    String version = pom.substring(pom.indexOf("<version>") + 9, pom.indexOf("</version>"));
    Run run = Run.of(cwd, "--version");
    String line = "torc \\Q" + version + "\\E \\(([0-9a-f]{7}|unknown)\\), Java 2[0-9].*\n";
    assertTrue(run.out().matches(line), run.out());
    assertEquals(run, probe("build", "-V"));
  }

  @Test
  void helpIsShortAndNamesTheCommands() {
    Run run = probe("--help");
    assertEquals(0, run.exit());
    assertEquals("", run.err());
    assertTrue(run.out().contains("  build        run the jobs that are out of date\n"), run.out());
    assertTrue(run.out().lines().count() < 40);
    assertEquals(run, probe("help"));
    Run build = probe("build", "--help");
    assertEquals(0, build.exit());
    assertTrue(build.out().contains("--fail-fast"), build.out());
    assertEquals(build, probe("help", "build"));
  }

  @Test
  void badInputIsOneLineForEachDiagnostic() {
    assertEquals(
        new Run(2, "", "torc.yaml:3:5: error: unknown key nedes\ntorc: no job x\n"),
        throwing(
            new BadInput(
                List.of(
                    new BadInput.Diagnostic(new Place("torc.yaml", 3, 5), "unknown key nedes"),
                    new BadInput.Diagnostic(Place.NONE, "no job x"))),
            Map.of()));
  }

  @Test
  void troubleWithFilesIsOneLineAndStatus3() {
    assertEquals(
        new Run(3, "", "torc: a: no space left on device: make room\n"),
        throwing(
            new java.nio.file.FileSystemException("a", null, "No space left on device"), Map.of()));
    assertEquals(
        new Run(3, "", "torc: $'a\\nb': permission denied\n"),
        throwing(
            new UncheckedIOException(new java.nio.file.AccessDeniedException("a\nb")), Map.of()));
    assertEquals(
        new Run(3, "", "torc: x: no such file or folder\n"),
        throwing(new java.nio.file.NoSuchFileException("x"), Map.of()));
    assertEquals(
        new Run(3, "", "torc: input/output error\n"),
        throwing(new IOException("Input/output error"), Map.of()));
    assertEquals(3, throwing(new OutOfMemoryError(), Map.of()).exit());
    assertTrue(throwing(new OutOfMemoryError(), Map.of()).err().startsWith("torc: out of memory"));
  }

  @Test
  void aDefectIsOneLineUnlessDebugIsAskedFor() {
    Run run = throwing(new IllegalStateException("odd\nthing"), Map.of());
    assertEquals(
        new Run(
            3,
            "",
            "torc: internal error: java.lang.IllegalStateException: odd ⏎ thing;"
                + " please report it with what TORC_DEBUG=1 shows\n"),
        run);
    Run debug = throwing(new IllegalStateException("odd"), Map.of("TORC_DEBUG", "1"));
    assertTrue(debug.err().contains("\tat dev.torc.front.cli."));
    assertFalse(
        throwing(new BadInput(Place.NONE, "x"), Map.of("TORC_DEBUG", "1")).err().contains("\tat"));
  }

  private static Writer failing(String message) {
    return failing(message, false);
  }

  private static Writer failing(String message, boolean terminal) {
    return Console.writer(
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException(message);
          }
        },
        "standard output",
        terminal);
  }

  private int toBroken(Writer out, Writer err, String... args) {
    return new Main(MainTest::probe).call(args, Run.console(cwd, out, err, Map.of()));
  }

  @Test
  void aClosedPipeEndsQuietlyLikeSigpipe() {
    StringWriter err = new StringWriter();
    assertEquals(141, toBroken(failing("Broken pipe"), err));
    assertEquals("", err.toString());
    assertEquals(2, toBroken(new StringWriter(), failing("Broken pipe"), "--nonsense"));
  }

  /** Rule 11: a terminal that was closed has no reader; a disk with an error is no reader. */
  @Test
  void aClosedTerminalEndsQuietlyToo() {
    StringWriter err = new StringWriter();
    assertEquals(141, toBroken(failing("Input/output error", true), err));
    assertEquals("", err.toString());
    assertEquals(3, toBroken(failing("Input/output error", false), err));
  }

  /** Exit status 3 has a message as long as one of the streams can be written. */
  @Test
  void withoutStandardErrorTroubleIsSaidOnStandardOutput() {
    StringWriter out = new StringWriter();
    Writer err = failing("No space left on device");
    Main failing =
        new Main(
            call -> {
              call.console().tell("line");
              return 0;
            });
    assertEquals(3, failing.call(new String[] {"build"}, Run.console(cwd, out, err, Map.of())));
    assertEquals("torc: standard output: no space left on device: make room\n", out.toString());
  }

  @Test
  void aFullDiskBehindStandardOutputIsSaid() {
    StringWriter err = new StringWriter();
    assertEquals(3, toBroken(failing("No space left on device"), err));
    assertEquals("torc: standard output: no space left on device: make room\n", err.toString());
  }

  /** What a command does not read is accepted, but neither its help nor completion offers it. */
  @Test
  void helpListsOnlyWhatTheCommandReadsItsOwnOptionsFirst(@TempDir Path folder) {
    String init = Run.of(folder, "init", "--help").out();
    assertFalse(
        init.contains("--container") || init.contains("--json") || init.contains("-D"), init);
    assertEquals(0, Run.of(folder, "init", "--container", "podman").exit());
    assertFalse(
        Run.of(folder, "completion", "bash", "--", "log", "--c").out().contains("--container"));
    String build = Run.of(folder, "build", "--help").out();
    assertTrue(build.contains("\n  -D VAR=VALUE  "), build);
    assertTrue(
        build.indexOf("  -n, --dry-run")
            < build.indexOf("\nOptions of all commands:\n  -f, --file"),
        build);
  }
}
