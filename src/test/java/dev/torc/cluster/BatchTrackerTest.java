package dev.torc.cluster;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.torc.exec.Launch;
import dev.torc.exec.ProcessEnd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is handed out to a scheduler comes back, whatever becomes of it, and begins once. */
class BatchTrackerTest {

  private static final long SECOND = 1_000_000_000;

  @TempDir Path temp;
  private FakeCluster cluster = new FakeCluster(1, 4);
  private final List<String> notes = new ArrayList<>();
  private final List<Job> jobs = new ArrayList<>();
  private Marked marked = () -> {};
  private BatchTracker desk;
  private int names;

  private static final class Job implements RemoteListener {
    final String name;
    ProcessEnd end;
    List<RemotePlace> places;
    int lost;
    int ends;
    final CountDownLatch over = new CountDownLatch(1);
    String left = "";

    Job(String name) {
      this.name = name;
    }

    @Override
    public void submitted(String id) {}

    @Override
    public void lost() {
      lost++;
    }

    @Override
    public void ended(ProcessEnd how, List<RemotePlace> left) {
      ends++;
      end = how;
      places = left;
      over.countDown();
    }

    @Override
    public void left(boolean out) {
      left = out ? "out" : "ready";
    }
  }

  private interface Marked {
    void run() throws IOException;
  }

  private void desk(int maxJobs, long batch) throws IOException {
    SchedulerSettings settings = FakeCluster.settings(maxJobs, batch);
    ClaimOwner me = new ClaimOwner("b1", "here", "boot", 2, 2, 0);
    desk =
        new BatchTracker(
            cluster,
            settings,
            temp.toRealPath(),
            me,
            () -> "n" + names++,
            (_, _) -> marked.run(),
            notes::add);
  }

  private void add(int count, long expected) {
    add(count, expected, List.of());
  }

  private void add(int count, long expected, List<RemoteAttempt.Product> products) {
    for (int i = 0; i < count; i++) {
      Job job = new Job("j" + jobs.size());
      jobs.add(job);
      desk.add(attempt(job.name, expected, products), job);
      desk.takeOrders(cluster.now);
    }
  }

  private RemoteAttempt attempt(String name, long expected, List<RemoteAttempt.Product> products) {
    return new RemoteAttempt(
        new RemoteKey(name, "b1", 1, "m" + name, "c" + name),
        new Launch(
            List.of(new Launch.Step(List.of("true"), temp, Map.of())),
            temp.resolve(name + ".log"),
            false,
            false,
            0,
            0,
            Map.of()),
        expected,
        products,
        List.of(),
        new SchedulerResources(1, 0, 0, 1, 0, 0));
  }

  /** Until all is over, or so many seconds went by. */
  private void run(long seconds) throws IOException {
    long end = cluster.now + seconds * SECOND;
    while (!desk.isEmpty() && cluster.now < end) {
      cluster.until(Math.min(end, desk.turn(cluster.now)));
    }
  }

  private void all(ProcessEnd.How how) {
    for (Job job : jobs) {
      assertEquals(1, job.ends, job.name);
      assertEquals(how, job.end.how(), job.name + ": " + job.end);
    }
  }

  @Test
  void whatCannotBeWrittenIsTriedAgainAndLeavesNothing() throws IOException {
    desk(500, 120 * SECOND);
    marked =
        () -> {
          throw new IOException("full");
        };
    add(2, 10);
    cluster.now += SECOND;
    assertThrows(IOException.class, () -> desk.turn(cluster.now));
    assertEquals(0, cluster.submissions);
    assertArrayEquals(new String[0], temp.toFile().list());
    marked = () -> {};
    run(1000);
    all(ProcessEnd.How.EXITED);
    assertEquals(1, cluster.submissions);
  }

  @Test
  void oneHundredLongJobsAreOneSubmission() throws IOException {
    desk(500, 120 * SECOND);
    add(100, 36 * 3600);
    run(1000);
    all(ProcessEnd.How.EXITED);
    assertEquals(1, cluster.submissions);
    assertTrue(
        jobs.stream()
            .allMatch(
                job ->
                    cluster.runs.get(job.name) == 1
                        && job.lost == 0
                        && job.end.elsewhere() != null));
  }

  @Test
  void shortOnesShareAScriptUntilTheirTimesAddUpToABatch() throws IOException {
    desk(500, 120 * SECOND);
    add(50, 10);
    run(1000);
    all(ProcessEnd.How.EXITED);
    assertEquals(1, cluster.submissions);
    assertEquals(32, cluster.elements, "no node is idle while jobs stand one behind the other");
    cluster.elements = 0;
    add(800, 10);
    run(10_000);
    assertEquals(67, cluster.elements, "twelve in each, and eight in the last");
    assertEquals(List.of(), notes);
  }

