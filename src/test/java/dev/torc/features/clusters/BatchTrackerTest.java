package dev.torc.features.clusters;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.torc.core.here.ProcessEnd;
import dev.torc.core.model.SchedulerSettings;
import dev.torc.features.clusters.BatchTracker.SchedulerAccess;
import dev.torc.features.clusters.RemoteAttempt.HandedOutAttempt;
import dev.torc.features.clusters.Scheduler.SchedulerState.Phase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A job that is handed out to a scheduler comes back, whatever happens to it, and begins once. */
class BatchTrackerTest {

  private static final long SECOND = 1_000_000_000;

  @TempDir Path temp;
  private FakeCluster cluster = new FakeCluster(1, 4);
  private FakeTorc torc;

  private void torc(int maxJobs, long batch) throws IOException {
    Path folder = Files.createDirectories(temp.toRealPath().resolve("far"));
    torc = new FakeTorc(cluster, folder, 1, FakeCluster.settings(maxJobs, batch));
  }

  private List<FakeTorc.Job> jobs() {
    return List.copyOf(torc.jobs.values());
  }

  private void all(ProcessEnd.How how) {
    for (FakeTorc.Job job : jobs()) {
      assertEquals(1, job.ends, job.attempt.key().job());
      assertEquals(how, job.how(), job.attempt.key().job() + ": " + job.end);
    }
  }

  @Test
  void aFailedWriteIsRepeatedAndLeavesNothing() throws IOException {
    torc(500, 120 * SECOND);
    torc.marked =
        () -> {
          throw new IOException("full");
        };
    torc.add(2, 10);
    cluster.now += SECOND;
    assertThrows(IOException.class, () -> torc.desk.turn(cluster.now));
    assertEquals(0, cluster.submissions);
    assertArrayEquals(new String[0], torc.folder.toFile().list());
    torc.marked = () -> {};
    torc.drain(1000);
    all(ProcessEnd.How.EXITED);
    assertEquals(1, cluster.submissions);
  }

  @Test
  void oneHundredLongJobsAreOneSubmission() throws IOException {
    torc(500, 120 * SECOND);
    torc.add(100, 36 * 3600);
    torc.drain(1000);
    all(ProcessEnd.How.EXITED);
    assertEquals(1, cluster.submissions);
    assertTrue(
        jobs().stream()
            .allMatch(
                job ->
                    cluster.runs.get(job.attempt.key().job()) == 1
                        && job.lost == 0
                        && job.end.elsewhere() != null));
  }

  @Test
  void rule12AFullQueueIsNoFailureAndSpendsNoAttempt() throws IOException {
    torc(500, 0);
    cluster.capacity = 10;
    cluster.takes = 100 * SECOND;
    torc.add(40, 10);
    torc.run(5);
    assertEquals(10, cluster.submitted, "40, 20 and 10 in one, which halves until it fits");
    assertEquals(
        List.of("far: the queue takes no more of your jobs (QOSMaxSubmitJobPerUserLimit); 30 wait"),
        torc.notes);
    torc.drain(100_000);
    all(ProcessEnd.How.EXITED);
    assertEquals(40, cluster.submitted);
    assertEquals(1, torc.notes.size(), torc.notes.toString());
    assertTrue(cluster.runs.values().stream().allMatch(runs -> runs == 1));
    assertTrue(jobs().stream().allMatch(job -> job.lost == 0));
    assertEquals(30, jobs().stream().filter(job -> job.waits > 0).count());
  }

  @Test
  void aQueueThatIsFullOfOtherJobsIsTriedEachMinute() throws IOException {
    torc(500, 0);
    cluster.capacity = 0;
    torc.add(2, 10);
    torc.run(1);
    assertEquals(2, cluster.submissions, "two, then one");
    torc.run(185);
    assertEquals(5, cluster.submissions);
    cluster.capacity = 100;
    torc.drain(200);
    all(ProcessEnd.How.EXITED);
    assertEquals(1, torc.notes.size(), torc.notes.toString());
    assertTrue(torc.notes.getFirst().endsWith("; 2 wait"), torc.notes.toString());
  }

  @Test
  void theUsersOwnBoundIsNoFullQueue() throws IOException {
    torc(3, 0);
    torc.add(9, 10);
    torc.drain(10_000);
    all(ProcessEnd.How.EXITED);
    assertEquals(List.of(), torc.notes);
    assertTrue(jobs().stream().allMatch(job -> job.waits == 0));
  }

