package dev.torc.front.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.text.SafeText;
import dev.torc.front.show.Console;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ListCommandTest {

  @TempDir Path cwd;

  @Test
  void aDescriptionStandsForTheCommandAndLinesFitTheWindow() throws IOException {
    Folder folder = new Folder(cwd);
    folder.put(
        "torc.yaml",
        """
        jobs:
          a: { command: echo a, description: "writes a greeting that is read by nobody" }
          b: { command: "echo {i}", parameters: { i: [1, 2] }, description: "日本日本日本日本日本日本" }
        """);
    assertEquals(
        """
        a  will run                       -  -  1 cpu  writes a greeting that is read by nobody
        b  0 of 2 up to date, 2 will run  -  -  1 cpu  [2 instances] 日本日本日本日本日本日本
        """,
        folder.run("list").out());
    StringWriter out = new StringWriter();
    Console narrow =
        new Console(
            InputStream.nullInputStream(),
            out,
            out,
            Map.of(),
            cwd,
            new Console.Terminals(true, false, () -> 75),
            System::nanoTime);
    assertEquals(0, Main.run(new String[] {"list", "--color", "never"}, narrow));
    for (String line : out.toString().lines().toList()) {
      assertTrue(SafeText.width(line) <= 75 && line.endsWith("…"), line);
    }
  }

  /** The options of a command, the answers and the messages. */
  @Test
  void onANarrowTerminalLinesBreakAtSpaces() throws IOException {
    Folder folder = new Folder(cwd).chain();
    folder.put("a.txt", "two\n");
    StringWriter out = new StringWriter();
    Console narrow =
        new Console(
            InputStream.nullInputStream(),
            out,
            out,
            Map.of("PATH", System.getenv("PATH")),
            cwd,
            new Console.Terminals(true, true, () -> 40),
            System::nanoTime);
    for (String call : List.of("--help", "build --help", "doctor", "status", "why third", "bild")) {
      Main.run((call + " --color never").split(" "), narrow);
    }
    for (String line : out.toString().lines().toList()) {
      String first = line.strip().replaceFirst("\\S+ +", "");
      assertTrue(SafeText.width(line) <= 40 || first.indexOf(' ') < 0, line);
    }
    String quiet =
        """
          -q, --quiet               show only
            failures, warnings and the last line
        """;
    assertTrue(out.toString().contains(quiet), out.toString());
  }

  @Test
  void aReaderThatIsGoneEndsItQuietly() throws IOException {
    new Folder(cwd).chain();
    StringWriter err = new StringWriter();
    var out =
        Console.writer(
            new java.io.OutputStream() {
              @Override
              public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
              }
            },
            "standard output",
            false);
    assertEquals(141, Main.run(new String[] {"list"}, Run.console(cwd, out, err, Map.of())));
    assertEquals("", err.toString());
  }
}
