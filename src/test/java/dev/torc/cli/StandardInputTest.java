package dev.torc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.posix.Descriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code -f -}: the build file comes from standard input, the root is the current folder. */
class StandardInputTest {

  @TempDir Path cwd;

  private static final String TEXT =
      "jobs: { a: { command: cp s %1$s, needs: s, produces: %1$s } }";

  @Test
  void aDescriptorThatTheShellOpenedIsReadTheSameWay() throws Exception {
    Files.writeString(cwd.resolve("s"), "1");
    Path text = Files.writeString(cwd.resolve("text"), TEXT.formatted("x"));
    Descriptor open = Descriptor.open(text.toString(), false);
    try {
      String file = "/dev/fd/" + open.number();
      Run run = Run.of(cwd, "-f", file, "-q");
      assertEquals(0, run.exit(), run.err());
      assertTrue(Files.exists(cwd.resolve("x")));
      assertEquals(
          "torc: -f -, -f "
              + file
              + ": only one build file can come from a pipe; write the other"
              + " one to a file\n",
          Run.of(cwd, "-f", "-", "-f", file).err());
    } finally {
      open.close();
    }
    assertEquals(
        "torc: -f /dev/fd/x: there is no such descriptor\n", Run.of(cwd, "-f", "/dev/fd/x").err());
  }
}