  @Test
  void aRefusedArraySizeIsHalvedAtOnce() throws IOException {
    torc(500, 0);
    cluster.refusal = "Batch job submission failed: Invalid job array specification";
    cluster.refusals = 2;
    torc.add(40, 10);
    torc.run(1);
    torc.drain(10_000);
    all(ProcessEnd.How.EXITED);
    assertEquals(40 + 20, cluster.submitted - 40);
    assertEquals(List.of(), torc.notes);
  }

  @Test
  void aRefusalThatLastsFailsAtOnce() throws IOException {
    torc(500, 0);
    cluster.refusal = "Batch job submission failed: Invalid partition name specified";
    cluster.refusals = 1;
    torc.add(2, 10);
    torc.run(100);
    assertEquals(1, cluster.submissions);
    all(ProcessEnd.How.NOT_STARTED);
    assertEquals("far: " + cluster.refusal, jobs().getFirst().message());
  }

  @Test
  void shortOnesShareAScriptUntilTheirTimesAddUpToABatch() throws IOException {
    torc(500, 120 * SECOND);
    torc.add(50, 10);
    torc.drain(1000);
    all(ProcessEnd.How.EXITED);
    assertEquals(1, cluster.submissions);
    assertEquals(32, cluster.submitted, "no node is idle while jobs stand one behind the other");
    cluster.submitted = 0;
    torc.add(800, 10);
    torc.drain(10_000);
    assertEquals(67, cluster.submitted, "twelve in each, and eight in the last");
    assertEquals(List.of(), torc.notes);
  }

  /** In an allocation each node has a tracker, and all hand out into one folder. */
  @Test
  void jobsOfAnotherTrackerOfTheBuildAreNotOfAnEarlierTorc() throws IOException {
    cluster.outlive = false;
    torc(500, 120 * SECOND);
    torc.add(1, 100);
    torc.run(10);
    FakeTorc other = new FakeTorc(cluster, torc.folder, 1, FakeCluster.settings(500, 0));
    other.want("late", "m", "c");
    other.run(1000);
    torc.drain(1000);
    all(ProcessEnd.How.EXITED);
    assertEquals(ProcessEnd.How.EXITED, other.jobs.get("late").how());
    assertEquals(List.of(), cluster.cancelled);
    assertEquals(Map.of("j0", 1, "late", 1), cluster.runs);
  }

  /** A job that asks for its earlier attempt makes torc ask the scheduler at once. */
  @Test
  void twoLinesOfTheSameMomentCountOnce() throws IOException {
    torc(500, 0);
    cluster.takes = 100 * SECOND;
    torc.want("a", "m", "c");
    torc.want("b", "m", "c");
    torc.run(10);
    SchedulerSettings hasty =
        new SchedulerSettings(
            "far",
            "{job}",
            "",
            SchedulerSettings.SbatchOptions.NONE,
            new SchedulerSettings.BatchBounds(500, 0, 0),
            SECOND,
            null);
    FakeTorc next = new FakeTorc(cluster, torc.folder, 2, hasty);
    cluster.hides = true;
    next.want("a", "m", "c");
    next.desk.turn(cluster.now);
    next.want("b", "m", "c");
    next.desk.turn(cluster.now + 1_000_000);
    cluster.hides = false;
    next.run(1000);
    assertEquals(Map.of("a", 1, "b", 1), cluster.runs);
    next.jobs.values().forEach(job -> assertEquals(ProcessEnd.How.EXITED, job.how()));
  }

  @Test
  void fewJobsAreSpreadOverElementsFirst() throws IOException {
    torc(500, 120 * SECOND);
    torc.add(9, 1);
    torc.drain(1000);
    assertEquals(9, cluster.submitted);
    assertEquals(1, cluster.submissions);
  }

  @Test
  void noMoreElementsAreOutThanMayBe() throws IOException {
    torc(3, 120 * SECOND);
    torc.add(10, 3600);
    torc.drain(1000);
    all(ProcessEnd.How.EXITED);
    assertTrue(cluster.submissions >= 4, cluster.submissions + " submissions of three at most");
  }

