package dev.torc.features.clusters;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.core.here.ProcessEnd;
import dev.torc.features.clusters.Scheduler.SchedulerState.Phase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The next torc finds the jobs that an earlier one handed out, whenever the earlier one was killed
 * and whatever the scheduler says then: no job is lost, and none runs twice.
 */
class NextTorcTest {

  private static final long SECOND = 1_000_000_000;

  /** When a torc with three jobs is killed, or how it ends otherwise. */
  private enum Moment {
    /** The script is written, and the scheduler was not asked. */
    WRITTEN,
    /** The scheduler took the script, and no id is written. */
    TAKEN,
    /** The scheduler took the script, no id is written, and the jobs have begun since. */
    TAKEN_BEGUN,
    QUEUED,
    BEGUN,
    /** The jobs have ended since. */
    ENDED,
    /** The jobs have begun, and torc left them with the scheduler. */
    LEFT,
    /** The jobs have begun, and torc told the scheduler to end them. */
    CANCELLED,
    /** The jobs have begun, and should have ended with their torc. */
    BOUND
  }

  /** What the scheduler says to the next torc. */
  private enum Says {
    WELL,
    NOTHING_AT_FIRST,
    NOTHING_OF_NAMES,
    GONE,
    NODE_FAILURE,
    CANCELLED,
    OUT_OF_MEMORY,
    TIME_LIMIT,
    NEVER
  }

  /**
   * What becomes of three jobs, for each moment and each thing that the scheduler says: one job as
   * it was, one with another need, one with another command. A digit is the number of the torc
   * whose attempt is taken, a letter the cause of a failure (c: cancelled, m: memory, n: not
   * started, t: time). Then comes how often the job ran, and {@code -} if the next torc was told no
   * id of it. The last digit counts submissions.
   */
  private static final String TABLE =
      """
      moment      | well         | nothing at first | no names       | gone       | node failure | cancelled    | memory       | time         | never
      WRITTEN     | 21 21 21 3   | 21 21 21 3   | 21 21 21 2   | 21 21 21 3   | 21 21 21 3   | 21 21 21 3   | 21 21 21 3   | 21 21 21 3   | n0 n0 n0 3
      TAKEN       | 11 11 21 2   | 11- 11- 21 2 | 21 21 21 2   | 21 21 21 3   | 21 21 21 3   | n0 n0 21 2   | 21 21 21 3   | 21 21 21 3   | n0 n0 n0 2
      TAKEN_BEGUN | 11 22 22 2   | 11 22 22 3   | 11- 22 22 3  | 22 22 22 2   | 22 22 22 2   | c1 22 22 2   | m1 22 22 2   | t1 22 22 2   | 11 n1 n1 2
      QUEUED      | 11 11 21 2   | 11- 11- 21 2 | 11 11 21 2   | 21 21 21 3   | 21 21 21 3   | n0- n0- 21 2 | 21 21 21 3   | 21 21 21 3   | n0 n0 n0 2
      BEGUN       | 11 22 22 2   | 11 22 22 2   | 11 22 22 2   | 22 22 22 2   | 22 22 22 2   | c1- 22 22 2  | m1- 22 22 2  | t1- 22 22 2  | 11 n1 n1 2
      ENDED       | 11- 22 22 2  | 11- 22 22 2  | 11- 22 22 2  | 11- 22 22 2  | 11- 22 22 2  | 11- 22 22 2  | 11- 22 22 2  | 11- 22 22 2  | 11- n1 n1 2
      LEFT        | 11 22 22 2   | 11 22 22 2   | 11 22 22 2   | 22 22 22 2   | 22 22 22 2   | c1- 22 22 2  | m1- 22 22 2  | t1- 22 22 2  | 11 n1 n1 2
      CANCELLED   | 22 22 22 2   | 22 22 22 2   | 22 22 22 2   | 22 22 22 2   | 22 22 22 2   | 22 22 22 2   | 22 22 22 2   | 22 22 22 2   | n1 n1 n1 2
      BOUND       | 22 22 22 3   | 22 22 22 3   | 22 22 22 3   | 22 22 22 2   | 22 22 22 2   | 22 22 22 3   | m1- 22 22 2  | t1- 22 22 2  | n1 n1 n1 3
      """;

  @TempDir Path temp;
  private Path folder;
  private FakeCluster cluster = new FakeCluster(1, 4);
  private int torcs;

  /** Stands for torc being killed. */
  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  @BeforeEach
  void folder() throws IOException {
    folder = temp.toRealPath().resolve("far");
  }

