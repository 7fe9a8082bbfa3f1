package dev.torc.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.cluster.SchedulerState.Cause;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * How nodes are asked for and steps run on them, by stand-ins that say what Slurm 22.05 said; what
 * a real one does is for {@code AllocationIT}.
 */
@Timeout(60)
class AllocationTest {

  private static final String SALLOC =
      """
      echo 'salloc: Pending job allocation 12' >&2
      echo 'salloc: job 12 queued and waiting for resources' >&2
      echo 'salloc: Granted job allocation 12' >&2
      while [ "$1" != sh ]; do shift; done
      export SLURM_JOB_ID=12
      exec "$@"
      """;

  private static final String SCONTROL =
      """
      case "$*" in
        *job*) echo 'JobId=12 JobName=torc NumNodes=2 JOB_GRES=gpu:2  Nodes=n[1-2] CPU_IDs=0-1,3 Mem=400 GRES=gpu:a100:1(IDX:0) MinCPUsNode=1 ' ;;
        *) echo n1; echo n2 ;;
      esac
      """;

  /** Runs the script until a file of the step's name is there. */
  private static final String SRUN =
      """
      for word; do case $word in --job-name=*) name=${word#*=} ;; esac; done
      trap 'exit 143' TERM
      until [ -e "${0%/*}/end-$name" ]; do sleep 0.02; done
      read -r status <"${0%/*}/end-$name"
      exit "$status"
      """;

  private static final SchedulerSettings SETTINGS = settings(List.of("--qos=low"));

  @TempDir Path temp;
  private Path bin;
  private StandIn programs;
  private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
  private Allocation allocation;
  private Scheduler steps;

  @BeforeEach
  void programs() throws IOException {
    bin = Files.createDirectory(temp.resolve("bin"));
    programs = new StandIn(bin);
    programs.says("salloc", SALLOC).says("scontrol", SCONTROL).says("srun", SRUN);
    programs.says("squeue", "echo '12.0|torc-a.1'; echo '12.1|torc-a.2'");
    programs.says("scancel", "");
  }

  @AfterEach
  void giveBack() throws IOException {
    if (allocation != null) {
      allocation.close();
    }
  }

  private static SchedulerSettings settings(List<String> args) {
    return new SchedulerSettings("slurm", "", "abc", "short", args, 500, 0, 0, 0, null);
  }

  private static SchedulerResources resources(int cpus, long mebibytes, int gpus) {
    return new SchedulerResources(cpus, mebibytes << 20, gpus, 1, 0, 0);
  }

  private Map<String, String> env() {
    Map<String, String> env = new HashMap<>();
    env.put("PATH", bin + ":" + System.getenv("PATH"));
    env.put("SLURM_CONF", "/its/conf");
    env.put("SLURM_JOB_ID", "7"); // torc itself runs in a job
    env.put("SLURM_MEM_PER_NODE", "99");
    env.put("SRUN_CPUS_PER_TASK", "99");
    return env;
  }

  private Allocation ask() throws IOException {
    allocation = Allocation.ask(SETTINGS, resources(1, 0, 0), 0, env(), told::add);
    return allocation;
  }

  private SubmissionRequest request(int elements, SchedulerResources resources) {
    return new SubmissionRequest(
        temp.resolve("a b"), "torc-a", elements, resources, temp.resolve("out"));
  }

  private Scheduler steps() throws IOException {
    return ask().steps(new FakeCluster(1, 1), temp);
  }

  private static List<SchedulerJob> jobs(Submission submission) {
    return assertInstanceOf(Submission.Accepted.class, submission).jobs();
  }

  /** Ends a step of the stand-in. */
  private void end(String name, int status, String said, SchedulerJob job) throws IOException {
    if (!said.isEmpty()) {
      Files.writeString(job.log(), said);
    }
    Path file = Files.writeString(temp.resolve("end"), status + "\n");
    Files.move(file, bin.resolve("end-" + name));
  }