  @Test
  void aSubmissionThatIsRefusedIsTriedThreeTimes() throws IOException {
    torc(500, 120 * SECOND);
    cluster.refusals = 2;
    torc.add(1, 0);
    torc.drain(100);
    all(ProcessEnd.How.EXITED);
    cluster.refusals = 3;
    torc.add(1, 0);
    torc.drain(100);
    assertEquals(ProcessEnd.How.NOT_STARTED, jobs().getLast().how());
    assertEquals("far: no such partition", jobs().getLast().message());
  }

  @Test
  void aMissingValueOfASubmissionFailsWithItsName() throws IOException {
    torc(500, 120 * SECOND);
    cluster.lacks = List.of("{memory}", "{disk}");
    torc.add(2, 0);
    torc.drain(100);
    all(ProcessEnd.How.NOT_STARTED);
    String lack = "far: its submit asks for {memory}, which the job does not say";
    jobs().forEach(job -> assertEquals(lack, job.message()));
    assertEquals(0, cluster.submissions);
  }

  @Test
  void aNodeThatDoesNotSeeTheRootFailsTheJob() throws IOException {
    torc(500, 120 * SECOND);
    cluster.busy = true; // no script runs, and yet the scheduler says it is over
    torc.add(1, 0);
    torc.run(5);
    cluster.endAll(Phase.EXITED);
    torc.drain(1000);
    all(ProcessEnd.How.NOT_STARTED);
    String why = "the machine that far took does not see " + torc.folder;
    assertEquals(why, jobs().getFirst().message());
    assertEquals(1, cluster.submissions);
  }

  @Test
  void aJobLostWithItsNodeIsSubmittedAgainThreeTimes() throws IOException {
    torc(500, 120 * SECOND);
    cluster.deaths = 1;
    torc.add(1, 0);
    torc.drain(100_000);
    all(ProcessEnd.How.NOT_STARTED);
    assertEquals(3, jobs().getFirst().lost);
    assertEquals(4, cluster.submissions);
    assertEquals("lost with its machine: NODE_FAILURE", jobs().getFirst().message());
  }

  @Test
  void oneWithoutAnAnswerIsFoundByItsNameOrSubmittedAnewOnce() throws IOException {
    torc(500, 120 * SECOND);
    cluster.lost = 1;
    torc.add(1, 0);
    torc.drain(100);
    cluster.swallowed = 1;
    torc.add(1, 0);
    torc.drain(100);
    all(ProcessEnd.How.EXITED);
    assertEquals(3, cluster.submissions);
    assertEquals(2, cluster.begins.size());
  }

  @Test
  void aJobThatNeverBeganIsNotSubmittedForever() throws IOException {
    torc(500, 120 * SECOND);
    cluster.forgets = true;
    torc.add(2, 0);
    torc.drain(1000);
    all(ProcessEnd.How.NOT_STARTED);
    assertEquals(4, cluster.submissions);
    assertEquals(
        "submitted 4 times, and no machine began it; far: gone", jobs().getFirst().message());
  }

  @Test
  void filesMovedForAJobThatNeverBeganAreTold() throws IOException {
    Path match = Files.writeString(temp.toRealPath().resolve("match"), "old");
    torc(500, 120 * SECOND);
    cluster.forgets = true;
    torc.add(1, 0, new RemoteAttempt.Product(match, false, RemoteAttempt.Clearing.AHEAD));
    torc.drain(1000);
    assertFalse(Files.exists(match));
    List<HandedOutAttempt> places = jobs().getFirst().places;
    assertEquals(4, places.size());
    for (HandedOutAttempt place : places) {
      assertFalse(place.hasBegun());
    }
    assertEquals("old", Files.readString(places.getFirst().aside(0)));
    Files.move(places.getFirst().aside(0), match);
    torc.desk.forget(places);
    torc.desk.takeOrders(cluster.now);
    assertEquals(List.of(), BatchFolder.all(torc.folder));
  }

  @Test
  void ifAFileCannotMoveOnlyItsJobFails() throws IOException {
    Path kernels = Path.of("/proc/version");
    assumeTrue(Files.exists(kernels), "there is no file that nobody can move");
    torc(500, 120 * SECOND);
    torc.add(1, 10, new RemoteAttempt.Product(kernels, false, RemoteAttempt.Clearing.AHEAD));
    torc.add(1, 10);
    torc.drain(100);
    assertEquals(ProcessEnd.How.NOT_STARTED, jobs().getFirst().how());
    assertTrue(jobs().getFirst().message().contains(kernels.toString()));
    assertEquals(ProcessEnd.How.EXITED, jobs().getLast().how());
    assertEquals(1, cluster.submissions);
    assertEquals(1, cluster.begins.size());
  }

