package dev.torc.engine;

import dev.torc.exec.BatchJob;
import dev.torc.exec.Launch;
import dev.torc.exec.ProcessEnd;
import dev.torc.exec.ProductSize;
import dev.torc.exec.RemoteAttempt;
import dev.torc.exec.RemoteEnd;
import dev.torc.exec.RemoteListener;
import dev.torc.exec.RemoteRunner;
import dev.torc.exec.SchedulerResources;
import dev.torc.workflow.Job;
import dev.torc.workflow.Ref;
import dev.torc.workflow.Resources;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * One attempt that a scheduler runs, for the thread that waits for it: what is handed out, and that
 * what another machine made is seen here. Handing out is {@code exec}'s.
 */
final class RemoteRun implements RemoteListener {

  private static final long LOOK = 200; // milliseconds

  private final CompletableFuture<RemoteEnd> end = new CompletableFuture<>();

  /** What of a launch the scheduler is told. */
  static RemoteAttempt of(Job job, Launch launch, long memory, Path root) {
    List<BatchJob.Product> products = new ArrayList<>();
    for (Ref ref : job.productRefs()) {
      if (ref instanceof Ref.OfFile file) {
        products.add(new BatchJob.Product(root.resolve(file.path()), false, job.persist()));
      } else if (ref instanceof Ref.OfFolder folder) {
        products.add(new BatchJob.Product(root.resolve(folder.path()), true, job.persist()));
      }
    }
    if (job.depfile() != null) {
      products.add(new BatchJob.Product(root.resolve(job.depfile()), false, false));
    }
    Resources wanted = job.resources();
    return new RemoteAttempt(
        job.name(),
        launch.steps(),
        launch.log(),
        launch.append(),
        launch.timeLimit(),
        launch.memoryLimit(),
        0,
        List.copyOf(products),
        new SchedulerResources(
            wanted.cpus(), memory, wanted.gpus(), wanted.nodes(), wanted.disk(), 0));
  }

  @Override
  public void submitted(String id) {}

  @Override
  public void begun() {}

  @Override
  public void ended(RemoteEnd how) {
    end.complete(how);
  }

  /**
   * Waits for the end, and until the products have the sizes that they had where they were made.
   *
   * @param latency nanoseconds that this may take at most
   */
  ProcessEnd await(RemoteRunner runner, RemoteAttempt attempt, long latency)
      throws IOException, InterruptedException {
    runner.start(attempt, this);
    RemoteEnd how = end.join();
    if (how.status() != null && how.end().ok()) {
      long limit = System.nanoTime() + latency;
      for (int i = 0; i < attempt.products().size(); i++) {
        Path place = attempt.products().get(i).path();
        ProductSize made = how.status().products().get(i);
        while (!made.equals(ProductSize.of(place)) && System.nanoTime() < limit) {
          TimeUnit.MILLISECONDS.sleep(LOOK);
        }
      }
    }
    return how.end();
  }
}