  private static SchedulerState await(
      Scheduler scheduler, SchedulerJob job, Predicate<SchedulerState> wanted) throws Exception {
    SchedulerState state = scheduler.states(List.of(job)).get(job);
    while (!wanted.test(state)) {
      TimeUnit.MILLISECONDS.sleep(5);
      state = scheduler.states(List.of(job)).get(job);
    }
    return state;
  }

  private static boolean over(SchedulerState state) {
    return state instanceof SchedulerState.Ended;
  }

  @Test
  void theUsersOptionsOverruleWhatIsAskedFor() {
    SchedulerResources most =
        new SchedulerResources(4, 10L << 20, 1, 1, 1 << 20, 3_600_000_000_000L);
    assertEquals(
        List.of(
            "salloc",
            "--job-name=torc",
            "--account=abc",
            "--partition=short",
            "--cpus-per-task=4",
            "--mem-per-cpu=3M",
            "--gpus=1",
            "--tmp=1M",
            "--time=60",
            "--ntasks=8",
            "--nodes=2",
            "--kill-command=TERM"),
        Allocation.words(settings(List.of("--nodes=2")), most, 8));
    List<String> words = Allocation.words(settings(List.of("--mem=1G")), resources(1, 5, 0), 0);
    assertEquals(
        List.of("--cpus-per-task=1", "--mem=1G", "--kill-command=TERM"),
        words.subList(4, words.size()),
        "salloc takes but one word on memory");
  }

  @Test
  void theNodesAreToldAsScontrolHasThem() throws Exception {
    assertEquals(
        List.of(
            new AllocationNode("n1", 3, 400L << 20, 1), new AllocationNode("n2", 3, 400L << 20, 1)),
        ask().nodes());
    assertEquals("12", allocation.id());
    assertEquals("6 cpus on 2 nodes, n1 the first", allocation.text());
    assertEquals("waiting for an allocation, job 12 of Slurm", told.take());
    assertEquals(
        List.of(
            new AllocationNode("n7", 2, Long.MAX_VALUE, 0),
            new AllocationNode("old", 1, 1L << 30, 0),
            new AllocationNode("n[8-9]", 16, 1L << 30, 3)),
        AllocationNode.told(
            """
               JOB_GRES=(null)
                 Nodes=n7 CPU_IDs=0,4 Mem=0 GRES=
                 Nodes=old CPU_IDs=0 Mem=1024
                 Nodes=n[8-9] CPU_IDs=0-15 Mem=1024 GRES=gpu:a100:2(IDX:0-1),x:7,gpu:1(IDX:2)
            """));
  }

  @Test
  void aRefusalHasSlurmsOwnWords() throws IOException {
    programs.says(
        "salloc",
        """
        echo 'salloc: Job allocation 12 has been revoked.' >&2
        echo 'salloc: error: invalid partition specified: nix' >&2
        echo 'salloc: error: Job submit/allocate failed: Invalid partition name specified' >&2
        exit 1
        """);
    assertEquals(
        "slurm gives no allocation: invalid partition specified: nix; Job submit/allocate failed:"
            + " Invalid partition name specified",
        assertThrows(Allocation.Refused.class, this::ask).getMessage());
    programs.says("salloc", "exit 127");
    assertEquals(
        "salloc is not installed, or not in PATH",
        assertThrows(Allocation.Refused.class, this::ask).getMessage());
    programs.says("salloc", SALLOC).says("scontrol", "echo 'scontrol: error: busy' >&2; exit 1");
    assertEquals(
        "nobody tells the nodes of job 12: busy",
        assertThrows(Allocation.Refused.class, this::ask).getMessage());
  }

  @Test
  void whatSlurmTakesBackIsToldAndWhatTorcGivesBackIsNot() throws Exception {
    programs.says(
        "salloc",
        SALLOC.replace(
            "exec \"$@\"",
            """
            sh -c 'echo $$ >"$0"; exec "$@"' PID "$@" &
            trap 'kill $!; wait $!; exit 0' TERM
            wait $!
            echo 'salloc: Job allocation 12 has been revoked.' >&2
            exit 1
            """
                .replace("PID", "'" + temp + "/pid'")));
    CompletableFuture<String> over = new CompletableFuture<>();
    ask().whenOver(over::complete);
    long inside = Long.parseLong(Files.readString(temp.resolve("pid")).strip());
    ProcessHandle.of(inside).orElseThrow().destroy();
    assertEquals("Job allocation 12 has been revoked.", over.get(30, TimeUnit.SECONDS));
    assertTrue(allocation.isOver());
    allocation.close();

    CompletableFuture<String> other = new CompletableFuture<>();
    ask().whenOver(other::complete);
    inside = Long.parseLong(Files.readString(temp.resolve("pid")).strip());
    allocation.close();
    ProcessHandle.of(inside).ifPresent(process -> process.onExit().join());
    assertTrue(!other.isDone());
  }

