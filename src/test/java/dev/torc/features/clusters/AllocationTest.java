package dev.torc.features.clusters;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.features.clusters.Scheduler.SchedulerJob;
import dev.torc.features.clusters.Scheduler.SchedulerResources;
import dev.torc.features.clusters.Scheduler.SchedulerState;
import dev.torc.features.clusters.Scheduler.SchedulerState.Phase;
import dev.torc.features.clusters.Scheduler.Submission;
import dev.torc.features.clusters.Scheduler.SubmissionRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What torc learns about the allocation in which it runs, and how steps run on its other nodes,
 * with stand-ins that say what Slurm 22.05 said. {@code AllocationIT} tests a real Slurm.
 */
@Timeout(120)
class AllocationTest {

  private static final String SCONTROL =
      """
      case "$*" in
        *job*) echo 'JobId=12 JobName=torc NumNodes=2 JOB_GRES=gpu:2  Nodes=n[1-2] CPU_IDs=0-1,3 Mem=400 GRES=gpu:a100:1(IDX:0) MinCPUsNode=1 ' ;;
        *) echo n1; echo n2 ;;
      esac
      """;

  /**
   * Stands for a step: it runs until its file {@code end-NAME} is there, it is told to end, or the
   * folder of the test is gone.
   */
  private static final String SRUN =
      """
      for word; do case $word in --job-name=*) name=${word#*=} ;; esac; done
      trap 'exit 9' TERM
      trap 'echo told >>"$calls"' USR1
      until [ -e "${0%/*}/end-$name" ]; do [ -e "$0" ] || exit; sleep 0.02; done
      read -r status <"${0%/*}/end-$name"
      exit "$status"
      """;

  @TempDir Path temp;
  private Path bin;
  private StandIn programs;
  private Scheduler steps;

  @BeforeEach
  void programs() throws IOException {
    bin = Files.createDirectory(temp.resolve("bin"));
    programs = new StandIn(bin);
    programs.says("scontrol", SCONTROL).says("srun", SRUN);
    programs.says("squeue", "exit 1").says("scancel", "exit 1"); // neither program is called
  }

  private static SchedulerResources resources(int cpus, long mebibytes, int gpus) {
    return new SchedulerResources(cpus, mebibytes << 20, gpus, 0, 1, 0, 0);
  }

  private Allocation allocation() throws IOException {
    Map<String, String> env = new HashMap<>();
    env.put("PATH", bin + ":" + System.getenv("PATH"));
    env.put("SLURM_CONF", "/its/conf");
    env.put("SLURM_JOB_ID", "12");
    env.put("SLURM_JOB_NAME", "torc-x");
    env.put("SLURMD_NODENAME", "n2");
    env.put("SLURM_MEM_PER_NODE", "99");
    env.put("SRUN_CPUS_PER_TASK", "99");
    env.put("TORC_CLAIM", "1.2/torc-x/");
    return Allocation.of(env);
  }

  private SchedulerJob submit(String name, SchedulerResources resources) throws IOException {
    if (steps == null) {
      steps = allocation().on("n1", temp);
    }
    Path log = temp.resolve("out-" + name);
    Submission said =
        steps.submit(
            new SubmissionRequest(temp.resolve("a b"), name, 1, resources, log, Map.of(), ""));
    String id = assertInstanceOf(Submission.Accepted.class, said).ids().getFirst();
    return new SchedulerJob(id, name, log);
  }

  /** Lets a step end with this exit status and these lines in its log. */
  private void end(SchedulerJob job, int status, String said) throws IOException {
    if (!said.isEmpty()) {
      Files.writeString(job.log(), said);
    }
    Path file = Files.writeString(temp.resolve("end"), status + "\n");
    Files.move(file, bin.resolve("end-" + job.name()));
  }

