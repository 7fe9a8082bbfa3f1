package dev.torc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.torc.text.TextWidth;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.io.StringWriter;
import java.nio.file.Path;
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
            true,
            false,
            () -> 75,
            System::nanoTime);
    assertEquals(0, Main.run(new String[] {"list", "--color", "never"}, narrow));
    for (String line : out.toString().lines().toList()) {
      assertTrue(TextWidth.of(line) <= 75 && line.endsWith("…"), line);
    }
  }

  @Test
  void commandsAreShownAsTheyWouldRunAndNoFileIsRead() throws IOException {
    Folder folder = new Folder(cwd).put("s/x 1", "1").put("s/d/.y", "2");
    try (RandomAccessFile file = new RandomAccessFile(cwd.resolve("s/x 1").toFile(), "rw")) {
      file.setLength(1L << 40); // nobody reads it to its end while a test waits
    } catch (IOException e) {
      assumeTrue(false, "no file of 1 TiB here: " + e.getMessage());
    }
    folder.put(
        "torc.yaml",
        """
        data: { high: 7 }
        jobs:
          a: { command: "cat {needs} > {produces}", needs: ['s/x 1'], produces: out, dir: s }
          b: { command: "tar {cpus} {attempt} {data.high} {data.c.v} {needs}", needs: [s/], dir: s }
          c: { command: [fold, "{needs}"], needs: ['s/*', { job: d }] }
          d: { command: make, produces: [d.out, more/] }
        """);
    String out = folder.run("list", "--json").out();
    assertTrue(out.contains("\"command\":\"cat 'x 1' > ../out\",\"dir\":\"s\""), out);
    assertTrue(out.contains("\"command\":\"tar 1 1 7 '{data.c.v}' d/.y 'x 1'\""), out);
    assertTrue(out.contains("\"command\":\"fold 's/x 1' d.out more/\",\"dir\":\".\""), out);
    assertTrue(folder.run("list", "a").out().endsWith("  cat 'x 1' > ../out\n"));
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
            "standard output");
    assertEquals(141, Main.run(new String[] {"list"}, Run.console(cwd, out, err, Map.of())));
    assertEquals("", err.toString());
  }
}
