package dev.torc.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.core.attempt.Event;
import dev.torc.core.attempt.JobState;
import dev.torc.core.queue.ResourceDemand;
import dev.torc.core.run.StubRunner.Held;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
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
            ResourceDemand.of(job.runs().resources(), job.runs().resources().memory(), limits)
                .amounts();
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
  void resourcesReleasedBeforeTheEndAreReleasedOnce() throws Exception {
    limits.put("cpus", 1L);
    given(
        "a: { command: make, produces: a, priority: 2 }\n"
            + "b: { command: make, priority: 1 }\n"
            + "c: { command: make }");
    job(
        "a",
        stub -> {
          stub.write("a", "1".repeat(64 << 10)); // it is looked at while b begins
          return stub.exit(0);
        });
    Held b = hold("b");
    Building building = start();
    b.started();
    over("a");
    b.go();
    building.await();
    assertEquals(1, highest().get("cpus"));
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
      } else if (event instanceof Event.Terminal terminal) {
        order.add(terminal.lent() ? "(" : ")");
      }
    }
    int alone = order.indexOf("(");
    List<String> before = order.subList(0, alone);
    assertEquals(List.of("(", "+t", ")", "-t"), order.subList(alone, alone + 4), order.toString());
    assertEquals(0, before.size() % 2, order.toString());
  }
}