  private SchedulerState await(SchedulerJob job, Predicate<SchedulerState> awaited)
      throws Exception {
    SchedulerState state = steps.states(List.of(job)).get(job);
    while (!awaited.test(state)) {
      TimeUnit.MILLISECONDS.sleep(5);
      state = steps.states(List.of(job)).get(job);
    }
    return state;
  }

  private SchedulerState awaitEnd(SchedulerJob job) throws Exception {
    return await(job, SchedulerState::isEnd);
  }

  private long calls(String begin) throws IOException {
    return programs.calls().stream().filter(call -> call.startsWith(begin)).count();
  }

  @Test
  void theNodesAreToldAsScontrolHasThemAndItsOwnComesFirst() throws Exception {
    Allocation allocation = allocation();
    assertEquals(
        List.of(
            new Allocation.Node("n2", 3, 400L << 20, 1),
            new Allocation.Node("n1", 3, 400L << 20, 1)),
        allocation.nodes());
    assertEquals("allocation 12: 6 cpus on 2 nodes, n2 the first", allocation.text());
    assertEquals(
        List.of(
            new Allocation.Node("n7", 2, Long.MAX_VALUE, 0),
            new Allocation.Node("old", 1, 1L << 30, 0),
            new Allocation.Node("n[8-9]", 16, 1L << 30, 3)),
        Allocation.readNodes(
            """
               JOB_GRES=(null)
                 Nodes=n7 CPU_IDs=0,4 Mem=0 GRES=
                 Nodes=old CPU_IDs=0 Mem=1024
                 Nodes=n[8-9] CPU_IDs=0-15 Mem=1024 GRES=gpu:a100:2(IDX:0-1),x:7,gpu:1(IDX:2)
            """));
    programs.says("scontrol", "echo 'scontrol: error: busy' >&2; exit 1");
    assertEquals(
        "slurm does not tell the nodes of job 12: busy",
        assertThrows(IOException.class, this::allocation).getMessage());
  }

  @Test
  void aStepIsAskedForItsOwnPartOfItsNodeWithoutOptionsInTheEnvironment() throws Exception {
    programs.says("srun", "env >\"$calls-env\"\n" + SRUN);
    SchedulerJob job = submit("torc-a", resources(2, 100, 1));
    assertEquals(new SchedulerJob("12/torc-x", "torc-a", temp.resolve("out-torc-a")), job);
    assertEquals(new SchedulerState(Phase.RUNNING, "n1"), steps.states(List.of(job)).get(job));
    end(job, 0, "");
    assertEquals(new SchedulerState(Phase.EXITED, "FAILED"), awaitEnd(job));
    assertTrue(
        programs
            .calls()
            .contains(
                "srun --jobid=12 --job-name=torc-a --nodelist=n1 --nodes=1 --ntasks=1"
                    + " --cpus-per-task=2 --exact --mem=100M --input=none --mpi=none --gpus=1"
                    + " /bin/sh "
                    + temp.resolve("a b")),
        programs.calls().toString());
    String env = Files.readString(bin.resolve("calls-env"));
    assertTrue(env.contains("SLURM_CONF=/its/conf\n"), env);
    assertTrue(!env.contains("SLURM_MEM") && !env.contains("SRUN_"), env);
    assertTrue(!env.contains("TORC_CLAIM"), "the script of the allocation would end the step");
    SchedulerJob plain = submit("torc-b", resources(1, 0, 0));
    end(plain, 0, "");
    awaitEnd(plain);
    assertTrue(programs.calls().stream().anyMatch(call -> call.contains(" --mem=0M ")));
    assertTrue(programs.calls().stream().anyMatch(call -> call.contains(" --gres=none ")));
    assertTrue(!steps.outlives(plain));
  }

