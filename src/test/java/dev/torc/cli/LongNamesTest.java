package dev.torc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A path that no file can have is refused where it stands; jobs may be called what they like. */
class LongNamesTest {

  private static final String LONG = "n".repeat(256);

  @TempDir Path temp;
  private Folder folder;

  @BeforeEach
  void folder() throws IOException {
    folder = new Folder(temp.toRealPath());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jobs: { j: { command: x, needs: ~ } }",
        "jobs: { j: { command: x, needs: [a, 'sub/~/b'] } }",
        "jobs: { j: { command: x, needs: '/~' } }",
        "jobs: { j: { command: x, needs: '~/' } }",
        "jobs: { j: { command: x, produces: ~ } }",
        "jobs: { j: { command: x, produces: { p: '~/' } } }",
        "jobs: { j: { command: x, produces: '~/*' } }",
        "jobs: { j: { command: x, depfile: ~ } }",
        "jobs: { j: { command: x, dir: ~ } }",
        "jobs: { j: { command: x, table: ~ } }",
        "jobs: { j: { command: x, match: '{a}/~' } }",
        "jobs: { j: { command: x, parameters: { p: { lines: ~ } } } }",
        "jobs: { j: { command: x, parameters: { p: [~] }, produces: '{p}' } }"
      })
  void aNameThatFileSystemsDoNotTakeIsRefusedWithItsPlace(String text) throws IOException {
    for (String name : new String[] {LONG, "é".repeat(128)}) {
      folder.put("torc.yaml", text.replace("~", name) + "\n");
      for (String command : new String[] {"build", "check", "-n"}) {
        Run run = folder.run(command);
        assertEquals(2, run.exit(), run.err());
        assertTrue(run.err().matches("(?s)torc\\.yaml:1:\\d+: .*is longer than .*"), run.err());
        assertFalse(run.err().contains(name), "it is shortened");
      }
    }
  }

  @Test
  void aPathThatIsTooLongIsRefusedWithItsPlace() throws IOException {
    String path = ("d".repeat(99) + "/").repeat(41) + "f";
    folder.put("torc.yaml", "jobs: { j: { command: x, produces: " + path + " } }\n");
    Run run = folder.run();
    assertEquals(2, run.exit(), run.err());
    assertTrue(run.err().startsWith("torc.yaml:1:36: longer than a path can be"), run.err());
  }

  @Test
  void theLongestNamesAreBuilt() throws IOException {
    String name = "é".repeat(127) + "n";
    folder.put(
        "torc.yaml", "jobs: { j: { command: 'echo > {produces}', produces: " + name + " } }\n");
    Run run = folder.run();
    assertEquals(0, run.exit(), run.err());
    assertTrue(folder.has(name));
  }

  @Test
  void jobsInstancesAndNamedNeedsMayHaveAnyName() throws IOException {
    folder.put("a.txt", "a\n");
    folder.put(
        "torc.yaml",
        """
        jobs:
          %s: { command: "cat $TORC_NEEDS", needs: { %s: a.txt } }
          g: { command: "echo {p}", parameters: { p: [%s, %s] } }
        """
            .formatted(LONG, "m".repeat(300), LONG + 1, LONG + 2));
    Run run = folder.run();
    assertEquals(0, run.exit(), run.err());
    assertTrue(run.err().contains("3 jobs: 3 ran"), run.err());
    assertEquals("a.txt\n", folder.run("log", LONG).out());
    assertEquals(LONG + "2\n", folder.run("log", "g/p=" + LONG + 2).out());
  }

  @Test
  void whatOnlyAJobTellsFailsTheGroupByName() throws IOException {
    folder.put(
        "torc.yaml",
        """
        jobs:
          make: { command: "echo %s > names.txt", produces: names.txt }
          each: { command: "echo > {p}", parameters: { p: { lines: names.txt } }, produces: "{p}" }
          after: { command: "true", after: each }
          other: { command: "echo > o", needs: names.txt, produces: o }
        """
            .formatted(LONG));
    Run run = folder.run();
    assertEquals(1, run.exit(), run.err());
    assertTrue(run.err().contains("each failed: torc.yaml:3:"), run.err());
    assertTrue(run.err().contains("after: blocked by each"), run.err());
    assertTrue(run.err().contains("4 jobs: 2 ran, 0 up to date, 1 failed, 1 blocked"), run.err());
  }
}
