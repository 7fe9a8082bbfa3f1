package dev.torc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.clusters.SharedSlurm;
import dev.torc.server.WarmServer;
import dev.torc.terminal.TerminalIT;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * Runs the {@code console} blocks of a page, each page in one session of a shell with the built
 * torc, and compares the output on the page with the real one. Blocks with {@code file} are written
 * when the session comes to them, and with {@code append} added to a file. Durations, moments,
 * digests, the order of lines and the machine's cpus do not count. -Dtorc.docs=fix puts the real
 * output into the page.
 *
 * <p>Where not all is played, a warm server answers the pages but for those of commands, some of
 * which tell of it. It takes half a minute of CPU, since many sessions run real jobs.
 */
@Order(0) // it takes longest, one test at a time
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("TranscriptsIT") // one of its tests at a time, beside other classes
class TranscriptsIT {

  private static final String BLOCK = "```console";

  @TempDir static Path shared;
  private static WarmServer server; // null where all is played

  @TempDir Path temp;
  private boolean cold; // whether no server answers the session
  private List<String> prefix = List.of(); // of the command that runs the session
  private final Map<String, String> environment = new HashMap<>(); // beside the usual one

  /** A command of the page, with the output that the page shows. */
  private record Step(int line, String command, List<String> shown) {}

  @BeforeAll
  static void start() throws Exception {
    if (!Sample.ALL) {
      server = new WarmServer(shared, usual(shared));
    }
  }

  @AfterAll
  static void stop() throws Exception {
    if (server != null) {
      server.stop();
    }
  }

  @Test
  void gettingStarted() throws Exception {
    check("getting-started.md", 20);
  }

  /**
   * At a terminal each job that ended keeps its line too, so a page shows what its readers see.
   * Long lines of temporary folders do not break in it.
   */
  @Test
  void gettingStartedOnATerminal() throws Exception {
    prefix = List.of("python3", "-c", TerminalIT.PTY.replace("24, 80", "24, 400"));
    check("getting-started.md", 20);
  }

  @Test
  void commands() throws Exception {
    cold = true;
    for (Page page : Page.below("commands")) {
      if (!page.blocks("console").isEmpty()) {
        check(page, 1);
      }
    }
  }

  @Test
  void importing() throws Exception {
    check("import.md", 4);
  }

  @Test
  void fromMake() throws Exception {
    check("from-make.md", 8);
  }

  @Test
  void fromSnakemake() throws Exception {
    check("from-snakemake.md", 5);
  }

  @Test
  void fromNextflow() throws Exception {
    check("from-nextflow.md", 6);
  }

  @Test
  void fromDvc() throws Exception {
    check("from-dvc.md", 7);
  }

  @Test
  void questions() throws Exception {
    check("questions.md", 8);
  }

  @Test
  void recipes() throws Exception {
    check("recipes.md", 3);
  }

  @Test
  void sweepTutorial() throws Exception {
    check("tutorial-sweep.md", 20);
  }

  @Test
  void samplesTutorial() throws Exception {
    environment.put("SLURM_CONF", SharedSlurm.PATIENT.get().env().get("SLURM_CONF"));
    check("tutorial-samples.md", 20);
  }

  @Test
  void libraryTutorial() throws Exception {
    check("tutorial-library.md", 20);
  }

  @Test
  void readme() throws Exception {
    check(Page.read(Path.of("README.md")), 4);
  }

  @Test
  void skill() throws Exception {
    check(Page.read(Page.SKILL), 8);
  }

  private void check(String name, int least) throws Exception {
    check(Page.of(name), least);
  }

  private void check(Page page, int least) throws Exception {
    StringBuilder script = new StringBuilder("status=0\n");
    List<Step> steps = read(page, script);
    assertTrue(steps.size() >= least, "only " + steps.size() + " commands");
    List<List<String>> said = run(script.toString(), steps.size());
    if (prefix.isEmpty() && "fix".equals(System.getProperty("torc.docs"))) {
      Files.write(page.file(), fixed(page.lines(), said));
      return;
    }
    for (int i = 0; i < steps.size(); i++) {
      Step step = steps.get(i);
      assertEquals(
          plain(step.shown),
          plain(said.get(i)),
          page.file() + ":" + step.line + ": " + step.command);
    }
  }

