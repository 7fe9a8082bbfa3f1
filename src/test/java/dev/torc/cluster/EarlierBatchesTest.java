package dev.torc.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.exec.Launch;
import dev.torc.exec.ProcessEnd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The next torc finds what an earlier one handed out: nothing is lost, and nothing runs twice. */
class EarlierBatchesTest {

  private static final long SECOND = 1_000_000_000;

  @TempDir Path temp;
  private Path folder;
  private FakeCluster cluster = new FakeCluster(1, 4);
  private final List<String> notes = new ArrayList<>();
  private int names;
  private int builds;

  /** Stands for torc being killed. */
  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  /** A torc with some jobs, as the engine asks for them. */
  private final class Torc {
    final String build = "b" + ++builds;
    final BatchTracker desk;
    final Map<String, ProcessEnd> ends = new LinkedHashMap<>();
    final Map<String, List<RemotePlace>> places = new LinkedHashMap<>();
    final Map<String, String> left = new LinkedHashMap<>();
    final Map<String, String> ids = new LinkedHashMap<>();

    Torc() {
      SchedulerSettings settings = FakeCluster.settings(50, 60 * SECOND);
      ClaimOwner me = new ClaimOwner(build, "here", "boot", 2, 2, 0);
      desk =
          new BatchTracker(
              cluster, settings, folder, me, () -> "n" + names++, (_, _) -> {}, notes::add);
    }

    RemoteKey key(String job, String manifest, String command) {
      return new RemoteKey(job, build, 1, manifest, command);
    }

    void want(String job, String manifest, String command) throws IOException {
      desk.resume(key(job, manifest, command), listener(job, manifest, command));
      desk.takeOrders(cluster.now);
    }

    /** The last place of a job that ended. */
    RemotePlace last(String job) {
      return places.get(job).getLast();
    }

    void forget(List<RemotePlace> recorded) {
      desk.forget(recorded);
      desk.takeOrders(cluster.now);
    }

    void forgetLast() {
      ends.keySet().forEach(job -> forget(List.of(last(job))));
    }

    private RemoteListener listener(String job, String manifest, String command) {
      return new RemoteListener() {
        @Override
        public void submitted(String id) {
          ids.put(job, id);
        }

        @Override
        public void lost() {}

        @Override
        public void ended(ProcessEnd end, List<RemotePlace> left) {
          places.computeIfAbsent(job, _ -> new ArrayList<>()).addAll(left);
          if (end != null) {
            assertNull(ends.put(job, end), job);
          } else {
            start(job, manifest, command);
          }
        }

        @Override
        public void left(boolean out) {
          left.put(job, out ? "out" : "ready");
        }
      };
    }

    private void start(String job, String manifest, String command) {
      desk.add(
          new RemoteAttempt(
              key(job, manifest, command),
              new Launch(
                  List.of(new Launch.Step(List.of("true"), temp, Map.of())),
                  temp.resolve(job + ".log"),
                  false,
                  false,
                  0,
                  0,
                  Map.of()),
              10,
              List.of(
                  new RemoteAttempt.Product(
                      temp.resolve(job + "\nx \\y"), false, RemoteAttempt.Clearing.CLEAR)),
              List.of(),
              new SchedulerResources(1, 0, 0, 1, 0, 0)),
          listener(job, manifest, command));
    }

    /** Until all that was wanted is over, or so many seconds went by. */
    void run(long seconds, int wanted) throws IOException {
      long end = cluster.now + seconds * SECOND;
      while (ends.size() < wanted && cluster.now < end) {
        cluster.until(Math.min(end, desk.turn(cluster.now)));
      }
    }
  }

  @BeforeEach
  void folder() throws IOException {
    folder = temp.toRealPath().resolve("far");
  }

  private Torc killed(int jobs, long seconds) throws IOException {
    Torc torc = new Torc();
    for (int i = 0; i < jobs; i++) {
      torc.want("j" + i, "m", "c");
    }
    torc.run(seconds, jobs);
    return torc;
  }

  @Test
  void whatEndedMeanwhileIsTakenAndNothingIsSubmittedTwice() throws IOException {
    killed(5, 1);
    cluster.until(100 * SECOND);
    Torc next = new Torc();
    for (int i = 0; i < 5; i++) {
      next.want("j" + i, "m", "c");
    }
    next.run(10, 5);
    assertEquals(5, next.ends.size());
    assertEquals(Map.of(), next.ids, "what is over is not said to be out");
    assertEquals(1, cluster.submissions);
    cluster.runs.forEach((job, runs) -> assertEquals(1, runs, job));
    assertEquals(ProcessEnd.How.EXITED, next.ends.get("j3").how());
    assertEquals("b1", next.last("j3").key().build());
    assertEquals(temp.resolve("j3\nx \\y"), next.last("j3").products().getFirst().path());
  }