  @Test
  void fewJobsAreSpreadOverElementsFirst() throws IOException {
    desk(500, 120 * SECOND);
    add(9, 1);
    run(1000);
    assertEquals(9, cluster.elements);
    assertEquals(1, cluster.submissions);
  }

  @Test
  void noMoreElementsAreOutThanMayBe() throws IOException {
    desk(3, 120 * SECOND);
    add(10, 3600);
    run(1000);
    all(ProcessEnd.How.EXITED);
    assertTrue(cluster.submissions >= 4, cluster.submissions + " submissions of three at most");
  }

  @Test
  void aSubmissionThatIsRefusedIsTriedThreeTimes() throws IOException {
    desk(500, 120 * SECOND);
    cluster.refusals = 2;
    add(1, 0);
    run(100);
    all(ProcessEnd.How.EXITED);
    cluster.refusals = 3;
    add(1, 0);
    run(100);
    assertEquals(ProcessEnd.How.NOT_STARTED, jobs.getLast().end.how());
    assertEquals("far: no such partition", jobs.getLast().end.message());
  }

  @Test
  void oneWithoutAnAnswerIsFoundByItsNameOrSubmittedAnewOnce() throws IOException {
    desk(500, 120 * SECOND);
    cluster.lost = 1;
    add(1, 0);
    run(100);
    cluster.swallowed = 1;
    add(1, 0);
    run(100);
    all(ProcessEnd.How.EXITED);
    assertEquals(3, cluster.submissions);
    assertEquals(2, cluster.begins.size());
  }

  @Test
  void whatIsGoneBeforeAnythingBeganIsNotSubmittedWithoutEnd() throws IOException {
    desk(500, 120 * SECOND);
    cluster.forgets = true;
    add(2, 0);
    run(1000);
    all(ProcessEnd.How.NOT_STARTED);
    assertEquals(4, cluster.submissions);
    assertEquals(
        "submitted 4 times, and no machine began it; far: gone", jobs.getFirst().end.message());
  }

  @Test
  void whatWasMovedAwayForAJobThatNeverBeganIsToldHoweverOftenItWasHandedOut() throws IOException {
    Path match = Files.writeString(temp.toRealPath().resolve("match"), "old");
    desk(500, 120 * SECOND);
    cluster.forgets = true;
    add(1, 0, List.of(new RemoteAttempt.Product(match, false, RemoteAttempt.Clearing.AHEAD)));
    run(1000);
    assertFalse(Files.exists(match));
    List<RemotePlace> places = jobs.getFirst().places;
    assertEquals(4, places.size());
    for (RemotePlace place : places) {
      assertFalse(place.hasBegun());
    }
    assertEquals("old", Files.readString(places.getFirst().aside(0)));
    Files.move(places.getFirst().aside(0), match);
    desk.forget(places);
    desk.turn(cluster.now);
    assertEquals(List.of(), BatchFolder.all(temp.toRealPath()));
  }

  @Test
  void whereSomethingCannotBeMovedAwayThatJobFailsAndTheOthersOfItsScriptGoOn() throws IOException {
    Path kernels = Path.of("/proc/version");
    assumeTrue(Files.exists(kernels), "there is no file that nobody can move");
    desk(500, 120 * SECOND);
    add(1, 10, List.of(new RemoteAttempt.Product(kernels, false, RemoteAttempt.Clearing.AHEAD)));
    add(1, 10);
    run(100);
    assertEquals(ProcessEnd.How.NOT_STARTED, jobs.getFirst().end.how());
    assertTrue(jobs.getFirst().end.message().contains(kernels.toString()));
    assertEquals(ProcessEnd.How.EXITED, jobs.getLast().end.how());
    assertEquals(1, cluster.submissions);
    assertEquals(1, cluster.begins.size());
  }

  @Test
  void whatBeganWithoutAnIdIsAwaitedAndToldOnceAMinute() throws IOException {
    desk(500, SECOND);
    cluster.blind = true;
    cluster.lost = 1;
    cluster.takes = 400 * SECOND;
    add(1, 0);
    run(1000);
    all(ProcessEnd.How.EXITED);
    assertEquals(1, cluster.submissions);
    assertEquals("far does not answer: timed out; torc asks on", notes.getFirst());
    assertTrue(notes.get(1).startsWith("far gave no id for what runs in "), notes.get(1));
  }

  @Test
  void whatNoNodeWillEverHaveIsCancelledAndFailsWithThatWord() throws IOException {
    desk(500, 120 * SECOND);
    cluster.waitsFor = "PartitionConfig";
    add(2, 0);
    run(100);
    all(ProcessEnd.How.NOT_STARTED);
    assertEquals("far will never start it: PartitionConfig", jobs.getFirst().end.message());
    cluster.waitsFor = "";
    cluster.until(cluster.now + 100 * SECOND);
    assertEquals(Map.of(), cluster.begins, "what begins late finds its claim taken");
  }

