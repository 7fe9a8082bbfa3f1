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
        "{\"version\":1,\"job\":\"talk\",\"log\":\"X\",\"logs\":[{\"job\":\"talk\",\"log\":\"X\"}]}\n"
            .replace("X", cwd + "/.torc/logs/talk.log"),
        folder.run("log", "--json", "talk").out());
  }

  @Test
  void aGroupShowsAllItsInstances() throws IOException {
    Folder folder =
        new Folder(cwd)
            .put(
                "torc.yaml",
                """
                jobs:
                  find: { command: "for i in a b; do echo $i > c/$i; done", produces: "c/*" }
                  each:
                    parameters: { c: { products: find }, n: [1, 2] }
                    command: "echo {c} {n} | tee {produces}"
                    produces: "d/{c:name}{n}"
                    tags: [late]
                """)
            .build();
    String two = "==> each/c=c%2Fa,n=1 <==\nc/a 1\n\n==> each/c=c%2Fa,n=2 <==\nc/a 2\n";
    String more = "\n==> each/c=c%2Fb,n=1 <==\nc/b 1\n\n==> each/c=c%2Fb,n=2 <==\nc/b 2\n";
    assertEquals(new Run(0, two + more, ""), folder.run("log", "each"));
    assertEquals(new Run(0, two, ""), folder.run("log", "each/c=c/a"));
    assertEquals(new Run(0, "c/b 2\n", ""), folder.run("log", "each/n=2,c=c/b"));
    assertEquals(
        cwd + "/.torc/logs/find.log\n", folder.run("log", "--path", "c/a").out(), "a product");
    assertEquals(4, folder.run("log", "--path", "each").out().lines().count());
    String json = folder.run("log", "--json", "each").out();
    assertTrue(json.contains("{\"version\":1,\"job\":\"each\",\"log\":null,\"logs\":[{"), json);
    // Without the build file the records have the names.
    folder.put("torc.yaml", "nonsense: 1\n");
    assertEquals(two + more, folder.run("log", "each").out());
    assertEquals(two, folder.run("log", "each/c=c/a").out());
  }

  /** A product names its job also where the group is found in the build, here and elsewhere. */
  @Test
  void aProductOfAGroupFoundInTheBuildNamesItsJob() throws IOException {
    Folder folder = new Folder(cwd);
    folder.put(
        "torc.yaml",
        """
        jobs:
          find: { command: "echo 1 > c/a; echo 2 > c/b", produces: "c/*" }
          fold:
            parameters: { c: { products: find } }
            command: 'mkdir -p {produces}; cp {c} {produces}; echo did {c}; echo n=1 >> "$TORC_OUTPUT"'
            produces: "fold/{c:stem}/"
        """);
    folder.build();
    assertEquals("did c/b\n", folder.run("log", "fold/b").out());
    assertEquals("did c/b\n", folder.run("log", "fold/b/b").out());
    assertEquals("fold/c=c%2Fb.n=1\n", folder.run("data", "fold/b/b").out());
    assertTrue(folder.run("history", "fold/b").out().contains("fold/c=c%2Fb"));
    assertTrue(!folder.run("history", "fold/b").out().contains("fold/c=c%2Fa"));
    assertEquals(2, folder.run("log", "fold/none").exit());
  }

  @Test
  void followEndsAtOnceWhereNoBuildIsAtWork() throws IOException {
    Folder folder = talking().build();
    assertEquals(new Run(0, "out\nerr\n", ""), folder.run("log", "--follow", "talk"));
    assertEquals(
        new Run(2, "", "torc: --follow shows what jobs write: leave out --path and --json\n"),
        folder.run("log", "--follow", "--path", "talk"));
  }

  @Test
  void attemptsAreToldApart() throws IOException {
    Folder folder =
        new Folder(cwd)
            .put(
                "torc.yaml",
                "jobs: { a: { command: 'printf x{attempt}; test {attempt} -gt 2', retries: 2 } }");
    String whole = "x1\n--- torc: attempt 2 ---\nx2\n--- torc: attempt 3 ---\nx3";
    assertEquals(whole, folder.build().run("log", "a").out());
    assertEquals(whole, folder.build("--force").run("log", "a").out());
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
