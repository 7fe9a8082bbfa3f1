package dev.torc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryCommandTest {

  @TempDir Path cwd;
  private Folder folder;

  @BeforeEach
  void project() throws IOException {
    folder =
        new Folder(cwd)
            .put(
                "torc.yaml",
                """
                jobs:
                  a: { command: cp in a, needs: in, produces: a }
                  b: { command: 'test {attempt} = 2 && cp a b', needs: a, produces: b, retries: 1 }
                  c: { command: exit 3, after: b }
                  d: { command: kill -9 $$, after: b }
                  each: { parameters: { n: [1, 2] }, command: 'true', after: b }
                """)
            .put("in", "1");
  }

  /** Without moments and durations, and with single blanks. */
  private static String plain(Run run) {
    return run.out()
        .replaceAll("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d", "WHEN")
        .replaceAll("\\d+\\.\\d s", "TIME")
        .replaceAll("(, )?(cpu TIME|memory [0-9.]+ \\w+)", "")
        .replaceAll(" +", " ")
        .replaceAll(" \n", "\n");
  }

  @Test
  void onlySoManyAreShown() throws IOException {
    for (int i = 0; i < 22; i++) {
      folder.put("in", "text " + i).run("-q", "a");
    }
    Run some = folder.run("history", "--last", "2");
    assertEquals("22 WHEN exit 0 TIME 1 ran\n21 WHEN exit 0 TIME 1 ran\n", plain(some));
    assertEquals("earlier ones are left out: --all shows them\n", some.err());
    assertEquals(20, folder.run("history").out().lines().count());
    assertEquals(20, folder.run("history", "a").out().lines().count());
    for (String line : new String[] {"history --all", "history a --all", "history --last 22"}) {
      Run all = folder.run(line.split(" "));
      assertEquals(22, all.out().lines().count());
      assertEquals("", all.err());
    }
    for (String wrong : new String[] {"0", "x", "-1"}) {
      Run refused = folder.run("history", "--last=" + wrong);
      assertEquals("torc: --last " + wrong + ": write a number, at least 1\n", refused.err());
      assertEquals(2, refused.exit());
    }
  }
}
