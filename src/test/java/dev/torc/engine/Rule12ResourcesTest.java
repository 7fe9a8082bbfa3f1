package dev.torc.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.engine.StubRunner.Held;
import dev.torc.local.ProcessEnd;
import dev.torc.machine.Series.Usage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Rule 12: what runs at the same time, and in which order. What runs when is read off the events:
 * the loop sends them in the order in which it takes resources and gives them back.
 */
class Rule12ResourcesTest extends Harness {

  /** Replays the last build; returns the highest sum of each resource. */
  private Map<String, Long> highest() {
    Map<String, Long> now = new HashMap<>();
    Map<String, Long> most = new HashMap<>();
    Set<String> released = new HashSet<>();
    for (Event event : events) {
      String started = event instanceof Event.JobStarted s ? s.job() : null;
      String ended =
          switch (event) {
            case Event.JobEnded e when e.state() == JobState.RAN || e.state() == JobState.FAILED ->
                e.job();
            case Event.JobRetried r -> r.job();
            case Event.JobReleased r -> r.job();
            default -> null;
          };
      if (event instanceof Event.JobReleased) {
        released.add(ended);
      } else if (ended != null && released.remove(ended)) {
        continue; // it gave them back before
      }
      if (started != null || ended != null) {
        var job = graph.job(graph.jobId(started != null ? started : ended));
        Map<String, Long> demand =
            ResourceDemand.of(job.resources(), job.resources().memory(), limits).amounts();
        demand.forEach((name, n) -> now.merge(name, started != null ? n : -n, Long::sum));
        now.forEach((name, n) -> most.merge(name, n, Long::max));
      }
    }
    return most;
  }

  @Test
  void theSumOfRunningJobsNeverPassesTheLimits() {
    limits.put("licences", 2L);
    Random random = new Random(7);
    StringBuilder jobs = new StringBuilder();
    for (int i = 0; i < 120; i++) {
      jobs.append(
          "j%d: { command: make j, resources: { cpus: %d, memory: %dMiB, licences: %d } }\n"
              .formatted(i, 1 + random.nextInt(6), random.nextInt(3000), random.nextInt(3)));
    }
    givenFile("limits: { licences: 2 }\njobs:\n" + jobs.toString().indent(2));
    build();
    assertEquals(120, started().size());
    Map<String, Long> most = highest();
    assertTrue(most.get("cpus") <= 4, most.toString());
    assertTrue(most.get("memory") <= 4L << 30, most.toString());
    assertTrue(most.get("licences") <= 2, most.toString());
  }

  @Test
  void theyAreUsedUp() {
    given("a: { command: make }\nb: { command: make }\nc: { command: make }");
    limits.put("cpus", 2L);
    build();
    assertEquals(2, highest().get("cpus"));
  }

  @Test
  void aJobThatAsksForMoreCpusThanThereAreRunsAlone() {
    given(
        """
        a: { command: make a }
        b: { command: make b, resources: { cpus: 18 } }
        c: { command: make c }
        """);
    String[] granted = new String[1];
    job(
        "b",
        stub -> {
          granted[0] = stub.env("TORC_CPUS");
          return stub.exit(0);
        });
    limits.put("cpus", 2L);
    build().ran("a", "b", "c");
    assertEquals(2, highest().get("cpus")); // b takes both
    assertEquals("2", granted[0]);
  }

  @Test
  void theFirstThatRunsAloneHasTheWarningForAll() {
    given(
        """
        a: { command: make a, needs: [s], produces: [a], resources: { cpus: 18 } }
        b: { command: make b, needs: [a], produces: [b], resources: { cpus: 18 } }
        c: { command: make c, needs: [t], produces: [c], resources: { cpus: 18 } }
        """);
    edit("s", "1");
    edit("t", "1");
    limits.put("cpus", 2L);
    build().ran("a", "b", "c");
    said("asks for 18 cpus, and there are 2", "as others like it do");
    edit("t", "2");
    build().ran("c");
    assertEquals(
        List.of("job c asks for 18 cpus, and there are 2: it runs alone, as others like it do"),
        notes());
    build().ran();
    assertEquals(List.of(), notes());
  }

