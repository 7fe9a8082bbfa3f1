package dev.torc.installed;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.Shipping;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * The archive with a JDK of its own, unpacked in a folder with blanks and called where no other
 * Java can be found: it needs nothing else, finds its own JDK, its AOT cache is used, and the JDK
 * has all that torc uses.
 */
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("ImageIT") // one of its tests at a time, beside other classes
@Shipping
class ImageIT {

  /** Jars whose classes torc loads; what other jars need of the JDK is never called. */
  private static final List<String> USED =
      List.of(
          "lmdbjava",
          "jffi",
          "jnr-ffi",
          "jackson-core",
          "jackson-jr",
          "snakeyaml",
          "commons-codec",
          "jgrapht");

  /** A call of each command, with the exit status that it must have in a built project. */
  private static final Map<String, String> CALLS =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("build", "0 build --force --junit out.xml"),
              Map.entry("why", "0 why a"),
              Map.entry("clean", "0 clean a"),
              Map.entry("adopt", "0 adopt b"),
              Map.entry("status", "0 status --json"),
              Map.entry("stop", "1 stop"),
              Map.entry("list", "0 list"),
              Map.entry("check", "0 check"),
              Map.entry("graph", "0 graph"),
              Map.entry("log", "0 log b"),
              Map.entry("report", "0 report"),
              Map.entry("history", "0 history"),
              Map.entry("store", "0 store --make-key key.pem"),
              Map.entry("watch", "2 watch --no-such-option"),
              Map.entry("data", "0 data"),
              Map.entry("events", "0 events"),
              Map.entry("init", "0 -C fresh init"),
              Map.entry("import", "2 -C fresh import torc.yaml"),
              Map.entry("shell", "0 shell b -- true"),
              Map.entry("slurm", "2 slurm"),
              Map.entry("server", "1 server status"),
              Map.entry("doctor", "0 doctor"),
              Map.entry("completion", "0 completion bash -- =: torc\\ b")));

  @TempDir static Path temp;
  private static Path home;
  private Path project;
  private final Map<String, String> env = new HashMap<>();

  @BeforeAll
  static void unpack() throws Exception {
    Path archive = JdkArchive.file();
    Path folder = Files.createDirectory(temp.resolve("two  blanks"));
    assertEquals("", run(folder, Map.of(), "tar", "-xzf", "" + archive).err);
    try (Stream<Path> found = Files.list(folder)) {
      home = found.toList().getFirst();
    }
    assertEquals(JdkArchive.name(), home.getFileName().toString(), "its folder");
  }

  @BeforeEach
  void aProject() throws Exception {
    project = Files.createTempDirectory(temp.toRealPath(), "project");
    Files.writeString(
        project.resolve("torc.yaml"),
        """
        jobs:
          a: { command: "echo é > {produces}", produces: [é.txt] }
          b:
            command: "cat {needs[0]} > {produces}; echo done"
            needs: [é.txt, { file: p.toml, keys: [n] }]
            produces: [b.txt]
        """);
    Files.writeString(project.resolve("p.toml"), "n = 1\n");
    Files.createDirectory(project.resolve("fresh"));
  }

  @Test
  void needsNothingFromAnEmptyEnvironment() throws Exception {
    Ran ran = run(project, env, "" + home.resolve("bin/torc"));
    assertEquals(0, ran.exit, ran.err);
    assertTrue(ran.err.contains("2 jobs: 2 ran"), ran.err);
    assertEquals("é\n", Files.readString(project.resolve("b.txt")));
    assertTrue(torc("-V").out.startsWith("torc "), "the version");
  }

  @Test
  void takesItsOwnJdkBeforeAnyOtherButTheOneNamedForTorc() throws Exception {
    Path other = JdkArchive.otherJava(temp);
    env.put("JAVA_HOME", "" + other);
    env.put("PATH", other + "/bin");
    assertTrue(torc("--version").out.startsWith("torc "), "its own");
    env.put("TORC_JAVA_HOME", "" + other);
    assertEquals("other\n", torc("--version").out);
  }

  @Test
  void passesByItsJdkWhereThatCannotStart() throws Exception {
    Path launcher = temp.resolve("elsewhere/bin/torc");
    Files.createDirectories(launcher.getParent());
    Files.createDirectories(temp.resolve("elsewhere/lib/jdk/bin"));
    Files.writeString(
        launcher,
        Files.readString(home.resolve("bin/torc"))
            .replaceAll("loader=/lib[^ ]*", "loader=/lib/of-another-system")
            .replaceAll("(?m)(?<=\\s)/(usr|opt|Library)/", "/nowhere/"));
    Files.copy(home.resolve("lib/jdk/release"), temp.resolve("elsewhere/lib/jdk/release"));
    Files.copy(home.resolve("lib/jdk/bin/java"), temp.resolve("elsewhere/lib/jdk/bin/java"));
    env.put("PATH", temp + "/nothing");
    Ran ran = run(project, env, "/bin/sh", "" + launcher, "--version");
    if (System.getProperty("os.name").equals("Linux")) {
      assertEquals(
          "torc: no Java 25 or later found (torc's own needs /lib/of-another-system);"
              + " install a JDK 25, or set TORC_JAVA_HOME to its folder\n",
          ran.err);
      assertEquals(3, ran.exit);
    }
  }

  @Test
  void saysThatItsJdkCannotStartFromBelowAColon() throws Exception {
    Path odd = Files.createDirectory(temp.resolve("p:q")).resolve("torc");
    assertEquals("", run(temp, Map.of(), "cp", "-Rp", "" + home, "" + odd).err);
    env.put("JAVA_HOME", System.getProperty("java.home"));
    assertTrue(run(project, env, odd + "/bin/torc", "-V").out.startsWith("torc "), "another's");
    env.clear();
    Path launcher = odd.resolve("bin/torc");
    Files.writeString(
        launcher,
        Files.readString(launcher).replaceAll("(?m)(?<=\\s)/(usr|opt|Library)/", "/nowhere/"));
    Ran ran = run(project, env, "/bin/sh", "" + launcher, "--version");
    assertTrue(ran.err.contains("own cannot start from a folder with a colon"), ran.err);
    assertEquals(1, ran.err.lines().count(), ran.err);
    assertEquals(3, ran.exit);
  }

  @Test
  void everyCommandRunsOnIt() throws Exception {
    assertEquals(0, torc("-q").exit);
    Set<String> told =
        torc("--help")
            .out
            .lines()
            .filter(line -> line.matches("  [a-z]+ +[a-z].*"))
            .map(line -> line.strip().split(" ")[0])
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(CALLS.keySet(), told);
    for (String call : CALLS.values()) {
      List<String> words = List.of(call.split(" "));
      Ran ran = torc(words.subList(1, words.size()).toArray(String[]::new));
      assertEquals(words.getFirst(), "" + ran.exit, call + ": " + ran.err);
      assertFalse(ran.err.contains("internal error"), call + ": " + ran.err);
      if (call.contains(" clean ")) {
        assertEquals(0, torc("-q").exit);
      }
    }
  }

  @Test
  void runsFromFilesThatMayNotBeWritten() throws Exception {
    Path copy = temp.resolve("read only");
    assertEquals("", run(temp, Map.of(), "cp", "-Rp", "" + home, "" + copy).err);
    assertEquals("", run(temp, Map.of(), "chmod", "-R", "a-w", "" + copy).err);
    try {
      Ran ran = run(project, env, copy + "/bin/torc", "-q");
      assertEquals("2 jobs: 2 ran", ran.err.split(",")[0]);
    } finally {
      run(temp, Map.of(), "chmod", "-R", "u+w", "" + copy);
    }
  }

  /** As for the archive without a JDK: see {@code StartIT}. */
  @Test
  void itsCacheServesAndNoJarIsOpened() throws Exception {
    assertEquals(0, torc("-q").exit);
    Path log = temp.resolve("classes.log");
    env.put("_JAVA_OPTIONS", "-Xlog:class+load=info,class+init=info:file=" + log);
    assertEquals(0, torc("-q").exit);
    List<String> lines = Files.readAllLines(log);
    assertTrue(lines.size() > 1000, "only " + lines.size() + " lines");
    assertEquals(
        List.of(), lines.stream().filter(l -> l.contains(" source: file:")).toList(), "from jars");
    assertEquals(
        List.of(),
        lines.stream().filter(l -> l.contains("'java/util/zip/ZipFile$Source'")).toList());
  }

  @Test
  void theJdkHasTheModulesThatTorcUses() throws Exception {
    StringWriter said = new StringWriter();
    List<String> jars = new ArrayList<>();
    try (Stream<Path> files = Files.list(home.resolve("lib"))) {
      files.filter(f -> f.toString().endsWith(".jar")).map(Path::toString).forEach(jars::add);
    }
    List<String> asked = new ArrayList<>(List.of("--multi-release", "25", "-s"));
    asked.addAll(List.of("--ignore-missing-deps", "-cp", String.join(":", jars)));
    asked.add("target/classes/dev");
    jars.stream()
        .filter(jar -> USED.stream().anyMatch(Path.of(jar).getFileName().toString()::startsWith))
        .filter(jar -> !jar.contains("jgrapht")) // named modules: jdeps wants all that they need
        .forEach(asked::add);
    PrintWriter out = new PrintWriter(said);
    int exit =
        ToolProvider.findFirst("jdeps").orElseThrow().run(out, out, asked.toArray(String[]::new));
    assertEquals(0, exit, said.toString());
    Set<String> used =
        said.toString()
            .lines()
            .map(line -> line.replaceFirst(".* -> ", ""))
            .filter(name -> name.matches("(java|jdk)\\..*"))
            .collect(Collectors.toCollection(TreeSet::new));
    assertTrue(used.contains("jdk.management"), said.toString());
    List<String> there =
        Files.readAllLines(home.resolve("lib/jdk/release")).stream()
            .filter(line -> line.startsWith("MODULES="))
            .flatMap(
                line -> Stream.of(line.substring("MODULES=".length()).replace("\"", "").split(" ")))
            .toList();
    used.removeAll(there);
    assertEquals(Set.of(), used, "add them to MODULES in src/build/Image.java");
  }

  @Test
  void bringsTheManualAndTheFilesOfCompletion() throws Exception {
    String manual = Files.readString(home.resolve("share/man/man1/torc.1"));
    assertTrue(manual.contains(".SS \"torc completion\""), manual);
    for (String file :
        List.of(
            "bash bash-completion/completions/torc",
            "zsh zsh/site-functions/_torc",
            "fish fish/vendor_completions.d/torc.fish")) {
      String[] of = file.split(" ");
      assertEquals(
          torc("completion", of[0]).out, Files.readString(home.resolve("share/" + of[1])), file);
    }
  }

  @Test
  void bringsTheLicences() {
    assertTrue(Files.isRegularFile(home.resolve("LICENSE")), "of torc");
    assertTrue(Files.isRegularFile(home.resolve("lib/jdk/legal/java.base/LICENSE")), "of the JDK");
  }

  private record Ran(int exit, String out, String err) {}

  private Ran torc(String... args) throws Exception {
    List<String> command = new ArrayList<>(List.of(home + "/bin/torc"));
    command.addAll(List.of(args));
    return run(project, env, command.toArray(String[]::new));
  }

  private static Ran run(Path dir, Map<String, String> env, String... command) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(command).directory(dir.toFile());
    if (command[0].contains("torc") || command[0].equals("/bin/sh")) {
      builder.environment().clear();
    }
    builder.environment().putAll(env);
    Path err = Files.createTempFile(temp, "err", "");
    Process process = builder.redirectError(err.toFile()).start();
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), UTF_8);
    return new Ran(process.waitFor(), out, Files.readString(err));
  }
}