  private FakeTorc torc() {
    return new FakeTorc(cluster, folder, ++torcs, FakeCluster.settings(50, 60 * SECOND));
  }

  private FakeTorc wants(int jobs) throws IOException {
    FakeTorc torc = torc();
    for (int i = 0; i < jobs; i++) {
      torc.want("j" + i, "m", "c");
    }
    return torc;
  }

  private FakeTorc killed(int jobs, long seconds) throws IOException {
    FakeTorc torc = wants(jobs);
    torc.run(seconds);
    return torc;
  }

  /** Runs a torc that is killed before its submission (call 1) or after it (call 2). */
  private void killedAt(int call, int jobs) {
    int[] calls = {0};
    cluster.between =
        () -> {
          if (++calls[0] == call) {
            throw new Killed();
          }
        };
    assertThrows(Killed.class, () -> killed(jobs, 20));
    cluster.between = () -> {};
  }

  private void kill(Moment moment) throws IOException {
    cluster.takes = 300 * SECOND;
    switch (moment) {
      case WRITTEN -> killedAt(1, 3);
      case TAKEN -> killedAt(2, 3);
      case TAKEN_BEGUN -> {
        killedAt(2, 3);
        cluster.until(cluster.now + 20 * SECOND);
      }
      case QUEUED -> {
        cluster.busy = true;
        killed(3, 20);
        cluster.busy = false;
      }
      case BEGUN -> killed(3, 20);
      case ENDED -> {
        cluster.takes = 2 * SECOND;
        killed(3, 1);
        cluster.until(100 * SECOND);
      }
      case LEFT -> {
        FakeTorc torc = killed(3, 20);
        torc.desk.passOn(false);
        torc.desk.takeOrders(cluster.now);
      }
      case CANCELLED -> {
        FakeTorc torc = killed(3, 20);
        torc.desk.end(true);
        torc.desk.takeOrders(cluster.now);
        cluster.until(cluster.now + 20 * SECOND);
      }
      case BOUND -> {
        killed(3, 20);
        cluster.outlive = false;
      }
    }
    cluster.takes = 10 * SECOND;
  }

  private void say(Says says) {
    cluster.answers = says != Says.NOTHING_AT_FIRST;
    cluster.blind = says == Says.NOTHING_OF_NAMES;
    cluster.waitsFor = says == Says.NEVER ? "PartitionConfig" : "";
    switch (says) {
      case GONE -> cluster.forgetAll();
      case NODE_FAILURE, CANCELLED, OUT_OF_MEMORY, TIME_LIMIT ->
          cluster.endAll(Phase.valueOf(says.name()));
      default -> {}
    }
  }

