package dev.torc.session;

import dev.torc.local.Launch;
import dev.torc.local.ProcessEnd;
import dev.torc.local.Runner;
import dev.torc.machine.Series;
import dev.torc.posix.Kill;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Runs jobs in an allocation as another runner does. Slurm ends an allocation by TERM to all of its
 * processes at once, so that a job may end by it before torc knows: such an end is an interruption
 * where torc is told to end just after.
 */
record AllocatedRunner(Runner runner) implements Runner {

  private static final long SECOND = 1; // a job that ends itself by TERM takes so much longer

  @Override
  public ProcessEnd run(Launch launch, Consumer<Running> running) {
    CompletableFuture<Boolean> told = new CompletableFuture<>();
    ProcessEnd end =
        runner.run(
            launch,
            tree ->
                running.accept(
                    now -> {
                      told.complete(true);
                      tree.end(now);
                    }));
    return end.isBySignal(Kill.TERM, true)
            && told.completeOnTimeout(false, SECOND, TimeUnit.SECONDS).join()
        ? end.as(ProcessEnd.How.INTERRUPTED, 0, "")
        : end;
  }

  @Override
  public Running start(Launch launch, Consumer<ProcessEnd> done) {
    return runner.start(launch, done);
  }

  @Override
  public Map<String, Series.Point> uses() {
    return runner.uses();
  }

  @Override
  public Series machine() {
    return runner.machine();
  }

  @Override
  public long grace() {
    return runner.grace();
  }

  @Override
  public void close() {
    runner.close();
  }
}
