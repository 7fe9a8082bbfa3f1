package dev.torc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckCommandTest {

  @TempDir Path cwd;
  @TempDir Path elsewhere;

  @Test
  void aSoundFileIsCounted() throws IOException {
    Folder folder = new Folder(cwd).chain();
    assertEquals(new Run(0, "torc.yaml: 3 jobs, 0 warnings\n", ""), folder.run("check"));
    assertFalse(folder.has(".torc"));
  }

  @Test
  void sharedStoresThatCannotBeMeantAreErrors() throws IOException {
    Folder folder =
        new Folder(cwd)
            .put(
                "torc.yaml",
                """
                stores:
                  shared:
                    - { path: store, group: no-such-group }
                    - { url: "http://example.org" }
                jobs:
                  a: { command: "true" }
                """);
    Run run = folder.run("check");
    assertEquals(2, run.exit());
    assertEquals(
        List.of("torc.yaml:3:7", "torc.yaml:4:7"),
        run.err().lines().map(line -> line.substring(0, 13)).toList());
  }

  @Test
  void rule14ScriptsThatAreNotNeededAndPipesWithoutPipefailAreWarnings() throws IOException {
    Folder folder =
        new Folder(cwd)
            .put("work.py", "")
            .put(
                "torc.yaml",
                """
                jobs:
                  a: { command: python3 work.py }
                  b: { command: cat work.py | wc, needs: work.py }
                """);
    Run run = folder.run("check");
    assertEquals(0, run.exit());
    assertEquals("torc.yaml: 2 jobs, 2 warnings\n", run.out());
    assertTrue(
        run.err().contains("torc.yaml:2:3: warning: job a runs work.py but does not need it"),
        run.err());
    assertTrue(run.err().contains("pipefail"), run.err());
    assertEquals(2, run.err().lines().count());
  }

  @Test
  void aGlobThatMatchesNothingIsAWarning() throws IOException {
    Folder folder =
        new Folder(cwd)
            .put("in/a.csv", "")
            .put("in/b.log", "")
            .put("own/x.txt", "")
            .put(
                "torc.yaml",
                """
                jobs:
                  some: { command: "true", needs: in/*.csv }
                  none: { command: "true", needs: [in/*.txt] }
                  left: { command: "true", needs: [in/*.log, "!in/b.log"] }
                  made: { command: "true", needs: out/*.txt }
                  make: { command: touch out/x.txt, produces: out/x.txt }
                  own: { command: touch own/x.txt, needs: own/*.txt, produces: own/x.txt }
                """);
    Run run = folder.run("check");
    assertEquals("torc.yaml: 6 jobs, 3 warnings\n", run.out());
    assertEquals(
        """
        torc.yaml:3:36: warning: job none needs in/*.txt, which matches nothing: there is in/a.csv and 1 more like it
        torc.yaml:4:36: warning: job left needs in/*.log, which matches nothing: what it matches is excluded, or no source
        torc.yaml:7:43: warning: job own needs own/*.txt, which matches nothing: what it matches is excluded, or no source
        """,
        run.err().lines().sorted().reduce("", (a, b) -> a + b + "\n"));
  }

  @Test
  void aPatternThatMatchesNothingIsToldAsItIsWrittenBesideWhatWasLookedFor() throws IOException {
    Folder folder =
        new Folder(cwd)
            .put("fq/a_1.fastq", "")
            .put(
                "torc.yaml",
                """
                jobs:
                  align: { match: "fq/{s}_1.fq", command: "align {s}", produces: "out/{s}" }
                """);
    assertEquals(
        "torc.yaml:2:12: warning: no values, so align has no instances: fq/{s}_1.fq matches nothing"
            + " (fq/*_1.fq was looked for): there is fq/a_1.fastq\n",
        folder.run("check").err());
  }

  @Test
  void aToolThatIsAScriptElsewhereHidesTheProgramBehindIt() throws IOException {
    Path shims = Files.createDirectory(elsewhere.resolve("shims"));
    Path shim = Files.writeString(shims.resolve("python"), "#!/bin/sh\nexec pyenv exec python\n");
    Path program = Files.writeString(shims.resolve("fit"), "ELF");
    assertTrue(shim.toFile().setExecutable(true) && program.toFile().setExecutable(true));
    Folder folder =
        new Folder(cwd)
            .put("own.sh", "#!/bin/sh\n")
            .put(
                "torc.yaml",
                """
                env: { PATH: "%s:{env.PATH}" }
                jobs:
                  a: { command: "true", tools: [python, fit, ./own.sh] }
                  b: { command: "true", tools: python }
                """
                    .formatted(shims));
    assertTrue(cwd.resolve("own.sh").toFile().setExecutable(true));
    Run run = folder.run("check");
    assertEquals(
        "torc.yaml:3:33: warning: tool python of job a is the script "
            + shim
            + ": the program behind it does not count; name that one by its path\n",
        run.err());
    assertEquals(0, run.exit());
  }

  @Test
  void rule13ErrorsOfFileGraphAndDiskAreAllToldWithTheirPlaces() throws IOException {
    Folder folder = new Folder(cwd).put("torc.yaml", "jobs: { a: { comand: x } }\n");
    Run run = folder.run("check");
    assertEquals(2, run.exit());
    assertEquals("", run.out());
    assertTrue(run.err().contains("torc.yaml:1:14: error: unknown key comand"), run.err());
    folder.put("torc.yaml", "jobs: { a: { command: x, needs: y }, b: { command: x, needs: z } }\n");
    run = folder.run("check");
    assertEquals(2, run.exit());
    assertEquals("torc.yaml: 2 jobs, 2 errors, 0 warnings\n", run.out());
    assertTrue(run.err().startsWith("torc.yaml:1:33: error: job a needs y, which does not"));
    folder.put(
        "torc.yaml",
        "jobs: { a: { command: x, needs: b, produces: c },"
            + " d: { command: x, needs: c, produces: b } }\n");
    assertTrue(folder.run("check").err().contains("error: jobs wait for each other in a cycle"));
  }

  @Test
  void aListThatWasMeantAsTasksAndACommentInQuotesAreWarnedOf() throws IOException {
    Folder folder =
        new Folder(cwd)
            .put(
                "torc.yaml",
                """
                jobs:
                  list: { command: [mkdir -p out, cp a b] }
                  quote:
                    command: grep "a #b" x
                  fine:
                    command: grep "it's" x # a comment
                  block:
                    command: |
                      cat <<EOF
                      it's
                      EOF
                """);
    assertEquals(
        """
        torc.yaml:2:21: warning: a list is the words of one command, and the program "mkdir -p out" has blanks in it; write a text, or tasks for several commands
        torc.yaml:4:14: warning: the command ends inside of quotes; a # behind a blank begins a comment in YAML: quote the whole command
        """,
        folder.run("check").err());
  }

  @Test
  void aRefusedBuildFileSaysItsErrorsAsJsonWhateverTheCommand() throws IOException {
    Folder folder = new Folder(cwd).put("torc.yaml", "jobs: { a: { comand: x } }\n");
    String errors =
        "\"errors\":[{\"file\":\"torc.yaml\",\"line\":1,\"column\":14,\"message\":"
            + "\"unknown key comand in the job a; did you mean command?\"}]";
    for (String command : List.of("build", "list", "graph", "why a", "build -n", "adopt a")) {
      Run run = folder.run((command + " --json").split(" "));
      assertEquals("{\"event\":\"refused\",\"version\":1," + errors + "}\n", run.out(), command);
      assertEquals(2, run.exit());
      assertEquals(
          "torc.yaml:1:14: unknown key comand in the job a; did you mean command?\n", run.err());
    }
    for (String command : List.of("status", "data", "events", "history", "clean")) {
      Run run = folder.run(command, "--json");
      assertTrue(run.out().endsWith("," + errors + "}\n"), run.out());
      assertEquals(0, run.exit());
    }
  }

  @Test
  void jsonHasErrorsAndWarningsWithTheirPlaces() throws IOException {
    Folder folder = new Folder(cwd).put("torc.yaml", "jobs: { a: { command: x, needs: y } }\n");
    Run run = folder.run("check", "--json");
    assertEquals(2, run.exit());
    assertEquals("", run.err());
    assertEquals(
        "{\"version\":1,\"jobs\":1,\"errors\":[{\"file\":\"torc.yaml\",\"line\":1,\"column\":33,"
            + "\"message\":\"job a needs y, which does not exist and which no job produces\"}],"
            + "\"warnings\":[]}\n",
        run.out());
  }
}
