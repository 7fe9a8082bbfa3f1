package dev.torc.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.exec.ProcessEnd;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The time that a build will take, by a model of it. */
class TimeLeftTest extends Harness {

  private static final long SECOND = 1_000_000_000L;

  /** Gives a job a duration on record. */
  private void took(String job, long seconds) {
    scripts.put(
        job,
        stub -> {
          ProcessEnd end = work(stub);
          return new ProcessEnd(end.how(), end.code(), seconds * SECOND, end.usage(), "");
        });
  }

  private long seconds(long cpus) throws IOException {
    limits.put("cpus", cpus);
    return expected() / SECOND;
  }

  private void fork() {
    given(
        """
        a: { command: a, produces: a }
        b: { command: b, needs: a, produces: b }
        c: { command: c, needs: a, produces: c }
        d: { command: d, needs: [b, c], produces: d }
        """);
    took("a", 1);
    took("b", 10);
    took("c", 20);
    took("d", 5);
    build();
  }

  @Test
  void followsTheLongestPathAndTheResources() throws Exception {
    fork();
    force = true;
    assertEquals(1 + 20 + 5, seconds(2));
    assertEquals(1 + 10 + 20 + 5, seconds(1));
  }

  @Test
  void whatIsUpToDateTakesNoTime() throws Exception {
    fork();
    assertEquals(0, expected());
  }

  @Test
  void memoryAndCountersHoldJobsBack() throws Exception {
    limits.put("memory", 4L << 30);
    givenFile(
        """
        limits: { tape: 1 }
        jobs:
          a: { command: a, produces: a, resources: { memory: 3GiB } }
          b: { command: b, produces: b, resources: { memory: 3GiB } }
          c: { command: c, produces: c, resources: { tape: 1 } }
          d: { command: d, produces: d, resources: { tape: 1 } }
        """);
    took("a", 3);
    took("b", 4);
    took("c", 5);
    took("d", 6);
    build();
    force = true;
    assertEquals(11, seconds(9));
    limits.put("memory", 8L << 30);
    assertEquals(11, seconds(9));
    limits.put("memory", 4L << 30);
    limits.put("tape", 2L);
    assertEquals(7, seconds(9));
  }

  @Test
  void anInstanceWithoutARecordTakesAsLongAsTheOthers() throws Exception {
    given(
        "g: { command: 'g {n}', produces: 'g{n}', parameters: { n: [1, 2] } }\n"
            + "x: { command: x, produces: x }");
    took("g/n=1", 10);
    took("g/n=2", 20);
    took("x", 1000);
    build();
    given(
        "g: { command: 'g {n}', produces: 'g{n}', parameters: { n: [1, 2, 3] } }\n"
            + "x: { command: x, produces: x }");
    assertEquals(15, seconds(1));
  }

  @Test
  void withoutAnyRecordNothingIsKnown() throws Exception {
    given("a: { command: a, produces: a }");
    assertTrue(expected() < 0);
  }

  @Override
  void heard(Event event) {
    if (event instanceof Event.JobStarted started && started.job().equals(follows)) {
      goesOn(new TimeLeft(setup.plan(), Map.of("cpus", 2L)));
      followed = true;
    }
  }

  private String follows = "";
  private boolean followed;

  @Test
  void goesByWhatHappens() {
    fork();
    force = true;
    follows = "a";
    build();
    assertTrue(followed);
  }

  private static void goesOn(TimeLeft left) {
    assertEquals(20 * SECOND, left.expected("c"));
    assertEquals(-1, left.expected("nobody"));
    left.started("a", 0);
    assertEquals(26, left.left(0) / SECOND);
    assertEquals(25, left.left(SECOND) / SECOND);
    assertEquals(25, left.left(2 * SECOND) / SECOND, "late: a tenth more than it took until now");
    left.ended("a", SECOND);
    left.started("b", 0);
    left.started("c", 0);
    assertEquals(15, left.left(10 * SECOND) / SECOND);
    left.ended("b", 20 * SECOND); // twice as long: c and d will be late too
    assertTrue(left.left(10 * SECOND) > 30 * SECOND);
    left.waits("c");
    assertTrue(left.left(0) > 40 * SECOND, "from its begin");
    left.ended("c", 20 * SECOND);
    left.ended("d", 0);
    assertEquals(0, left.left(0));
  }
}