  static Stream<Arguments> rows() {
    return TABLE.lines().skip(1).map(line -> Arguments.of((Object) line.split(" *\\| *")));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void theNextTorcDoesAsTheTableSays(String... row) throws IOException {
    for (Says says : Says.values()) {
      cluster = new FakeCluster(1, 4);
      torcs = 0;
      folder = Files.createDirectories(temp.toRealPath().resolve(says + "/far"));
      assertEquals(row[says.ordinal() + 1], cell(Moment.valueOf(row[0]), says), says.toString());
    }
  }

  private String cell(Moment moment, Says says) throws IOException {
    kill(moment);
    say(says);
    FakeTorc next = torc();
    next.want("j0", "m", "c");
    next.want("j1", "m2", "c");
    next.want("j2", "m2", "c2");
    cluster.outlive = true;
    next.run(100);
    cluster.answers = true;
    next.run(10_000);
    StringBuilder cell = new StringBuilder();
    for (FakeTorc.Job job : next.jobs.values()) {
      String name = job.attempt.key().job();
      boolean well = job.how() == ProcessEnd.How.EXITED;
      cell.append(well ? job.from().substring(1) : letter(job.how()));
      cell.append(cluster.runs.getOrDefault(name, 0)).append(job.id == null ? "- " : " ");
      if (!job.places.isEmpty()) {
        Path product = job.places.getLast().products().getFirst().path();
        assertEquals(next.product(name), product);
      }
      next.record(job);
    }
    assertEquals(List.of(), EarlierJob.all(folder.getParent()), "what is recorded goes");
    return cell.append(cluster.submissions).toString();
  }

  private static String letter(ProcessEnd.How how) {
    return how.name().substring(0, 1).toLowerCase(Locale.ROOT);
  }

  /** A cancel by the name alone would end all tasks of an array. */
  @Test
  void oneThatIsEndedWithoutItsIdDoesNotEndTheOthersOfItsArray() throws IOException {
    cluster.takes = 500 * SECOND;
    killedAt(2, 12);
    cluster.until(cluster.now + 20 * SECOND);
    FakeTorc next = torc();
    FakeTorc.Job other = next.want("j0", "m2", "c2");
    FakeTorc.Job same = next.want("j11", "m", "c");
    next.run(10_000);
    assertEquals("b2", other.from());
    assertEquals(ProcessEnd.How.EXITED, same.how());
    assertEquals("b1", same.from());
  }

  @Test
  void unwantedJobsLeaveTheQueue() throws IOException {
    cluster.busy = true;
    killed(1, 20);
    FakeTorc next = torc();
    next.want("j0", "m2", "c2");
    next.run(3);
    assertEquals(2, cluster.submissions);
    assertEquals(1, cluster.queued());
  }

  @Test
  void aRecordedJobAndItsFolderAreForgotten() throws IOException {
    FakeTorc first = killed(3, 200);
    assertEquals(3, EarlierJob.all(folder.getParent()).size());
    first.record(first.jobs.get("j0"));
    FakeTorc next = wants(2);
    next.run(1);
    assertEquals(0, next.jobs.get("j0").ends, "it is recorded, and asked for anew");
    assertEquals(1, next.jobs.get("j1").ends);
    next.run(100);
    next.want("j2", "m", "c");
    next.run(100);
    for (FakeTorc.Job job : next.jobs.values()) {
      next.record(job);
    }
    next.desk.turn(cluster.now);
    assertEquals(0, folder.toFile().list().length);
  }

  @Test
  void remainingJobsStayOut() throws IOException {
    cluster.takes = 500 * SECOND;
    FakeTorc torc = killed(2, 20);
    torc.want("late", "m", "c");
    torc.desk.passOn(false);
    torc.desk.takeOrders(cluster.now);
    assertEquals(
        List.of("out", "out", "ready"), torc.jobs.values().stream().map(job -> job.left).toList());
    assertEquals(2, EarlierJob.all(folder.getParent()).size());
    assertEquals("1_0", EarlierJob.all(folder.getParent()).getFirst().id());
  }

  @Test
  void jobsThatEndWithTheirTorcAreEndedAndAwaited() throws IOException {
    cluster.takes = 500 * SECOND;
    cluster.outlive = false;
    FakeTorc torc = killed(1, 20);
    torc.desk.passOn(false);
    torc.desk.takeOrders(cluster.now);
    assertEquals(List.of("1_0"), cluster.cancelled);
    torc.run(100);
    assertEquals("", torc.jobs.get("j0").left);
    assertEquals(ProcessEnd.How.INTERRUPTED, torc.jobs.get("j0").how());

    FakeTorc other = killed(1, 20);
    other.desk.passOn(true);
    other.desk.takeOrders(cluster.now);
    assertEquals("out", other.jobs.get("j0").left);
  }

  /** Torc, nodes, answers and submissions die at random moments. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void afterAnyDeathEachJobEndsAndNoneRunsTwiceAtATime(long seed) throws IOException {
    cluster = new FakeCluster(seed, 3);
    cluster.deaths = 0.1;
    cluster.lag = 8 * SECOND;
    int jobs = 12;
    Set<String> recorded = new TreeSet<>();
    for (int round = 0; recorded.size() < jobs; round++) {
      assertTrue(round < 400, () -> "not done after many builds: " + recorded);
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
      FakeTorc torc = torc();
      try {
        for (int i = 0; i < jobs; i++) {
          if (!recorded.contains("j" + i)) {
            String manifest = last || cluster.random.nextInt(8) > 0 ? "m" : "m" + round;
            torc.want("j" + i, manifest, cluster.random.nextInt(2) == 0 ? "c" : manifest);
          }
        }
        torc.run(last ? 100_000 : cluster.random.nextInt(40));
      } catch (Killed dead) {
        continue; // and nothing of this torc's is recorded
      }
      for (FakeTorc.Job job : torc.jobs.values()) {
        assertTrue(job.ends <= 1);
        boolean began = job.end != null && job.how() != ProcessEnd.How.NOT_STARTED;
        if (began && (last || cluster.random.nextInt(3) > 0)) { // else killed before
          recorded.add(job.attempt.key().job());
          torc.record(job);
        }
      }
    }
    recorded.forEach(job -> assertTrue(cluster.runs.get(job) >= 1, job));
    assertEquals(List.of(), EarlierJob.all(folder.getParent()));
  }
}
