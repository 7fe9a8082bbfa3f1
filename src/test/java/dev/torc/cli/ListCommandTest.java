package dev.torc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.torc.text.TextWidth;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ListCommandTest {

  @TempDir Path cwd;

  private static String plain(String text) {
    return text.replaceAll("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d  [0-9.]+ m?s", "DATE  T")
        .replaceAll("(DATE  T|-                    -) +", "$1 ");
  }

  @Test
  void oneAlignedLineForEachJob() throws IOException {
    Folder folder = new Folder(cwd).put("a", "1");
    folder.put(
        "torc.yaml",
        """
        limits: { memory: 1TiB, licences: 2 }
        jobs:
          up: { command: cp a b, needs: a, produces: b }
          fails: { command: exit 2, resources: { cpus: 2, memory: 1GiB, licences: 1 } }
          "日本": { command: cp b c, needs: b, produces: c, after: fails }
          "a b": { command: [echo, a b] }
        """);
    assertEquals(
        """
        up     will run  -  -  1 cpu                        cp a b
        fails  will run  -  -  2 cpus, 1.0 GiB, 1 licences  exit 2
        日本   will run  -  -  1 cpu                        cp b c
        a b    will run  -  -  1 cpu                        echo 'a b'
        """,
        folder.run("list").out());
    assertFalse(folder.has(".torc"));
    assertEquals(1, folder.run("build").exit());
    assertEquals(
        """
        up     up to date  DATE  T 1 cpu                        cp a b
        fails  failed      DATE  T 2 cpus, 1.0 GiB, 1 licences  exit 2
        日本   will run    -                    - 1 cpu                        cp b c
        a b    up to date  DATE  T 1 cpu                        echo 'a b'
        """,
        plain(folder.run("list").out()));
  }

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
  void groupsAreShownByThemselves() throws IOException {
    Folder folder = new Folder(cwd);
    folder.put(
        "torc.yaml",
        """
        jobs:
          a: { command: echo a, produces: out/ }
          b: { command: "echo {i}", parameters: { i: [1, 2] } }
          c: { command: "echo {f}", parameters: { f: { products: a } } }
        """);
    assertEquals(
        List.of("b", "c"),
        folder.run("list", "--groups").out().lines().map(line -> line.substring(0, 1)).toList());
    assertEquals(
        "{\"version\":1,\"groups\":["
            + "{\"group\":\"b\",\"place\":\"torc.yaml:3:3\",\"parameters\":[\"i\"],"
            + "\"instances\":2,\"expanded\":true},"
            + "{\"group\":\"c\",\"place\":\"torc.yaml:4:3\",\"parameters\":[\"f\"],"
            + "\"instances\":0,\"expanded\":false}]}\n",
        folder.run("list", "--groups", "--json").out());
    assertEquals(2, folder.run("list", "--groups", "--instances").exit());
  }

  @Test
  void aLongCommandIsShortened() throws IOException {
    Folder folder = new Folder(cwd);
    folder.put("torc.yaml", "jobs: { a: { command: echo %s } }".formatted("x".repeat(500)));
    String line = folder.run("list").out();
    assertTrue(line.contains("…") && line.length() < 110, line);
    assertTrue(folder.run("list", "--json").out().contains("x".repeat(500)));
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
  void coloursAreThoseOfTheOption() throws IOException {
    Folder folder = new Folder(cwd).chain();
    assertTrue(
        folder.run("list", "--color", "always").out().contains("\u001b[33mwill run\u001b[0m"));
    assertFalse(folder.run("list").out().contains("\u001b"));
  }

  @Test
  void jsonHasEverything() throws IOException {
    Folder folder = new Folder(cwd).chain().build();
    String out = folder.run("list", "--json").out();
    assertTrue(
        out.startsWith(
            "{\"version\":1,\"jobs\":[{\"job\":\"first\",\"group\":null,\"place\":\"torc.yaml:2:3\",\"description\":\"\",\"tags\":[],\"command\":\"cat"
                + " a.txt > b.txt\",\"dir\":\".\","
                + "\"image\":null,\"needs\":[\"a.txt\"],\"found\":[],\"produces\":[\"b.txt\"],\"waits_for\":[],"
                + "\"resources\":{\"cpus\":1,\"memory\":null,\"gpus\":0,\"runtime\":null},"
                + "\"priority\":0,\"running\":false,\"verdict\":\"up_to_date\",\"log\":\""
                + cwd
                + "/.torc/logs/first.log\",\"last\":{\"outcome\":\"ok\",\"what\":\"\","
                + "\"build\":1,\"started\":\"20"),
        out);
    assertTrue(out.contains("\"waits_for\":[\"second\"]"), out);
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

  @Test
  void aRefusedBuildFileIsAnError() throws IOException {
    assertEquals(2, new Folder(cwd).put("torc.yaml", "x: [").run("list").exit());
  }
}
