package dev.torc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The launcher of the built distribution. Where a test asks how Java is started, a stand-in for
 * Java tells; where it asks whether torc starts, the real one is started.
 */
class LauncherIT {

  private static final Path HOME = Path.of(System.getProperty("torc.home")).toAbsolutePath();
  private static final String JAVA = System.getProperty("java.home");

  /** Tells its process, what it sees of the locale, and its arguments, each in brackets. */
  private static final String STAND_IN =
      """
      #!/bin/sh
      echo "$0 $$"
      echo "${LC_ALL-none} ${TORC_CALLER_LC_ALL-none} ${TORC_CALLER_LC_ALL_UNSET-none}"
      for a; do printf '[%s]\\n' "$a"; done
      """;

  @TempDir Path temp;
  private final Map<String, String> env = new HashMap<>();

  @BeforeEach
  void aPlainEnvironment() {
    env.put("PATH", "/usr/bin:/bin");
  }

  @Test
  void givesEveryArgumentAsItIs() throws Exception {
    env.put("TORC_JAVA_HOME", java("25.0.1"));
    List<String> given = List.of("", "a  b", "*", "-x", "--", "@f", "$HOME `id`", "a'\"\\", "n\nl");
    StringBuilder expected = new StringBuilder("[dev.torc.cli.Main]\n");
    given.forEach(a -> expected.append('[').append(a).append("]\n"));

    List<String> command = new ArrayList<>(List.of(HOME + "/bin/torc"));
    command.addAll(given);
    Ran ran = run(temp, command);

    assertTrue(ran.out.endsWith(expected.toString()), ran.out);
  }

  @Test
  void startsJavaUnderUtf8AndTellsTheCallersLocale() throws Exception {
    env.put("TORC_JAVA_HOME", java("25"));
    env.put("TORC_CALLER_LC_ALL", "stale");
    assertEquals("C.UTF-8 none 1", torc().line(1));
    env.put("LC_ALL", "de_DE");
    env.put("TORC_CALLER_LC_ALL_UNSET", "stale");
    assertEquals("C.UTF-8 de_DE none", torc().line(1));
    env.put("LC_ALL", "");
    assertEquals("C.UTF-8  none", torc().line(1));
  }

  /** The time of the last line counts from here. */
  @Test
  void tellsJavaWhenItBegan() throws Exception {
    Path clock = Path.of("/proc/uptime");
    assumeTrue(Files.exists(clock));
    env.put("TORC_JAVA_HOME", java("25"));
    double before = Double.parseDouble(Files.readString(clock).split(" ")[0]);
    double began = Double.parseDouble(property(torc().out, "torc.began").toString());
    double after = Double.parseDouble(Files.readString(clock).split(" ")[0]);
    assertTrue(before <= began && began <= after, before + " " + began + " " + after);
  }

  @Test
  void leavesNoShellBehind() throws Exception {
    env.put("TORC_JAVA_HOME", java("25"));
    Ran ran = torc();
    assertEquals(env.get("TORC_JAVA_HOME") + "/bin/java " + ran.pid, ran.line(0));
  }

  @Test
  void takesTheNamedJavaThenJavaHomeThenThePath() throws Exception {
    String named = java("26-ea");
    String home = java("25.0.3");
    String path = java("25");
    env.put("PATH", path + "/bin:/usr/bin:/bin");
    assertEquals(path, started());
    env.put("JAVA_HOME", home);
    assertEquals(home, started());
    env.put("TORC_JAVA_HOME", named);
    assertEquals(named, started());
  }

  @Test
  void passesByAnOlderJava() throws Exception {
    String path = java("25");
    env.put("JAVA_HOME", java("17.0.15"));
    env.put("PATH", path + "/bin:/usr/bin:/bin");
    assertEquals(path, started());
    env.put("JAVA_HOME", temp + "/nowhere");
    assertEquals(path, started());
  }

  @Test
  void followsTheLinksOfAJavaOnThePath() throws Exception {
    String java = java("25");
    Path bin = Files.createDirectories(temp.resolve("a b\n/bin"));
    Files.createSymbolicLink(bin.resolve("java"), Path.of("../alternative\n"));
    Files.createSymbolicLink(temp.resolve("a b\n/alternative\n"), Path.of(java, "bin", "java"));
    env.put("PATH", bin + ":/usr/bin:/bin");
    assertEquals(java, started());
  }

  @Test
  void findsAJavaInTheUsualFolders() throws Exception {
    Path launcher = launcherOfAMachineWithoutJava();
    Files.createDirectories(temp.resolve("usr/lib/jvm"));
    Files.move(Path.of(java("17.0.1")), temp.resolve("usr/lib/jvm/a-17"));
    Path java = temp.resolve("usr/lib/jvm/b 25");
    Files.move(Path.of(java("25")), java);
    assertEquals(java.toString(), started(launcher));

    Path own = temp.resolve("me/.sdkman/candidates/java/26");
    Files.createDirectories(own.getParent());
    Files.move(java, own);
    env.put("HOME", temp.resolve("me").toString());
    assertEquals(own.toString(), started(launcher));
  }

