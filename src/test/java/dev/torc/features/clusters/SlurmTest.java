package dev.torc.features.clusters;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.machine.ProgramOutput;
import dev.torc.base.posix.OtherProcess;
import dev.torc.core.model.SchedulerSettings;
import dev.torc.features.clusters.Scheduler.SchedulerJob;
import dev.torc.features.clusters.Scheduler.SchedulerResources;
import dev.torc.features.clusters.Scheduler.SchedulerState;
import dev.torc.features.clusters.Scheduler.SchedulerState.Phase;
import dev.torc.features.clusters.Scheduler.Submission;
import dev.torc.features.clusters.Scheduler.SubmissionRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What torc asks Slurm and how it reads the answers, with stand-ins that say what Slurm 22.05 said.
 * {@code SlurmIT} tests a real Slurm.
 */
class SlurmTest {

  private static final String CONFIG = "echo 'MaxArraySize            = 21'";
  private static final String DATABASE =
      "echo 'AccountingStorageType   = accounting_storage/slurmdbd'";
  private static final SchedulerResources MUCH =
      new SchedulerResources(4, (3 << 20) + 1, 2, 0, 3, 1 << 20, 60_000_000_001L);

  @TempDir Path temp;
  private StandIn programs;
  private boolean shards; // whether the site says so

  @BeforeEach
  void programs() throws IOException {
    programs = new StandIn(Files.createDirectory(temp.resolve("bin")));
    programs.says("squeue", "").says("scontrol", CONFIG).says("scancel", "");
  }

  private Slurm slurm(Map<String, String> more) {
    return slurm(more, "--qos=low", "--comment=a b");
  }

  private Slurm slurm(Map<String, String> more, String... args) {
    Map<String, String> env = new HashMap<>(programs.env());
    env.putAll(more);
    SchedulerSettings settings =
        new SchedulerSettings(
            "slurm",
            "{job}",
            "",
            new SchedulerSettings.SbatchOptions("abc", "short", List.of(args), shards),
            new SchedulerSettings.BatchBounds(500, 0, 0),
            0,
            null);
    return new Slurm(settings, temp, env, Duration.ofSeconds(60));
  }

  private Submission submit(int tasks) {
    return slurm(Map.of())
        .submit(
            new SubmissionRequest(
                temp.resolve("a b.sh"),
                "torc-1",
                tasks,
                MUCH,
                Path.of("/logs/50%j"),
                Map.of(),
                ""));
  }

  private SchedulerState state(String id) {
    SchedulerJob job = job(id);
    return slurm(Map.of()).states(List.of(job)).get(job);
  }

  private SchedulerJob job(String id) {
    return new SchedulerJob(id, "torc-1", temp.resolve("log"));
  }

  private void queue(String... lines) throws IOException {
    programs.says("squeue", "/bin/cat <<'E'\n" + String.join("\n", lines) + "\nE");
  }

  /**
   * Only where the site says that its cluster has shards, and only for a job that takes a share.
   */
  @ParameterizedTest
  @CsvSource({"false, 2, --gpus=1", "true, 2, --gres=shard:2", "true, 0, --gpus=1"})
  void aShareOfAGpuIsAskedForAsShards(boolean has, long wanted, String option) throws IOException {
    programs.says("sbatch", "echo 12");
    shards = has;
    SchedulerResources part = new SchedulerResources(1, 0, 1, wanted, 1, 0, 0);
    slurm(Map.of())
        .submit(
            new SubmissionRequest(
                temp.resolve("x"), "torc-1", 1, part, temp.resolve("log"), Map.of(), ""));
    String asked = programs.calls().getFirst();
    assertTrue(asked.contains(" " + option + " "), asked);
    assertEquals(2, asked.split(" --g").length, asked);
  }