  @Test
  void aJobWithoutAnIdIsAwaitedAndToldOnceAMinute() throws IOException {
    torc(500, SECOND);
    cluster.blind = true;
    cluster.lost = 1;
    cluster.takes = 400 * SECOND;
    torc.add(1, 0);
    torc.drain(1000);
    all(ProcessEnd.How.EXITED);
    assertEquals(1, cluster.submissions);
    assertTrue(torc.notes.getFirst().startsWith("far gave no id for what "), torc.notes.getFirst());
  }

  @Test
  void aJobThatFitsNoNodeIsCancelledAndFailsWithTheReason() throws IOException {
    torc(500, 120 * SECOND);
    cluster.waitsFor = "PartitionConfig";
    torc.add(2, 0);
    torc.drain(100);
    all(ProcessEnd.How.NOT_STARTED);
    assertEquals("far will never start it: PartitionConfig", jobs().getFirst().message());
    cluster.waitsFor = "";
    cluster.until(cluster.now + 100 * SECOND);
    assertEquals(Map.of(), cluster.begins, "what begins late finds its claim taken");
  }

  /** Commands that only read tell it, while this torc runs and afterwards. */
  @Test
  void whyATaskWaitsIsKnownUntilItStarts() throws IOException {
    torc(500, 0);
    cluster.waitsFor = "JobHeldAdmin";
    cluster.takes = 100 * SECOND;
    torc.add(2, 0);
    torc.run(1);
    assertEquals(List.of("far 1_0", "far 1_1"), where(), "it was not asked yet");
    torc.run(5);
    assertEquals(List.of("far 1_0 (JobHeldAdmin)", "far 1_1 (JobHeldAdmin)"), where());
    cluster.waitsFor = "JobHeldUser";
    torc.run(60);
    assertEquals(List.of("far 1_0 (JobHeldUser)", "far 1_1 (JobHeldUser)"), where());
    cluster.answers = false;
    torc.run(60);
    assertEquals(
        List.of("far 1_0 (JobHeldUser)", "far 1_1 (JobHeldUser)"), where(), "as last known");
    cluster.answers = true;
    cluster.waitsFor = "";
    cluster.until(cluster.now + SECOND);
    assertEquals(List.of("far 1_0", "far 1_1"), where(), "their claims say that they have begun");
    torc.drain(1000);
    all(ProcessEnd.How.EXITED);
  }

  private List<String> where() throws IOException {
    return EarlierJob.all(torc.folder.getParent()).stream().map(EarlierJob::where).toList();
  }

  @Test
  void aSchedulerThatDoesNotAnswerIsAskedOnAndToldOnceAMinute() throws IOException {
    torc(500, 120 * SECOND);
    cluster.waitsFor = "Resources";
    cluster.answers = false;
    torc.add(1, 0);
    torc.drain(150);
    assertEquals(0, jobs().getFirst().ends);
    assertEquals(3, torc.notes.size(), torc.notes + "");
    assertEquals("far does not answer: down; torc keeps asking", torc.notes.getFirst());
    cluster.waitsFor = "";
    cluster.answers = true;
    torc.drain(100);
    all(ProcessEnd.How.EXITED);
  }

  /** Torc waits for a scheduler that is busy, but not for one that it has never reached. */
  @Test
  void aSchedulerThatNeverAnsweredIsGivenUpAfterTenSecondsInOneSentence() throws IOException {
    torc(500, SECOND);
    cluster.answers = false;
    cluster.swallowed = 1000;
    torc.add(3, 120);
    torc.drain(9);
    assertEquals(0, jobs().getFirst().ends);
    torc.drain(7);
    all(ProcessEnd.How.NOT_STARTED);
    assertEquals(List.of(), torc.notes);
    String why = "far does not answer: down; try the commands of this executor by hand";
    assertEquals(why, jobs().getFirst().message());
    torc.add(1, 120);
    torc.drain(1);
    all(ProcessEnd.How.NOT_STARTED);
    assertEquals(0, cluster.begins.size());
  }