  @Test
  void theHigherPriorityIsFirst() {
    limits.put("cpus", 1L);
    given(
        """
        a: { command: make a }
        b: { command: make b, priority: 5 }
        c: { command: make c, priority: -1 }
        d: { command: make d, priority: 5 }
        """);
    build();
    assertEquals(List.of("b", "d", "a", "c"), started());
  }

  @Test
  void thenTheLongestPathByRecordedDurations() {
    limits.put("cpus", 1L);
    given(
        """
        short: { command: make s }
        long: { command: make l }
        first: { command: make f, produces: [f] }
        second: { command: make g, needs: [f] }
        """);
    Map<String, Long> walls = Map.of("short", 10L, "long", 50L, "first", 20L, "second", 40L);
    walls.forEach(
        (name, wall) ->
            job(
                name,
                stub -> {
                  work(stub);
                  return stub.exit(0, wall);
                }));
    build();
    force = true;
    build();
    assertEquals(List.of("first", "long", "second", "short"), started());
  }

  /** A job that is held, one that asks for all of a resource, and 40 small ones. */
  private Held starving(String resources) {
    StringBuilder jobs = new StringBuilder();
    jobs.append("holder: { command: make h, priority: 2, resources: { licences: 1 } }\n");
    jobs.append("big: { command: make b, priority: 1, resources: %s }\n".formatted(resources));
    for (int i = 0; i < 40; i++) {
      jobs.append("s%d: { command: make s }\n".formatted(i));
    }
    givenFile("limits: { licences: 1 }\njobs:\n" + jobs.toString().indent(2));
    limits.put("licences", 1L);
    return hold("holder");
  }

  private CountDownLatch small(int count) {
    CountDownLatch latch = new CountDownLatch(count);
    otherwise =
        stub -> {
          latch.countDown();
          return stub.exit(0);
        };
    return latch;
  }

  @Test
  void aJobThatDoesNotFitLetsSmallerOnesPassUntil32Have() throws Exception {
    limits.put("cpus", 2L);
    Held holder = starving("{ cpus: 2 }");
    CountDownLatch passed = small(32);
    Building building = start();
    assertTrue(passed.await(60, TimeUnit.SECONDS));
    holder.go();
    building.await();
    assertEquals("holder", started().getFirst());
    assertEquals(33, started().indexOf("big"));
    assertEquals(42, started().size());
  }

  @Test
  void whatDoesNotDelayItStillStarts() throws Exception {
    limits.put("cpus", 3L);
    Held holder = starving("{ licences: 1 }");
    CountDownLatch passed = small(40);
    Building building = start();
    assertTrue(
        passed.await(60, TimeUnit.SECONDS), "small jobs wait for one that they do not delay");
    holder.go();
    building.await();
    assertEquals(41, started().indexOf("big"));
  }

  @Test
  void anInteractiveJobIsAlone() {
    given(
        """
        a: { command: make a }
        t: { command: make t, interactive: true }
        b: { command: make b }
        """);
    build().ran("a", "b", "t");
    List<String> order = new ArrayList<>();
    for (Event event : events) {
      if (event instanceof Event.JobStarted s) {
        order.add("+" + s.job());
      } else if (event instanceof Event.JobEnded e) {
        order.add("-" + e.job());
      }
    }
    assertEquals(order.indexOf("+t") + 1, order.indexOf("-t"), order.toString());
    List<String> before = order.subList(0, order.indexOf("+t"));
    assertEquals(0, before.size() % 2, order.toString());
  }

  // ---- retries

  private final List<String> memory = new ArrayList<>();

