package dev.torc.front.show;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.syntax.Hidden;
import dev.torc.core.attempt.JobState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The JUnit XML file of a build that does not end well. */
class JunitReportTest {

  private static final long BEGUN = 1_700_000_000_000L;

  @TempDir Path dir;
  private final JunitReport report = new JunitReport(BEGUN);

  private String written() throws Exception {
    Path file = dir.resolve("r.xml");
    report.write(file, new Hidden());
    return Files.readString(file).replace("></skipped>", "/>").replace("></error>", "/>");
  }

  @Test
  void anInterruptedJobIsAnErrorAndWhatFollowsIsSkipped() throws Exception {
    report.accept(Events.started(4));
    report.accept(Events.jobStarted("a"));
    report.accept(Events.ended("a", JobState.INTERRUPTED));
    report.accept(Events.ended("b", JobState.NOT_REACHED));
    report.accept(Events.ended("c", JobState.SUBMITTED));
    report.accept(Events.blocked("d", ""));
    report.accept(Events.finished(0, 0, 0, 0));
    report.ended(130);
    assertEquals(
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites name="torc" tests="4" failures="0" errors="1" time="1.200">
          <testsuite name="project" tests="4" failures="0" errors="1" skipped="3" time="1.200"\
         timestamp="2023-11-14T22:13:20">
            <properties>
              <property name="build" value="b1"/>
              <property name="number" value="7"/>
              <property name="exit" value="130"/>
            </properties>
            <testcase name="a" classname="project" time="1.200">
              <error message="interrupted after 1.2 s" type="interrupted"/>
            </testcase>
            <testcase name="b" classname="project" time="1.200">
              <skipped message="not started: the build ended first"/>
            </testcase>
            <testcase name="c" classname="project" time="1.200">
              <skipped message="submitted: it is still out"/>
            </testcase>
            <testcase name="d" classname="project" time="0.000">
              <skipped message="blocked"/>
            </testcase>
          </testsuite>
        </testsuites>
        """,
        written());
  }

  /** A cache that can be neither read nor written ends torc in the middle. */
  @Test
  void aJobThatWasRunningWhenTorcBrokeIsAnError() throws Exception {
    report.accept(Events.started(2));
    report.accept(Events.jobStarted("a"));
    report.broken(List.of("torc: no space left on device"));
    String text = written();
    assertTrue(
        text.contains("<error message=\"torc ended before it\" type=\"interrupted\"/>"), text);
    assertTrue(text.contains("tests=\"1\" failures=\"0\" errors=\"1\""), text);
  }

  @Test
  void withoutAMessageTheStatusIsSaid() throws Exception {
    report.ended(75);
    String text = written();
    assertTrue(text.contains("<error message=\"torc ended with status 75\" type=\"torc\"/>"), text);
  }

  @Test
  void aBuildOfNoJobsIsASuiteOfNone() throws Exception {
    report.accept(Events.started(0));
    report.accept(Events.finished(0, 0, 0, 0));
    report.ended(0);
    assertTrue(written().contains("<testsuite name=\"project\" tests=\"0\" "));
  }
}
