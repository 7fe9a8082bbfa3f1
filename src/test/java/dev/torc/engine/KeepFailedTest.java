package dev.torc.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torc.local.ProcessEnd;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Section 7, {@code --keep-failed}: what failed and has not changed counts as failed, unrun. */
class KeepFailedTest extends Harness {

  private static final String KEPT = "failed in build 1, not run again";

  @BeforeEach
  void fit() {
    given(
        """
        make: { command: make made, needs: in, produces: made }
        fit: { command: make fit, needs: [made, cfg], produces: fit, retries: 1 }
        plot: { command: make plot, needs: fit, produces: plot }
        """);
    edit("in", "1");
    edit("cfg", "1");
  }

  private void stands() {
    keepsFailed = true;
    assertEquals("will fail: failed before", look().get("fit"));
    build().ran();
    assertEquals(1, exit);
    assertEquals(JobState.FAILED, state("fit"));
    assertEquals(KEPT, what("fit"));
    assertEquals(JobState.BLOCKED, state("plot"));
  }

  @ParameterizedTest
  @EnumSource(names = {"EXITED", "TIMEOUT", "MEMORY"})
  void aFailureStandsAsOftenAsItIsAskedFor(ProcessEnd.How how) {
    job("fit", stub -> how == ProcessEnd.How.EXITED ? stub.exit(1) : stub.ended(how));
    build();
    stands();
    stands();
    usual("fit");
    keepsFailed = false;
    build().ran("fit", "plot");
    settled();
  }

  @Test
  void whatChangedRunsAndSoDoesWhatIsForced() {
    failing("fit");
    build();
    stands();
    edit("cfg", "2");
    build().ran("fit");
    assertEquals("exit 1", what("fit"));
    force = true;
    build("fit").ran("fit");
  }

  @Test
  void itIsKnownWhenAllNeedsAreThere() {
    failing("fit");
    build();
    keepsFailed = true;
    edit("in", "2");
    job(
        "make",
        stub -> {
          stub.write("made", "else");
          return stub.exit(0);
        });
    build().ran("make", "fit");
    job(
        "make",
        stub -> {
          stub.write("made", "else");
          return stub.exit(0);
        });
    edit("in", "3");
    build().ran("make");
    assertEquals("failed in build 2, not run again", what("fit"));
  }

  @Test
  void whatWasInterruptedRunsAndSoDoesWhatADepfileMayHaveNamed() {
    given(
        """
        cut: { command: make cut, produces: cut }
        cc: { command: make cc, produces: cc, depfile: cc.d }
        """);
    job("cut", stub -> stub.ended(ProcessEnd.How.INTERRUPTED));
    job("cc", stub -> stub.exit(1));
    build();
    keepsFailed = true;
    build().ran("cut", "cc");
  }
}