  /** Commands cannot look a submission up by its name: each try is a new one. */
  @Test
  void commandsThatNeverAnsweredAreGivenUpAfterTenSeconds() throws IOException {
    torc(500, SECOND);
    cluster.blind = true;
    cluster.answers = false;
    cluster.swallowed = 1000;
    torc.add(1, 0);
    torc.drain(9);
    assertEquals(0, jobs().getFirst().ends);
    torc.drain(7);
    all(ProcessEnd.How.NOT_STARTED);
    String why = "far does not answer: down; try the commands of this executor by hand";
    assertEquals(why, jobs().getFirst().message());
  }

  /** Its first answer was lost: the script is in the queue, finds its claim taken, and ends. */
  @Test
  void aSubmissionWhoseAnswerWasLostNeverStartsAfterTorcGaveUp() throws IOException {
    torc(500, SECOND);
    cluster.answers = false;
    cluster.lost = 1;
    cluster.waitsFor = "Resources";
    torc.add(1, 120);
    torc.drain(100);
    all(ProcessEnd.How.NOT_STARTED);
    cluster.waitsFor = "";
    cluster.until(cluster.now + 1000 * SECOND);
    assertEquals(Map.of(), cluster.begins);
  }

  @Test
  void onlyWhatWasSubmittedIsCancelled() throws IOException {
    torc(500, SECOND);
    cluster.answers = false;
    cluster.swallowed = 1000;
    torc.add(1, 120);
    torc.drain(5);
    torc.desk.end(true);
    torc.drain(10);
    assertEquals(List.of(), torc.notes);
  }

  @Test
  void aHeldJobIsToldOnce() throws IOException {
    torc(500, SECOND);
    cluster.waitsFor = "JobHeldUser";
    torc.add(3, 10);
    torc.drain(50);
    assertEquals(List.of(), torc.notes, "who holds it may be about to release it");
    torc.drain(1000);
    assertEquals(
        List.of(
            "job j0 and 2 more: held at far 1_0 (JobHeldUser); it waits until"
                + " `scontrol release 1_0`"),
        torc.notes);
    cluster.waitsFor = "";
    torc.drain(100);
    all(ProcessEnd.How.EXITED);
    assertEquals(1, torc.notes.size());
  }

  @Test
  void unknownWordsCountAsWaitingAndAreToldOnce() throws IOException {
    torc(500, SECOND);
    cluster.babbles = "12 F";
    cluster.takes = 100 * SECOND;
    torc.add(2, 10);
    torc.drain(1000);
    all(ProcessEnd.How.EXITED);
    assertTrue(cluster.questions > 2, "it is asked for");
    assertEquals(
        List.of("far: no word of 'words' is in '12 F': that job counts as waiting"), torc.notes);
  }

  @Test
  void theWordByWhichASchedulerSaysThatAJobIsGoneIsToldWithItsLoss() throws IOException {
    torc(500, SECOND);
    cluster.word = "NODE_FAIL";
    cluster.forgets = true;
    torc.add(1, 0);
    torc.drain(1000);
    assertEquals(
        "submitted 4 times, and no machine began it; far: NODE_FAIL", jobs().getFirst().message());
  }

