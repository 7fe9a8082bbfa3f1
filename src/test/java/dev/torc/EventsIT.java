package dev.torc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torc.Sandbox.Going;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Events of a build that is at work, by the shipped launcher. */
class EventsIT {

  @TempDir Path temp;

  @Test
  void followShowsWhatRunningJobsPostAndEndsWithTheBuild() throws Exception {
    try (Sandbox project = new Sandbox(temp)) {
      project.build(
          """
          jobs:
            early:
              command: echo '{"n":0}' >> $TORC_EVENTS
            work:
              command: |
                echo '{"n":1}' >> $TORC_EVENTS
                echo > started
                while ! test -e go; do sleep 0.05; done
                echo '{"n":2}' >> $TORC_EVENTS
                exit {attempt}
              after: early
              retries: 1
          """);
      Going build = project.start("build");
      project.awaitLine("started");
      Going follow = project.start("events", "--follow", "--json");
      Sandbox.until("the event of the running job", () -> follow.out().contains("\"n\":1"));
      project.write("go", "");
      build.await();
      assertEquals(0, follow.await().exit());
      List<String> told =
          follow
              .out()
              .lines()
              .map(line -> line.replaceFirst(".*\"attempt\":(\\d),\"data\":(.*)}$", "$1 $2"))
              .toList();
      assertEquals(
          List.of("1 {\"n\":0}", "1 {\"n\":1}", "1 {\"n\":2}", "2 {\"n\":1}", "2 {\"n\":2}"), told);
      assertEquals(told.size(), project.torc("events").out().lines().count());
    }
  }
}
