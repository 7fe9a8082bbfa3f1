package dev.torc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
  void itIsReadAnewEachTime() throws Exception {
    Files.writeString(cwd.resolve("s"), "1");
    Run first = Run.with(TEXT.formatted("x"), cwd, "-f", "-", "-q");
    assertEquals(0, first.exit(), first.err());
    assertTrue(Files.exists(cwd.resolve("x")));
    Run again = Run.with(TEXT.formatted("x"), cwd, "-f", "-", "-n");
    assertEquals("1 job: 0 will run, 0 may run, 1 up to date\n", again.err());
    Run other = Run.with(TEXT.formatted("y"), cwd, "-f", "-", "-q");
    assertEquals(0, other.exit(), other.err());
    assertTrue(Files.exists(cwd.resolve("y")));
  }

  @Test
  void itTakesItsPlaceAmongSeveral() throws Exception {
    Files.writeString(cwd.resolve("s"), "1");
    Files.writeString(cwd.resolve("torc.yaml"), TEXT.formatted("x"));
    Run run =
        Run.with(
            "jobs: { b: { command: touch b, produces: b } }",
            cwd,
            "-f",
            "torc.yaml",
            "-f",
            "-",
            "-q");
    assertEquals(0, run.exit(), run.err());
    assertTrue(Files.exists(cwd.resolve("x")) && Files.exists(cwd.resolve("b")));
  }

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

  @Test
  void itsErrorsHaveAPlaceAndWithoutDashNothingIsRead() throws Exception {
    assertEquals(
        new Run(2, "", "-:1:14: unknown key comand in the job a; did you mean command?\n"),
        Run.with("jobs: { a: { comand: x } }", cwd, "-f", "-", "list"));
    assertEquals(2, Run.with("jobs: { a: { command: x } }", cwd, "list").exit());
    assertFalse(Files.exists(cwd.resolve(".torc")));
  }
}
