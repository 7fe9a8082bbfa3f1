package dev.torc.core.run;

import dev.torc.base.machine.Series.Usage;
import dev.torc.base.posix.ClosedFile;
import dev.torc.core.here.Launch;
import dev.torc.core.here.ProcessEnd;
import dev.torc.core.here.Runner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Runs jobs without processes: instead of one, a {@link Script} of the test does the job. This
 * class knows no graph; the harness says what a job without a script does.
 */
public final class StubRunner implements Runner {

  /** What a job does; returns how it ended. */
  public interface Script {
    ProcessEnd run(Stub job) throws Exception;
  }

  /** Thrown after a {@code Deadly} script: torc dies now, as by {@code kill -9}. */
  static final class Killed extends Error {
    private static final long serialVersionUID = 1;
  }

  static final long GRACE = 7_000_000_000L;

  private final Map<String, Script> scripts;
  private final Script otherwise;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  StubRunner(Map<String, Script> scripts, Script otherwise) {
    this.scripts = new ConcurrentHashMap<>(scripts);
    this.otherwise = otherwise;
  }

  @Override
  public Running start(Launch launch, Consumer<ProcessEnd> done) {
    Stub job = new Stub(launch);
    Script usual = job.isHook() ? hook -> hook.exit(0) : otherwise;
    Script script = scripts.getOrDefault(job.name(), usual);
    CompletableFuture<ProcessEnd> ran = new CompletableFuture<>();
    threads.execute(
        () -> {
          try {
            ran.complete(script.run(job));
          } catch (Throwable e) {
            ran.completeExceptionally(e);
          }
        });
    if (script instanceof Deadly deadly && deadly.kills(job)) {
      ran.handle((ended, thrown) -> thrown).join();
      throw new Killed();
    }
    ran.whenComplete(
        (ended, thrown) ->
            done.accept(
                thrown == null
                    ? ended
                    : new ProcessEnd(
                        ProcessEnd.How.NOT_STARTED, 0, 0, Usage.NOTHING, thrown.toString())));
    return job;
  }

  /** A script after which torc is killed, if it {@link #kills}. */
  interface Deadly extends Script {
    default boolean kills(Stub job) {
      return true;
    }
  }

  @Override
  public long grace() {
    return GRACE;
  }

  @Override
  public void close() {
    threads.close();
  }

  /** A running job, as its script sees it. */
  public static final class Stub implements Running {
    private final Launch launch;
    private final CompletableFuture<Integer> ended = new CompletableFuture<>();
    private final LinkedBlockingQueue<Integer> ends = new LinkedBlockingQueue<>();

    Stub(Launch launch) {
      this.launch = launch;
    }

    /** The job's name; of a hook its command. */
    String name() {
      return isHook() ? launch.steps().getLast().argv().getLast() : launch.mark().get("TORC_JOB");
    }

    boolean isHook() {
      return launch.mark().containsKey("TORC_HOOK");
    }

    Path root() {
      return Path.of(launch.mark().get("TORC_ROOT"));
    }

    Launch launch() {
      return launch;
    }

    String env(String name) {
      return launch.steps().getLast().env().get(name);
    }

    int attempt() {
      return Integer.parseInt(env("TORC_ATTEMPT"));
    }

    /** The command as written in the build file, be it run by a shell or not. */
    String command() {
      List<String> argv = launch.steps().getLast().argv();
      return argv.getFirst().matches("(ba)?sh") ? argv.getLast() : String.join(" ", argv);
    }

    /** The needed paths. */
    List<String> needs() throws IOException {
      return Files.readAllLines(Path.of(env("TORC_NEEDS")));
    }

    void write(String path, String text) throws IOException {
      ClosedFile.write(root().resolve(path), text);
    }

    String read(String path) {
      return Harness.read(root().resolve(path));
    }

    public ProcessEnd exit(int code) {
      return exit(code, 1);
    }

    /** An end with an exit status, after {@code wall} nanoseconds. */
    public ProcessEnd exit(int code, long wall) {
      return new ProcessEnd(ProcessEnd.How.EXITED, code, wall, Usage.NOTHING, "");
    }

    ProcessEnd ended(ProcessEnd.How how) {
      return ended(how, 0);
    }

    ProcessEnd ended(ProcessEnd.How how, int code) {
      return new ProcessEnd(how, code, 1, Usage.NOTHING.withPeak(1 << 20), "");
    }

    /** Waits for the next call of {@link #end}; returns its signal. */
    int nextEnd() throws Exception {
      return ends.poll(300, TimeUnit.SECONDS);
    }

    @Override
    public void end(int signal) {
      ends.add(signal);
      ended.complete(signal);
    }
  }

  /** A job that the test holds: it says when it started, and waits until it is told to go on. */
  static final class Held implements Script {
    private final Script then;
    private final CompletableFuture<Stub> started = new CompletableFuture<>();
    private final CompletableFuture<Void> go = new CompletableFuture<>();

    Held(Script then) {
      this.then = then;
    }

    /** Waits until the job runs. */
    Stub started() {
      try {
        return started.get(300, TimeUnit.SECONDS);
      } catch (Exception e) {
        throw new AssertionError("the job did not start", e);
      }
    }

    boolean isStarted() {
      return started.isDone();
    }

    /** Lets the job do what it has to do, and end. */
    void go() {
      go.complete(null);
    }

    @Override
    public ProcessEnd run(Stub job) throws Exception {
      started.complete(job);
      Object first =
          CompletableFuture.anyOf(go.thenApply(_ -> ""), job.ended).get(300, TimeUnit.SECONDS);
      return first instanceof Integer ? job.ended(ProcessEnd.How.INTERRUPTED) : then.run(job);
    }
  }
}