  @Test
  void whatStillWaitsOrRunsIsAwaited() throws IOException {
    cluster.takes = 500 * SECOND;
    killed(3, 5);
    Torc next = new Torc();
    next.want("j0", "m", "c");
    next.want("j1", "m", "c");
    next.want("j2", "m", "c");
    next.run(5000, 3);
    assertEquals(3, next.ends.size());
    assertEquals(1, cluster.submissions);
    assertEquals("1_0", next.ids.get("j0"));
  }

  @Test
  void anotherManifestIsStartedWhenTheOldOneIsOver() throws IOException {
    cluster.takes = 5000 * SECOND;
    killed(1, 20);
    assertEquals(1, cluster.runs.get("j0"));
    Torc next = new Torc();
    next.want("j0", "m2", "c");
    cluster.takes = 2 * SECOND;
    next.run(200, 1);
    assertEquals(ProcessEnd.How.EXITED, next.ends.get("j0").how());
    assertEquals(2, cluster.runs.get("j0"), "the cluster says if both ran at a time");
    assertEquals(2, cluster.submissions);
  }

  @Test
  void whatTorcCancelledBeforeItWasKilledIsStartedAnew() throws IOException {
    cluster.takes = 5000 * SECOND;
    Torc torc = killed(2, 20);
    torc.desk.end();
    torc.desk.takeOrders(cluster.now);
    cluster.until(cluster.now + 20 * SECOND);
    cluster.takes = 2 * SECOND;
    Torc next = new Torc();
    next.want("j0", "m", "c");
    next.want("j1", "m", "c");
    next.run(200, 2);
    for (ProcessEnd end : next.ends.values()) {
      assertEquals(ProcessEnd.How.EXITED, end.how());
    }
    assertEquals(2, next.ends.size());
  }

  @Test
  void aNeedEditedWhileItWaitsLeavesItInTheQueue() throws IOException {
    cluster.busy = true;
    killed(2, 20);
    Torc next = new Torc();
    next.want("j0", "m2", "c");
    next.want("j1", "m2", "c2");
    next.run(3, 2);
    cluster.busy = false;
    next.run(100, 2);
    assertEquals(2, next.ends.size());
    assertEquals("b1", next.last("j0").key().build());
    assertEquals("b2", next.last("j1").key().build());
    assertEquals(1, cluster.runs.get("j1"), "of another command the queued one never begins");
  }

  @Test
  void whatNobodyWantsLeavesTheQueueWithoutHavingBegun() throws IOException {
    cluster.busy = true;
    killed(1, 20);
    Torc next = new Torc();
    next.want("j0", "m2", "c2");
    next.run(3, 1);
    assertEquals(2, cluster.submissions);
    assertEquals(1, cluster.queued());
  }

  @Test
  void aKillBeforeTheIdsAreWrittenIsFoundByTheName() throws IOException {
    for (int step = 1; step <= 2; step++) {
      int when = step;
      int[] calls = {0};
      cluster = new FakeCluster(1, 4);
      cluster.between =
          () -> {
            if (++calls[0] == when) {
              throw new Killed();
            }
          };
      try {
        killed(2, 20);
      } catch (Killed expected) {
        assertEquals(when, calls[0]);
      }
      cluster.between = () -> {};
      Torc next = new Torc();
      next.want("j0", "m", "c");
      next.want("j1", "m", "c");
      next.run(200, 2);
      assertEquals(2, next.ends.size());
      assertEquals(1, cluster.runs.get("j0"));
      assertEquals(3 - when, cluster.submissions, "step " + when);
      next.forgetLast();
    }
    assertEquals(List.of(), EarlierJob.all(folder.getParent()));
  }

  @Test
  void oneThatIsEndedWithoutItsIdDoesNotEndTheOthersOfItsArray() throws IOException {
    cluster.takes = 500 * SECOND;
    int[] calls = {0};
    cluster.between =
        () -> {
          if (++calls[0] == 2) {
            throw new Killed();
          }
        };
    assertThrows(Killed.class, () -> killed(12, 20));
    cluster.between = () -> {};
    cluster.until(cluster.now + 20 * SECOND);
    Torc next = new Torc();
    next.want("j0", "m2", "c2");
    next.want("j11", "m", "c");
    next.run(10_000, 2);
    assertEquals("b2", next.last("j0").key().build());
    assertEquals(ProcessEnd.How.EXITED, next.ends.get("j11").how());
    assertEquals("b1", next.last("j11").key().build());
  }