  @Test
  void aSubmissionSaysAllThatIsAskedForAndTheUsersOptionsOverruleOnlyThat() throws IOException {
    programs.says("sbatch", "for word; do echo \"<$word>\" >>\"$calls\"; done; echo 12");
    assertEquals(new Submission.Accepted(List.of("12")), submit(1));
    assertEquals(
        """
        <--account=abc>
        <--partition=short>
        <--cpus-per-task=4>
        <--mem=4M>
        <--gpus=2>
        <--nodes=3>
        <--tmp=1M>
        <--time=2>
        <--qos=low>
        <--comment=a b>
        <--parsable>
        <--no-requeue>
        <--job-name=torc-1>
        <--output=/logs/50%%j>
        <SCRIPT>
        """
            .replace("SCRIPT", temp.resolve("a b.sh").toString()),
        String.join("\n", programs.calls().subList(1, programs.calls().size())) + "\n");
  }

  @Test
  void anArrayHasAnIdAndALogForEachElement() throws IOException {
    programs.says("sbatch", "echo 'some plugin talks'; echo '12;far'");
    assertEquals(new Submission.Accepted(List.of("12_0", "12_1")), submit(2));
    assertTrue(programs.calls().getFirst().contains("--output=/logs/50%%j.%a --array=0-1 "));
    assertEquals(21, slurm(Map.of()).largestArray());
    programs.says("scontrol", "exit 1");
    assertEquals(1001, slurm(Map.of()).largestArray(), "as Slurm has it by itself");
  }

  @Test
  void aSlurmWithoutSettingsIsNotReachedButInstalled() throws IOException {
    assertEquals("", Scheduler.SlurmLook.of(programs.env()).version());
    programs.says(
        "sbatch",
        """
        echo 'sbatch: error: fetch_config: DNS SRV lookup failed' >&2
        echo 'sbatch: fatal: Could not establish a configuration source' >&2
        exit 1
        """);
    assertEquals(
        new Scheduler.SlurmLook("slurm", "Could not establish a configuration source"),
        Scheduler.SlurmLook.of(programs.env()));
  }

  @Test
  void aCommentIsTorcsUnlessTheSiteHasOne() throws IOException {
    programs.says("sbatch", "echo 12");
    SubmissionRequest request =
        new SubmissionRequest(temp.resolve("s"), "a-1", 1, MUCH, temp, Map.of(), "/p: a");
    slurm(Map.of(), "--qos=low").submit(request);
    assertTrue(programs.calls().getFirst().contains(" --comment=/p: a --qos=low "));
    slurm(Map.of(), "--comment", "x").submit(request);
    slurm(Map.of("SBATCH_COMMENT", "x"), "--qos=low").submit(request);
    assertEquals(1, programs.calls().stream().filter(call -> call.contains("--comment=")).count());
  }

  @Test
  void arrayTasksGetTheirNamesAndAreKnownByBoth() throws IOException {
    SchedulerJob one = new SchedulerJob("12_0", "align-1", "align-s1-1", null);
    SchedulerJob two = new SchedulerJob("12_1", "align-1", "align-s2-1", null);
    Map<SchedulerJob, String> tasks = new LinkedHashMap<>();
    tasks.put(one, "/p: align/s=s1");
    tasks.put(two, "");
    Slurm slurm = slurm(Map.of("PATH", programs.env().get("PATH") + ":/bin"), "--qos=low");
    slurm.rename(tasks);
    assertEquals(
        List.of(
            "scontrol update JobId=12_0 JobName=align-s1-1 Comment=/p: align/s=s1",
            "scontrol update JobId=12_1 JobName=align-s2-1"),
        programs.calls());
    queue("12_0|RUNNING|None|n1|align-s1-1|N/A|N/A", "12_1|PENDING|None||align-1|N/A|N/A");
    Map<SchedulerJob, SchedulerState> states = slurm.states(List.of(one, two));
    assertEquals(Phase.RUNNING, states.get(one).kind());
    assertEquals(Phase.WAITING, states.get(two).kind());
    assertTrue(
        programs.calls().getLast().contains("--name=align-1,align-s1-1,align-s2-1 "),
        programs.calls().getLast());
    programs.says("scontrol", "exit 1");
    slurm.rename(tasks);
    slurm.rename(tasks);
    assertEquals(4, programs.calls().stream().filter(call -> call.contains("update")).count() + 1);
  }

