package dev.torc.front.show;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torc.base.text.Palette;
import dev.torc.core.attempt.JobState;
import dev.torc.front.show.Report.Detail;
import dev.torc.front.show.Report.Style;
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
  private long now;

  private GithubReport report() {
    return new GithubReport(
        err,
        Style.of(Detail.NORMAL),
        Palette.NONE,
        here,
        here,
        () -> now,
        () -> "token" + ++tokens);
  }

  @Test
  void aFailureIsAnAnnotationAndAGroup() throws IOException {
    Path log = Files.writeString(here.resolve("l.log"), "oh\n");
    report().accept(Events.failed("a:b,c", "100% wrong", "cmd", log));
    assertEquals(
        """
        ::error title=a%3Ab%2Cc failed::100%25 wrong, log l.log
        a:b,c failed after 1.2 s: 100% wrong
        ::group::a:b,c: command and log
          command: cmd
        oh
          log: l.log
        ::endgroup::
        """,
        err.toString());
  }

  private String annotation(String wrote) throws IOException {
    Path log = Files.writeString(here.resolve("l.log"), wrote);
    err.getBuffer().setLength(0);
    report().accept(Events.failed("cc", "exit 1", "cmd", log));
    return err.toString().lines().findFirst().orElseThrow();
  }

  @Test
  void anAnnotationStandsAtTheFirstErrorThatTheLogHasInAFileOfTheRepository() throws IOException {
    Files.writeString(here.resolve("a,b.c"), "");
    String place = "::error title=cc failed,file=a%2Cb.c,line=2,col=23::exit 1: ";
    assertEquals(
        place + "expected ';', log l.log",
        annotation(
            """
            In file included from a,b.c:1:
            a,b.c: In function 'main':
            a,b.c:1:3: warning: unused
            /usr/include/stdio.h:7:1: error: elsewhere
            gone.c:7:1: error: gone
            \033[1ma,b.c:2:23: error: \033[0mexpected ';'
            a,b.c:9:1: error: later
            """
                .replace("\\033", "\033")));
    assertEquals(
        "::error title=cc failed,file=a%2Cb.c,line=4::exit 1: x.h: No such file, log l.log",
        annotation(here + "/a,b.c:4: fatal error: x.h: No such file\n"));
    assertEquals("::error title=cc failed::exit 1, log l.log", annotation("error: 12:3: error:\n"));
  }

  @Test
  void aJobsOwnWorkflowCommandsAreHarmless() throws IOException {
    Path log = Files.writeString(here.resolve("l.log"), "::add-path::/evil\n##[error]x\n");
    report().accept(Events.failed("j", "exit 1", "cmd", log));
    assertEquals(
        """
        ::error title=j failed::exit 1, log l.log
        j failed after 1.2 s: exit 1
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
    try (GithubReport report = report()) {
      report.accept(Events.jobStarted("::set-env name=x"));
      now += 10 * Events.SECOND;
      report.reportLate();
      report.accept(Events.ended("::set-env name=x", JobState.RAN));
    }
    assertEquals(
        """
        ::stop-commands::token1
        ::set-env name=x: still runs after 10 s: need f2.json changed 3f2a91c → 88d01be
        ::token1::
        ::stop-commands::token2
        ::set-env name=x: ran in 1.2 s: need f2.json changed 3f2a91c → 88d01be
        ::token2::
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
