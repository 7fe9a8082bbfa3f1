package dev.torc.front.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.core.attempt.Event;
import dev.torc.core.run.Harness;
import java.io.IOException;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The time that a build will take: its longest path, or its work divided by the cpus. */
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
  void followsTheLongestPathAndTheCpus() throws Exception {
    fork();
    force = true;
    assertEquals(1 + 20 + 5, seconds(2));
    assertEquals(1 + 10 + 20 + 5, seconds(1));
  }

  @Test
  void upToDateJobsTakeNoTime() throws Exception {
    fork();
    assertEquals(0, expected());
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
      first.accept(new TimeLeft(setup.plan(), 2));
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
          assertEquals(26, left.remaining(0) / SECOND);
          assertEquals(25, left.remaining(SECOND) / SECOND);
          assertEquals(-1, left.remaining(SECOND + 1), "longer than before");
          left.stopped(SECOND);
          assertEquals(25, left.remaining(2 * SECOND) / SECOND, "it was stopped for a second");
          left.ended("a", 0);
          left.started("b", SECOND);
          left.started("c", SECOND);
          assertEquals(15, left.remaining(11 * SECOND) / SECOND);
          left.ended("b", 0);
          left.ended("c", 0);
          left.ended("d", 0);
          assertEquals(0, left.remaining(20 * SECOND));
        });
  }

  /** A guess beside a job of which nothing is known would look like knowledge. */
  @Test
  void thereIsNoEstimateBesideAJobThatIsNewOrLateOrOut() {
    fork();
    given(
        """
        a: { command: a, produces: a }
        b: { command: b, needs: a, produces: b }
        new: { command: n, produces: n }
        """);
    force = true;
    followed(
        left -> {
          assertTrue(left.remaining(0) > 0, "none of them runs yet");
          left.started("new", 0);
          assertEquals(-1, left.expected("new"));
          assertEquals(-1, left.remaining(0), "its first run");
          left.ended("new", 0);
          left.started("a", 0);
          assertEquals(11, left.remaining(0) / SECOND);
          left.submitted("a");
          assertEquals(-1, left.remaining(0), "a scheduler starts it when it likes");
        });
  }

  /** In a first build the instances that ended tell how long the others take. */
  @Test
  void aGroupIsEstimatedByItsInstancesThatEnded() {
    given(
        """
        g: { command: "g {n}", produces: "g{n}", parameters: { n: [1, 2, 3, 4] } }
        z: { command: z, needs: { job: g }, produces: z }
        """);
    followed(
        left -> {
          left.started("g/n=1", 0);
          assertEquals(-1, left.remaining(0), "nothing is known");
          assertEquals(4, left.due("g"));
          left.ended("g/n=1", 10 * SECOND);
          left.started("g/n=2", 10 * SECOND);
          left.started("g/n=3", 10 * SECOND);
          assertEquals(
              14, left.remaining(11 * SECOND) / SECOND, "9 + 9 + 10 on two cpus; z counts nothing");
          assertEquals(-1, left.expected("g/n=2"), "that is of no record");
          assertEquals(10, left.remaining(30 * SECOND) / SECOND, "an instance may take longer");
          left.ended("g/n=2", 20 * SECOND);
          left.ended("g/n=3", 0);
          left.ended("g/n=4", 0);
          assertEquals(4, left.due("g"));
          assertEquals(0, left.due("nobody"));
          left.started("z", 40 * SECOND);
          assertEquals(-1, left.remaining(40 * SECOND), "its first run");
        });
  }
}
