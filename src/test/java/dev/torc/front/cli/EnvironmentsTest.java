package dev.torc.front.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.torc.Sample;
import dev.torc.base.posix.CallingProcess;
import dev.torc.base.posix.Environment;
import dev.torc.base.posix.Signals;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Environments by the real tools, with wheels that the test makes and without a network; the rest
 * is in {@code testdata/stories/processes/environments.txt}. It takes much CPU, which is that of
 * pip and venv.
 */
class EnvironmentsTest {

  private static final String BUILD_FILE =
      """
      environments: { main: %s }
      jobs:
        greet:
          environment: main
          command: python -c 'import greet; print(greet.text)' > out.txt
          produces: out.txt
      """;

  private static final String COPIED = "[tool.uv.sources]\ngreet = { path = 'lib' }\n";

  private static final String BACKEND =
      """
      [build-system]
      requires = []
      build-backend = "backend"
      backend-path = ["."]
      """;

  private static final String MAKES_WHEEL =
      """
      import zipfile

      INFO = "greet-9.dist-info/"
      METADATA = "Metadata-Version: 2.1\\nName: greet\\nVersion: 9\\n"
      WHEEL = "Wheel-Version: 1.0\\nGenerator: torc\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"

      def build_wheel(folder, config_settings=None, metadata_directory=None):
          name = "greet-9-py3-none-any.whl"
          with zipfile.ZipFile(folder + "/" + name, "w") as wheel:
              wheel.write("greet.py")
              wheel.writestr(INFO + "METADATA", METADATA)
              wheel.writestr(INFO + "WHEEL", WHEEL)
              wheel.writestr(INFO + "RECORD", "")
          return name
      """;

  private static final String MODULE_FILE =
      """
      environments: { main: { kind: module, load: [tool/1, lib] } }
      jobs:
        a:
          environment: main
          command: 'echo "$TOOL $LIB ${PATH%%:*}" > out.txt'
          produces: out.txt
      """;

  /** Where the package of Debian has the tool. */
  private static final String MODULES = "/usr/lib/x86_64-linux-gnu/modulecmd.tcl";

  @TempDir Path temp;

  @Test
  void aVenvHasWhatItsRequirementsAndTheFilesThatTheyNameAskFor() throws Exception {
    boolean must = "true".equals(System.getenv("CI")); // there python3-venv is installed
    boolean has = must || exit("python3", "-c", "import ensurepip, venv") == 0;
    assumeTrue(has, "there is no python3-venv here");
    Folder folder =
        project("{ kind: venv, file: requirements.txt }")
            .put("requirements.txt", "--no-index\n--find-links wheels\n-r more.txt\n")
            .put("more.txt", "greet==1\n")
            .build();
    assertEquals("hello 1\n", folder.get("out.txt"));

    folder.put("more.txt", "greet==2\n");
    Run dry = folder.run("-n");
    assertTrue(
        dry.out().contains("greet will run: environment main changed: more.txt "), dry.out());
    if (!Sample.ALL) {
      return; // the rest makes another venv in the same way, for some seconds of CPU
    }
    folder.build();
    assertEquals("hello 2\n", folder.get("out.txt"));
    assertTrue(folder.build().run("build").err().startsWith("2 jobs: 0 ran, 2 up to date"));
  }

  @Test
  void uvInstallsWhatItsLockSaysAndRefusesAStaleLock() throws Exception {
    assumeTrue(exit("uv", "--version") == 0, "uv is not installed here, and apt has none");
    Folder folder = project("{ kind: uv }").put("pyproject.toml", pyproject(1));
    Run without = folder.run("build");
    assertEquals(2, without.exit());
    assertTrue(without.err().contains("needs uv.lock"), without.err());
    assertTrue(without.err().contains("; `uv lock` writes it"), without.err());

    assertEquals(0, exit("uv", "lock", "--offline"));
    assertEquals("hello 1\n", folder.build().get("out.txt"));

    folder.put("pyproject.toml", pyproject(2));
    Files.delete(temp.resolve("p/out.txt"));
    assertEquals("hello 1\n", folder.build().get("out.txt")); // by the lock
    assertEquals(1, folder.run("build", "--force", "environment/main").exit());
    assertTrue(folder.get(".torc/logs/environment%2Fmain.log").contains("uv lock"));

    assertEquals(0, exit("uv", "lock", "--offline"));
    assertEquals("hello 2\n", folder.build().get("out.txt"));
  }

  @Test
  void uvInstallsTheChangedFilesOfAFolderThatItCopies() throws Exception {
    assumeTrue(exit("uv", "--version") == 0, "uv is not installed here, and apt has none");
    Folder folder =
        project("{ kind: uv }")
            .put("pyproject.toml", pyproject(1).replace("==1", "") + COPIED)
            .put("lib/pyproject.toml", "[project]\nname = 'greet'\nversion = '9'\n" + BACKEND)
            .put("lib/backend.py", MAKES_WHEEL)
            .put("lib/greet.py", "text = 'copied 1'\n");
    assertEquals(0, exit("uv", "lock", "--offline"));
    assertEquals("copied 1\n", folder.build().get("out.txt"));

    folder.put("lib/greet.py", "text = 'copied 2'\n");
    Run dry = folder.run("-n");
    assertTrue(
        dry.out().contains("greet will run: environment main changed: lib/greet.py "), dry.out());
    assertEquals("copied 2\n", folder.build().get("out.txt"));
  }

