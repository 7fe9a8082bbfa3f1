package dev.torc.clusters;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.Sandbox;
import dev.torc.core.model.SchedulerSettings;
import dev.torc.features.clusters.Remotes;
import dev.torc.features.clusters.Scheduler;
import dev.torc.features.clusters.Scheduler.SchedulerJob;
import dev.torc.features.clusters.Scheduler.SchedulerResources;
import dev.torc.features.clusters.Scheduler.SchedulerState;
import dev.torc.features.clusters.Scheduler.SchedulerState.Phase;
import dev.torc.features.clusters.Scheduler.Submission;
import dev.torc.features.clusters.Scheduler.SubmissionRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * The words of a real Slurm, and the states that torc makes of them. The controller checks time
 * limits twice a minute, so the job with a limit waits while the other tests run.
 */
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(SharedSlurm.LOCK) // one of its tests at a time, beside other classes
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SlurmIT {

  private static final SchedulerResources SMALL =
      new SchedulerResources(1, 50 << 20, 0, 0, 1, 0, 600_000_000_000L);

  @TempDir static Path temp;
  private static RealSlurm slurm;
  private static int names;

  @BeforeAll
  static void start() throws Exception {
    slurm = SharedSlurm.IMPATIENT.get();
  }

  /** Frees the nodes; only a failed test has left jobs there. */
  @AfterEach
  void free() throws Exception {
    slurm.administer("scancel", "--partition=low");
    slurm.administer("scancel", "--partition=high");
  }

  private static Scheduler on(String partition, String... args) {
    Map<String, String> env = new HashMap<>(slurm.env());
    env.put("TORC_TEST", "a b");
    return Remotes.scheduler(
        new SchedulerSettings(
            "test",
            "{job}",
            "",
            new SchedulerSettings.SbatchOptions("", partition, List.of(args), false),
            new SchedulerSettings.BatchBounds(500, 0, 0),
            0,
            null),
        temp,
        env);
  }

  private static SubmissionRequest request(String text, int elements, SchedulerResources resources)
      throws Exception {
    String name = "torc-" + ++names;
    Path script = Files.writeString(temp.resolve(name + " %j"), "#!/bin/sh\n" + text + "\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    return new SubmissionRequest(
        script, name, elements, resources, temp.resolve(name + " %a.log"), Map.of(), "");
  }

  private static List<SchedulerJob> submit(Scheduler scheduler, SubmissionRequest request) {
    Submission said = scheduler.submit(request);
    List<SchedulerJob> jobs = new ArrayList<>();
    for (String id : assertInstanceOf(Submission.Accepted.class, said).ids()) {
      jobs.add(new SchedulerJob(id, request.name(), request.log(jobs.size())));
    }
    return jobs;
  }

  private static SchedulerJob submit(Scheduler scheduler, String text) throws Exception {
    return submit(scheduler, request(text, 1, SMALL)).getFirst();
  }

  private static SchedulerState state(SchedulerJob job) {
    return on(null).states(List.of(job)).get(job);
  }

  private static SchedulerState await(SchedulerJob job, Phase kind) throws Exception {
    return await(job, "is " + kind, state -> state.is(kind));
  }

  private static SchedulerState await(
      SchedulerJob job, String what, Predicate<SchedulerState> awaited) throws Exception {
    AtomicReference<SchedulerState> last = new AtomicReference<>();
    Sandbox.until(
        "job " + job.id() + " " + what,
        () -> {
          last.set(state(job));
          return awaited.test(last.get());
        });
    return last.get();
  }

  private static void ended(Phase cause, String said, SchedulerJob job) throws Exception {
    SchedulerState end = await(job, "has ended", SchedulerState::isEnd);
    assertEquals(cause, end.kind(), end.said());
    assertTrue(end.said().matches(said), end.said());
  }

  /** Waits for the end: Slurm may keep no trace of an array task that is cancelled while queued. */
  private static void over(SchedulerJob job) throws Exception {
    await(job, "is over", state -> state.is(Phase.CANCELLED) || state.is(Phase.GONE));
  }

  private static SchedulerJob limited;

  @Test
  @Order(1)
  void aControllerThatHangsOrIsDownGivesNoAnswerAndItsJobsAreThereAfterwards() throws Exception {
    SchedulerJob job = submit(on("main"), "sleep 100");
    await(job, Phase.RUNNING);
    slurm.freezeController();
    try {
      assertEquals(Phase.NO_ANSWER, state(job).kind());
      assertTrue(on(null).cancel(List.of(job)).contains("imed out"));
    } finally {
      slurm.thawController();
    }
    await(job, Phase.RUNNING);
    slurm.stopController();
    try {
      assertEquals(
          new SchedulerState(
              Phase.NO_ANSWER,
              "slurm_load_jobs error: Unable to contact slurm controller (connect failure)"),
          state(job));
      assertEquals(
          new Submission.NoAnswer(
              "Batch job submission failed: Unable to contact slurm controller (connect failure)"),
          on("main").submit(request("true", 1, SMALL)));
    } finally {
      slurm.startController();
    }
    await(job, Phase.RUNNING);
    limited = submit(on("main"), "sleep 100");
    await(limited, Phase.RUNNING);
    slurm.administer("scontrol", "update", "JobId=" + limited.id(), "EndTime=now+1");
    assertEquals("", on(null).cancel(List.of(job)));
    ended(Phase.CANCELLED, "CANCELLED.*", job);
  }

  @Test
  @Order(2)
  void anArrayIsOneSubmissionWithALogForEachElementAndTheSubmittersEnvironment() throws Exception {
    String text = "echo $SLURM_ARRAY_TASK_ID $TORC_TEST; [ $SLURM_ARRAY_TASK_ID = 1 ] || sleep 100";
    SubmissionRequest request = request(text, 5, SMALL);
    List<SchedulerJob> jobs = submit(on("low"), request);
    String id = jobs.getFirst().id().replace("_0", "");
    assertEquals(
        List.of(id + "_0", id + "_1", id + "_2", id + "_3", id + "_4"),
        jobs.stream().map(SchedulerJob::id).toList());
    ended(Phase.EXITED, "COMPLETED", jobs.get(1));
    assertEquals(new SchedulerState(Phase.RUNNING, "n2"), await(jobs.get(0), Phase.RUNNING));
    await(jobs.get(2), Phase.RUNNING);
    assertEquals(new SchedulerState(Phase.WAITING, "Resources"), waits(jobs.get(3)));
    assertEquals("1 a b\n", Files.readString(request.log(1)));
    assertEquals("", on(null).cancel(List.of(jobs.get(3))));
    over(jobs.get(3));
    assertEquals(Phase.WAITING, state(jobs.get(4)).kind(), "the others go on");
    assertEquals("", on(null).cancel(List.of(jobs.get(4))));
    over(jobs.get(4));
    assertEquals(Phase.RUNNING, state(jobs.get(0)).kind());
    assertEquals("", on(null).cancel(List.of(new SchedulerJob(null, request.name(), null))));
    ended(Phase.CANCELLED, "CANCELLED.*", jobs.get(0));
    ended(Phase.CANCELLED, "CANCELLED.*", jobs.get(2));
  }

  @Test
  @Order(2)
  void anotherNameIsAnotherJob() throws Exception {
    SchedulerJob job = submit(on("low"), "sleep 100");
    SchedulerJob other = new SchedulerJob(job.id(), "torc-other", job.log());
    assertEquals(SchedulerState.GONE, state(other));
    assertEquals("", on(null).cancel(List.of(other)));
    assertEquals(Phase.RUNNING, await(job, Phase.RUNNING).kind(), "it was left alone");
    assertEquals("", on(null).cancel(List.of(job, other)));
    ended(Phase.CANCELLED, "CANCELLED.*", job);
    assertEquals("", on(null).cancel(List.of(job)), "once more is no trouble");
    SchedulerJob never = new SchedulerJob("999999", "torc-never", null);
    assertEquals(SchedulerState.GONE, state(never));
    assertEquals("", on(null).cancel(List.of(never)));
  }

  @Test
  @Order(2)
  void endsHaveTheirCauses() throws Exception {
    Scheduler low = on("low");
    SchedulerResources memory = new SchedulerResources(1, 50 << 20, 0, 0, 1, 0, 0);
    SchedulerJob killed =
        submit(low, request("x=$(tail -c 400m /dev/zero | tr '\\0' x); sleep 100", 1, memory))
            .getFirst();
    SchedulerJob failed = submit(low, "exit 7");
    SchedulerJob signal = submit(low, "kill -9 $$");
    SubmissionRequest nowhere = request("true", 1, SMALL);
    SchedulerJob launch =
        submit(
                low,
                new SubmissionRequest(
                    nowhere.script(),
                    nowhere.name(),
                    1,
                    SMALL,
                    temp.resolve("none/log"),
                    Map.of(),
                    ""))
            .getFirst();
    ended(Phase.EXITED, "FAILED NonZeroExitCode 7:0", failed);
    ended(Phase.EXITED, "FAILED JobLaunchFailure 0:9", signal);
    ended(Phase.LAUNCH_FAILURE, "FAILED JobLaunchFailure 0:53", launch);
    ended(Phase.OUT_OF_MEMORY, "FAILED JobLaunchFailure 0:9: .*xceeded .*memory limit.*", killed);
  }

  @Test
  @Order(2)
  void preemptionAndNodeFailureAreNoFaultsOfTheJob() throws Exception {
    SchedulerResources whole = new SchedulerResources(2, 50 << 20, 0, 0, 1, 0, 0);
    SchedulerJob job = submit(on("low"), request("sleep 100", 1, whole)).getFirst();
    await(job, Phase.RUNNING);
    SchedulerJob stronger = submit(on("high"), request("sleep 100", 1, whole)).getFirst();
    ended(Phase.PREEMPTED, "PREEMPTED.*", job);
    await(stronger, Phase.RUNNING);
    slurm.administer("scontrol", "update", "NodeName=n2", "State=DOWN", "Reason=test");
    ended(Phase.NODE_FAILURE, "NODE_FAIL NodeDown.*", stronger);
  }

  /** The state of a waiting job, once the controller has found why it waits. */
  private static SchedulerState waits(SchedulerJob job) throws Exception {
    return await(
        job,
        "waits for a reason",
        state -> (state.is(Phase.WAITING) || state.is(Phase.NEVER)) && !state.said().isEmpty());
  }

  @Test
  @Order(2)
  void aWaitingJobTellsWhyAndWhetherForever() throws Exception {
    SchedulerJob held = submit(on("low", "--hold"), "true");
    assertEquals(new SchedulerState(Phase.WAITING, "JobHeldUser"), waits(held));
    slurm.administer("scontrol", "update", "NodeName=n2", "State=DRAIN", "Reason=test");
    SchedulerJob job = submit(on("low"), "true");
    SchedulerState drained = waits(job);
    assertEquals(Phase.WAITING, drained.kind(), drained.said());
    SchedulerResources more = new SchedulerResources(99, 0, 0, 0, 1, 0, 0);
    SchedulerJob never = submit(on("low"), request("true", 1, more)).getFirst();
    assertEquals(new SchedulerState(Phase.NEVER, "PartitionConfig"), waits(never));
    slurm.administer("scontrol", "update", "NodeName=n2", "State=RESUME");
    ended(Phase.EXITED, "COMPLETED", job);
    slurm.administer("scontrol", "release", held.id());
    ended(Phase.EXITED, "COMPLETED", held);
  }

  @Test
  @Order(2)
  void aRefusalHasSlurmsOwnWords() throws Exception {
    assertEquals(
        new Submission.Refused(
            "invalid partition specified: none; Batch job submission failed: Invalid partition name"
                + " specified"),
        on("none").submit(request("true", 1, SMALL)));
    assertEquals(
        new Submission.Refused(
            "Memory specification can not be satisfied; Batch job submission failed: Requested node"
                + " configuration is not available"),
        on("low").submit(request("true", 1, new SchedulerResources(1, 1L << 40, 0, 0, 1, 0, 0))));
    assertInstanceOf(
        Submission.Refused.class, on("low", "--no-such").submit(request("true", 1, SMALL)));
    assertInstanceOf(
        Submission.Refused.class,
        on("low").submit(request("true", on("low").largestArray() + 1, SMALL)));
    assertEquals(1001, on("low").largestArray());
  }

  @Test
  @Order(3)
  void aTimeLimitIsTold() throws Exception {
    ended(Phase.TIME_LIMIT, "TIMEOUT TimeLimit.*: .*DUE TO TIME LIMIT.*", limited);
  }
}