  /** The steps of a page; appends them and the files between them to the script. */
  private static List<Step> read(Page page, StringBuilder script) throws Exception {
    List<Step> steps = new ArrayList<>();
    List<Page.Block> blocks = new ArrayList<>(page.project());
    blocks.addAll(page.blocks());
    for (Page.Block block : blocks) {
      boolean append = block.notes().containsKey("append");
      String file = block.notes().get(append ? "append" : "file");
      if (file != null) {
        script.append("mkdir -p \"$(dirname ").append(file).append(")\"\n");
        script.append(append ? "cat >> " : "cat > ").append(file).append(" <<'END OF BLOCK'\n");
        script.append(block.text()).append("END OF BLOCK\n");
      } else if (block.language().equals("console")) {
        int line = Integer.parseInt(block.where().substring(block.where().indexOf(':') + 1));
        for (String text : block.text().lines().toList()) {
          line++;
          if (text.startsWith("$ ")) {
            script.append("printf '\\n@@ %s\\n'\n(exit $status)\n{ ".formatted(steps.size()));
            script.append(text.substring(2)).append("\n} 2>&1; status=$?\n");
            steps.add(new Step(line, text.substring(2), new ArrayList<>()));
          } else {
            steps.getLast().shown.add(text);
          }
        }
      }
    }
    return steps;
  }

  /** The usual environment of a session, with this home. */
  private static Map<String, String> usual(Path home) {
    Map<String, String> usual = new HashMap<>();
    Path torc = Path.of(System.getProperty("torc.home")).toAbsolutePath();
    usual.put("HOME", home.toString());
    usual.put("PATH", torc + "/bin:/usr/local/bin:/usr/bin:/bin");
    usual.put("TERM", "xterm");
    usual.put("NO_COLOR", "1");
    usual.put("LC_ALL", "C.UTF-8");
    usual.put("TORC_JAVA_HOME", System.getProperty("java.home"));
    return usual;
  }

  private List<List<String>> run(String script, int steps) throws Exception {
    Path home =
        Files.createDirectories(Files.createTempDirectory(temp.toRealPath(), "").resolve("me"));
    try (Stream<Path> examples = Files.list(Path.of("examples"))) {
      for (Path example : examples.toList()) {
        String name = example.getFileName().toString();
        Sandbox.copy(name, home.resolve("torc/examples").resolve(name));
      }
    }
    Path file = Files.writeString(temp.resolve("script"), script);
    Path out = temp.resolve("out");
    List<String> command = new ArrayList<>(prefix);
    command.addAll(List.of("bash", "--noprofile", "--norc", file.toString()));
    ProcessBuilder bash =
        new ProcessBuilder(command)
            .directory(home.toFile())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile());
    bash.environment().clear();
    bash.environment().putAll(usual(home));
    if (server != null && !cold) {
      bash.environment().put("XDG_RUNTIME_DIR", server.folder.getParent().toString());
    }
    bash.environment().putAll(environment);
    Process process = bash.start();
    process.getOutputStream().close();
    assertTrue(process.waitFor(5, TimeUnit.MINUTES), "the session hangs");
    String text = Files.readString(out).replace(home.toString(), "/home/me");
    if (!prefix.isEmpty()) { // without live lines, and the bar before what jobs wrote
      text = text.replaceAll("(?s)\033\\[\\?7l.*?\033\\[\\?7h", "");
      text = text.replaceAll("\033\\[[0-9;?]*[A-Za-z]|\r", "").replaceAll("(?m)^  \\| ", "");
    }
    List<List<String>> said = new ArrayList<>();
    for (String part : List.of(text.split("\n@@ \\d+\n", -1)).subList(1, steps + 1)) {
      said.add(part.lines().toList());
    }
    return said;
  }

  /** The lines without the parts that do not count. */
  private static List<String> plain(List<String> lines) {
    return lines.stream()
        .filter(line -> !line.matches("warning: job \\S+ asks for \\d+ cpus.*"))
        .filter(line -> !line.contains(": still runs after 10 s: ")) // on a slow machine
        // How much is kept depends on the disk; the first build that keeps anything tells it.
        .filter(line -> !line.startsWith("results are stored in .torc/store, "))
        .map(line -> line.replaceAll("^limit \\S+ \\S+ (?=\\(the smaller)", "limit SIZE "))
        .map(line -> line.replaceAll("\\b[0-9a-f]{7}\\b", "DIGEST"))
        .map(line -> line.replaceAll("(: submitted to slurm) \\d+", "$1 ID"))
        .map(line -> line.replaceAll("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d", "MOMENT"))
        .map(line -> line.replaceAll("(\\d+ min( \\d+ s)?|\\d+\\.\\d s)\\b", "SECONDS"))
        // Jobs of a page take less than a second, but for a slow machine.
        .map(line -> line.replaceAll("; about \\d.*", ""))
        // A very short job has no sample.
        .map(line -> line.replaceAll(", memory \\d+\\.\\d [KM]iB\\b", ""))
        .map(line -> line.replaceAll(" +", " ").strip())
        .sorted()
        .toList();
  }

  private static List<String> fixed(List<String> page, List<List<String>> said) {
    List<String> out = new ArrayList<>();
    int next = 0;
    boolean inside = false;
    for (String line : page) {
      if (!inside) {
        out.add(line);
        inside = line.equals(BLOCK);
      } else if (line.startsWith("$ ")) {
        out.add(line);
        out.addAll(said.get(next++));
      } else if (line.equals("```")) {
        out.add(line);
        inside = false;
      }
    }
    return out;
  }
}
