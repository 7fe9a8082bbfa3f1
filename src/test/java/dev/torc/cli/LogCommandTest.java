package dev.torc.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogCommandTest {

  @TempDir Path cwd;

  private Folder talking() throws IOException {
    return new Folder(cwd)
        .put(
            "torc.yaml",
            """
            jobs:
              talk: { command: 'echo out; echo err >&2' }
              "odd 'name'/é": { command: echo odd }
              quiet: { command: "true" }
            """);
  }

  @Test
  void itPrintsWhatTheJobWrote() throws IOException {
    Folder folder = talking().build();
    assertEquals(new Run(0, "out\nerr\n", ""), folder.run("log", "talk"));
    assertEquals(new Run(0, "odd\n", ""), folder.run("log", "odd 'name'/é"));
    assertEquals(new Run(0, "", ""), folder.run("log", "quiet"));
    assertEquals(
        new Run(0, cwd + "/.torc/logs/talk.log\n", ""), folder.run("log", "--path", "talk"));
    assertEquals(
        "{\"version\":1,\"job\":\"talk\",\"log\":\"" + cwd + "/.torc/logs/talk.log\"}\n",
        folder.run("log", "--json", "talk").out());
  }

  @Test
  void bytesComeOutAsTheyAre() throws IOException {
    new Folder(cwd)
        .put("torc.yaml", "jobs: { a: { command: printf '\\377\\000\\r\\n' } }\n")
        .build();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    StringWriter err = new StringWriter();
    int exit =
        Main.run(
            new String[] {"log", "a"},
            Run.console(cwd, Console.writer(out, "standard output"), err, Map.of()));
    assertEquals(0, exit, err.toString());
    assertArrayEquals(new byte[] {(byte) 0xff, 0, '\r', '\n'}, out.toByteArray());
  }

  @Test
  void rule10AJobWithoutALogIsSaidAndNothingIsCreated() throws IOException {
    assertEquals(
        new Run(0, "", "job talk has no log: none of its commands was started\n"),
        talking().run("log", "talk"));
    assertFalse(new Folder(cwd).has(".torc"));
  }

  @Test
  void anUnknownJobIsOneLineWithTheNearest() throws IOException {
    assertEquals(
        new Run(2, "", "torc: no job talc; did you mean talk?\n"), talking().run("log", "talc"));
    assertEquals(2, talking().run("log").exit());
  }

  @Test
  void rule13ItWorksWhereTheBuildFileIsRefused() throws IOException {
    Folder folder = talking().build().put("torc.yaml", "jobs: {}\nnonsense: 1\n");
    Run run = folder.run("log", "talk");
    assertEquals("out\nerr\n", run.out());
    assertEquals(0, run.exit());
    assertTrue(run.err().contains("unknown key nonsense"), run.err());
    run = folder.run("log", "talc");
    assertEquals(2, run.exit());
    assertTrue(run.err().endsWith("torc: no job talc; did you mean talk?\n"), run.err());
  }

  @Test
  void aJobThatIsNoLongerInTheBuildFileStillHasItsLog() throws IOException {
    Folder folder = talking().build().put("torc.yaml", "jobs: {}\n");
    assertEquals(new Run(0, "out\nerr\n", ""), folder.run("log", "talk"));
  }
}