  @Test
  void aStepIsAskedForItsOwnPartOfOneNode() throws Exception {
    Scheduler steps = steps();
    SchedulerJob job = jobs(steps.submit(request(1, resources(2, 100, 1)))).getFirst();
    assertEquals(new SchedulerJob("12/1", "torc-a", temp.resolve("out")), job);
    end("torc-a.1", 0, "", job);
    assertEquals(
        new SchedulerState.Ended(Cause.EXITED, "FAILED"), await(steps, job, AllocationTest::over));
    assertTrue(
        programs
            .calls()
            .contains(
                "srun --jobid=12 --job-name=torc-a.1 --nodelist=n1 --nodes=1 --ntasks=1"
                    + " --cpus-per-task=2 --exact --mem=100M --input=none --mpi=none --gpus=1"
                    + " /bin/sh "
                    + temp.resolve("a b")),
        programs.calls().toString());
  }

  @Test
  void stepsBeginWhenThereIsRoomAndFindTheirNumberAndNoOptionsInTheEnvironment() throws Exception {
    programs.says("srun", "env >\"$calls-env-$TORC_ELEMENT\"\n" + SRUN);
    Scheduler steps = steps();
    List<SchedulerJob> jobs = jobs(steps.submit(request(3, resources(3, 0, 0))));
    assertEquals(List.of("12/1", "12/2", "12/3"), jobs.stream().map(SchedulerJob::id).toList());
    assertEquals(new SchedulerState.Running("n1"), steps.states(jobs).get(jobs.get(0)));
    assertEquals(new SchedulerState.Running("n2"), steps.states(jobs).get(jobs.get(1)));
    assertInstanceOf(SchedulerState.Waiting.class, steps.states(jobs).get(jobs.get(2)));
    end("torc-a.2", 0, "", jobs.get(1));
    assertEquals(
        new SchedulerState.Running("n2"),
        await(steps, jobs.get(2), SchedulerState.Running.class::isInstance));
    for (int i = 0; i < 3; i += 2) {
      end("torc-a." + (i + 1), 0, "", jobs.get(i));
      await(steps, jobs.get(i), AllocationTest::over);
    }
    String env = Files.readString(bin.resolve("calls-env-2"));
    assertTrue(env.contains("SLURM_CONF=/its/conf\n"), env);
    assertTrue(!env.contains("SLURM_MEM") && !env.contains("SRUN_"), env);
    assertTrue(programs.calls().stream().anyMatch(call -> call.contains(" --mem=0M ")));
    assertTrue(programs.calls().stream().anyMatch(call -> call.contains(" --gres=none ")));
  }

  @Test
  void whatNoNodeHoldsIsRefused() throws Exception {
    Scheduler steps = steps();
    assertEquals(
        new Submission.Refused(
            "no node of allocation 12 has 4 cpus, 500 MiB of memory, 2 gpus; ask for more by -j,"
                + " --limit, or the executor's args"),
        steps.submit(request(1, resources(4, 500, 2))));
    assertInstanceOf(
        Submission.Refused.class,
        steps.submit(request(1, new SchedulerResources(1, 0, 0, 2, 0, 0))));
  }

