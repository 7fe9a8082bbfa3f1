package dev.torc.core.here;

import dev.torc.base.machine.OomKills;
import dev.torc.base.machine.Series;
import dev.torc.base.machine.Series.Usage;
import dev.torc.base.posix.Environment;
import dev.torc.base.posix.Kill;
import dev.torc.base.posix.Spawn;
import dev.torc.core.here.ProcessEnd.How;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/**
 * Runs attempts as processes of this machine. Each attempt has a thread, the caller's or its own,
 * that starts its processes and waits for them; one more thread watches limits. The build loop
 * decides how many attempts run at once.
 */
public final class LocalRunner implements Runner {

  private final Map<ProcessRun, CompletableFuture<Void>> running = new ConcurrentHashMap<>();
  private final ExecutorService threads =
      Executors.newCachedThreadPool(Thread.ofPlatform().daemon().name("torc-job").factory());
  private final ProcessRun.Means means;
  private volatile boolean closed;
  private volatile boolean paused;

  /** Runs on this machine; a job's environment extends or replaces the caller's. */
  public LocalRunner(Environment caller, Duration grace) {
    this(caller, grace, new OomKills(Path.of("/")));
  }

  /** Creates a runner with this counter of the kernel's kills. */
  LocalRunner(Environment caller, Duration grace, OomKills kills) {
    UsageSampler sampler = new UsageSampler(running.keySet(), caller);
    long nanos = grace.toNanos();
    LimitTimer watch = new LimitTimer();
    means = new ProcessRun.Means(new Spawn(), caller, nanos, threads, watch, sampler, kills);
  }

  @Override
  public Running start(Launch launch, Consumer<ProcessEnd> done) {
    ProcessRun attempt = attempt(launch);
    try {
      threads.execute(
          () -> {
            try {
              done.accept(run(attempt));
            } finally {
              finish(attempt);
            }
          });
    } catch (RuntimeException | Error e) {
      finish(attempt); // no thread could be started
      throw e;
    }
    return attempt;
  }

  @Override
  public ProcessEnd run(Launch launch, Consumer<Running> handle) {
    ProcessRun attempt = attempt(launch);
    try {
      handle.accept(attempt);
      return run(attempt);
    } finally {
      finish(attempt);
    }
  }

  @Override
  public long grace() {
    return means.grace();
  }

  @Override
  public void pause(boolean stop) {
    paused = stop; // first, so that an attempt that starts now is stopped, too
    running.keySet().parallelStream().forEach(attempt -> attempt.pause(stop));
  }

  @Override
  public Map<String, Series.Point> uses() {
    Map<String, Series.Point> uses = new HashMap<>();
    for (ProcessRun run : running.keySet()) {
      Series.Point now = run.samples.now();
      if (now != null && run.job() != null) {
        uses.put(run.job(), now);
      }
    }
    return uses;
  }

  @Override
  public Series machine() {
    return means.sampler().machine();
  }

  private ProcessRun attempt(Launch launch) {
    if (closed) {
      throw new IllegalStateException("the runner is closed");
    }
    ProcessRun attempt = new ProcessRun(launch, means);
    running.put(attempt, new CompletableFuture<>());
    if (paused) {
      attempt.pause(true);
    }
    return attempt;
  }

  private void finish(ProcessRun attempt) {
    running.remove(attempt).complete(null);
  }

  /** Runs an attempt. A bug in torc also ends it, so that the caller does not wait forever. */
  private static ProcessEnd run(ProcessRun attempt) {
    try {
      return attempt.run();
    } catch (RuntimeException | Error fault) {
      return new ProcessEnd(How.NOT_STARTED, 0, 0, Usage.UNKNOWN, "fault of torc: " + fault);
    }
  }

  /** Kills all running attempts and waits for their ends. Must not be called from {@code done}. */
  @Override
  public void close() {
    closed = true;
    running.keySet().forEach(attempt -> attempt.end(Kill.KILL));
    running.values().forEach(CompletableFuture::join);
    threads.shutdown();
    means.watch().close();
    means.sampler().close();
    means.spawn().close();
  }
}