  @Test
  void aJobCancelledByAUserFailsAsCancelled() throws IOException {
    torc(500, 120 * SECOND);
    cluster.takes = 3600 * SECOND;
    torc.add(2, 3600);
    cluster.until(SECOND);
    torc.desk.turn(cluster.now);
    cluster.until(SECOND * 4);
    cluster.endAll(Phase.CANCELLED);
    torc.drain(100);
    all(ProcessEnd.How.CANCELLED);
    assertEquals("n1", jobs().getFirst().end.elsewhere().host());
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 7000})
  void aJobOnlyTheSchedulerKnowsHasItsTimesOrNone(long told) throws IOException {
    torc(500, 120 * SECOND);
    cluster.takes = 3600 * SECOND;
    cluster.told = told;
    torc.add(1, 3600);
    cluster.until(SECOND);
    torc.desk.turn(cluster.now);
    cluster.until(SECOND * 4);
    cluster.endAll(Phase.OUT_OF_MEMORY);
    torc.drain(100);
    all(ProcessEnd.How.MEMORY);
    assertEquals(told == 0 ? -1 : 7 * SECOND, jobs().getFirst().end.wall());
    assertEquals("n1", jobs().getFirst().end.elsewhere().host());
  }

  @Test
  void theEndOfTorcCancelsAll() throws IOException {
    torc(1, 120 * SECOND);
    torc.add(3, 3600);
    cluster.until(SECOND);
    torc.desk.turn(cluster.now);
    torc.desk.end(true);
    torc.desk.end(true); // each attempt calls this
    torc.desk.takeOrders(cluster.now);
    assertEquals(List.of("1_0"), cluster.cancelled);
    assertEquals(List.of("far: 1 submitted job is cancelled"), torc.notes);
    torc.drain(100);
    all(ProcessEnd.How.INTERRUPTED);
    torc.add(1, 0);
    assertEquals("ready", jobs().getLast().left, "it is not handed out anymore");
    assertTrue(torc.desk.isEmpty());
  }

  /** Rule 11: a script has its jobs' grace and 15 s, or until the next Ctrl-C. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aScriptThatDoesNotEndItsJobsIsCancelledAfterTheirGrace(boolean again) throws IOException {
    torc(4, 0);
    cluster.takes = 3600 * SECOND;
    cluster.deaf = true;
    torc.add(3, 3600);
    cluster.until(9 * SECOND);
    torc.desk.turn(cluster.now);
    cluster.until(18 * SECOND);
    torc.desk.end(true);
    torc.run(19);
    assertEquals(List.of("1_0", "1_1", "1_2"), cluster.asked);
    assertEquals(List.of(), cluster.cancelled);
    if (again) {
      torc.desk.passOn(true);
      torc.desk.takeOrders(cluster.now);
      jobs().forEach(job -> assertEquals("out", job.left));
    } else {
      torc.run(10);
      all(ProcessEnd.How.INTERRUPTED);
    }
    assertEquals(List.of("1_0", "1_1", "1_2"), cluster.cancelled);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void aNodeThatDiesCostsNoAttemptAndNoJobRunsTwiceAtATime(long seed) throws IOException {
    cluster = new FakeCluster(seed, 3);
    cluster.deaths = 0.2;
    cluster.lag = 8 * SECOND;
    torc(5, 20 * SECOND);
    for (int i = 0; i < 10; i++) {
      torc.add(8, cluster.random.nextInt(9));
      cluster.answers = cluster.random.nextInt(4) > 0;
      cluster.lost += cluster.random.nextInt(2);
      cluster.swallowed += cluster.random.nextInt(2);
      torc.drain(3);
    }
    cluster.answers = true;
    torc.drain(100_000);
    assertTrue(torc.desk.isEmpty());
    for (FakeTorc.Job job : jobs()) {
      assertEquals(1, job.ends, job.attempt.key().job());
      boolean ok = job.how() == ProcessEnd.How.EXITED;
      boolean lost = job.how() == ProcessEnd.How.NOT_STARTED;
      assertTrue(ok || lost && job.lost == 3, job.attempt.key().job() + ": " + job.end);
    }
    cluster.begins.forEach((claim, count) -> assertEquals(1, count, claim));
  }

  @Test
  @Timeout(60)
  void aJobThatCannotBeForgottenKeepsNoOtherWaiting() throws Exception {
    cluster.busy = true;
    BatchFolder folder = new BatchFolder(Files.createDirectory(temp.resolve("done")));
    Path inTheWay = Files.createFile(folder.path().resolve("x.claim"));
    HandedOutAttempt place =
        new HandedOutAttempt(
            folder,
            new RemoteAttempt.RemoteKey("x", "b0", 1, "m", "c", ""),
            "x",
            List.of(),
            Map.of());
    torc(10, 1);
    FakeTorc.Job job = torc.job("a", "m", "c", 0, List.of());
    try (BatchTracker thread =
        BatchTracker.start(
            new SchedulerAccess(
                cluster,
                FakeCluster.settings(10, 1),
                torc.folder.getParent(),
                torc.folder,
                new ClaimOwner("b1", "here", "boot", 2, 2, 0),
                (_, _) -> {},
                torc.notes::add))) {
      thread.forget(List.of(place));
      thread.add(job.attempt, job);
      thread.end(true);
      while (job.ends == 0) {
        TimeUnit.MILLISECONDS.sleep(20);
      }
      Files.delete(inTheWay);
      while (!Files.isDirectory(inTheWay)) {
        TimeUnit.MILLISECONDS.sleep(20);
      }
    }
    all(ProcessEnd.How.INTERRUPTED);
    torc.notes.remove("far: 1 submitted job is cancelled"); // where it was handed out by then
    assertEquals(1, torc.notes.size(), torc.notes.toString());
    assertTrue(torc.notes.getFirst().endsWith("; torc tries again"), torc.notes.toString());
  }
}
