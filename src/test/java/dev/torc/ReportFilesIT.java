package dev.torc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.Sandbox.Going;
import dev.torc.Sandbox.Ran;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** The files for other programs that a build leaves, where it does not come to its end. */
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("ReportFilesIT")
class ReportFilesIT {

  @TempDir Path temp;
  private Sandbox project;

  @BeforeEach
  void aJobThatDoesNotEnd() throws Exception {
    project = new Sandbox(temp);
    project.env.put("GITHUB_STEP_SUMMARY", "summary.md");
    project.env.put("TORC_PROFILE", "1");
    project.write("report.xml", "of an earlier build");
    project.build(
        """
        jobs:
          quick: { command: "true" }
          long: { command: "echo begun; echo > started; sleep 1000", after: quick }
          later: { command: "true", after: long }
        """);
  }

  @AfterEach
  void end() {
    project.close();
  }

  private Going start() throws Exception {
    Going build = project.start("build", "--junit", "report.xml");
    project.awaitLine("started");
    return build;
  }

  @Test
  void anInterruptedBuildLeavesThemWhole() throws Exception {
    Going build = start();
    build.signal("INT");
    assertEquals(130, build.await().exit());
    String report = project.read("report.xml");
    assertTrue(report.endsWith("</testsuites>\n"), report);
    assertTrue(report.contains("tests=\"3\" failures=\"0\" errors=\"1\" skipped=\"1\""), report);
    assertTrue(report.contains("<system-out>begun\n</system-out>"), report);
    String summary = project.read("summary.md");
    assertTrue(
        summary.contains("1 ran, 0 up to date, 0 failed, 1 interrupted, 1 not reached"), summary);
    String trace = project.read(".torc/profile.json");
    assertTrue(trace.contains("\"outcome\":\"interrupted\"") && trace.endsWith("]}\n"), trace);
  }

  @Test
  void ofAKilledOneTheOldOnesStay() throws Exception {
    Going build = start();
    build.signal("KILL");
    build.await();
    assertEquals("of an earlier build", project.read("report.xml"));
    assertFalse(project.exists("summary.md"));
  }

  @Test
  void whereAnotherBuildIsAtWorkTheReportSaysSo() throws Exception {
    Going build = start();
    Ran other = project.torc("build", "--no-wait", "--junit", "other.xml");
    assertEquals(75, other.exit());
    String report = project.read("other.xml");
    assertTrue(
        report.contains("<error message=\"another build is at work here\" type=\"torc\">"), report);
    build.signal("TERM");
    assertEquals(143, build.await().exit());
  }
}