  @Test
  void theEndOfAnSrunHasItsCause() throws Exception {
    Scheduler steps = steps();
    List<SchedulerJob> jobs = jobs(steps.submit(request(4, resources(1, 0, 0))));
    end("torc-a.1", 0, "", jobs.get(0));
    end(
        "torc-a.2",
        137,
        """
        slurmstepd-n2: error: StepId=12.1 exceeded memory limit (300097536 > 104857600), being killed
        slurmstepd-n2: error: Exceeded job memory limit
        """,
        jobs.get(1));
    assertEquals(
        new SchedulerState.Ended(Cause.OUT_OF_MEMORY, "FAILED 137:0: Exceeded job memory limit"),
        await(steps, jobs.get(1), AllocationTest::over));
    end("torc-a.3", 1, "srun: error: Node failure on n2\n", jobs.get(2));
    assertEquals(
        new SchedulerState.Ended(Cause.NODE_FAILURE, "NODE_FAIL"),
        await(steps, jobs.get(2), AllocationTest::over));
    end("torc-a.4", 3, "", jobs.get(3));
    assertEquals(
        new SchedulerState.Ended(Cause.EXITED, "FAILED 3:0"),
        await(steps, jobs.get(3), AllocationTest::over));
  }

  private long sruns() throws IOException {
    return programs.calls().stream().filter(call -> call.startsWith("srun")).count();
  }

  /** Lets every srun end with such words, and asks until there were so many of one step. */
  private SchedulerJob refuse(String words, int sruns) throws Exception {
    programs.says(
        "srun", "echo 'srun: error: Unable to create step for job 12: " + words + "'; exit 1");
    steps = steps();
    SchedulerJob job = jobs(steps.submit(request(1, resources(1, 0, 0)))).getFirst();
    while (sruns() < sruns) {
      boolean never = never(steps.states(List.of(job)).get(job));
      assertTrue(!never || sruns() == sruns, "given up after " + sruns());
    }
    return job;
  }

  private static boolean never(SchedulerState state) {
    return state instanceof SchedulerState.Waiting waits && waits.never();
  }

  @Test
  void aStepThatIsRefusedIsAskedForAgainWhenTorcAsks() throws Exception {
    SchedulerJob job = refuse("Invalid generic resource (gres)", 6);
    assertEquals(
        new SchedulerState.Waiting(
            "Unable to create step for job 12: Invalid generic resource (gres)", true),
        await(steps, job, AllocationTest::never));
    assertEquals(6, sruns());
  }

  @Test
  void whereSlurmDoesNotAnswerAStepIsAskedForWithoutEnd() throws Exception {
    SchedulerJob job = refuse("Unable to contact slurm controller (connect failure)", 20);
    assertTrue(!over(steps.states(List.of(job)).get(job)));
  }

  @Test
  void whereSlurmDoesNotAnswerNothingIsKnownOfWhatRuns() throws Exception {
    String words = "Unable to create step for job 12: Unable to contact slurm controller";
    programs.says(
        "srun",
        """
        case $* in
          *torc-a.2*) [ -e "${0%/*}/back" ] || { echo 'srun: error: WORDS'; exit 1; } ;;
        esac
        """
                .replace("WORDS", words)
            + SRUN);
    Scheduler steps = steps();
    List<SchedulerJob> jobs = jobs(steps.submit(request(2, resources(1, 0, 0))));
    SchedulerState silence = new SchedulerState.NoAnswer(words);
    while (!steps.states(jobs).equals(Map.of(jobs.get(0), silence, jobs.get(1), silence))) {
      TimeUnit.MILLISECONDS.sleep(5);
    }
    end("torc-a.1", 0, "", jobs.get(0));
    await(steps, jobs.get(0), AllocationTest::over);
    Files.createFile(bin.resolve("back"));
    end("torc-a.2", 0, "", jobs.get(1));
    await(steps, jobs.get(1), AllocationTest::over);
  }

  @Test
  void whatWasNotGivenBackIsAskedForOn() throws Exception {
    programs.says("scancel", "[ -e \"${0%/*}/back\" ] || exit 1; kill $(cat \"${0%/*}/pid\")");
    programs.says(
        "salloc",
        SALLOC.replace(
            "exec", "trap '' TERM; sh -c 'echo $$ >\"$0\"; exec \"$@\"' " + bin + "/pid"));
    ask().close(2);
    assertTrue(told.stream().anyMatch(line -> line.startsWith("allocation 12 is not given back")));
    long inside = Long.parseLong(Files.readString(bin.resolve("pid")).strip());
    Files.createFile(bin.resolve("back"));
    ProcessHandle.of(inside).ifPresent(process -> process.onExit().join());
  }

