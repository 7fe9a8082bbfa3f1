package dev.torc.terminal;

import static dev.torc.Sandbox.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import dev.torc.Sandbox;
import dev.torc.Sandbox.Going;
import dev.torc.Sandbox.Ran;
import dev.torc.containers.FuseMount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ResourceLock;

/** {@code torc watch} by the shipped launcher: the kernel's notices, signals, other builds. */
@Execution(CONCURRENT)
@ResourceLock("WatchIT")
class WatchIT {

  private static final String COPY =
      "jobs:\n  copy: { command: cp a.txt b.txt, needs: a.txt, produces: b.txt }\n";

  @TempDir Path temp;
  private Sandbox project;

  @BeforeEach
  void project() throws Exception {
    project = new Sandbox(temp);
    project.write("a.txt", "1");
  }

  @AfterEach
  void end() {
    project.close();
  }

  /** Waits until so many rounds are over and nothing more is to be done. */
  private static void rounds(Going watch, int count) throws Exception {
    until(
        count + " rounds, told: " + watch.err(),
        () -> watch.err().lines().filter(line -> line.startsWith("watching ")).count() == count);
  }

  /** The lines that a watch told, without those with times and counts. */
  private static List<String> told(String err) {
    return err.lines()
        .filter(line -> !line.contains(": ran in ") && !line.matches("[0-9]+ jobs?: .*"))
        .toList();
  }

  /** Puts a file in its place at once: one that is cut first, and then written, is two changes. */
  private void edit(Path file, String text) throws IOException {
    Path written = Files.writeString(temp.resolve("edited"), text);
    Files.move(written, file, StandardCopyOption.REPLACE_EXISTING);
  }

  private void edit(String path, String text) throws IOException {
    edit(project.root.resolve(path), text);
  }

  @Test
  void anEditIsBuiltAndCtrlCEndsIt() throws Exception {
    project.build(
        COPY + "  all: { command: 'cat in/* > all.txt', needs: in/*.txt, produces: all.txt }\n");
    project.write("in/1.txt", "1\n");
    Going watch = project.start("watch");
    rounds(watch, 1);
    edit("a.txt", "2");
    rounds(watch, 2);
    assertEquals("2", project.read("b.txt"));
    edit("in/2.txt", "2\n");
    rounds(watch, 3);
    assertEquals("1\n2\n", project.read("all.txt"));
    watch.signal("INT");
    Ran ran = watch.await();
    assertEquals(130, ran.exit(), ran.err());
    List<String> told = told(ran.err());
    assertEquals(
        List.of("changed: a.txt", "changed: in/2.txt"),
        told.stream().filter(line -> line.startsWith("changed")).toList());
    assertEquals("watching 6 files", told.getLast());
    assertEquals("", ran.out());
  }

  @Test
  void ctrlCEndsTheJobsOfARound() throws Exception {
    project.build(
        "jobs:\n  a: { command: 'echo $$ > pid; until [ -e go ]; do sleep 0.01; done' }\n");
    Going watch = project.start("watch");
    String pid = project.awaitLine("pid");
    watch.signal("INT");
    Ran ran = watch.await();
    assertEquals(130, ran.exit(), ran.err());
    assertFalse(Sandbox.runs(pid));
    assertTrue(ran.err().contains("a: interrupted after "), ran.err());
    assertFalse(ran.err().contains("watching"), ran.err());
    assertTrue(project.torc("why", "a").out().contains("interrupted"));
  }

  @Test
  void sigtermEndsIt() throws Exception {
    project.build(COPY);
    Going watch = project.start("watch");
    rounds(watch, 1);
    watch.signal("TERM");
    assertEquals(143, watch.await().exit());
  }

  @Test
  void aBrokenBuildFileIsToldAndRepaired() throws Exception {
    project.build(COPY);
    Going watch = project.start("watch");
    rounds(watch, 1);
    edit("torc.yaml", COPY + "  copy: {}\n");
    rounds(watch, 2);
    edit("a.txt", "2");
    rounds(watch, 3);
    edit("torc.yaml", COPY);
    rounds(watch, 4);
    assertEquals("2", project.read("b.txt"));
    watch.signal("INT");
    List<String> told = told(watch.await().err());
    assertEquals(2, told.stream().filter(l -> l.startsWith("torc.yaml:3:3: error: ")).count());
  }

