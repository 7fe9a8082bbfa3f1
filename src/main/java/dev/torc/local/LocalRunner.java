package dev.torc.local;

import dev.torc.machine.Series;
import dev.torc.machine.Usage;
import dev.torc.posix.Environment;
import dev.torc.posix.Spawn;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/**
 * Runs attempts as processes of this machine. Each has a thread, the caller's or one of its own,
 * that starts its processes and waits for them; one thread more watches limits. The scheduler
 * decides how many run at once.
 */
public final class LocalRunner implements Runner {

  /** The time between TERM and KILL where no option says otherwise. */
  public static final Duration GRACE = Duration.ofSeconds(5);

  private final Environment caller;
  private final long grace;
  private final Spawn spawn = new Spawn();
  private final ExecutorService threads;
  private final RunWatch watch = new RunWatch();
  private final Map<ProcessRun, CompletableFuture<Void>> running = new ConcurrentHashMap<>();
  private final UsageSampler sampler;
  private volatile boolean closed;

  /**
   * A runner.
   *
   * @param caller the environment that jobs get theirs laid over
   * @param grace time between TERM and KILL when an attempt is ended
   */
  public LocalRunner(Environment caller, Duration grace) {
    this.caller = caller;
    this.grace = grace.toNanos();
    this.sampler = new UsageSampler(running.keySet(), caller);
    this.threads =
        Executors.newCachedThreadPool(Thread.ofPlatform().daemon().name("torc-job").factory());
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalStateException after {@link #close}
   */
  @Override
  public Running start(Launch launch, Consumer<ProcessEnd> done) {
    ProcessRun attempt = attempt(launch);
    try {
      threads.execute(() -> run(attempt, done));
    } catch (RuntimeException | Error e) {
      over(attempt); // there is no thread for it
      throw e;
    }
    return attempt;
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalStateException after {@link #close}
   */
  @Override
  public ProcessEnd run(Launch launch, Consumer<Running> handle) {
    ProcessRun attempt = attempt(launch);
    try {
      handle.accept(attempt);
      return run(attempt);
    } finally {
      over(attempt);
    }
  }

  @Override
  public long grace() {
    return grace;
  }

  @Override
  public Map<String, Series.Point> uses() {
    Map<String, Series.Point> uses = new HashMap<>();
    for (ProcessRun run : running.keySet()) {
      Series.Point now = run.now();
      if (now != null && run.job() != null) {
        uses.put(run.job(), now);
      }
    }
    return uses;
  }

  @Override
  public Series machine() {
    return sampler.machine();
  }

  private ProcessRun attempt(Launch launch) {
    if (closed) {
      throw new IllegalStateException("the runner is closed");
    }
    ProcessRun attempt = new ProcessRun(launch, spawn, caller, grace, threads, watch, sampler);
    running.put(attempt, new CompletableFuture<>());
    return attempt;
  }

  private void run(ProcessRun attempt, Consumer<ProcessEnd> done) {
    try {
      done.accept(run(attempt));
    } finally {
      over(attempt);
    }
  }

  private void over(ProcessRun attempt) {
    running.remove(attempt).complete(null);
  }

  /** A fault on the way must not leave the caller waiting for ever. */
  private static ProcessEnd run(ProcessRun attempt) {
    try {
      return attempt.run();
    } catch (RuntimeException | Error fault) {
      return new ProcessEnd(
          ProcessEnd.How.NOT_STARTED, 0, 0, Usage.UNKNOWN, "fault of torc: " + fault);
    }
  }

  /**
   * Kills what still runs and waits until all is over. Must not be called from within {@code done}.
   */
  @Override
  public void close() {
    closed = true;
    running.keySet().forEach(attempt -> attempt.end(true));
    running.values().forEach(CompletableFuture::join);
    threads.shutdown();
    watch.close();
    sampler.close();
    spawn.close();
  }
}