  @Test
  void saysInOneLineThatThereIsNoJava() throws Exception {
    Path launcher = launcherOfAMachineWithoutJava();
    assertEquals(
        "3: torc: no Java 25 or later found; install a JDK 25, or set TORC_JAVA_HOME to its"
            + " folder\n",
        run(temp, List.of(launcher.toString())).failure());

    env.put("JAVA_HOME", java("17.0.15"));
    assertEquals(
        "3: torc: no Java 25 or later found ("
            + env.get("JAVA_HOME")
            + " has 17.0.15); install a JDK 25, or set TORC_JAVA_HOME to its folder\n",
        run(temp, List.of(launcher.toString())).failure());
  }

  @Test
  void saysInOneLineThatTheNamedJavaIsNone() throws Exception {
    String old = java("24.0.2");
    env.put("TORC_JAVA_HOME", old);
    assertEquals(
        "3: torc: TORC_JAVA_HOME=%s is no Java 25 or later (%s has 24.0.2)\n".formatted(old, old),
        torc().failure());
    env.put("TORC_JAVA_HOME", "/nowhere");
    assertEquals("3: torc: TORC_JAVA_HOME=/nowhere is no Java 25 or later\n", torc().failure());
  }

  @Test
  void namesTheUnpackedLibrariesThatThisJavaCanLoad() throws Exception {
    env.put("TORC_JAVA_HOME", java("25"));
    Path release = Path.of(env.get("TORC_JAVA_HOME"), "release");
    List<List<String>> shipped =
        List.of(
            List.of("Linux x86_64 gnu", "x86_64-linux-gnu.so", "x86_64-Linux/libjffi-1.2.so"),
            List.of("Linux x86_64 musl", "x86_64-linux-musl.so", "x86_64-Linux/libjffi-1.2.so"),
            List.of("Linux aarch64 gnu", "aarch64-linux-gnu.so", "aarch64-Linux/libjffi-1.2.so"),
            List.of("Linux aarch64 musl", "aarch64-linux-musl.so", "aarch64-Linux/libjffi-1.2.so"),
            List.of("Darwin x86_64 default", "x86_64-macos-none.so", "Darwin/libjffi-1.2.jnilib"),
            List.of(
                "Darwin aarch64 default", "aarch64-macos-none.so", "Darwin/libjffi-1.2.jnilib"));
    for (List<String> row : shipped) {
      Files.writeString(release, release("25", row.get(0).split(" ")));
      String out = torc().out;
      Path lmdb = property(out, "lmdbjava.native.lib");
      Path jffi = property(out, "jffi.boot.library.path");
      assertTrue(Files.isRegularFile(lmdb) && lmdb.endsWith(row.get(1)), out);
      Path library = jffi.resolve(Path.of(row.get(2)).getFileName());
      assertTrue(Files.isRegularFile(library) && library.endsWith(row.get(2)), out);
    }
    Files.writeString(release, release("25", "Linux", "riscv64", "gnu"));
    assertFalse(torc().out.contains(".lib"), "a machine with no library shipped");
    Files.writeString(release, "JAVA_VERSION=\"25\"\n");
    assertFalse(torc().out.contains(".lib"), "a Java that does not say where it runs");
  }

  @Test
  void saysInOneLineThatJavaCannotStart() throws Exception {
    env.put("TORC_JAVA_HOME", JAVA);
    Path project = project();
    env.put("JAVA_TOOL_OPTIONS", "-Xmx1k");
    Ran small = run(project, List.of(HOME + "/bin/torc"));
    cannotStart(small, "JAVA_TOOL_OPTIONS");

    env.remove("JAVA_TOOL_OPTIONS");
    String limited = "ulimit -v 300000 || exit 77; exec \"$0\"";
    Ran narrow = run(project, List.of("sh", "-c", limited, HOME + "/bin/torc"));
    assumeTrue(narrow.exit != 77, "this sh knows no ulimit -v");
    cannotStart(narrow, "ulimit -v is 300000");

    String few = "ulimit -u 12 2>/dev/null || ulimit -p 12 2>/dev/null || exit 77; exec \"$0\"";
    Ran alone = run(project, List.of("sh", "-c", few, HOME + "/bin/torc"));
    assumeTrue(alone.exit != 77, "this sh knows no ulimit -u");
    cannotStart(alone, "ulimit -u is 12");

    env.put("JAVA_TOOL_OPTIONS", "-Dtorc.test=1");
    assertEquals(0, run(project, List.of(HOME + "/bin/torc")).exit, "options are no trouble");
  }