  @Test
  void theEndOfAnSrunHasItsCause() throws Exception {
    SchedulerJob memory = submit("torc-a", resources(1, 0, 0));
    end(
        memory,
        137,
        """
        slurmstepd-n2: error: StepId=12.1 exceeded memory limit (300097536 > 104857600), being killed
        slurmstepd-n2: error: Exceeded job memory limit
        """);
    assertEquals(
        new SchedulerState(Phase.OUT_OF_MEMORY, "FAILED 137:0: Exceeded job memory limit"),
        awaitEnd(memory));
    SchedulerJob node = submit("torc-b", resources(1, 0, 0));
    end(node, 1, "srun: error: Node failure on n2\n");
    assertEquals(new SchedulerState(Phase.NODE_FAILURE, "NODE_FAIL"), awaitEnd(node));
    SchedulerJob exit = submit("torc-c", resources(1, 0, 0));
    end(exit, 3, "");
    assertEquals(new SchedulerState(Phase.EXITED, "FAILED 3:0"), awaitEnd(exit));
  }

  private static boolean never(SchedulerState state) {
    return state.is(Phase.NEVER);
  }

  private void refuse(String words) throws IOException {
    programs.says(
        "srun", "echo 'srun: error: Unable to create step for job 12: " + words + "'; exit 1");
  }

  /** A node that is slow to start the step. */
  @Test
  void aStepThatWasNotLaunchedIsBegunAgain() throws Exception {
    String words = "Application launch failed: Socket timed out on send/recv operation";
    programs.says("srun", "echo 'srun: error: " + words + "'; exit 1");
    SchedulerJob job = submit("torc-a", resources(1, 0, 0));
    await(job, new SchedulerState(Phase.NO_ANSWER, words)::equals);
    programs.says("srun", SRUN);
    await(job, state -> state.is(Phase.RUNNING));
  }

  @Test
  void aStepThatIsRefusedIsAskedForAgainWhenTorcAsks() throws Exception {
    refuse("Invalid generic resource (gres)");
    SchedulerJob job = submit("torc-a", resources(1, 0, 0));
    assertEquals(
        new SchedulerState(
            Phase.NEVER, "Unable to create step for job 12: Invalid generic resource (gres)"),
        await(job, AllocationTest::never));
    assertEquals(6, calls("srun"));
    assertTrue(never(steps.states(List.of(job)).get(job)));
    assertEquals(6, calls("srun"));
  }

  @Test
  void withoutAnAnswerOfSlurmAStepIsAskedForAgain() throws Exception {
    String words = "Unable to contact slurm controller (connect failure)";
    refuse(words);
    SchedulerJob job = submit("torc-a", resources(1, 0, 0));
    assertEquals(
        new SchedulerState(Phase.NO_ANSWER, "Unable to create step for job 12: " + words),
        await(job, state -> state.is(Phase.NO_ANSWER)));
    while (calls("srun") < 12) {
      assertTrue(!never(steps.states(List.of(job)).get(job)));
    }
    programs.says("srun", SRUN);
    await(job, state -> state.is(Phase.RUNNING));
    end(job, 0, "");
    awaitEnd(job);
  }

  @Test
  void runningJobsEndByTheirScriptAndWaitingOnesNeverBegin() throws Exception {
    programs.says("srun", SRUN.replace("until", ": >\"${0%/*}/ready\"\nuntil"));
    SchedulerJob job = submit("torc-a", resources(1, 0, 0));
    while (!Files.exists(bin.resolve("ready"))) {
      TimeUnit.MILLISECONDS.sleep(5);
    }
    assertEquals("", steps.end(List.of(job)));
    end(job, 143, "");
    assertEquals(new SchedulerState(Phase.CANCELLED, "CANCELLED"), awaitEnd(job));
    assertEquals(0, calls("told"), "srun would signal the job, too");

    refuse("Invalid generic resource (gres)");
    SchedulerJob waits = submit("torc-b", resources(1, 0, 0));
    await(waits, state -> state.is(Phase.WAITING));
    assertEquals("", steps.cancel(List.of(waits)));
    assertEquals(
        new SchedulerState(Phase.CANCELLED, "CANCELLED"), steps.states(List.of(waits)).get(waits));
  }
}
