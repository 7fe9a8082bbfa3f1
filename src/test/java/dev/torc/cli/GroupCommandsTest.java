package dev.torc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Groups as the commands show them: folded into one line or node, and unfolded on request. */
class GroupCommandsTest {

  @TempDir Path cwd;
  private Folder folder;

  @BeforeEach
  void aSweep() throws IOException {
    folder =
        new Folder(cwd)
            .put("1", "1")
            .put("2", "2")
            .put("3", "3")
            .put(
                "torc.yaml",
                """
                jobs:
                  train:
                    parameters: { seed: [1, 2, 3] }
                    command: cp {seed} {produces}
                    needs: "{seed}"
                    produces: "out/{seed}"
                  best: { command: "cat {needs} > best", needs: [{ job: train }], produces: best }
                """);
  }

  @Test
  void whySumsAGroupUpAndNamesTheInstances() throws IOException {
    folder.build();
    assertEquals("train: 3 of 3 up to date\n", folder.run("why", "train").out());
    folder.put("2", "other");
    String out = folder.run("why", "train").out();
    assertTrue(out.startsWith("train: 2 of 3 up to date; 1 will run: train/seed=2\n"), out);
    assertTrue(out.contains("train/seed=2 will run: need 2 changed"), out);
    assertTrue(folder.run("why", "train/seed=1").out().startsWith("train/seed=1 is up to date"));
    assertEquals(
        3,
        folder
            .run("why", "train", "--instances")
            .out()
            .lines()
            .filter(l -> l.startsWith("train/"))
            .count());
    assertTrue(folder.run("why", "best").out().startsWith("best may run: after train/seed=2"));
  }

  @Test
  void statusFoldsAGroup() throws IOException {
    assertEquals(
        """
        4 jobs: 4 will run, 0 may run, 0 up to date
        will run:
          train (3 of 3 instances): never ran
          best: never ran
        no build yet
        """,
        folder.run("status").out());
    folder.build();
    folder.put("2", "other");
    String out = folder.run("status").out();
    assertTrue(out.contains("will run:\n  train/seed=2: need 2 changed"), out);
    assertTrue(out.contains("up to date:\n  train (2 of 3 instances)\n"), out);
    assertTrue(folder.run("status", "--instances").out().contains("  train/seed=3\n"));
  }

  @Test
  void listFoldsAGroup() throws IOException {
    folder.build();
    folder.put("2", "other");
    String out = folder.run("list").out();
    assertEquals(2, out.lines().count());
    assertTrue(out.startsWith("train  2 of 3 up to date, 1 will run  "), out);
    assertTrue(out.lines().findFirst().orElseThrow().endsWith("[3 instances]"), out);
    assertEquals(4, folder.run("list", "--instances").out().lines().count());
    assertTrue(
        folder
            .run("list", "--json")
            .out()
            .contains("\"job\":\"train/seed=3\",\"group\":\"train\""));
  }

  @Test
  void graphFoldsAGroupIntoOneNode() throws IOException {
    String out = folder.run("graph").out();
    assertTrue(out.contains("j0 [ label=\"train\\n3 instances\" shape=\"box3d\""), out);
    assertTrue(out.contains("j1 [ label=\"best\" shape=\"box\""), out);
    assertEquals(1, out.lines().filter(line -> line.contains("->")).count());
    String unfolded = folder.run("graph", "--instances").out();
    assertEquals(3, unfolded.lines().filter(line -> line.contains("->")).count());
  }

  @Test
  void aGroupThatIsNotExpandedIsShownAsSuch() throws IOException {
    folder.put(
        "torc.yaml",
        """
        jobs:
          find: { command: echo 1 > c/a, produces: "c/*" }
          fold: { parameters: { c: { products: find } }, command: "cp {c} {produces}", produces: "d/{c:name}" }
          all: { command: "cat {needs} > all", needs: [{ job: fold }], produces: all }
        """);
    assertEquals(
        "fold: its instances are known when find has ended\n", folder.run("why", "fold").out());
    assertTrue(folder.run("why", "d/x").out().startsWith("d/x: its instances are known"));
    assertTrue(folder.run("list").out().contains("fold  may run, instances not known yet"));
    assertTrue(folder.run("graph").out().contains("label=\"fold\\ninstances not known yet\""));
    assertTrue(folder.run("status").out().contains("may run:\n  fold: after find\n"));
    assertTrue(folder.run("build", "-n").out().contains("fold may run: after find\n"));
    folder.build();
    assertEquals("1\n", folder.get("all"));
    assertEquals("fold: 1 of 1 up to date\n", folder.run("why", "fold").out());
    assertEquals(
        "3 jobs: 0 ran, 3 up to date, 0 failed", folder.run("build").err().split(" in ")[0]);
  }

  @Test
  void groupsThatFollowFromEachOtherAreExpandedOneAfterTheOther() throws IOException {
    folder.put("n", "");
    folder.put(
        "torc.yaml",
        """
        jobs:
          find: { command: "for i in $(cat n); do echo $i > c/$i; done", needs: n, produces: "c/*" }
          fold: { parameters: { c: { products: find } }, command: "cp {c} {produces}", produces: "d/{c:name}" }
          sum: { parameters: { c: { values: fold.c } }, needs: [{ job: "fold/c={c}" }], command: "cp {needs} {produces}", produces: "e/{c:name}" }
          all: { command: "cat n {needs} > all", needs: [{ job: sum }, n], produces: all }
        """);
    folder.build();
    assertEquals(
        "2 jobs: 0 ran, 2 up to date, 0 failed", folder.run("build").err().split(" in ")[0]);
    folder.put("n", "1 2");
    folder.build();
    assertEquals(
        "6 jobs: 0 ran, 6 up to date, 0 failed", folder.run("build").err().split(" in ")[0]);
    folder.put("n", "2 3");
    String out = folder.run("build").err();
    assertTrue(out.contains("6 jobs: 4 ran, 2 up to date, 0 failed"), out);
  }

  @Test
  void imagesNeedNoContainers() throws IOException {
    folder.put("torc.yaml", "jobs: { a: { command: echo 1 > b, image: busybox, produces: b } }");
    Run refused = folder.run("build");
    assertEquals(2, refused.exit());
    assertEquals(
        "torc.yaml:1:9: job a asks for image busybox, and torc runs no containers;"
            + " with --no-containers it runs on the host\n",
        refused.err().replaceFirst("^.*/torc.yaml", "torc.yaml"));
    assertTrue(!folder.has(".torc"));
    assertEquals(0, folder.run("build", "--no-containers").exit());
    assertEquals(
        "1 job: 0 ran, 1 up to date, 0 failed",
        folder.run("build", "--no-containers").err().split(" in ")[0]);
    assertTrue(
        folder.run("why", "a").out().contains("image changed: host → busybox"),
        folder.run("why", "a").out());
    assertTrue(folder.run("list", "--no-containers").out().contains("1 cpu  busybox  echo 1 > b"));
  }
}
