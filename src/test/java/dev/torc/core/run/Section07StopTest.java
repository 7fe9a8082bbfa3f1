package dev.torc.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.core.attempt.Event;
import dev.torc.core.attempt.JobState;
import dev.torc.core.here.ProcessEnd;
import dev.torc.core.run.StubRunner.Stub;
import dev.torc.front.session.StopRequests;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Section 7, {@code torc stop}: what a running build does that is asked to stop. */
class Section07StopTest extends Harness {

  private static final String THREE =
      """
      a: { command: make a, produces: [a.out] }
      b: { command: make b, needs: [a.out], produces: [b.out] }
      c: { command: make c, produces: [c.out] }
      """;

  private final CompletableFuture<Void> told = new CompletableFuture<>();
  private final CompletableFuture<Void> submitted = new CompletableFuture<>();

  @Override
  protected void heard(Event event) {
    if (event instanceof Event.Note note && note.text().contains("torc stop")) {
      told.complete(null);
    } else if (event instanceof Event.JobSubmitted) {
      submitted.complete(null);
    }
  }

  private void ask(String build, boolean now) throws IOException {
    StopRequests.write(place(), build, now);
  }

  /** Asks the running build to stop, and waits until it does. */
  private void stop() throws IOException {
    ask(setup.common().build().id(), false);
    told.join();
  }

  private ProcessEnd stopIn(Stub stub, ProcessEnd end) throws IOException {
    stop();
    return end;
  }

  @Test
  void runningJobsFinishAndNothingStarts() {
    given(THREE);
    limits.put("cpus", 1L);
    job("a", stub -> stopIn(stub, work(stub)));
    build();
    ran("a");
    assertEquals(JobState.RAN, state("a"));
    assertEquals(JobState.NOT_REACHED, state("b"));
    assertEquals(JobState.NOT_REACHED, state("c"));
    assertEquals(1, exit);
    said("torc stop", "no more start");
    usual("a");
    build();
    ran("b", "c");
    assertEquals(0, exit, "the request was for the build before");
    settled();
  }

  @Test
  void aBuildInWhichEverythingStartedSucceeds() {
    given("a: { command: make a, produces: [a.out] }");
    job("a", stub -> stopIn(stub, work(stub)));
    build();
    assertEquals(0, exit);
    assertEquals(JobState.RAN, state("a"));
  }

  @Test
  void nothingIsRetried() {
    given("a: { command: make a, produces: [a.out], retries: 3 }");
    job("a", stub -> stopIn(stub, stub.exit(1)));
    build();
    assertEquals(JobState.FAILED, state("a"));
    assertEquals(1, events.stream().filter(Event.JobStarted.class::isInstance).count());
    assertEquals(1, exit);
  }

  @Test
  void aJobWhoseRetryDoesNotStartHasFailed() {
    given(
        """
        a: { command: make a, produces: [a.out], retries: 3, retry: { delay: 1h } }
        b: { command: make b, needs: [a.out], produces: [b.out] }
        c: { command: make c, produces: [c.out] }
        """);
    limits.put("cpus", 1L);
    job("a", stub -> stub.exit(2));
    job("c", stub -> stopIn(stub, work(stub)));
    build();
    assertEquals(JobState.FAILED, state("a"));
    assertEquals(JobState.BLOCKED, state("b"));
    assertEquals(JobState.RAN, state("c"));
    assertEquals(1, exit);
  }

  @Test
  void instancesThatAreNotKnownYetCountAsNotStarted() {
    given(
        """
        list: { command: make list, produces: [list] }
        each: { parameters: { n: { lines: list } }, command: "make {n}", produces: ["{n}.out"] }
        """);
    job(
        "list",
        stub -> {
          stub.write("list", "one\n");
          return stopIn(stub, stub.exit(0));
        });
    build();
    ran("list");
    assertEquals(1, exit);
  }

  @Test
  void aRequestThatCameBeforeTheFirstJobCounts() throws IOException {
    given(THREE);
    build("c");
    String next = "3f2a91c0";
    ask(next, false);
    id = next;
    build();
    ran();
    assertEquals(JobState.NOT_REACHED, state("a"));
    assertEquals(1, exit);
  }

  @Test
  void nowInterruptsAsCtrlCDoes() {
    given(THREE);
    limits.put("cpus", 1L);
    job(
        "a",
        stub -> {
          ask(setup.common().build().id(), true);
          assertEquals(2, stub.nextEnd());
          return stub.ended(ProcessEnd.How.INTERRUPTED);
        });
    build();
    assertEquals(JobState.INTERRUPTED, state("a"));
    assertEquals(JobState.NOT_REACHED, state("c"));
    assertEquals(130, exit);
  }

  @Test
  void jobsOfASchedulerStayThere() throws IOException {
    givenFile(
        """
        executors:
          far:
            kind: commands
            latency: 100ms
            submit: >-
              cd ROOT; { until test -e go; do sleep 0.02; done; exec setsid {script}; } > {log} 2>&1 & echo $!
            states: 'for i in {ids}; do if kill -0 $i; then echo $i runs; else echo $i gone; fi; done'
            cancel: 'kill {ids}'
            id: '(?m)^(\\d+)$'
            words: { running: [runs], gone: [gone] }
        jobs:
          far: { command: 'echo 1 > far.out', produces: far.out, executor: far, priority: 1 }
          a: { command: make a, produces: [a.out] }
          b: { command: make b, needs: [far.out], produces: [b.out] }
        """
            .replace("ROOT", root.toString()));
    job(
        "a",
        stub -> {
          submitted.join();
          return stopIn(stub, work(stub));
        });
    build();
    assertEquals(JobState.SUBMITTED, state("far"));
    assertEquals(JobState.RAN, state("a"));
    assertEquals(JobState.NOT_REACHED, state("b"));
    assertEquals(1, exit);
    edit("go", "1");
    build();
    assertEquals(JobState.RAN, state("far"), "its own process made the product");
    ran("far", "b");
    assertEquals(0, exit);
    assertTrue(exists("b.out"));
  }
}