  @Test
  void whatIsRecordedIsFoundNoMoreAndItsFolderGoes() throws IOException {
    Torc torc = killed(3, 200);
    assertEquals(3, torc.ends.size());
    assertEquals(3, EarlierJob.all(folder.getParent()).size());
    torc.forget(List.of(torc.last("j0")));
    Torc next = new Torc();
    next.want("j0", "m", "c");
    next.want("j1", "m", "c");
    next.run(1, 1);
    assertFalse(next.ends.containsKey("j0"), "it is recorded, and asked for anew");
    assertTrue(next.ends.containsKey("j1"));
    next.run(100, 2);
    next.want("j2", "m", "c");
    next.run(100, 3);
    next.forgetLast();
    next.desk.turn(cluster.now);
    try (var files = Files.list(folder)) {
      assertEquals(0, files.count());
    }
  }

  @Test
  void whatIsLeftStaysOut() throws IOException {
    cluster.takes = 500 * SECOND;
    Torc torc = killed(2, 20);
    torc.want("late", "m", "c");
    torc.desk.leave(false);
    torc.desk.takeOrders(cluster.now);
    assertEquals(Map.of("j0", "out", "j1", "out", "late", "ready"), torc.left);
    assertEquals(2, EarlierJob.all(folder.getParent()).size());
    assertEquals("1_0", EarlierJob.all(folder.getParent()).getFirst().id());
  }

  @Test
  void whatShouldHaveEndedWithItsTorcIsEndedByTheNext() throws IOException {
    cluster.takes = 500 * SECOND;
    cluster.outlive = false;
    killed(1, 20);
    Torc next = new Torc();
    next.want("j0", "m", "c");
    assertEquals(List.of("1_0"), cluster.cancelled);
    cluster.outlive = true;
    next.run(1000, 1);
    assertEquals(ProcessEnd.How.EXITED, next.ends.get("j0").how());
    assertEquals(2, cluster.runs.get("j0"));
  }

  @Test
  void whatEndsWithItsTorcIsEndedAndAwaitedUnlessNothingIs() throws IOException {
    cluster.takes = 500 * SECOND;
    cluster.outlive = false;
    Torc torc = killed(1, 20);
    torc.desk.leave(false);
    torc.desk.takeOrders(cluster.now);
    assertEquals(List.of("1_0"), cluster.cancelled);
    torc.run(100, 1);
    assertEquals(Map.of(), torc.left);
    assertEquals(ProcessEnd.How.INTERRUPTED, torc.ends.get("j0").how());

    Torc other = killed(1, 20);
    other.desk.leave(true);
    other.desk.takeOrders(cluster.now);
    assertEquals(Map.of("j0", "out"), other.left);
  }

  /** Torc, nodes, answers and submissions die at random moments. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void whateverDiesEachJobEndsAndNoneRunsTwiceAtATime(long seed) throws IOException {
    cluster = new FakeCluster(seed, 3);
    cluster.deaths = 0.1;
    cluster.lag = 8 * SECOND;
    int jobs = 12;
    Map<String, ProcessEnd> recorded = new LinkedHashMap<>();
    for (int round = 0; recorded.size() < jobs; round++) {
      assertTrue(round < 400, () -> "not done after many builds: " + recorded.keySet());
      boolean last = round > 100;
      cluster.between =
          () -> {
            if (!last && cluster.random.nextInt(6) == 0) {
              throw new Killed();
            }
          };
      cluster.answers = last || cluster.random.nextInt(4) > 0;
      cluster.lost = last ? 0 : cluster.random.nextInt(2);
      cluster.swallowed = last ? 0 : cluster.random.nextInt(2);
      Torc torc = new Torc();
      try {
        for (int i = 0; i < jobs; i++) {
          if (!recorded.containsKey("j" + i)) {
            String manifest = last || cluster.random.nextInt(8) > 0 ? "m" : "m" + round;
            torc.want("j" + i, manifest, cluster.random.nextInt(2) == 0 ? "c" : manifest);
          }
        }
        torc.run(last ? 100_000 : cluster.random.nextInt(40), jobs - recorded.size());
      } catch (Killed dead) {
        continue; // and nothing of it is recorded
      }
      for (Map.Entry<String, ProcessEnd> end : torc.ends.entrySet()) {
        if (last || cluster.random.nextInt(3) > 0) { // else killed before
          recorded.put(end.getKey(), end.getValue());
          torc.forget(torc.places.get(end.getKey()));
        }
      }
    }
    for (Map.Entry<String, ProcessEnd> end : recorded.entrySet()) {
      assertTrue(cluster.runs.get(end.getKey()) >= 1, end.getKey());
    }
    assertEquals(List.of(), EarlierJob.all(folder.getParent()));
  }
}
