package dev.torc.core.here;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.machine.OomKills;
import dev.torc.base.machine.Series;
import dev.torc.base.posix.Environment;
import dev.torc.base.posix.Kill;
import dev.torc.base.posix.Spawn;
import dev.torc.base.posix.Stop;
import dev.torc.core.here.ProcessEnd.How;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Runs real processes. A script tells the test where it stands by writing to the fifo {@code tell},
 * and waits for it by reading {@code go}; opening a fifo blocks until the other side does.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LocalRunnerTest {

  private static final Duration LONG = Duration.ofMinutes(10);

  @TempDir Path dir;
  Path log;
  LocalRunner runner;
  final BlockingQueue<ProcessEnd> ended = new LinkedBlockingQueue<>();
  final Map<String, String> mark = Map.of("TORC_BUILD", "b" + System.nanoTime(), "TORC_JOB", "j");

  @BeforeEach
  void prepare() throws Exception {
    log = dir.resolve("log");
    runner = new LocalRunner(Environment.ofCaller(), LONG);
    assertEquals(0, run("mkfifo tell go").code());
  }

  @AfterEach
  void close() {
    runner.close();
  }

  private Launch launch(long time, long memory, String... scripts) {
    List<Launch.Step> steps = new ArrayList<>();
    for (String script : scripts) {
      steps.add(new Launch.Step(List.of("sh", "-c", script), dir, Map.of()));
    }
    return new Launch(steps, Launch.Output.of(log), time, memory, mark);
  }

  private Runner.Running start(String... scripts) {
    return runner.start(launch(0, 0, scripts), ended::add);
  }

  private ProcessEnd run(Launch launch) throws InterruptedException {
    runner.start(launch, ended::add);
    return ended.take();
  }

  private ProcessEnd run(String... scripts) throws InterruptedException {
    return run(launch(0, 0, scripts));
  }

  private void shortGrace() {
    runner.close();
    runner = new LocalRunner(Environment.ofCaller(), Duration.ofMillis(50));
  }

  private String told() throws IOException {
    return Files.readString(dir.resolve("tell")).strip();
  }

  private void go() throws IOException {
    Files.writeString(dir.resolve("go"), "go\n");
  }

  private static boolean lives(String pid) throws IOException {
    Path stat = Path.of("/proc", pid, "stat");
    try {
      return !Files.readString(stat).replaceFirst(".*\\) ", "").startsWith("Z");
    } catch (IOException gone) {
      return false;
    }
  }

  @Test
  void withoutAThreadForTheGraceThereIsNone() throws Exception {
    LimitTimer watch = new LimitTimer();
    ProcessRun.Means means =
        new ProcessRun.Means(
            new Spawn(),
            Environment.ofCaller(),
            LONG.toNanos(),
            _ -> {
              throw new OutOfMemoryError("unable to create native thread");
            },
            watch,
            new UsageSampler(List.of(), Environment.ofCaller()),
            new OomKills(dir));
    Launch deaf = launch(0, 0, "trap '' TERM; echo $$ > tell; while :; do sleep 60; done");
    ProcessRun attempt = new ProcessRun(deaf, means);
    Thread.ofPlatform().start(() -> ended.add(attempt.run()));
    String pid = told();
    attempt.end(Kill.TERM);
    assertEquals(How.INTERRUPTED, ended.take().how());
    assertFalse(lives(pid));
    watch.close();
  }

  @Test
  void tellsStatusSignalAndTime() throws Exception {
    ProcessEnd well = run("i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done");
    assertTrue(well.ok());
    assertTrue(well.usage().cpu() > 1_000_000, () -> "cpu " + well.usage().cpu());
    assertTrue(well.wall() >= well.usage().cpu() / 2);
    assertEquals(3, run("exit 3").code());
    ProcessEnd killed = run("kill -9 $$");
    assertEquals(How.SIGNALED, killed.how());
    assertEquals(9, killed.code());
  }

  @Test
  void stepsRunInOrderUntilOneFails() throws Exception {
    assertTrue(run("echo 1", "echo 2").ok());
    assertEquals("1\n2\n", Files.readString(log));
    assertEquals(4, run("echo 1", "exit 4", "echo 3").code());
    assertEquals("1\n", Files.readString(log));
  }

  @Test
  void laterAttemptsContinueTheLog() throws Exception {
    run("echo 1");
    Launch.Step step = new Launch.Step(List.of("echo", "2"), dir, Map.of());
    run(new Launch(List.of(step), new Launch.Output(log, true, false), 0, 0, mark));
    assertEquals("1\n2\n", Files.readString(log));
  }

  @Test
  void aStepsEnvironmentLiesOverTheCallers() throws Exception {
    runner.close();
    byte[] odd = {'O', 'D', 'D', '=', (byte) 0xff, (byte) 0xc3};
    List<byte[]> caller = new ArrayList<>(List.of(odd));
    for (String entry :
        List.of(
            "LC_ALL=C.UTF-8", "TORC_CALLER_LC_ALL=de_DE", "GONE=1", "B=1", "PATH=/bin:/usr/bin")) {
      caller.add(entry.getBytes(StandardCharsets.UTF_8));
    }
    runner = new LocalRunner(new Environment(caller), LONG);
    Map<String, String> over = new HashMap<>(Map.of("B", "2", "TORC_JOB", "no"));
    over.put("GONE", null);
    Launch.Step step = new Launch.Step(List.of("env"), dir, over);
    run(new Launch(List.of(step), Launch.Output.of(log), 0, 0, Map.of("TORC_JOB", "j")));
    String[] lines = new String(Files.readAllBytes(log), StandardCharsets.ISO_8859_1).split("\n");
    Arrays.sort(lines);
    assertArrayEquals(
        new String[] {
          "B=2",
          "LC_ALL=de_DE",
          "ODD=\u00ff\u00c3",
          "PATH=/bin:/usr/bin",
          "PWD=" + dir,
          "TORC_JOB=j"
        },
        lines);
  }

  @Test
  void aFailedStartIsToldWithItsReason() throws Exception {
    Launch.Step step =
        new Launch.Step(List.of("no-such-thing"), dir, Map.of("PATH", "/usr/bin:/bin"));
    ProcessEnd lost = run(new Launch(List.of(step), Launch.Output.of(log), 0, 0, mark));
    assertEquals(How.NOT_STARTED, lost.how());
    assertEquals("cannot start no-such-thing: no such program in PATH", lost.message());
    assertEquals(-1, lost.usage().peak());
  }

  @Test
  void childrenThatOutliveAJobThatEndedWellAreLeftAlone() throws Exception {
    ProcessEnd well = run("(read x < go; echo alive > tell) & exit 0");
    assertTrue(well.ok());
    go();
    assertEquals("alive", told());
  }

  @Test
  void childrenOfAFailedJobAreGoneWhenItIsOver() throws Exception {
    start("sleep 1000 & echo $! > tell; exit 3");
    String child = told();
    assertEquals(3, ended.take().code());
    assertFalse(lives(child));
  }

  @Test
  void childrenOfEarlierStepsAreGoneToo() throws Exception {
    start("setsid sh -c 'echo $$ > tell; exec sleep 1000' & read x < go", "exit 3");
    String child = told();
    go();
    assertEquals(3, ended.take().code());
    assertFalse(lives(child));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theWholeTreeIsEndedWithProcessesThatLeftTheGroup(boolean now) throws Exception {
    Runner.Running job =
        start(
            "(setsid sh -c 'echo $$ > tell; sleep 1000; :' &)\n" // an orphan in another session
                + "read x < go\n"
                + "sleep 1000 & echo $! > tell\n"
                + "wait");
    String orphan = told();
    go();
    String child = told();
    job.end(now ? Kill.KILL : Kill.INT);
    job.end(now ? Kill.KILL : Kill.INT);
    assertEquals(How.INTERRUPTED, ended.take().how());
    assertFalse(lives(orphan));
    assertFalse(lives(child));
    job.end(Kill.KILL);
    assertTrue(ended.isEmpty(), "done is called once");
  }

  @Test
  void termComesFirstSoThatAJobCanTidyUp() throws Exception {
    Runner.Running job =
        start("trap 'echo tidy; exit 5' TERM; echo up > tell; while :; do sleep 0.01; done");
    told();
    job.end(Kill.TERM);
    assertEquals(How.INTERRUPTED, ended.take().how());
    assertTrue(Files.readString(log).endsWith("tidy\n"));
  }

  /** Handles a signal and ends well, as Python's {@code finally} does. */
  private static final String TIDY =
      "trap 'echo tidy; exit 0' $1; echo $$ > tell; while :; do sleep 0.01; done";

  /** Rule 11: Ctrl-C is INT for the processes that exist then; the grace is ten minutes. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sh   | sh tidy INT; echo new | tidy",
        "sh   | sleep 1000 & echo $! > tell; wait | ''", // it ignores INT
        "sh   | trap 'sh tidy TERM & read x < tell; sleep 0.2; kill -9 $!; exit' INT; sh tidy INT |"
            + " tidy",
        "bash | sh tidy INT; echo new | tidy",
        "bash | (sh tidy INT; echo new); echo new | tidy",
        "bash | trap 'echo own; exit 3' INT; sh tidy INT; echo new | tidy own",
        "file | sh tidy INT; echo new | tidy",
        "file | trap 'echo own; exit 3' 2; sh tidy INT; echo new | tidy own",
      })
  void ctrlCIsIntAndNothingNewRuns(String shell, String script, String said) throws Exception {
    Files.writeString(dir.resolve("tidy"), TIDY);
    Files.writeString(dir.resolve("script"), script);
    List<String> argv =
        shell.equals("file")
            ? List.of("bash", "-o", "pipefail", "script", "-c")
            : List.of(shell, "-c", script);
    Launch.Step step = new Launch.Step(argv, dir, Map.of());
    Launch launch = new Launch(List.of(step), Launch.Output.of(log), 0, 0, mark);
    Runner.Running job = runner.start(launch, ended::add);
    told();
    job.end(Kill.INT);
    assertEquals(How.INTERRUPTED, ended.take().how());
    assertEquals(said, Files.readString(log).strip().replace('\n', ' '));
  }

  /** Rule 11: TERM after half of the grace; {@code stop} names the signal and the grace. */
  @ParameterizedTest
  @CsvSource({"0, INT", "10, USR1"})
  void termComesAfterHalfOfTheGrace(int signal, String name) throws Exception {
    String script = "trap 'echo first' " + name + "; " + TIDY.replace("$1", "TERM");
    Launch launch = launch(0, 0, script).stopping(new Stop(signal, 4_000_000_000L));
    Runner.Running job = runner.start(launch, ended::add);
    told();
    job.end(Kill.INT);
    assertEquals(How.INTERRUPTED, ended.take().how());
    assertTrue(Files.readString(log).endsWith("first\ntidy\n")); // dash names the signal too
  }

  /** Rule 11. */
  @Test
  void aTimeLimitIsTermUnlessStopSaysOtherwise() throws Exception {
    for (String name : List.of("TERM", "HUP")) {
      String script = "trap 'echo tidy; exit 0' " + name + "; while :; do sleep 0.01; done";
      Stop stop = new Stop(name.equals("TERM") ? 0 : 1, -1);
      assertEquals(How.TIMEOUT, run(launch(200_000_000, 0, script).stopping(stop)).how());
      assertTrue(Files.readString(log).endsWith("tidy\n"));
    }
  }

  @Test
  void aJobThatIgnoresTermIsKilledAfterTheGrace() throws Exception {
    shortGrace();
    Runner.Running job =
        start("trap '' TERM; sh -c 'echo $$ > tell; while :; do sleep 1; done'; echo never");
    String child = told();
    job.end(Kill.TERM);
    assertEquals(How.INTERRUPTED, ended.take().how());
    assertFalse(lives(child));
    assertEquals("", Files.readString(log));
  }

  @Test
  void theSecondEndSkipsTheGrace() throws Exception {
    Runner.Running job = start("trap '' TERM; echo $$ > tell; while :; do sleep 1; done");
    String shell = told();
    job.end(Kill.TERM);
    job.end(Kill.KILL); // the grace is ten minutes
    assertEquals(How.INTERRUPTED, ended.take().how());
    assertFalse(lives(shell));
  }

  @Test
  void anEndBeforeTheProcessStartsCountsToo() throws Exception {
    for (int i = 0; i < 50; i++) {
      start("sleep 1000", "sleep 1000").end(i % 2 == 0 ? Kill.KILL : Kill.TERM);
      assertEquals(How.INTERRUPTED, ended.take().how());
    }
  }

  @Test
  void theTimeLimitIsOneForAllStepsAndEndsTheTree() throws Exception {
    ProcessEnd late = run(launch(200_000_000, 0, "exit 0", "sleep 1000 & setsid sleep 1000; wait"));
    assertEquals(How.TIMEOUT, late.how());
    assertTrue(late.wall() >= 200_000_000);
    assertFalse(late.ok());
    ProcessTree left = ProcessTree.ofMark(mark);
    assertEquals(Map.of(left, List.of()), ProcessPass.living(List.of(left)));
  }

  /** Rule 11: the time in which torc is stopped counts for no job, and not against its limit. */
  @Test
  void aStoppedJobHasTime() throws Exception {
    long limit = 2_000_000_000;
    String waiter = "(setsid sh -c 'echo $$ > tell; read x < go; exit 0'; :) & wait";
    runner.start(launch(limit, 0, waiter), ended::add);
    String pid = told();
    long from = System.nanoTime();
    runner.pause(true);
    String state = Files.readString(Path.of("/proc", pid, "stat"));
    assertTrue(state.contains(") T "), state);
    start("echo $$ > tell"); // an attempt that begins now
    while (System.nanoTime() - from < limit) {
      Thread.sleep(10); // its time would be over
    }
    assertTrue(ended.isEmpty());
    runner.pause(false);
    told();
    go();
    for (ProcessEnd end : List.of(ended.take(), ended.take())) {
      assertTrue(end.ok(), end::toString);
      assertTrue(end.wall() < limit, end::toString);
    }
  }

  /** Rule 12: a memory limit is watched, however slow a look is. */
  @Test
  void aSlowLookPutsOffNoLimit() {
    long ms = 1_000_000;
    assertEquals(40 * ms, UsageSamples.interval(20 * ms, ms, true));
    assertEquals(100 * ms, UsageSamples.interval(80 * ms, ms, true));
    assertEquals(400 * ms, UsageSamples.interval(20 * ms, 20 * ms, true));
    assertEquals(500 * ms, UsageSamples.interval(20 * ms, 1000 * ms, true));
    assertEquals(500 * ms, UsageSamples.interval(20 * ms, 1000 * ms, false));
    assertEquals(500 * ms, UsageSamples.interval(400 * ms, ms, false));
  }

  @Test
  void aTimeLimitThatIsKeptChangesNothing() throws Exception {
    assertTrue(run(launch(Duration.ofHours(1).toNanos(), 0, "exit 0")).ok());
  }

  @Test
  void theMemoryLimitCountsTheWholeTree() throws Exception {
    String worker = "(x=$(head -c 40000000 /dev/zero | tr '\\0' a); sleep 1000; : $x)";
    ProcessEnd large = run(launch(0, 70_000_000, worker + " & " + worker + " & wait"));
    assertEquals(How.MEMORY, large.how());
    assertTrue(large.usage().peak() > 70_000_000, () -> "peak " + large.usage().peak());
    assertTrue(large.message().endsWith("of 70.0 MB"), large::message);
  }

  @Test
  void aJobThatLivesLongEnoughHasAPeak() throws Exception {
    long peak = -1;
    for (int seconds = 1; peak < 0 && seconds < 30; seconds *= 4) { // however slow the machine is
      peak = run("sleep " + seconds).usage().peak();
    }
    assertTrue(peak > 100_000, "peak " + peak);
  }

  /** The sampler sees children and what left the tree, as long as something asks it. */
  @Test
  @Timeout(600) // after a look that took long, the next comes a hundred times as long after it
  void aJobThatLivesLongHasASeriesAndIsSeenWhileItRuns() throws Exception {
    start("x=$(head -c 40000000 /dev/zero | tr '\\0' a); echo $$ > tell; read y < go");
    told();
    while (!(runner.uses().get("j") instanceof Series.Point now && now.memory() > 40_000_000)
        || runner.machine().size() == 0) {
      Thread.sleep(10); // until the sampler has seen how the job grew
    }
    go();
    ProcessEnd end = ended.take();
    assertTrue(end.ok());
    assertTrue(end.series().size() > 0);
    assertTrue(end.usage().peak() > 40_000_000, () -> end.usage().toString());
    while (!runner.uses().isEmpty()) {
      Thread.sleep(1); // the end is told before the job is forgotten
    }
    assertTrue(runner.machine().at(0).memory() > 0);
  }

  @Test
  void aJobThatStopsForTheTerminalFailsAndIsTold() throws Exception {
    for (String signal : List.of("TTIN", "TTOU")) {
      ProcessEnd stopped = run("kill -" + signal + " $$; echo never");
      assertEquals(How.TERMINAL, stopped.how());
      assertTrue(stopped.message().contains("interactive: true"));
      assertEquals("", Files.readString(log));
    }
  }

  @Test
  void aJobThatTheUserStopsIsLeftAlone() throws Exception {
    start("(echo $$ > tell; read x < go; kill -CONT $$) & kill -STOP $$; exit 6");
    String shell = told();
    while (!Files.readString(Path.of("/proc", shell, "stat")).contains(") T ")) {
      Thread.onSpinWait();
    }
    assertTrue(ended.isEmpty());
    go();
    assertEquals(6, ended.take().code());
  }

  @Test
  void anInteractiveJobWithoutATerminalHasOurDescriptors() throws Exception {
    Files.delete(log);
    Launch.Step step =
        new Launch.Step(List.of("sh", "-c", "readlink /proc/$$/fd/0 > in"), dir, Map.of());
    assertTrue(
        run(new Launch(List.of(step), new Launch.Output(log, false, true), 0, 0, mark)).ok());
    assertEquals(
        Files.readSymbolicLink(Path.of("/proc/self/fd/0")).toString(),
        Files.readString(dir.resolve("in")).strip());
    assertFalse(Files.exists(log));
  }

  @Test
  void noEndOfManyIsLost() throws Exception {
    List<Thread> starters = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      int first = t * 125;
      starters.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (int i = first; i < first + 125; i++) {
                      Launch.Step step =
                          new Launch.Step(List.of("sh", "-c", "exit " + i % 7), dir, Map.of());
                      runner.start(
                          new Launch(
                              List.of(step),
                              new Launch.Output(dir.resolve("log" + i % 8 + first), true, false),
                              0,
                              0,
                              Map.of()),
                          ended::add);
                    }
                  }));
    }
    for (Thread starter : starters) {
      starter.join();
    }
    int[] codes = new int[7];
    for (int i = 0; i < 500; i++) {
      ProcessEnd one = ended.take();
      assertEquals(How.EXITED, one.how(), one::message);
      codes[one.code()]++;
    }
    assertArrayEquals(new int[] {72, 72, 72, 71, 71, 71, 71}, codes);
    assertTrue(ended.isEmpty());
  }

  @Test
  void closingKillsWhatRunsAndRefusesMore() throws Exception {
    start("trap '' TERM; echo $$ > tell; while :; do sleep 1; done");
    String shell = told();
    runner.close();
    assertEquals(How.INTERRUPTED, ended.take().how());
    assertFalse(lives(shell));
    assertThrows(IllegalStateException.class, () -> start("exit 0"));
  }

  @Test
  void leftoversOfAKilledTorcAreEnded() throws Exception {
    Path root = dir.resolve("root é");
    String build = "b1-" + System.nanoTime();
    Map<String, String> mine = Launch.mark(build, "job 1", root);
    Map<String, String> other = Launch.mark(build, "job 2", root);
    Map<String, String> elsewhere =
        Launch.mark(build, "job 1", Files.createDirectory(dir.resolve("copy")));
    List<String> pids = new ArrayList<>();
    for (Map<String, String> one : List.of(mine, other)) {
      Launch launch = launch(0, 0, "setsid sh -c 'echo $$ > tell; sleep 1000; :' & exit 0");
      runner.start(new Launch(launch.steps(), Launch.Output.of(log), 0, 0, one), ended::add);
      pids.add(told());
      assertTrue(ended.take().ok());
    }
    assertEquals(List.of(), LeftoverProcesses.end(List.of(elsewhere), LONG));
    List<String> lines = LeftoverProcesses.end(List.of(mine), LONG);
    assertEquals(1, lines.size());
    assertTrue(lines.get(0).startsWith("job 1: ended "), lines::toString);
    assertFalse(lives(pids.get(0)));
    assertTrue(lives(pids.get(1)));
    assertEquals(1, LeftoverProcesses.end(List.of(mine, other), LONG).size());
    assertFalse(lives(pids.get(1)));
    assertEquals(List.of(), LeftoverProcesses.end(List.of(mine, other), LONG));
    assertEquals(List.of(), LeftoverProcesses.end(List.of(), LONG));
  }

  /** Rule 9, if the root was moved after the kill: its jobs work there still, by another path. */
  @Test
  void leftoversInARootThatWasMovedAreEnded() throws Exception {
    Path root = Files.createDirectories(dir.resolve("root/sub")).getParent();
    Map<String, String> mark = Launch.mark("b2-" + System.nanoTime(), "job", root);
    Launch at = launch(0, 0, "cd root/sub; echo $$ > ../../tell; sleep 1000; :");
    runner.start(new Launch(at.steps(), Launch.Output.of(log), 0, 0, mark), ended::add);
    String pid = told();
    Path moved = Files.move(root, dir.resolve("moved"));
    Path fresh = Files.createDirectory(root);
    for (Path other : List.of(fresh.resolve("sub"), dir.resolve("root2"))) {
      Map<String, String> copy = Launch.mark(mark.get("TORC_BUILD"), "job", other);
      assertEquals(List.of(), LeftoverProcesses.end(List.of(copy), LONG));
    }
    Map<String, String> next = Launch.mark(mark.get("TORC_BUILD"), "job", moved);
    assertEquals(1, LeftoverProcesses.end(List.of(next), LONG).size());
    assertFalse(lives(pid));
  }
}