  @Test
  void whatRunsIsToldToEndOnceAndWhatWaitsNeverBegins() throws Exception {
    Scheduler steps = steps();
    List<SchedulerJob> jobs = jobs(steps.submit(request(3, resources(3, 0, 0))));
    assertEquals("", steps.cancel(jobs));
    assertEquals("", steps.cancel(jobs));
    assertEquals(
        List.of("scancel --signal=TERM 12.0 12.1"),
        programs.calls().stream().filter(call -> call.startsWith("scancel")).toList());
    assertEquals(
        new SchedulerState.Ended(Cause.CANCELLED, "CANCELLED"),
        steps.states(jobs).get(jobs.get(2)));
    end("torc-a.1", 143, "", jobs.get(0));
    end("torc-a.2", 0, "", jobs.get(1));
    for (SchedulerJob job : jobs) {
      assertEquals(
          new SchedulerState.Ended(Cause.CANCELLED, "CANCELLED"),
          await(steps, job, AllocationTest::over));
    }
    assertEquals(2, programs.calls().stream().filter(call -> call.startsWith("srun")).count());
  }

  @Test
  void aStepThatSlurmDoesNotKnowIsEndedByItsSrun() throws Exception {
    programs.says("squeue", "echo 'squeue: error: busy' >&2; exit 1");
    Scheduler steps = steps();
    SchedulerJob job = jobs(steps.submit(request(1, resources(1, 0, 0)))).getFirst();
    steps.cancel(List.of(job));
    assertEquals(
        new SchedulerState.Ended(Cause.CANCELLED, "CANCELLED"),
        await(steps, job, AllocationTest::over));
  }

  /** What waits, by its resources and a name. */
  private record Wish(String name, SchedulerResources resources) implements AllocationRoom.Wanted {}

  private static Map<String, String> take(AllocationRoom room, List<Wish> waiting) {
    Map<String, String> begun = new HashMap<>();
    room.take(waiting).forEach((wish, node) -> begun.put(wish.name, node));
    return begun;
  }

  @Test
  void smallOnesFillANodeSoThatALargeOneFindsAnother() {
    AllocationRoom room =
        new AllocationRoom(
            List.of(
                new AllocationNode("n1", 4, 1L << 30, 0),
                new AllocationNode("n2", 4, 1L << 30, 0)));
    Wish one = new Wish("one", resources(1, 0, 0));
    Wish two = new Wish("two", resources(1, 1000, 0));
    Wish more = new Wish("more", resources(1, 100, 0));
    Wish large = new Wish("large", resources(3, 0, 0));
    assertEquals(
        Map.of("one", "n1", "two", "n1", "more", "n2", "large", "n2"),
        take(room, List.of(one, two, more, large)),
        "n1 has no memory left for more");
  }

  @Test
  void aLargeOneKeepsTheNodeThatComesNearestAndOthersGoOn() {
    AllocationRoom room =
        new AllocationRoom(
            List.of(
                new AllocationNode("n1", 4, Long.MAX_VALUE, 0),
                new AllocationNode("n2", 4, Long.MAX_VALUE, 0)));
    Wish small = new Wish("small", resources(1, 0, 0));
    Wish three = new Wish("three", resources(3, 0, 0));
    Wish half = new Wish("half", resources(2, 0, 0));
    Wish large = new Wish("large", resources(4, 1, 0));
    assertEquals(Map.of("three", "n1", "half", "n2"), take(room, List.of(three, half)));
    assertEquals(
        Map.of("small", "n1"), take(room, List.of(large, small, small)), "n2 is kept for large");
    room.give("n1", three.resources());
    assertEquals(Map.of("small", "n2"), take(room, List.of(large, small)), "now n1 comes nearest");
    room.give("n1", small.resources());
    assertEquals(Map.of("large", "n1", "small", "n2"), take(room, List.of(large, small)));
  }
}