  @Test
  void environmentModulesLoadsWhatAnEntryNames() throws Exception {
    String found = System.getenv().getOrDefault("MODULES_CMD", MODULES);
    boolean must = "true".equals(System.getenv("CI")); // there environment-modules is installed
    assumeTrue(must || Files.isExecutable(Path.of(found)), "there are no Environment Modules here");
    Folder folder =
        new Folder(temp.resolve("p"))
            .put("torc.yaml", MODULE_FILE)
            .put("modules/tool/1", "#%Module\nprepend-path PATH /opt/tool-1\nsetenv TOOL one\n")
            .put("modules/tool/2", "#%Module\nprepend-path PATH /opt/tool-2\nsetenv TOOL two\n")
            .put("modules/lib/5", "#%Module\nprereq tool\nsetenv LIB $env(TOOL)-5\n");
    Map<String, String> env = new TreeMap<>(System.getenv());
    env.keySet().removeIf(name -> name.startsWith("LMOD"));
    env.put("MODULES_CMD", found);
    env.put("MODULEPATH", temp.resolve("p/modules").toString());
    env.put("LOADEDMODULES", "tool/2");
    env.put("_LMFILES_", temp.resolve("p/modules/tool/2").toString());
    Run run = called(folder, env);
    assertEquals(0, run.exit(), run.err());
    assertEquals("one one-5 /opt/tool-1\n", folder.get("out.txt"));

    folder.put("torc.yaml", MODULE_FILE.replace("tool/1", "tool/3"));
    Run unknown = called(folder, env);
    assertEquals(1, unknown.exit());
    assertTrue(unknown.err().contains("Unable to locate a modulefile for 'tool/3'"), unknown.err());

    folder.put("torc.yaml", MODULE_FILE.replace("tool/1", "tool"));
    for (String[] each : List.of(new String[] {"1", "one"}, new String[] {"2", "two"})) {
      folder.put("modules/tool/.version", "#%Module\nset ModulesVersion " + each[0] + "\n");
      Run moved = called(folder, env);
      assertEquals(0, moved.exit(), moved.err());
      assertTrue(folder.get("out.txt").startsWith(each[1] + " "), folder.get("out.txt"));
    }
    assertTrue(called(folder, env).err().contains("0 ran"));
  }

  /** Builds with processes that have this environment, too. */
  private static Run called(Folder folder, Map<String, String> env) {
    List<byte[]> entries =
        env.entrySet().stream().map(each -> each.toString().getBytes(UTF_8)).toList();
    CallingProcess own = CallingProcess.own();
    CallingProcess process =
        new CallingProcess() {
          @Override
          public Environment environment() {
            return new Environment(entries);
          }

          @Override
          public Signals signals() {
            return own.signals();
          }
        };
    StringWriter err = new StringWriter();
    Main main = new Main(Commands::perform).with(Commands::perform, process);
    int exit =
        main.call(new String[] {"build"}, Run.console(folder.at(), new StringWriter(), err, env));
    return new Run(exit, "", err.toString());
  }

  private static String pyproject(int version) {
    return """
    [project]
    name = "p"
    version = "1"
    requires-python = ">=3.8"
    dependencies = ["greet==%d"]
    [tool.uv]
    no-index = true
    find-links = ["wheels"]
    """
        .formatted(version);
  }

  private Folder project(String environment) throws IOException {
    Folder folder = new Folder(temp.resolve("p"));
    folder.put("torc.yaml", BUILD_FILE.formatted(environment));
    Files.createDirectories(temp.resolve("p/wheels"));
    wheel(1);
    wheel(2);
    return folder;
  }

  private void wheel(int version) throws IOException {
    String info = "greet-" + version + ".dist-info/";
    Map<String, String> files = new LinkedHashMap<>();
    files.put("greet.py", "text = 'hello " + version + "'\n");
    files.put(info + "METADATA", "Metadata-Version: 2.1\nName: greet\nVersion: " + version + "\n");
    files.put(
        info + "WHEEL",
        "Wheel-Version: 1.0\nGenerator: torc\nRoot-Is-Purelib: true\nTag: py3-none-any\n");
    files.put(info + "RECORD", "");
    Path file = temp.resolve("p/wheels/greet-" + version + "-py3-none-any.whl");
    try (OutputStream out = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Map.Entry<String, String> each : files.entrySet()) {
        zip.putNextEntry(new ZipEntry(each.getKey()));
        zip.write(each.getValue().getBytes(UTF_8));
        zip.closeEntry();
      }
    }
  }

  /** Runs a command in the project; returns its exit status, or -1 if there is no such program. */
  private int exit(String... command) throws Exception {
    Path folder = Files.createDirectories(temp.resolve("p"));
    try {
      return new ProcessBuilder(command)
          .directory(folder.toFile())
          .redirectErrorStream(true)
          .redirectOutput(temp.resolve("said").toFile())
          .start()
          .waitFor();
    } catch (IOException e) {
      return -1;
    }
  }
}