  /** A job that fails so until the given attempt, which succeeds. */
  private void failingUntil(int attempt, ProcessEnd.How how, int code) {
    job(
        "a",
        stub -> {
          memory.add(stub.env("TORC_MEMORY"));
          assertEquals("-", stub.read("a.out"), "what the attempt before left");
          work(stub);
          return stub.attempt() == attempt
              ? stub.exit(0)
              : new ProcessEnd(how, code, 1, Usage.NOTHING, "");
        });
  }

  private long retried() {
    return events.stream().filter(Event.JobRetried.class::isInstance).count();
  }

  @Test
  void aFailureIsRetriedAsOftenAsAllowed() {
    given("a: { command: make a, produces: [a.out], retries: 2 }");
    failingUntil(3, ProcessEnd.How.EXITED, 1);
    build();
    assertEquals(JobState.RAN, state("a"));
    assertEquals(2, retried());
    assertEquals(0, exit);
    assertEquals(List.of(), kept());
    settled();
    given("a: { command: make again, produces: [a.out], retries: 2 }");
    failingUntil(4, ProcessEnd.How.EXITED, 1);
    build();
    assertEquals(JobState.FAILED, state("a"));
    assertEquals(2, retried());
  }

  @Test
  void onlyTheCausesThatAreNamedAreRetried() {
    String job = "a: { command: make a, produces: [a.out], retries: 1, retry: { on: [%s] } }";
    record Case(String on, ProcessEnd.How how, int code, int retries) {}
    for (Case c :
        List.of(
            new Case("137", ProcessEnd.How.EXITED, 137, 1),
            new Case("137", ProcessEnd.How.SIGNALED, 9, 1),
            new Case("137", ProcessEnd.How.EXITED, 1, 0),
            new Case("timeout", ProcessEnd.How.TIMEOUT, 0, 1),
            new Case("timeout", ProcessEnd.How.EXITED, 1, 0),
            new Case("memory", ProcessEnd.How.MEMORY, 0, 1),
            new Case("memory", ProcessEnd.How.TIMEOUT, 0, 0),
            new Case("signal", ProcessEnd.How.SIGNALED, 11, 1),
            new Case("signal", ProcessEnd.How.EXITED, 139, 0))) {
      given(job.formatted(c.on));
      force = true;
      failingUntil(2, c.how, c.code);
      build();
      assertEquals(c.retries, retried(), c.toString());
    }
  }

  @Test
  void memoryGrowsFromAttemptToAttemptUntilTheLimit() {
    given(
        "a: { command: make a, produces: [a.out], resources: { memory: 1500MiB }, retries: 3,"
            + " retry: { grow: { memory: 2 } } }");
    failingUntil(4, ProcessEnd.How.MEMORY, 0);
    build();
    assertEquals(List.of("1500", "3000", "4096", "4096"), memory);
    assertEquals(JobState.RAN, state("a"));
  }

  @Test
  void theWayToRecoverComesFirst() {
    given("a: { command: make a, produces: [a.out], retries: 1, retry: { recover: 'sh fix.sh' } }");
    List<Integer> steps = new ArrayList<>();
    job(
        "a",
        stub -> {
          steps.add(stub.launch().steps().size());
          work(stub);
          return stub.exit(stub.attempt() == 1 ? 1 : 0);
        });
    build();
    assertEquals(List.of(1, 2), steps);
  }

  @Test
  void aRetryThatWaitsHoldsNoResources() {
    limits.put("cpus", 1L);
    given(
        """
        a: { command: make a, produces: [a.out], retries: 1, retry: { delay: 1h } }
        b: { command: make b }
        """);
    failing("a");
    Held b = hold("b");
    Building building = start();
    b.started(); // though a is not done
    building.signal(2);
    building.await();
    assertEquals(1, retried());
  }

  @Test
  void aRetryFollowsAfterItsDelay() {
    given("a: { command: make a, produces: [a.out], retries: 1, retry: { delay: 1ms } }");
    failingUntil(2, ProcessEnd.How.EXITED, 1);
    build();
    assertEquals(JobState.RAN, state("a"));
    assertEquals(1, retried());
  }
}
