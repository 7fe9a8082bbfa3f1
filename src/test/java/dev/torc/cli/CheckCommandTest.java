package dev.torc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckCommandTest {

  @TempDir Path cwd;
  @TempDir Path elsewhere;

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
}
