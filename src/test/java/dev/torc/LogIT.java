package dev.torc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torc.Sandbox.Going;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The logs of a build that is at work, by the shipped launcher. */
class LogIT {

  @TempDir Path temp;

  @Test
  void followShowsWhatARunningJobWritesAndEndsWithTheJob() throws Exception {
    try (Sandbox project = new Sandbox(temp)) {
      project.build(
          """
          jobs:
            work:
              command: |
                echo one {attempt}
                echo > started
                while ! test -e go; do sleep 0.05; done
                echo two {attempt}
                test {attempt} -gt 1
              retries: 1
            late:
              command: while ! test -e end; do sleep 0.05; done
              after: work
          """);
      Going build = project.start("build");
      project.awaitLine("started");
      assertEquals("one 1\n", project.torc("log", "work").out());
      Going follow = project.start("log", "--follow", "work");
      Sandbox.until("what the job wrote", () -> follow.out().contains("one 1\n"));
      project.write("go", "");
      assertEquals(0, follow.await().exit()); // though the build goes on
      assertEquals("one 1\ntwo 1\n--- torc: attempt 2 ---\none 2\ntwo 2\n", follow.out());
      project.write("end", "");
      assertEquals(0, build.await().exit());
    }
  }
}
