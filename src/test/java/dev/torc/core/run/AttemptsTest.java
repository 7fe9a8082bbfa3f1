package dev.torc.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.machine.Series;
import dev.torc.base.machine.Series.Usage;
import dev.torc.core.here.ProcessEnd;
import dev.torc.core.memory.AttemptHistory;
import dev.torc.core.memory.AttemptRecord;
import dev.torc.core.memory.Cache;
import dev.torc.core.memory.CachePlace;
import dev.torc.core.memory.JobResult.Outcome;
import dev.torc.core.memory.ThisHost;
import dev.torc.core.run.StubRunner.Held;
import dev.torc.front.show.AttemptText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the history keeps of every attempt. */
class AttemptsTest extends Harness {

  private List<AttemptRecord> attempts() {
    List<AttemptRecord> all = new ArrayList<>();
    try (Cache cache = look()) {
      new AttemptHistory(cache).eachFrom(0, all::add);
    }
    return all;
  }

  private Cache look() {
    return Cache.look(CachePlace.find(root, Map.of(), ThisHost.system()), _ -> {});
  }

  @Test
  void everyAttemptOfAJobIsKept() {
    given(
        """
        a: { command: a, produces: a, retries: 2, resources: { cpus: 2, memory: 1GiB, runtime: 1h } }
        """);
    Usage used = new Usage(7, 8, 9, 10, 11);
    scripts.put(
        "a",
        job -> {
          if (job.attempt() == 1) {
            return new ProcessEnd(ProcessEnd.How.SIGNALED, 9, 50, used, "");
          }
          if (job.attempt() == 2) {
            return new ProcessEnd(ProcessEnd.How.TIMEOUT, 0, 60, Usage.UNKNOWN, "");
          }
          return work(job);
        });
    build();
    List<AttemptRecord> all = attempts();
    assertEquals(
        List.of(Outcome.FAILED, Outcome.TIMED_OUT, Outcome.OK),
        all.stream().map(each -> each.end().outcome()).toList());
    assertEquals(List.of(1, 2, 3), all.stream().map(each -> each.id().attempt()).toList());
    assertEquals(List.of(9, 0, 0), all.stream().map(each -> each.end().signal()).toList());
    assertEquals(List.of(-1, -1, 0), all.stream().map(each -> each.end().exit()).toList());
    AttemptRecord first = all.getFirst();
    assertEquals("a", first.id().job());
    assertEquals(50, first.times().wall());
    assertEquals(used, first.usage());
    assertEquals(here.name(), first.where().host());
    assertEquals(null, first.where().executor());
    assertEquals(new AttemptRecord.Asked(2, 1L << 30, 0, 3_600_000_000_000L), first.asked());
    assertEquals(1, first.id().build());
    assertEquals(1, first.why().count());
    assertEquals("first run", AttemptText.why(first));

    build();
    assertEquals(3, attempts().size()); // up to date is no attempt
    edit("torc.yaml", "jobs: { a: { command: other, produces: a } }");
    scripts.remove("a");
    build();
    assertEquals(2, attempts().getLast().id().build());
    assertEquals("command changed: a → other", AttemptText.why(attempts().getLast()));
  }

  @Test
  void ofManyReasonsTheFirstAndTheirNumberAreKept() {
    given("a: { command: a, needs: [x, y, z], produces: a }");
    List.of("x", "y", "z").forEach(file -> edit(file, "1"));
    build();
    List.of("x", "y", "z").forEach(file -> edit(file, "2"));
    build();
    AttemptRecord last = attempts().getLast();
    assertEquals(3, last.why().count());
    assertEquals(2, last.why().reasons().size());
    assertTrue(
        AttemptText.why(last)
            .matches("need x changed [0-9a-f]{7} → [0-9a-f]{7}; need y changed .*; …and 1 more"),
        AttemptText.why(last));
  }

