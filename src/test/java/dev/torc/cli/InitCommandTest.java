package dev.torc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InitCommandTest {

  @TempDir Path cwd;

  @Test
  void writesABuildFileWithSchemaAndStrictShell() throws IOException {
    Run run = Run.of(cwd, "init");
    assertEquals(new Run(0, "", "wrote " + cwd.resolve("torc.yaml") + "; next: torc\n"), run);
    String text = Files.readString(cwd.resolve("torc.yaml"));
    assertTrue(text.startsWith("# yaml-language-server: $schema=.torc/schema.json\n"), text);
    assertTrue(text.contains("\nshell: [bash, -e, -o, pipefail, -c] "));
    var loaded =
        new org.snakeyaml.engine.v2.api.Load(
                org.snakeyaml.engine.v2.api.LoadSettings.builder().build())
            .loadFromString(text);
    assertEquals(
        "{shell=[bash, -e, -o, pipefail, -c], jobs={hello={command=echo \"hello from {job}\" >"
            + " {produces}, produces=hello.txt}}}",
        loaded.toString());
  }

  @Test
  void theGroupAndItsGatherAreWorthTheirComment() throws IOException {
    Run.of(cwd, "init");
    Path file = cwd.resolve("torc.yaml");
    String text = Files.readString(file);
    Files.writeString(file, text.replaceAll("(?m)^  # (?=fit:|all:|  )", "  "));
    assertEquals(0, Run.of(cwd, "-q").exit());
    assertEquals(6, Files.readAllLines(cwd.resolve("all.txt")).size());
  }

  @Test
  void theSchemaIsKeptInTorcsFolderWhichGitIgnores() throws IOException {
    Run.of(cwd, "init");
    Path schema = cwd.resolve(".torc/schema.json");
    Path ignore = cwd.resolve(".torc/.gitignore");
    String shipped = Files.readString(Path.of("src/main/resources/dev/torc/torc.schema.json"));
    assertEquals(shipped, Files.readString(schema));
    assertEquals("*\n", Files.readString(ignore));
    // a build brings back what is gone or of another torc, and leaves what is the user's
    Files.writeString(schema, "{}");
    Files.writeString(ignore, "*\n!.gitignore\n");
    assertEquals(0, Run.of(cwd, "-q").exit());
    assertEquals(shipped, Files.readString(schema));
    assertEquals("*\n!.gitignore\n", Files.readString(ignore));
  }

  @ParameterizedTest
  @ValueSource(strings = {"torc.yaml", "torc.yml", "torc.json"})
  void neverWritesOverABuildFile(String name) throws IOException {
    Files.writeString(cwd.resolve(name), "mine");
    assertEquals(
        new Run(2, "", "torc: " + name + ": is there already, and torc init writes over nothing\n"),
        Run.of(cwd, "init"));
    assertEquals("mine", Files.readString(cwd.resolve(name)));
    try (var files = Files.list(cwd)) {
      assertEquals(1, files.count());
    }
  }

  @Test
  void aDanglingLinkIsABuildFileToo() throws IOException {
    Files.createSymbolicLink(cwd.resolve("torc.yaml"), cwd.resolve("none"));
    assertEquals(2, Run.of(cwd, "init").exit());
    assertTrue(Files.notExists(cwd.resolve("none")));
  }

  @Test
  void goesWhereItIsTold() throws IOException {
    Files.createDirectory(cwd.resolve("sub"));
    assertEquals(0, Run.of(cwd, "init", "-C", "sub").exit());
    assertTrue(Files.exists(cwd.resolve("sub/torc.yaml")));
  }
}
