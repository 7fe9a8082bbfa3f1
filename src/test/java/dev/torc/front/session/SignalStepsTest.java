package dev.torc.front.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.digests.StampSource;
import dev.torc.base.digests.WatchedStamps;
import dev.torc.base.posix.Environment;
import dev.torc.base.posix.Kill;
import dev.torc.base.posix.RandomId;
import dev.torc.base.posix.Signals;
import dev.torc.core.attempt.Event;
import dev.torc.core.here.Launch;
import dev.torc.core.here.LocalRunner;
import dev.torc.core.here.ProcessEnd;
import dev.torc.core.here.Runner;
import dev.torc.core.memory.Dying;
import dev.torc.front.project.Caller;
import dev.torc.front.project.Caller.Host;
import dev.torc.front.project.Project;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Rule 11 at each step of a build and of a watch: a signal comes at the first step, in the next try
 * at the second, and so on until a try comes to its end. A step is a look at a file, a commit, an
 * event, the start or the end of a job, a wait. Either a build takes the signal, once, and ends by
 * it; or no build is at work, the process ends, and no job runs. The next build makes all.
 */
@Execution(ExecutionMode.CONCURRENT)
class SignalStepsTest {

  private static final List<Integer> SIGNALS = List.of(2, 15, 1);

  /** How often the same thing is a step in one try; later ones are none. */
  private static final int MOST = 2;

  private static final String JOBS =
      """
      jobs:
        a: { command: cat x > a.out, needs: x, produces: a.out }
        b: { command: cat a.out > b.out, needs: a.out, produces: b.out }
      """;

  @TempDir Path temp;

  /** The steps at which a signal came. */
  private final Set<String> before = new HashSet<>();

  /** One try: its signal comes at its first step at which no signal came before. */
  private final class Try implements Runner {
    final Path root = Files.createTempDirectory(temp.toRealPath(), "root");
    final int number = SIGNALS.get(before.size() % SIGNALS.size());
    final Map<String, Integer> times = new HashMap<>();
    final Set<String> running = new HashSet<>();
    final List<String> over = new CopyOnWriteArrayList<>();
    final List<Integer> ends = new CopyOnWriteArrayList<>();
    final Runner runner = new LocalRunner(Environment.ofCaller(), Runner.GRACE);
    final StampSource stamps = StampSource.of(FileSystems.getDefault());
    Signals signals;
    String at; // where the signal came; null before
    boolean taken;
    List<String> done; // the jobs that were over by then

    Try() throws IOException {
      Files.writeString(root.resolve("torc.yaml"), JOBS);
      Files.writeString(root.resolve("x"), "1");
    }

    void step(String what) {
      synchronized (this) {
        int time = times.merge(what, 1, Integer::sum);
        if (at != null || time > MOST || !before.add(what + " #" + time)) {
          return;
        }
        at = what + " #" + time;
        done = List.copyOf(over);
      }
      boolean given = signals.handOver(number);
      assertTrue(given || running.isEmpty(), () -> at + ": the process ends, and a job runs");
      taken = given;
    }

    void heard(Event event) {
      if (event instanceof Event.JobEnded job) {
        over.add(job.job());
      }
    }

    Host host() {
      Host system = Host.of(WatchStage.ENV);
      return new Host(
          new WatchedStamps(stamps, this::look),
          () -> {
            step("limits");
            return system.limits().get();
          },
          () -> {
            step("runner");
            return this;
          },
          () -> {
            step("threads");
            return Executors.newCachedThreadPool();
          },
          (place, _) -> {
            step("cache");
            return Dying.open(place, () -> step("commit"));
          },
          system.here(),
          null,
          system.process());
    }

    private void look(Path path) {
      step("look " + root.relativize(path).toString().replaceAll("[0-9a-f-]{30,}", "*"));
    }

    @Override
    public ProcessEnd run(Launch launch, Consumer<Running> handle) {
      String job = launch.mark().get("TORC_JOB");
      step("start " + job);
      synchronized (this) {
        running.add(job);
      }
      ProcessEnd end =
          runner.run(
              launch,
              started -> {
                handle.accept(
                    signal -> {
                      ends.add(signal);
                      started.end(signal);
                    });
                step("started " + job);
              });
      step("ended " + job);
      synchronized (this) {
        running.remove(job);
      }
      return end;
    }

    @Override
    public Running start(Launch launch, Consumer<ProcessEnd> done) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long grace() {
      return runner.grace();
    }

    @Override
    public void close() {
      step("close");
    }

    /** Checks what holds when the try is over, and that the next build makes all. */
    void check(int exit, boolean ends) throws IOException {
      runner.close();
      String said = at + ": signal " + number + (taken ? " taken" : "") + ", exit " + exit;
      boolean late = !ends && done.containsAll(List.of("a", "b"));
      assertTrue(!taken || exit == 128 + number || late && exit == 0, said);
      assertFalse(this.ends.contains(Kill.KILL), said + ": told twice");
      Caller caller = new Caller(WatchStage.ENV, root, Host.of(WatchStage.ENV));
      assertEquals(0, build(caller, _ -> {}, new Signals()), said);
      String x = Files.readString(root.resolve("x"));
      assertEquals(x, Files.readString(root.resolve("b.out")), said);
    }
  }

  private static int build(Caller caller, Consumer<Event> heard, Signals given) throws IOException {
    try (Signals signals = given) {
      Project project = Project.load(caller, WatchStage.options(true));
      BuildSession session = BuildSession.of(project, WatchStage.request(List.of(), false));
      session.check(_ -> {});
      return session.run(
          RandomId.next(),
          System.nanoTime(),
          new ReportedBuild(heard::accept, null, true, signals));
    }
  }

  private void assertSteps(String... steps) {
    List<String> all = new ArrayList<>(List.of(steps));
    all.addAll(List.of("limits #1", "cache #1", "runner #1", "threads #1", "commit #1"));
    all.addAll(List.of("Started #1", "JobStarted #1", "JobStarted #2", "look x #1"));
    all.addAll(List.of("start a #1", "started b #1", "ended b #1", "Finished #1", "close #1"));
    all.removeAll(before);
    assertEquals(List.of(), all, () -> before.toString());
  }

  @Test
  void ofABuild() throws IOException {
    Try one;
    do {
      one = new Try();
      one.signals = new Signals();
      Try now = one;
      now.step("begin");
      int exit =
          build(
              new Caller(WatchStage.ENV, now.root, now.host()),
              event -> {
                now.heard(event);
                now.step(event.getClass().getSimpleName());
              },
              now.signals);
      now.step("end");
      if (now.at != null) {
        now.check(exit, false);
      }
    } while (one.at != null);
    assertSteps("begin #1", "end #1");
  }

  @Test
  void ofAWatch() throws IOException {
    Try one;
    do {
      one = new Try();
      Try now = one;
      WatchStage stage = new WatchStage(now.root);
      now.signals = stage.signals;
      stage.host = now.host();
      stage.stepping = now::step;
      stage.heard = now::heard;
      stage.thenPut("x", "2").run();
      if (now.at != null) {
        now.check(stage.exit, true);
      }
    } while (one.at != null);
    assertSteps(
        "open #2",
        "Changed #1",
        "Finished #2",
        "Watching #1",
        "await " + WatchRounds.ENDLESS + " #1",
        "follow #2");
  }
}