  @Test
  void anEditDuringABuildIsNotLost() throws Exception {
    project.build(
        """
        jobs:
          copy:
            needs: a.txt
            produces: b.txt
            command: cp a.txt b.txt; echo > began; until [ -e go ]; do sleep 0.01; done
        """);
    Going watch = project.start("watch");
    project.awaitLine("began");
    project.write("a.txt", "2");
    project.write("go", "");
    rounds(watch, 1);
    assertEquals("2", project.read("b.txt"));
    assertTrue(watch.err().contains("changed: a.txt\n"), watch.err());
  }

  @Test
  void aJobThatAlwaysRunsStartsNoRoundAndAnotherBuildRunsBeside() throws Exception {
    project.build(COPY + "  tick: { command: 'echo $$ > t.txt', produces: t.txt, always: true }\n");
    Going watch = project.start("watch");
    rounds(watch, 1);
    String tick = project.read("t.txt");
    project.write("other.txt", "");
    Ran beside = project.torc("build", "--no-wait");
    assertEquals(0, beside.exit(), beside.err());
    assertEquals("2 jobs: 1 ran, 1 up to date, 0 failed", beside.counts());
    assertTrue(!tick.equals(project.read("t.txt")));
    edit("a.txt", "2");
    rounds(watch, 2);
    List<String> changed =
        told(watch.err()).stream().filter(line -> line.startsWith("changed")).toList();
    assertEquals(1, changed.size(), watch.err());
    assertTrue(changed.getFirst().startsWith("changed: a.txt"), watch.err());
  }

  @Test
  void aRoundWaitsForTheBuildOfAnother() throws Exception {
    project.build(
        COPY
            + "  wait: { command: 'echo > began; until [ -e go ]; do sleep 0.01; done', manual:"
            + " true }\n");
    Going watch = project.start("watch");
    rounds(watch, 1);
    Going other = project.start("build", "wait");
    project.awaitLine("began");
    project.write("a.txt", "2");
    until("it waits", () -> watch.err().contains("waiting for another build to end (process "));
    project.write("go", "");
    assertEquals(0, other.await().exit());
    rounds(watch, 2);
    assertEquals("2", project.read("b.txt"));
  }

  /** The edit is made behind the mount, as by another host: the kernel of this one is silent. */
  @Test
  void onANetworkFileSystemItLooks() throws Exception {
    Path folder = Files.createDirectories(temp.resolve("far"));
    try (FuseMount mount = FuseMount.of(folder, temp)) {
      project.build(COPY.replace("a.txt", mount.at + "/a.txt"));
      Files.writeString(folder.resolve("a.txt"), "1");
      Going watch = project.start("watch");
      rounds(watch, 1);
      assertTrue(
          watch
              .err()
              .contains(
                  "the kernel does not tell what other hosts change (FUSE): looking every 2 s\n"),
          watch.err());
      edit(folder.resolve("a.txt"), "22");
      rounds(watch, 2);
      assertEquals("22", project.read("b.txt"));
      watch.signal("INT");
      assertEquals(130, watch.await().exit());
    }
  }

  @Test
  void eventsForMachines() throws Exception {
    project.build(COPY);
    Going watch = project.start("watch", "--json", "-q");
    until("the first round", () -> watch.out().contains("{\"event\":\"watching\",\"files\":3}\n"));
    edit("a.txt", "2");
    until(
        "the second round",
        () -> watch.out().lines().filter(line -> line.contains("\"watching\"")).count() == 2);
    assertTrue(
        watch.out().contains("\n{\"event\":\"changed\",\"version\":1,\"files\":[\"a.txt\"]}\n"),
        watch.out());
    watch.signal("INT");
    assertEquals(130, watch.await().exit());
  }

  @Test
  void itEndsWhenItsReaderIsGone() throws Exception {
    project.build(COPY);
    Ran ran =
        project.sh(
            "{ torc watch --json 2> err; echo $? > status; } |"
                + " { head -n 1; exec <&-; echo 2 > a.txt; };"
                + " until [ -s status ]; do sleep 0.02; done; cat status");
    assertTrue(ran.out().endsWith("141\n"), ran.out());
  }
}
