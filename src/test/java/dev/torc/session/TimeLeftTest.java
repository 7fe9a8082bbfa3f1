package dev.torc.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.engine.Event;
import dev.torc.engine.Harness;
import java.io.IOException;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The time that a build will take: its longest path, or all of its work. */
class TimeLeftTest extends Harness {

  private static final long SECOND = 1_000_000_000L;

  /** Gives a job a duration on record. */
  private void took(String job, long seconds) {
    scripts.put(
        job,
        stub -> {
          work(stub);
          return stub.exit(0, seconds * SECOND);
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
    assertEquals(6, seconds(9), "the longest of them");
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

  /** What the test tells and asks of the time left while the first job runs. */
  private Consumer<TimeLeft> follows;

  @Override
  protected void heard(Event event) {
    if (event instanceof Event.JobStarted && follows != null) {
      Consumer<TimeLeft> first = follows;
      follows = null;
      first.accept(new TimeLeft(setup.plan(), Map.of("cpus", 2L)));
    }
  }

  private void followed(Consumer<TimeLeft> by) {
    follows = by;
    build();
    assertNull(follows);
  }

  @Test
  void goesByWhatHappens() {
    fork();
    force = true;
    followed(
        left -> {
          assertEquals(20 * SECOND, left.expected("c"));
          assertEquals(-1, left.expected("nobody"));
          left.started("a", 0);
          assertEquals(26, left.left(0) / SECOND);
          assertEquals(25, left.left(SECOND) / SECOND);
          assertEquals(25, left.left(2 * SECOND) / SECOND, "late: a tenth of what it took so far");
          left.ended("a", SECOND);
          left.started("b", SECOND);
          left.started("c", SECOND);
          assertEquals(15, left.left(11 * SECOND) / SECOND);
          left.ended("b", 10 * SECOND);
          left.ended("c", 0);
          left.ended("d", 0);
          assertEquals(0, left.left(20 * SECOND));
        });
  }

  private void many(long millis) {
    given("g: { command: 'g {n}', produces: 'g{n}', parameters: { n: {from: 0, to: 199} } }");
    otherwise =
        stub -> {
          work(stub);
          return stub.exit(0, millis * 1_000_000);
        };
  }

  private static void over(TimeLeft left, int from, int to, long millis) {
    for (int n = from; n < to; n++) {
      left.started("g/n=" + n, 0);
      left.ended("g/n=" + n, millis * 1_000_000);
    }
  }

  @Test
  void jobsTakeAsLongAsTheyTurnOutTo() {
    many(100);
    followed(
        left -> {
          assertTrue(left.left(0) < 0, "nothing is known");
          over(left, 0, 100, 100);
          assertEquals(5, left.left(0) / SECOND);
        });
  }

  /** Jobs take ten times as long as last time: so will the others. */
  @Test
  void soDoJobsThatWereFasterLastTime() {
    many(100);
    build();
    force = true;
    followed(
        left -> {
          assertEquals(10, left.left(0) / SECOND);
          over(left, 0, 180, 1000);
          assertEquals(9.5, left.left(0) / 1e9, 0.5, "20 jobs of a second by two");
        });
  }

  /** None of the first jobs that may run had to: so the others will hardly have to. */
  @Test
  void whatMayRunCountsAsItTurnsOut() {
    given(
        """
        a: { command: a, needs: s, produces: a }
        g: { command: 'g {n}', needs: a, produces: 'g{n}', parameters: { n: {from: 0, to: 199} } }
        """);
    edit("s", "1");
    took("a", 1);
    otherwise =
        stub -> {
          work(stub);
          return stub.exit(0, SECOND);
        };
    build();
    edit("s", "2");
    followed(
        left -> {
          assertEquals(100, left.left(0) / SECOND, "as if they all did");
          for (int n = 0; n < 99; n++) {
            left.ended("g/n=" + n, 0);
          }
          assertEquals(1, left.left(0) / SECOND, "as long as a");
        });
  }
}