  @Test
  void aJobThatWaitedForACpuSaysHowLong() throws Exception {
    limits.put("cpus", 1L);
    given("a: { command: a, produces: a, priority: 1 }\nb: { command: b, produces: b }");
    Held held = new Held(this::work);
    scripts.put("a", held);
    Thread build = Thread.ofPlatform().start(this::build);
    held.started();
    long begun = System.nanoTime();
    while (System.nanoTime() - begun < 1_000_000) {
      Thread.onSpinWait(); // b is ready, and waits
    }
    held.go();
    build.join();
    List<AttemptRecord> all = attempts();
    assertEquals("b", all.getLast().id().job());
    assertTrue(all.getLast().times().queued() >= 1_000_000, all::toString);
  }

  @Test
  void valuesOfAnotherMachineAreKept() {
    given("a: { command: a, produces: a }");
    long began = System.currentTimeMillis() + 3_600_000;
    ranElsewhere(System.currentTimeMillis() + 1000, began);
    AttemptRecord only = attempts().getFirst();
    assertEquals("node7", only.where().host());
    assertEquals(began, only.times().started());
    try (Cache cache = look()) {
      assertEquals(began, cache.details("a").ran().started());
    }
    assertEquals(3_600_000_000_000L, only.times().queued(), 60_000_000_000L);
  }

  @Test
  void aJobSubmittedByAnEarlierTorcWaitedSinceThen() {
    given("a: { command: a, produces: a }");
    long began = System.currentTimeMillis() - 3_600_000;
    ranElsewhere(began - 60_000, began);
    AttemptRecord only = attempts().getFirst();
    assertEquals(began, only.times().started());
    assertEquals(60_000_000_000L, only.times().queued());
  }

  private void ranElsewhere(long submitted, long began) {
    scripts.put(
        "a",
        job -> {
          ProcessEnd end = work(job);
          return new ProcessEnd(
              end.how(),
              end.code(),
              end.wall(),
              end.usage(),
              "",
              null,
              new ProcessEnd.Elsewhere("node7", submitted, began, "", null));
        });
    build();
  }

  @Test
  void statsAreThoseOfTheLastRunThatSaysSomething() throws Exception {
    given(
        "a: { command: a, produces: a, retries: 1, resources: { memory: 1MiB } }\n"
            + "b: { command: b, produces: b }");
    scripts.put(
        "a",
        job ->
            new ProcessEnd(
                job.attempt() == 1 ? ProcessEnd.How.MEMORY : ProcessEnd.How.EXITED,
                job.attempt() == 1 ? 0 : 3,
                2_000_000_000L,
                new Usage(3_000_000_000L, 0, 99, 1, 2),
                ""));
    build();
    assertEquals(150, json("list", "--resources").at("/jobs/0/used/cpu_percent").asInt());
    String why = json("list", "--resources").at("/advice/0/why").asText();
    assertEquals("ran out of 1.0 MiB of memory", why, "a failure by itself says nothing");
    scripts.remove("a");
    build();
    assertEquals(0, json("list", "--resources").get("advice").size());
  }

  @Test
  void theSeriesOfALongJobIsKeptBesideIt() {
    given("a: { command: a, produces: a }\nb: { command: b, produces: b, after: a }");
    for (int samples : List.of(1, 2)) {
      Series series = new Series(3);
      for (int i = 1; i <= samples; i++) {
        series.add(new Series.Point(i * 1_000_000_000L, 150, 7 << 20, -1, -1));
      }
      scripts.put(
          samples == 1 ? "a" : "b",
          job -> {
            ProcessEnd end = work(job);
            return new ProcessEnd(end.how(), end.code(), end.wall(), end.usage(), "", series, null);
          });
    }
    build();
    try (Cache cache = look()) {
      AttemptHistory history = new AttemptHistory(cache);
      assertEquals(null, history.series(1, 0)); // one point is no series
      assertEquals(7 << 20, history.series(1, 1).at(1).memory());
    }
  }
}