  @Test
  void aRefusalIsNoSubmissionAndNoAnswerMayBeOne() throws IOException {
    programs.says(
        "sbatch",
        """
        echo 'sbatch: error: Memory specification can not be satisfied' >&2
        echo 'sbatch: error: Batch job submission failed: Requested node configuration is not available' >&2
        exit 1
        """);
    assertEquals(
        new Submission.Refused(
            "Memory specification can not be satisfied; Batch job submission failed: Requested node"
                + " configuration is not available"),
        submit(1));
    for (String said :
        List.of(
            "Batch job submission failed: Unable to contact slurm controller (connect failure)",
            "Batch job submission failed: Socket timed out on send/recv operation",
            "Batch job submission failed: Zero Bytes were transmitted or received",
            "Batch job submission failed: Slurm backup controller in standby mode",
            "Slurm temporarily unable to accept job, sleeping and retrying")) {
      programs.says("sbatch", "echo 'sbatch: error: " + said + "' >&2; exit 1");
      assertEquals(new Submission.NoAnswer(said), submit(1));
    }
    programs.says("sbatch", "echo 'no number'");
    assertEquals(new Submission.NoAnswer("sbatch gave no job id: no number"), submit(1));
    Files.delete(temp.resolve("bin/sbatch"));
    assertEquals(new Submission.Refused("sbatch is not installed, or not in PATH"), submit(1));
  }

