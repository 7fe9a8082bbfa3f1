package dev.torc.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torc.report.Report.Detail;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GithubReportTest {

  @TempDir Path here;
  private final StringWriter err = new StringWriter();
  private int tokens;

  private Report report() {
    return new GithubReport(err, Detail.NORMAL, Palette.NONE, here, () -> "token" + ++tokens);
  }

  @Test
  void aFailureIsAnAnnotationAndAGroup() throws IOException {
    Path log = Files.writeString(here.resolve("l.log"), "oh\n");
    report().accept(Events.failed("a:b,c", "100% wrong", "cmd", log));
    assertEquals(
        """
        ::error title=a%3Ab%2Cc failed::100%25 wrong, log l.log
        a:b,c failed: 100% wrong after 1.2 s
        ::group::a:b,c: command and log
          command: cmd
        oh
          log: l.log
        ::endgroup::
        """,
        err.toString());
  }

  @Test
  void aJobsOwnWorkflowCommandsAreHarmless() throws IOException {
    Path log = Files.writeString(here.resolve("l.log"), "::add-path::/evil\n##[error]x\n");
    report().accept(Events.failed("j", "exit 1", "cmd", log));
    assertEquals(
        """
        ::error title=j failed::exit 1, log l.log
        j failed: exit 1 after 1.2 s
        ::group::j: command and log
        ::stop-commands::token1
          command: cmd
        ::add-path::/evil
        ##[error]x
          log: l.log
        ::token1::
        ::endgroup::
        """,
        err.toString());
  }

  @Test
  void aJobsNameCannotBeAWorkflowCommand() {
    report().accept(Events.jobStarted("::set-env name=x"));
    assertEquals(
        """
        ::stop-commands::token1
        ::set-env name=x: need f2.json changed 3f2a91c → 88d01be
        ::token1::
        """,
        err.toString());
  }

  @Test
  void atMostNineAnnotations() {
    try (Report report = report()) {
      for (int i = 0; i < 20; i++) {
        report.accept(Events.failed("j" + i, "exit 1", "c", null));
      }
    }
    assertEquals(9, err.toString().lines().filter(line -> line.startsWith("::error ")).count());
    assertEquals(20, err.toString().lines().filter(line -> line.startsWith("::group::")).count());
  }
}
