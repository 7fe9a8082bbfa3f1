package dev.torc.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torc.engine.StubRunner.Held;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rule 8: what a failure stops, and what it does not. */
class Rule08FailureTest extends Harness {

  @BeforeEach
  void aProject() {
    given(
        """
        a: { command: make a, produces: [a.out] }
        b: { command: make b, needs: [a.out], produces: [b.out] }
        c: { command: make c, needs: [b.out], produces: [c.out] }
        i: { command: make i, produces: [i.out] }
        j: { command: make j, needs: [i.out], produces: [j.out] }
        """);
    limits.put("cpus", 1L);
  }

  @Test
  void independentJobsGoOnAndReadersAreBlocked() {
    failing("a");
    build().ran("a", "i", "j");
    assertEquals(1, exit);
    assertEquals("exit 1", what("a"));
    assertEquals(JobState.BLOCKED, state("b"));
    assertEquals(JobState.BLOCKED, state("c"));
    assertEquals("a", what("c"));
    assertEquals(JobState.RAN, state("j"));
    usual("a");
    build().ran("a", "b", "c");
    settled();
  }

  @Test
  void failFastStartsNothingNew() {
    failFast = true;
    failing("a");
    build().ran("a");
    assertEquals(JobState.NOT_REACHED, state("i"));
    assertEquals(JobState.NOT_REACHED, state("j"));
    assertEquals(1, exit);
  }

  @Test
  void failFastLetsRunningJobsFinish() {
    failFast = true;
    limits.put("cpus", 2L);
    Held a = hold("a");
    Held i = hold("i");
    job(
        "a",
        stub -> {
          a.run(stub);
          return stub.exit(1);
        });
    Building building = start();
    a.started();
    i.started();
    a.go();
    // only a build that lets i finish comes to an end with i as run
    i.go();
    building.await();
    assertEquals(JobState.FAILED, state("a"));
    assertEquals(JobState.RAN, state("i"));
  }

  @Test
  void anAllowedFailureBlocksItsReadersButNotTheBuild() {
    given(
        """
        a: { command: make a, produces: [a.out], allow_failure: true }
        b: { command: make b, needs: [a.out], produces: [b.out] }
        """);
    failing("a");
    build("a");
    assertEquals(0, exit);
    build();
    assertEquals(1, exit, "b is what the build is for");
    assertEquals(JobState.FAILED, state("a"));
    assertEquals(JobState.BLOCKED, state("b"));
    build("b");
    assertEquals(1, exit);
    build().ran("a");
    assertEquals("failed", why("a"));
  }

  @Test
  void aBlockedTargetFailsTheBuildUnlessItAllowsFailuresItself() {
    given(
        """
        a: { command: make a, produces: [a.out], allow_failure: true }
        b: { command: make b, needs: [a.out], produces: [b.out] }
        c: { command: make c, needs: [b.out], allow_failure: true }
        """);
    failing("a");
    build();
    assertEquals(0, exit, "c reads b, and allows failures");
    assertEquals(JobState.BLOCKED, state("c"));
    build("c");
    assertEquals(0, exit);
    build("b", "c");
    assertEquals(1, exit);
  }

  @Test
  void whatOnlyOrderFollowsIsAFinalProduct() {
    given(
        """
        a: { command: make a, produces: [a.out], allow_failure: true }
        b: { command: make b, needs: [a.out], produces: [b.out] }
        tell: { command: tell, after: [b], allow_failure: true }
        """);
    failing("a");
    build();
    assertEquals(1, exit);
  }

  @Test
  void whatOnlyAManualJobReadsIsAFinalProduct() {
    given(
        """
        a: { command: make a, produces: [a.out], allow_failure: true }
        b: { command: make b, needs: [a.out], produces: [b.out] }
        deploy: { command: copy, needs: [b.out], manual: true, allow_failure: true }
        """);
    failing("a");
    build();
    assertEquals(1, exit);
    build("deploy");
    assertEquals(0, exit);
  }

  @Test
  void aJobThatWaitsForOrderOnlyIsBlockedToo() {
    given(
        """
        a: { command: make a, produces: [a.out] }
        b: { command: make b, after: [a], produces: [b.out] }
        """);
    failing("a");
    build().ran("a");
    assertEquals(JobState.BLOCKED, state("b"));
  }

  @Test
  void everySelectedJobEndsInOneStateAndOnlyOnce() {
    failing("a");
    build();
    var counts =
        events.stream()
            .filter(Event.Finished.class::isInstance)
            .map(e -> ((Event.Finished) e).counts())
            .findFirst()
            .orElseThrow();
    assertEquals(5, counts.values().stream().mapToInt(n -> n).sum());
    assertEquals(5, events.stream().filter(Event.JobEnded.class::isInstance).distinct().count());
    assertEquals(2, counts.get(JobState.BLOCKED));
  }
}
