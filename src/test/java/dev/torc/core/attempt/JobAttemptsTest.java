package dev.torc.core.attempt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.machine.Series.Usage;
import dev.torc.core.decide.Reason;
import dev.torc.core.here.ProcessEnd;
import dev.torc.core.queue.Amounts;
import dev.torc.core.queue.Taken;
import dev.torc.core.run.Harness;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What an attempt takes and is given, by where it runs, how long it waited, and what follows it.
 */
class JobAttemptsTest extends Harness {

  /** Builds without the job far; the build leaves the setup that attempts share. */
  @BeforeEach
  void built() {
    givenFile(
        """
        executors: { slurm: { kind: slurm } }
        jobs:
          here: { command: make here }
          far:
            command: make far
            executor: slurm
            resources: { cpus: 9, gpus: 1, memory: 3GiB }
            retries: 1
            retry: { grow: { memory: 2 } }
          moving:
            command: make
            executor: [local, slurm, slurm, local]
            resources: { memory: 1GiB }
            retries: 9
            retry: { grow: { memory: 3 } }
          limited: { command: make, retries: 1, retry: { on: [137, 143] } }
        """);
    build("here");
  }

  /**
   * A run of the job far.
   *
   * @param out the executor and id with which an earlier torc submitted it; none if it did not
   */
  private JobAttempts far(String allocation, String... out) {
    return of("far", allocation, out);
  }

  private JobAttempts of(String job, String allocation, String... out) {
    List<Reason> why =
        Stream.of(out).map(at -> new Reason(Reason.Kind.SUBMITTED, "", "", at)).toList();
    Amounts amounts = new Amounts(limits, List.of(), allocation, Map.of(), null);
    return new JobAttempts(graph.job(graph.jobId(job)), why, null, amounts);
  }

  private void begin(JobAttempts run, String node) {
    Taken taken = new Taken(node, List.of());
    run.begin(taken);
  }

  @Test
  void forASchedulerNothingOfThisMachineIsTakenAndItsLimitsDoNotCount() {
    JobAttempts run = far(null);
    begin(run, null);
    assertEquals("slurm", run.executor());
    assertEquals(Map.of(), run.demand().amounts());
    assertNull(run.granted(List.of("x")).gpus());
    assertEquals(9, run.granted(List.of()).demand().of("cpus"));
    run.grow(0);
    assertEquals(6144, run.granted(List.of()).memoryMiB());
  }

  @Test
  void anAllocationGivesWhatANodeHas() {
    JobAttempts run = far("slurm");
    begin(run, null);
    assertNull(run.executor());
    assertTrue(run.demand().moves());
    assertEquals(List.of("x"), run.granted(List.of("x")).gpus());
    run.grow(0);
    assertEquals(4096, run.granted(List.of()).memoryMiB());
    begin(run, "n2");
    assertEquals("slurm/n2", run.executor());
    assertNull(run.granted(List.of("x")).gpus());
  }

  @Test
  void queuedJobsTakeNothingOfANode() {
    assertEquals("slurm", far("slurm", "slurm 7").executor());
    assertTrue(far("slurm", "slurm/n2 7").demand().moves());
  }

  /** Only the machine of the next attempt limits what grows. */
  @Test
  void eachAttemptGoesToTheNextExecutorAndTheLastOneStays() {
    JobAttempts run = of("moving", null);
    assertMoves(run, null, 1024, true);
    assertMoves(run, "slurm", 3072, false);
    assertMoves(run, "slurm", 9216, false);
    assertMoves(run, null, 4096, true);
    assertMoves(run, null, 4096, true);
    JobAttempts there = of("moving", "slurm");
    assertFalse(there.demand().moves(), "it is for this machine");
    assertMoves(there, null, 1024, true);
    assertTrue(there.demand().moves(), "it is for any node");
  }

  /** Begins the next attempt, and ends it. */
  private void assertMoves(JobAttempts run, String executor, long memory, boolean takes) {
    assertEquals(executor, run.executor());
    assertEquals(takes, run.demand().of("memory") > 0);
    begin(run, null);
    assertEquals(executor, run.executor());
    assertEquals(memory, run.granted(List.of()).memoryMiB());
    run.grow(0);
  }

  @Test
  void anAttemptThatIsRepeatedForWantOfRoomStaysWhereItIs() {
    ProcessEnd failed = new ProcessEnd(ProcessEnd.How.EXITED, 1, 0, Usage.NOTHING, "");
    JobAttempts run = of("moving", null);
    begin(run, null);
    assertTrue(run.mayRetry(failed, true));
    run.grow(0);
    assertNull(run.executor());
    begin(run, null);
    assertTrue(run.mayRetry(failed, false));
    run.grow(0);
    assertEquals("slurm", run.executor());
  }

  @Test
  void itWaitsFromWhenItIsDue() {
    long before = System.nanoTime();
    JobAttempts run = far(null);
    begin(run, null);
    assertTrue(0 <= run.queued() && run.queued() <= System.nanoTime() - before);
    run.grow(TimeUnit.HOURS.toNanos(1));
    begin(run, null);
    assertTrue(run.queued() < 0, "it is not due before an hour is over");
  }

  @Test
  void aSubmittedJobAlsoWaitedBeforeItsSubmission() {
    assertEquals(7 + 2_000_000, queued(10, 12));
    assertEquals(7, queued(10, 8), "by another clock");
    assertEquals(3_000_000, queued(9, 12), "an earlier torc handed it out");
  }

  /** The queue time of an attempt that torc began in millisecond 10, after a wait of 7 ns here. */
  private static long queued(long submitted, long began) {
    ProcessEnd end =
        ProcessEnd.unstarted(ProcessEnd.How.EXITED)
            .at(new ProcessEnd.Elsewhere("n2", submitted, began, "", null));
    AttemptOutcome.Made nothing = AttemptOutcome.Made.NOTHING;
    AttemptOutcome.Logged none = AttemptOutcome.Logged.NONE;
    return new AttemptOutcome(end, "", null, 10, nothing, none, null).queued(7);
  }

  @Test
  void aFailureForWantOfRoomIsRepeatedOnceAndIsNoAttempt() {
    ProcessEnd failed = new ProcessEnd(ProcessEnd.How.EXITED, 1, 0, Usage.NOTHING, "");
    JobAttempts run = far(null);
    begin(run, null);
    assertTrue(run.mayRetry(failed, true), "since there is room now");
    begin(run, null);
    assertTrue(run.mayRetry(failed, true), "the retry that the job has");
    begin(run, null);
    assertFalse(run.mayRetry(failed, true));
  }

  @ParameterizedTest
  @CsvSource({
    "EXITED, 137, true",
    "SIGNALED, 9, true",
    "MEMORY, 0, true",
    "EXITED, 143, true",
    "SIGNALED, 15, true",
    "TIMEOUT, 0, true",
    "EXITED, 1, false",
    "SIGNALED, 11, false",
    "CANCELLED, 0, false"
  })
  void aRetryAfterTheExitStatusOfASignalCoversTheLimitsThatTorcEnforcesByIt(
      ProcessEnd.How how, int code, boolean retried) {
    JobAttempts run = of("limited", null);
    begin(run, null);
    ProcessEnd end = new ProcessEnd(how, code, 0, Usage.NOTHING, "");
    assertEquals(retried, run.mayRetry(end, false));
  }
}