  private static void cannotStart(Ran ran, String why) {
    assertEquals(3, ran.exit, ran.err);
    assertEquals("", ran.out);
    assertEquals(1, ran.err.lines().count(), ran.err);
    assertTrue(ran.err.startsWith("torc: Java cannot start: "), ran.err);
    assertTrue(ran.err.contains(why), ran.err);
  }

  @Test
  void aCrashOfJavaLeavesNothingInTheProjectNorOnStandardOutput() throws Exception {
    env.put("TORC_JAVA_HOME", JAVA);
    Path project = project();
    Files.writeString(
        project.resolve("torc.yaml"),
        """
        jobs:
          dump: { command: "kill -QUIT $PPID" }
          crash: { command: "kill -SEGV $PPID; sleep 60", after: dump }
        """);
    Ran ran = run(project, List.of("sh", "-c", "ulimit -c 0; exec \"$0\"", HOME + "/bin/torc"));
    assertEquals(128 + 6, ran.exit, ran.err);
    assertEquals("", ran.out);
    assertTrue(ran.err.contains("dump: ran in"), ran.err);
    try (Stream<Path> left = Files.list(project)) {
      assertEquals(
          List.of(".torc", "torc.yaml"),
          left.map(file -> file.getFileName().toString()).sorted().toList());
    }
  }

  @Test
  void saysInOneLineThatTheLibraryOfTheDatabaseCannotBeLoaded() throws Exception {
    env.put("TORC_JAVA_HOME", JAVA);
    Path home = copy(temp.resolve("torc"));
    for (Path library : databaseLibraries(home)) {
      Files.writeString(library, "no library\n");
    }
    Path project = project();
    Ran ran = run(project, List.of(home + "/bin/torc"));
    assertEquals("", ran.out);
    assertEquals(3, ran.exit, ran.err);
    assertEquals(1, ran.err.lines().count(), ran.err);
    assertTrue(
        ran.err.startsWith("torc: cannot load the native library of LMDB: ")
            && ran.err.endsWith("; install torc anew\n"),
        ran.err);
    assertFalse(Files.exists(project.resolve("a.txt")));
  }

  @Test
  void withoutUnpackedLibrariesTheyAreUnpackedToBeLoadedAndTakenAwayAgain() throws Exception {
    env.put("TORC_JAVA_HOME", JAVA);
    Path home = copy(temp.resolve("torc"));
    for (Path library : databaseLibraries(home)) {
      Files.delete(library);
    }
    Path unpacked = Files.createDirectory(temp.resolve("unpacked"));
    env.put("JAVA_TOOL_OPTIONS", "-Djava.io.tmpdir=" + unpacked);
    Path project = project();
    Ran ran = run(project, List.of(home + "/bin/torc"));
    assertEquals(0, ran.exit, ran.err);
    assertTrue(Files.exists(project.resolve("a.txt")));
    try (Stream<Path> left = Files.list(unpacked)) {
      assertEquals(List.of(), left.toList());
    }
  }

  /** A project of one job. */
  private Path project() throws IOException {
    Path project = Files.createDirectory(temp.resolve("project"));
    Files.writeString(
        project.resolve("torc.yaml"),
        "jobs: { a: { command: \"echo 1 > a.txt\", produces: a.txt } }\n");
    return project;
  }

  private static List<Path> databaseLibraries(Path home) throws IOException {
    try (Stream<Path> files = Files.walk(home.resolve("lib/native/org/lmdbjava"))) {
      List<Path> libraries = files.filter(Files::isRegularFile).toList();
      assertFalse(libraries.isEmpty());
      return libraries;
    }
  }

  @Test
  void startsFromFoldersWithOddNames() throws Exception {
    env.put("TORC_JAVA_HOME", JAVA);
    for (String name : List.of("a b'c\"d\n-x", "p:q", "-x", "é%20#?!x", "$HOME`id`\\*", "\n")) {
      Path home = copy(temp.resolve(name));
      starts(run(Path.of("/"), List.of(home + "/bin/torc", "--version")));
      starts(run(temp, List.of(name + "/bin/torc", "--version")));
      starts(run(home, List.of("bin/torc", "--version")));
      for (String shell : shells()) {
        starts(run(home.resolve("bin"), List.of(shell, "torc", "--version")));
        starts(run(Path.of("/"), List.of(shell, home + "/bin/torc", "--version")));
      }
    }
  }

  @Test
  void saysInOneLineThatJavaCannotStartFromAFolderEndingWithABang() throws Exception {
    env.put("TORC_JAVA_HOME", JAVA);
    Path home = copy(temp.resolve("wow!"));
    assertEquals(
        "3: torc: Java cannot start from below a folder whose name ends with '!': "
            + home
            + "/bin/..\n",
        run(temp, List.of(home + "/bin/torc", "--version")).failure());
  }

