package dev.torc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.Sandbox.Going;
import dev.torc.Sandbox.Ran;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * What is edited while a job waits in Slurm's queue or runs there, the user's own files among the
 * products included.
 */
@Execution(ExecutionMode.CONCURRENT)
class ClusterEditsIT {

  private static final String ONE = "1 job: 1 ran, 0 up to date, 0 failed";
  private static final String NONE = "1 job: 0 ran, 1 up to date, 0 failed";
  private static final String SUBMITTED = "1 job: 0 ran, 0 up to date, 0 failed, 1 submitted";

  @TempDir static Path temp;
  @AutoClose private static Cluster cluster;
  @AutoClose private Sandbox project;

  @BeforeAll
  static void startCluster() throws Exception {
    cluster = Cluster.start();
  }

  @BeforeEach
  void project() throws Exception {
    project = cluster.project(temp);
    project.write("x", "1\n");
  }

  /** One job that reads when the test lets it, and says when it begins and ends. */
  private void build(String executor) throws Exception {
    project.build(
        Cluster.executors(project)
            + """
            jobs:
              a:
                command: |
                  trap 'trap "" TERM; sleep 0.5; echo killed >> log; exit 1' TERM
                  echo begin one >> log
                  until test -e go; do sleep 0.1 || :; done
                  cat x > a.out; echo end >> log
                needs: [x]
                produces: [a.out]
                executor: %s
            """
                .formatted(executor));
  }

  private Going started() throws Exception {
    Going torc = project.start();
    Cluster.awaitOut(torc, "a");
    return torc;
  }

  private void submit() throws Exception {
    Ran ran = project.torc("--submit");
    assertEquals(SUBMITTED, ran.counts(), ran.err());
    assertEquals(0, ran.exit());
  }

  @Test
  void aNeedEditedWhileItsJobIsQueuedIsReadAsItThenIs() throws Exception {
    build("held");
    Going torc = started();
    project.write("x", "2\n");
    project.write("go", "");
    cluster.release(project);
    Ran ran = torc.await();
    assertEquals(ONE, ran.counts(), ran.err());
    assertFalse(ran.err().contains("warning"), ran.err());
    assertEquals("2\n", project.read("a.out"));
    assertEquals(NONE, project.torc().counts());
  }

  @Test
  void aNeedEditedBetweenBuildsLeavesAQueuedJobWhereItIs() throws Exception {
    build("held");
    submit();
    List<String> out = cluster.out(project);
    project.write("x", "2\n");
    Going torc = started();
    assertEquals(out, cluster.out(project));
    project.write("x", "3\n");
    project.write("go", "");
    cluster.release(project);
    Ran ran = torc.await();
    assertEquals(ONE, ran.counts(), ran.err());
    assertEquals("3\n", project.read("a.out"));
    assertEquals(List.of("begin one", "end"), project.lines("log"));
    assertEquals(1, cluster.submissions(project).size());
    assertEquals(NONE, project.torc().counts());
  }

  @Test
  void aNeedEditedAfterItsJobBeganHasMoved() throws Exception {
    build("slurm");
    Going torc = started();
    project.awaitLine("log");
    project.write("x", "2\n");
    project.write("go", "");
    Ran ran = torc.await();
    assertEquals(0, ran.exit(), ran.err());
    assertEquals(ONE, ran.counts(), ran.err());
    assertTrue(ran.err().contains("warning: "), ran.err());
    assertTrue(ran.err().contains(" moved"), ran.err());
    Ran next = project.torc();
    assertEquals(ONE, next.counts(), next.err());
    assertEquals("2\n", project.read("a.out"));
    assertEquals(NONE, project.torc().counts());
  }

  @Test
  void aNeedEditedBetweenBuildsEndsAJobThatHasBegun() throws Exception {
    build("slurm");
    submit();
    project.awaitLine("log");
    project.write("x", "2\n");
    Going torc = project.start();
    Sandbox.until("the new one begins", () -> project.lines("log").size() == 3);
    project.write("go", "");
    Ran ran = torc.await();
    assertEquals(ONE, ran.counts(), ran.err());
    assertEquals(List.of("begin one", "killed", "begin one", "end"), project.lines("log"));
    assertEquals("2\n", project.read("a.out"));
    assertEquals(NONE, project.torc().counts());
  }

  @Test
  void aCommandEditedWhileItsJobIsQueuedNeverRunsAsItWas() throws Exception {
    build("held");
    submit();
    TreeSet<String> old = cluster.submissions(project);
    project.edit("torc.yaml", "begin one", "begin two");
    project.write("go", "");
    Going torc = project.start();
    Sandbox.until("another is out", () -> cluster.submissions(project).size() == 2);
    Sandbox.until("the old one is not", () -> cluster.out(project).size() == 1);
    cluster.release(project);
    Ran ran = torc.await();
    assertEquals(ONE, ran.counts(), ran.err());
    cluster.awaitNone(project);
    assertEquals(List.of("begin two", "end"), project.lines("log"));
    assertTrue(cluster.submissions(project).containsAll(old));
    assertEquals(NONE, project.torc().counts());
  }

  @Test
  void aCommandEditedWhileItsJobRunsStartsWhenTheOldOneIsOver() throws Exception {
    build("slurm");
    submit();
    project.awaitLine("log");
    project.edit("torc.yaml", "begin one", "begin two");
    Going torc = project.start();
    Sandbox.until("the new one begins", () -> project.lines("log").size() == 3);
    project.write("go", "");
    Ran ran = torc.await();
    assertEquals(ONE, ran.counts(), ran.err());
    assertEquals(List.of("begin one", "killed", "begin two", "end"), project.lines("log"));
    assertEquals(NONE, project.torc().counts());
  }

  /** Rule 15. */
  @Test
  void theUsersOwnFileInTheWayIsKeptAndAnUnalteredProductIsNot() throws Exception {
    build("slurm");
    project.write("go", "");
    project.write("a.out", "mine\n");
    Ran first = project.torc();
    assertEquals(ONE, first.counts(), first.err());
    assertTrue(first.err().contains("moved a.out to .torc/kept/1/a.out"), first.err());
    assertEquals("mine\n", project.read(".torc/kept/1/a.out"));

    project.write("x", "2\n");
    Ran second = project.torc();
    assertEquals(ONE, second.counts(), second.err());
    assertEquals(List.of("1"), kept());

    project.edit("torc.yaml", "executor: slurm", "executor: held");
    project.write("x", "3\n");
    Going torc = started();
    assertEquals("2\n", project.read("a.out"), "the old one can be read until it begins");
    project.write("a.out", "edited while it is queued\n");
    cluster.release(project);
    Ran third = torc.await();
    assertEquals(ONE, third.counts(), third.err());
    assertEquals("3\n", project.read("a.out"));
    assertEquals(List.of("1", "3"), kept());
    assertEquals("edited while it is queued\n", project.read(".torc/kept/3/a.out"));
    assertEquals(NONE, project.torc().counts());
    assertFalse(project.exists(".torc/remote"), "nothing is left of what is recorded");
  }

  private List<String> kept() throws Exception {
    try (Stream<Path> files = Files.list(project.root.resolve(".torc/kept"))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