  @Test
  @Timeout(200)
  void aCommandThatHangsIsEndedWithAllThatItStarted() throws Exception {
    Path pid = temp.resolve("pid");
    programs.says("sbatch", "/bin/sleep 100 & echo $! >'" + pid + "'; wait");
    SchedulerWords.Program hasty =
        new SchedulerWords.Program(programs.env(), temp, Duration.ofSeconds(5));
    ProgramOutput said = hasty.ask(List.of("/usr/bin/env", "sbatch"));
    assertEquals("no answer in 5 s", said.said());
    long child = Long.parseLong(Files.readString(pid).strip());
    while (OtherProcess.runs(child)) {
      Thread.sleep(5);
    }
    programs.says("squeue", "/bin/sleep 100 & echo $! >'" + pid + "'");
    said = hasty.ask(List.of("/usr/bin/env", "squeue"));
    ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()))
        .ifPresent(ProcessHandle::destroy);
    assertEquals(0, said.status(), "what it left running is not waited for");
  }

  @Test
  void nothingIsAskedTwiceAtATime() throws Exception {
    programs.says(
        "squeue",
        """
        /bin/mkdir "$calls.going" || echo both >>"$calls"
        /bin/sleep 0.2
        /bin/rmdir "$calls.going"
        """);
    Slurm slurm = slurm(Map.of());
    List<Thread> threads =
        IntStream.range(0, 3)
            .mapToObj(_ -> Thread.ofVirtual().start(() -> slurm.states(List.of(job("7")))))
            .toList();
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(3, programs.calls().stream().filter(call -> call.startsWith("squeue")).count());
    assertTrue(!programs.calls().contains("both"));
  }

  @Test
  void anAnswerWithoutEndIsNone() throws IOException {
    programs.says("squeue", "exec /usr/bin/yes '7|RUNNING|None|n1|torc-1|N/A|N/A'");
    assertEquals(
        new SchedulerState(Phase.NO_ANSWER, "an answer of more than 67108864 bytes"), state("7"));
  }

  @Test
  void eachWordOfSqueueHasItsState() throws IOException {
    queue("7|PENDING|None||torc-1|N/A|N/A");
    assertEquals(new SchedulerState(Phase.WAITING, ""), state("7"));
    for (String reason :
        List.of(
            "Priority",
            "Resources",
            "JobHeldUser",
            "PartitionDown",
            "PartitionNodeLimit",
            "QOSMaxCpuPerUserLimit",
            "AssocGrpCpuLimit",
            "ReqNodeNotAvail, UnavailableNodes:n2",
            "Nodes required for job are DOWN, DRAINED or reserved for jobs in higher priority"
                + " partitions")) {
      queue("7|PENDING|" + reason + "||torc-1|N/A|N/A");
      assertEquals(new SchedulerState(Phase.WAITING, reason), state("7"));
    }
    for (String reason :
        List.of(
            "PartitionConfig",
            "PartitionTimeLimit",
            "DependencyNeverSatisfied",
            "InvalidQOS",
            "QOSMaxCpuPerJobLimit",
            "AssocMaxWallDurationPerJobLimit",
            "AssocMaxMemPerNode",
            "QOSMinCpuNotSatisfied")) {
      queue("7|PENDING|" + reason + "||torc-1|N/A|N/A");
      assertEquals(new SchedulerState(Phase.NEVER, reason), state("7"));
    }
    for (String word : List.of("RUNNING", "COMPLETING", "SUSPENDED")) {
      queue("7|" + word + "|None|n[1-2]|torc-1|N/A|N/A");
      assertEquals(new SchedulerState(Phase.RUNNING, "n[1-2]"), state("7"));
    }
    for (String word : List.of("CONFIGURING", "REQUEUE_HOLD", "SOME_NEW_WORD")) {
      queue("7|" + word + "|None||torc-1|N/A|N/A");
      assertEquals(new SchedulerState(Phase.WAITING, ""), state("7"));
    }
    Map<String, Phase> causes =
        Map.of(
            "COMPLETED", Phase.EXITED,
            "OUT_OF_MEMORY", Phase.OUT_OF_MEMORY,
            "TIMEOUT", Phase.TIME_LIMIT,
            "DEADLINE", Phase.TIME_LIMIT,
            "CANCELLED", Phase.CANCELLED,
            "NODE_FAIL", Phase.NODE_FAILURE,
            "BOOT_FAIL", Phase.NODE_FAILURE,
            "PREEMPTED", Phase.PREEMPTED);
    for (String word : causes.keySet()) {
      queue("7|" + word + "|None|n1|torc-1|N/A|N/A");
      assertEquals(new SchedulerState(causes.get(word), word), state("7"));
    }
  }

  @Test
  void failuresAreToldByExitStatusAndWordsOfTheLog() throws IOException {
    queue("7|FAILED|JobLaunchFailure|n1|torc-1|N/A|N/A");
    programs.says("scontrol", "echo 'Unable to contact slurm controller' >&2; exit 1");
    assertEquals(
        new SchedulerState(Phase.NO_ANSWER, "Unable to contact slurm controller"), state("7"));
    exits("0:53");
    assertEquals(
        new SchedulerState(Phase.LAUNCH_FAILURE, "FAILED JobLaunchFailure 0:53"), state("7"));
    exits("0:9");
    assertEquals(new SchedulerState(Phase.EXITED, "FAILED JobLaunchFailure 0:9"), state("7"));
    Files.writeString(
        temp.resolve("log"),
        """
        my own words
        slurmstepd-n1: error: StepId=15.batch exceeded memory limit (300097536 > 104857600), being killed
        slurmstepd-n1: error: Exceeded job memory limit
        """);
    SchedulerState killed =
        new SchedulerState(
            Phase.OUT_OF_MEMORY, "FAILED JobLaunchFailure 0:9: Exceeded job memory limit");
    assertEquals(killed, state("7"));
    Files.writeString(
        temp.resolve("log"),
        "slurmstepd: error: *** JOB 7 ON n1 CANCELLED AT 2026-11-21T15:21:00 DUE TO TIME LIMIT"
            + " ***\n");
    queue("7|TIMEOUT|TimeLimit|n1|torc-1|N/A|N/A");
    assertEquals(
        new SchedulerState(
            Phase.TIME_LIMIT,
            "TIMEOUT TimeLimit: *** JOB 7 ON n1 CANCELLED AT 2026-11-21T15:21:00 DUE TO TIME LIMIT"
                + " ***"),
        state("7"));
  }

  private void exits(String code) throws IOException {
    programs.says(
        "scontrol", "echo 'JobId=7 JobName=torc-1 Restarts=0 ExitCode=" + code + " RunTime=00:01'");
  }

  @Test
  void manyAreAskedForAtOnceAndOnlyTheJobOfThatNameCounts() throws IOException {
    queue(
        "7_0|RUNNING|None|n1|torc-1|N/A|N/A",
        "7_1|PENDING|Resources||torc-1|N/A|N/A",
        "8|RUNNING|None|n1|other|N/A|N/A");
    List<SchedulerJob> jobs = List.of(job("7_0"), job("7_1"), job("8"), job("9"), job(null));
    assertEquals(
        Map.of(
            jobs.get(0), new SchedulerState(Phase.RUNNING, "n1"),
            jobs.get(1), new SchedulerState(Phase.WAITING, "Resources"),
            jobs.get(2), SchedulerState.GONE,
            jobs.get(3), SchedulerState.GONE,
            jobs.get(4), new SchedulerState(Phase.NO_ANSWER, "its id is not known")),
        slurm(Map.of()).states(jobs));
    assertEquals(1, programs.calls().stream().filter(call -> call.startsWith("squeue")).count());
    List<SchedulerJob> many = new ArrayList<>();
    IntStream.range(0, 2500)
        .forEach(
            i -> many.add(new SchedulerJob("1" + i, "torc-a-long-name-of-a-batch-" + i, null)));
    slurm(Map.of()).states(many);
    assertEquals(4, programs.calls().stream().filter(call -> call.startsWith("squeue")).count());
  }

  /** Sbatch gave no answer. A try that it refused may have been taken too: then two are found. */
  @Test
  void aSubmissionIsFoundByItsName() throws IOException {
    SubmissionRequest asked =
        new SubmissionRequest(
            temp.resolve("x"), "torc-1", 2, MUCH, Path.of("/logs/5"), Map.of(), "");
    queue("8|RUNNING|None|n1|other|N/A|N/A");
    assertEquals(new Submission.Refused("there is no torc-1"), slurm(Map.of()).find(asked));
    queue("7_0|RUNNING|None|n1|torc-1|N/A|N/A", "7_1|PENDING|Resources||torc-1|N/A|N/A");
    assertEquals(new Submission.Accepted(List.of("7_0", "7_1")), slurm(Map.of()).find(asked));
    queue("7|RUNNING|None|n1|torc-1|N/A|N/A", "9|PENDING|Resources||torc-1|N/A|N/A");
    assertEquals(
        new Submission.NoAnswer("there are [7, 9] of torc-1"), slurm(Map.of()).find(asked));
  }

  @Test
  void unreadableOutputIsNoAnswerAndNeverGone() throws IOException {
    programs.says(
        "squeue",
        "echo 'slurm_load_jobs error: Unable to contact slurm controller (connect failure)' >&2;"
            + " exit 1");
    assertEquals(
        new SchedulerState(
            Phase.NO_ANSWER,
            "slurm_load_jobs error: Unable to contact slurm controller (connect failure)"),
        state("7"));
    for (String line :
        List.of(
            "7|RUNN",
            "7|RUNNING|None|n1|torc-1|",
            "Warning: maintenance at noon",
            "7|running|None|n1|torc-1|N/A|N/A",
            "7|PENDING|None||torc-1|N/A|N/A\n7|RUNNING|None||torc-1|N/A|N/A")) {
      queue(line);
      assertEquals(Phase.NO_ANSWER, state("7").kind(), line);
      assertTrue(state("7").said().startsWith("squeue says what cannot be: "), line);
      assertEquals(Phase.NO_ANSWER, state("8").kind(), "what is not listed may be in the rest");
    }
    queue("CLUSTER: far", "7|RUNNING|None|n1|torc-1|N/A|N/A", "7|RUNNING|None|n1|torc-1|N/A|N/A");
    assertEquals(new SchedulerState(Phase.RUNNING, "n1"), state("7"), "said twice is as said once");
    queue();
    programs.says("scontrol", "exit 1");
    assertEquals(Phase.NO_ANSWER, state("8").kind(), "whether there is accounting is not known");
  }

  @Test
  void accountingIsAskedForWhatSlurmHasForgottenWhereItIsThere() throws IOException {
    programs.says(
        "sacct",
        "echo '7|CANCELLED by 0|0:0|torc-1|1970-01-02T03:04:01|1970-01-02T03:04:05';"
            + " echo '8|FAILED|0:9|other|Unknown|Unknown';"
            + " echo '9|RUNNING|0:0|torc-1|1970-01-02T03:04:01|Unknown'");
    List<SchedulerJob> jobs = List.of(job("7"), job("8"), job("9"), job("10"));
    Map<SchedulerJob, SchedulerState> states = slurm(Map.of()).states(jobs);
    assertEquals(SchedulerState.GONE, states.get(jobs.get(0)), "there is none");
    programs.says("scontrol", DATABASE);
    states = slurm(Map.of()).states(jobs);
    assertEquals(
        new SchedulerState(Phase.CANCELLED, "CANCELLED", time(1), time(5)),
        states.get(jobs.get(0)));
    for (SchedulerJob job : jobs.subList(1, 4)) {
      assertEquals(SchedulerState.GONE, states.get(job), "another name, no end, no record");
    }
    programs.says("sacct", "echo 'sacct: error: Connection refused' >&2; exit 1");
    assertEquals(SchedulerState.GONE, state("7"), "Slurm itself knows nothing of it");
  }

  @Test
  void onlyWhatLivesAndHasTheNameIsCancelled() throws IOException {
    queue(
        "7_0|RUNNING|None|n1|torc-1|N/A|N/A",
        "7_1|COMPLETED|None|n1|torc-1|N/A|N/A",
        "8|RUNNING|None|n1|other|N/A|N/A");
    Slurm slurm = slurm(Map.of());
    assertEquals("", slurm.cancel(List.of(job("7_0"), job("7_1"), job("8"), job("9"))));
    assertEquals("scancel 7_0", programs.calls().getLast());
    assertEquals("", slurm.cancel(List.of(new SchedulerJob(null, "other", null))));
    assertEquals("scancel 8", programs.calls().getLast());
    programs.says(
        "scancel",
        "echo 'scancel: error: Kill job error on job id 7_0: Job/step already completing or"
            + " completed' >&2; exit 1");
    assertEquals("", slurm.cancel(List.of(job("7_0"))));
    programs.says("scancel", "echo 'scancel: error: Access/permission denied' >&2; exit 1");
    assertEquals("Access/permission denied", slurm.cancel(List.of(job("7_0"))));
    programs.says("squeue", "echo garbage").says("scancel", "");
    assertEquals("squeue says what cannot be: garbage", slurm.cancel(List.of(job("7_0"))));
    assertTrue(programs.calls().getLast().startsWith("squeue "), "nothing is cancelled unseen");
  }

  /** Rule 11: only the script is told, which ends its job as that says. */
  @Test
  void theScriptsOfJobsThatRunAreToldToEndThem() throws IOException {
    queue(
        "7_0|RUNNING|None|n1|torc-1|N/A|N/A",
        "7_1|PENDING|None||torc-1|N/A|N/A",
        "7_2|RUNNING|None|n1|torc-1|N/A|N/A");
    assertEquals("", slurm(Map.of()).end(List.of(job("7_0"), job("7_1"), job("7_2"))));
    assertEquals(
        List.of("scancel --batch --signal=USR1 7_0 7_2", "scancel 7_1"),
        programs.calls().subList(1, 3));
  }

  @Test
  void anAllocationThatTorcRunsInIsNotHandedOn() throws IOException {
    programs.says("sbatch", "/usr/bin/env >>\"$calls\"; echo 7");
    programs.says("squeue", "/usr/bin/env >>\"$calls\"");
    Map<String, String> env =
        Map.of(
            "SLURM_JOB_ID",
            "1",
            "SLURM_MEM_PER_CPU",
            "2",
            "SLURM_CONF",
            "/c",
            "SQUEUE_STATES",
            "R");
    Slurm slurm = slurm(env);
    slurm.submit(
        new SubmissionRequest(
            temp.resolve("s"), "torc-1", 1, MUCH, temp.resolve("log"), Map.of(), ""));
    assertTrue(programs.calls().contains("SLURM_CONF=/c"));
    assertTrue(programs.calls().contains("SQUEUE_STATES=R"), "as sbatch gives it");
    assertTrue(programs.calls().stream().noneMatch(line -> line.matches("SLURM_(JOB|MEM).*")));
    Files.delete(temp.resolve("bin/calls"));
    slurm.states(List.of(job("7")));
    assertTrue(programs.calls().stream().noneMatch(line -> line.startsWith("SQUEUE_STATES")));
  }

  /** The id of a step that an earlier torc ran names its allocation: Slurm is asked for that. */
  @Test
  void aStepOfAnAllocationRunsAsLongAsThat() throws IOException {
    programs.says(
        "squeue",
        "echo '12|RUNNING|None|n1|torc-x|N/A|N/A'; echo '14|FAILED|None|n1|torc-z|N/A|N/A'");
    assertEquals(new SchedulerState(Phase.RUNNING, ""), state("12/torc-x"));
    assertEquals(SchedulerState.GONE, state("12/torc-y"), "another job has its number");
    assertEquals(SchedulerState.GONE, state("13/torc-x"));
    assertEquals(SchedulerState.GONE, state("14/torc-z"), "how its steps ended is not known");
    programs.says("squeue", "echo 'squeue: error: no' >&2; exit 1");
    assertEquals(new SchedulerState(Phase.NO_ANSWER, "no"), state("12/torc-x"));
  }

  private static long time(int second) {
    return LocalDateTime.of(1970, 1, 2, 3, 4, second)
        .atZone(ZoneId.systemDefault())
        .toInstant()
        .toEpochMilli();
  }

  @Test
  void whenAJobBeganAndEndedIsWhatSqueueSays() throws IOException {
    queue("7|TIMEOUT|None|n1|torc-1|1970-01-02T03:04:01|1970-01-02T03:04:05");
    assertEquals(new SchedulerState(Phase.TIME_LIMIT, "TIMEOUT", time(1), time(5)), state("7"));
    queue("7|TIMEOUT|None|n1|torc-1|N/A|N/A");
    assertEquals(new SchedulerState(Phase.TIME_LIMIT, "TIMEOUT"), state("7"));
  }

  @Test
  void aStepEndsWithItsAllocationAndNothingElseDoes() throws IOException {
    programs.says("squeue", "echo '12|RUNNING|None|n1|torc-x|N/A|N/A'");
    assertEquals("", slurm(Map.of()).cancel(List.of(job("12/torc-x"), job("13/torc-y"))));
    assertEquals("scancel 12", programs.calls().getLast());
    assertEquals("", slurm(Map.of()).cancel(List.of(job("12/torc-y"))));
    assertEquals(1, programs.calls().stream().filter(call -> call.startsWith("scancel")).count());
    programs.says("squeue", "echo 'squeue: error: no' >&2; exit 1");
    assertEquals("no", slurm(Map.of()).cancel(List.of(job("12/torc-x"))));
  }
}