  @Test
  void aSchedulerThatDoesNotAnswerIsAskedOnAndToldOnceAMinute() throws IOException {
    desk(500, 120 * SECOND);
    cluster.waitsFor = "Resources";
    cluster.answers = false;
    add(1, 0);
    run(150);
    assertEquals(0, jobs.getFirst().ends);
    assertEquals(3, notes.size(), notes + "");
    assertEquals("far does not answer: down; torc asks on", notes.getFirst());
    cluster.waitsFor = "";
    cluster.answers = true;
    run(100);
    all(ProcessEnd.How.EXITED);
  }

  @Test
  void whatTheSchedulerSaysInOtherWordsIsWaitedForAndToldOnce() throws IOException {
    desk(500, SECOND);
    cluster.babbles = "12 F";
    cluster.takes = 100 * SECOND;
    add(2, 10);
    run(1000);
    all(ProcessEnd.How.EXITED);
    assertTrue(cluster.questions > 2, "it is asked for");
    assertEquals(
        List.of("far: no word of 'words' is in '12 F': that job counts as waiting"), notes);
  }

  @Test
  void theWordByWhichASchedulerSaysThatAJobIsGoneIsToldWithItsLoss() throws IOException {
    desk(500, SECOND);
    cluster.word = "NODE_FAIL";
    cluster.forgets = true;
    add(1, 0);
    run(1000);
    assertEquals(
        "submitted 4 times, and no machine began it; far: NODE_FAIL",
        jobs.getFirst().end.message());
  }

  @Test
  void whatSomebodyCancelsFailsAsCancelled() throws IOException {
    desk(500, 120 * SECOND);
    cluster.takes = 3600 * SECOND;
    add(2, 3600);
    cluster.until(SECOND);
    desk.turn(cluster.now);
    cluster.until(SECOND * 4);
    cluster.endAll(SchedulerState.Cause.CANCELLED);
    run(100);
    all(ProcessEnd.How.CANCELLED);
    assertEquals("n1", jobs.getFirst().end.elsewhere().host());
  }

  @Test
  void theEndOfTorcCancelsAll() throws IOException {
    desk(1, 120 * SECOND);
    add(3, 3600);
    cluster.until(SECOND);
    desk.turn(cluster.now);
    desk.end();
    desk.end(); // each attempt says so
    desk.turn(cluster.now);
    assertEquals(List.of("1_0"), cluster.cancelled);
    assertEquals(List.of("far: 1 submitted job is cancelled"), notes);
    run(100);
    all(ProcessEnd.How.INTERRUPTED);
    assertTrue(desk.isEmpty());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void aNodeThatDiesCostsNoAttemptAndNoJobRunsTwiceAtATime(long seed) throws IOException {
    cluster = new FakeCluster(seed, 3);
    cluster.deaths = 0.2;
    cluster.lag = 8 * SECOND;
    desk(5, 20 * SECOND);
    for (int i = 0; i < 10; i++) {
      add(8, cluster.random.nextInt(9));
      cluster.answers = cluster.random.nextInt(4) > 0;
      cluster.lost += cluster.random.nextInt(2);
      cluster.swallowed += cluster.random.nextInt(2);
      run(3);
    }
    cluster.answers = true;
    run(100_000);
    assertTrue(desk.isEmpty());
    for (Job job : jobs) {
      assertEquals(1, job.ends, job.name);
      boolean ok = job.end.how() == ProcessEnd.How.EXITED;
      boolean lost = job.end.how() == ProcessEnd.How.NOT_STARTED;
      assertTrue(ok || lost && job.lost == 3, job.name + ": " + job.end);
    }
    cluster.begins.forEach((claim, count) -> assertEquals(1, count, claim));
  }

  @Test
  @Timeout(60)
  void whatCannotBeForgottenYetKeepsNothingElseWaiting() throws Exception {
    cluster.busy = true;
    BatchFolder folder = new BatchFolder(Files.createDirectory(temp.resolve("done")));
    Path inTheWay = Files.createFile(folder.path().resolve("x.claim"));
    RemotePlace place =
        new RemotePlace(folder, new RemoteKey("x", "b0", 1, "m", "c"), "x", List.of());
    Job job = new Job("a");
    jobs.add(job);
    try (BatchTracker thread =
        BatchTracker.start(
            cluster,
            FakeCluster.settings(10, 1),
            Files.createDirectory(temp.resolve("far")),
            new ClaimOwner("b1", "here", "boot", 2, 2, 0),
            (_, _) -> {},
            notes::add)) {
      thread.forget(List.of(place));
      thread.add(attempt("a", 0, List.of()), job);
      thread.end();
      job.over.await();
      Files.delete(inTheWay);
      while (!Files.isDirectory(inTheWay)) {
        TimeUnit.MILLISECONDS.sleep(20);
      }
    }
    all(ProcessEnd.How.INTERRUPTED);
    assertEquals(1, notes.size(), notes.toString());
    assertTrue(notes.getFirst().endsWith("; torc tries again"), notes.toString());
  }
}
