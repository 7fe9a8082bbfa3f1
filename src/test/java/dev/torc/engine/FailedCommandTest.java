package dev.torc.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/** The command that is told of a failure is the one that ran or would have, in words to paste. */
class FailedCommandTest extends Harness {

  private String command(String job) {
    return events.stream()
        .filter(e -> e instanceof Event.JobEnded end && end.job().equals(job))
        .map(e -> ((Event.JobEnded) e).details().command())
        .findFirst()
        .orElseThrow();
  }

  @Test
  void itIsFilledWhereTheAttemptDidNotComeToRunIt() throws Exception {
    edit("x", "x");
    given("a: { command: 'sort {needs} > {produces}', needs: x, produces: out/a }");
    Files.createDirectories(root.resolve(".torc/jobs/a.needs/in"));
    build();
    assertEquals(JobState.FAILED, state("a"));
    assertTrue(what("a").contains("a.needs"), what("a"));
    assertEquals("sort x > out/a", command("a"));
  }

  @Test
  void soItIsWhereANeedIsGone() {
    edit("x", "x");
    given(
        """
        a: { command: a, produces: a }
        b: { command: 'cp {needs} {produces}', needs: x, after: a, produces: b }
        """);
    job(
        "a",
        stub -> {
          delete("x");
          return work(stub);
        });
    build();
    assertEquals("need x is gone", what("b"));
    assertEquals("cp x b", command("b"));
  }
}
