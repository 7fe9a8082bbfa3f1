package dev.torc;

import static dev.torc.Sandbox.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.torc.Sandbox.Going;
import dev.torc.Sandbox.Ran;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rule 10: one build per root, between processes. */
class LockIT {

  /** A job that runs until the file {@code go} is there. */
  private static final String WAITS =
      "jobs:\n  a: { command: 'echo a; echo $$ > pid; until [ -e go ]; do sleep 0.01; done' }\n";

  private static final List<List<String>> LOOKS =
      List.of(
          List.of("build", "-n"),
          List.of("why", "a"),
          List.of("status"),
          List.of("list"),
          List.of("graph"),
          List.of("check"),
          List.of("clean", "-n"),
          List.of("log", "a"),
          List.of("history"));

  @TempDir Path temp;
  private Sandbox project;

  @BeforeEach
  void project() throws Exception {
    project = new Sandbox(temp);
  }

  @AfterEach
  void end() {
    project.close();
  }

  @Test
  void aSecondBuildWaitsAndSaysForWhom() throws Exception {
    project.build(WAITS);
    Going first = project.start("build");
    project.awaitLine("pid");
    Going second = project.start("build");
    String line =
        "waiting for another build to end (process %d, torc build)\n"
            .formatted(first.process().pid());
    until("the second build waits", () -> second.err().equals(line));
    assertTrue(first.process().isAlive() && second.process().isAlive());

    project.write("go", "");
    assertEquals(0, first.await().exit());
    Ran ran = second.await();
    assertEquals(0, ran.exit(), ran.err());
    assertEquals("1 job: 0 ran, 1 up to date, 0 failed", ran.counts(), ran.err());
  }

  @Test
  void noWaitEndsWith75() throws Exception {
    project.build(WAITS);
    Going first = project.start("build");
    project.awaitLine("pid");
    Ran second = project.torc("build", "--no-wait");
    assertEquals(75, second.exit(), second.err());
    assertEquals(
        "another build is at work here (process %d, torc build)\n".formatted(first.process().pid()),
        second.err());
    project.write("go", "");
    assertEquals(0, first.await().exit());
    assertEquals(0, project.torc("build", "--no-wait").exit());
  }

  @Test
  void aWaitingBuildCanBeInterrupted() throws Exception {
    project.build(WAITS);
    Going first = project.start("build");
    project.awaitLine("pid");
    Going second = project.start("build");
    until("the second build waits", () -> second.err().startsWith("waiting "));
    second.signal("TERM");
    assertEquals(143, second.await().exit());
    project.write("go", "");
    assertEquals(0, first.await().exit());
  }

  @Test
  void lookingNeverWaits() throws Exception {
    project.build(WAITS);
    Going first = project.start("build");
    project.awaitLine("pid");
    for (List<String> look : LOOKS) {
      Ran ran = project.torc(look.toArray(String[]::new));
      assertEquals(0, ran.exit(), look + ran.err());
      assertTrue(look.contains("clean") || ran.out().contains("a"), look + ran.out());
    }
    assertTrue(first.process().isAlive());
    project.write("go", "");
    assertEquals(0, first.await().exit());
  }

  @Test
  void lookingCreatesNothing() throws Exception {
    project.build(WAITS);
    for (List<String> look : LOOKS) {
      Ran ran = project.torc(look.toArray(String[]::new));
      assertTrue(ran.exit() == 0 || look.contains("log"), look + ran.err());
      assertFalse(project.exists(".torc"), look.toString());
    }
  }

  @Test
  void aBuildCalledByItsOwnJobIsAnError() throws Exception {
    project.build("jobs:\n  a: { command: \"'%s' build\" }\n".formatted(Sandbox.launcher()));
    Ran ran = project.torc();
    assertEquals(1, ran.exit(), ran.err());
    assertTrue(
        ran.err()
            .contains(
                "torc: job a calls torc in %s, whose build it is part of; it would wait for"
                        .formatted(project.root)
                    + " itself\n"),
        ran.err());
    assertTrue(ran.err().contains("a failed: exit 2 "), ran.err());
  }

  @Test
  void aBuildCalledByItsOwnJobWithoutItsEnvironmentIsAnError() throws Exception {
    assumeTrue(Files.exists(Path.of("/proc/self/stat")), "only /proc tells of process groups");
    project.write(
        "bare",
        "env -i PATH=\"$PATH\" TORC_JAVA_HOME=\"$TORC_JAVA_HOME\" '%s' build --no-wait\n"
            .formatted(Sandbox.launcher()));
    project.write("deep", "sh -c 'sh bare; exit $?'\n");
    project.write(
        "orphan",
        """
        sh -c '(until [ -e go ]; do sleep 0.01; done; sh bare; echo $? > exit.new; mv exit.new end) &'
        touch go
        until [ -e end ]; do sleep 0.01; done
        exit $(cat end)
        """);
    project.build(
        """
        jobs:
          a: { command: sh bare }
          b: { command: sh deep }
          c: { command: sh orphan }
        """);
    Ran ran = project.torc("build", "-j", "1");
    assertEquals(1, ran.exit(), ran.err());
    for (String job : List.of("a", "b", "c")) {
      String log = project.read(".torc/logs/" + job + ".log");
      String line = "torc: a job calls torc in %s, whose build it is part of; it would wait for";
      assertTrue(log.contains(line.formatted(project.root)), job + log);
      assertTrue(ran.err().contains(job + " failed: exit 2"), ran.err());
    }
  }

  @Test
  void aSecondBuildNeverEndsTheJobsOfOneWhoseLockWasRemoved() throws Exception {
    assumeTrue(Files.exists(Path.of("/proc/self/fd")), "only /proc tells who has a file open");
    project.build(WAITS);
    Going first = project.start("build");
    String job = project.awaitLine("pid");
    for (String gone : List.of(".torc/lock", ".torc")) {
      project.sh("rm -r " + gone);
      for (int i = 0; i < 2; i++) {
        Ran second = project.torc("build", "--no-wait");
        assertEquals(75, second.exit(), gone + second.err());
        assertTrue(second.err().contains("process " + first.process().pid()), second.err());
      }
      assertTrue(Sandbox.runs(job), gone);
    }
    Going waiting = project.start("build");
    until("it waits", () -> waiting.err().startsWith("waiting "));
    project.write("go", "");
    first.await();
    assertEquals(0, waiting.await().exit());
  }

  @Test
  void aBuildCalledThroughAnotherProjectByItsOwnJobIsAnError() throws Exception {
    project.build(
        "jobs:\n  a: { command: \"'%s' build -C other\" }\n".formatted(Sandbox.launcher()));
    project.write(
        "other/torc.yaml",
        """
        jobs:
          b: { command: "'%s' build -C .." }
          c: { command: "echo c > c", produces: c }
        """
            .formatted(Sandbox.launcher()));
    Ran ran = project.torc();
    assertEquals(1, ran.exit(), ran.err());
    String log = project.read(".torc/logs/a.log");
    assertTrue(log.contains("torc: job b calls torc in " + project.root + ", "), log);
    assertTrue(log.contains("2 jobs: 1 ran, 0 up to date, 1 failed"), log);
    assertTrue(Files.exists(project.root.resolve("other/c")));
  }

  @Test
  void aLinkToTheRootIsTheSameRoot() throws Exception {
    project.build(WAITS);
    Path link = Files.createSymbolicLink(temp.resolve("link"), project.root);
    Going first = project.start("build");
    project.awaitLine("pid");
    assertEquals(75, project.torc("build", "--no-wait", "-C", link.toString()).exit());
    project.write("go", "");
    assertEquals(0, first.await().exit());
  }
}