  @Test
  void startsThroughLinks() throws Exception {
    env.put("TORC_JAVA_HOME", JAVA);
    Path home = copy(temp.resolve("far away/torc\n"));
    Path bin = Files.createDirectories(temp.resolve("my bin"));
    Files.createSymbolicLink(temp.resolve("near\n"), Path.of("far away/torc\n/bin/torc"));
    Files.createSymbolicLink(bin.resolve("second"), Path.of("../near\n"));
    Files.createSymbolicLink(bin.resolve("torc"), bin.resolve("second"));
    Files.createSymbolicLink(temp.resolve("folder"), home.resolve("bin"));
    env.put("PATH", bin + ":/usr/bin:/bin");

    starts(run(Path.of("/"), List.of(bin + "/torc", "--version")));
    starts(run(bin, List.of("./torc", "--version")));
    starts(run(temp, List.of("folder/torc", "--version")));
    starts(run(Path.of("/"), List.of("sh", "-c", "torc --version")));
  }

  @Test
  void startsInABareEnvironment() throws Exception {
    env.clear();
    env.put("JAVA_HOME", JAVA);
    starts(torc("--version"));
    starts(
        run(Path.of("/"), List.of("/bin/sh", "-c", "exec \"$0\" --help <&-", HOME + "/bin/torc")));
  }

  private record Ran(int exit, String out, String err, long pid) {
    String line(int n) {
      assertEquals("", err);
      return out.split("\n", -1)[n];
    }

    String failure() {
      assertEquals("", out);
      return exit + ": " + err;
    }
  }

  private static void starts(Ran ran) {
    assertEquals(0, ran.exit, ran.toString());
    assertTrue(ran.line(0).startsWith("torc"), ran.toString());
  }

  private Ran torc(String... args) throws Exception {
    return run(temp, Stream.concat(Stream.of(HOME + "/bin/torc"), Stream.of(args)).toList());
  }

  private String started() throws Exception {
    return started(HOME.resolve("bin/torc"));
  }

  /** The folder of the stand-in that the launcher starts. */
  private String started(Path launcher) throws Exception {
    return run(temp, List.of(launcher.toString())).line(0).split("/bin/java")[0];
  }

  private Ran run(Path dir, List<String> command) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(command).directory(dir.toFile());
    builder.environment().clear();
    builder.environment().putAll(env);
    Path err = Files.createTempFile(temp, "err", "");
    Process process = builder.redirectError(err.toFile()).start();
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), UTF_8);
    return new Ran(process.waitFor(), out, Files.readString(err), process.pid());
  }

  /** A folder with a stand-in for Java of this version; returns its path. */
  private String java(String version) throws IOException {
    Path home = Files.createTempDirectory(temp, "java");
    Files.writeString(home.resolve("release"), release(version, "Linux", "x86_64", "gnu"));
    Path java = Files.createDirectory(home.resolve("bin")).resolve("java");
    Files.writeString(java, STAND_IN);
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
    return home.toString();
  }

  private static String release(String version, String... system) {
    return "JAVA_VERSION=\"%s\"\nLIBC=\"%s\"\nMODULES=\"java.base\"\nOS_ARCH=\"%s\"\nOS_NAME=\"%s\"\n"
        .formatted(version, system[2], system[1], system[0]);
  }

  private static Path property(String out, String name) {
    String line =
        out.lines().filter(l -> l.startsWith("[-D" + name + "=")).findFirst().orElseThrow();
    return Path.of(line.substring(line.indexOf('=') + 1, line.length() - 1));
  }

  /** The launcher with the temp folder in place of the root of the machine's own Javas. */
  private Path launcherOfAMachineWithoutJava() throws IOException {
    String text = Files.readString(HOME.resolve("bin/torc"));
    String moved = text.replaceAll("(?m)(?<=\\s)/(usr|opt|Library)/", temp + "/$1/");
    env.put("PATH", Files.createDirectory(temp.resolve("empty")).toString());
    Path launcher = Files.createDirectories(temp.resolve("torc/bin")).resolve("torc");
    Files.writeString(launcher, moved);
    Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwxr-xr-x"));
    return launcher;
  }

  private static List<String> shells() {
    return Stream.of("/bin/sh", "/bin/dash", "/bin/bash")
        .filter(s -> Files.isExecutable(Path.of(s)))
        .toList();
  }

  private static Path copy(Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.walk(HOME)) {
      for (Path file : files.filter(f -> !f.equals(HOME)).toList()) {
        Files.copy(file, to.resolve(HOME.relativize(file).toString()));
      }
    }
    return to;
  }
}
