package dev.torc.features.clusters;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.core.here.ProcessEnd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many jobs through one scheduler in simulated time: how many calls, and how full batches are. */
class RemoteScaleTest {

  private static final long SECOND = 1_000_000_000;

  /** More jobs on request, as for the documentation's figures: {@code -Dtorc.scale=100000}. */
  private static final int JOBS = Integer.getInteger("torc.scale", 2_000);

  @TempDir Path temp;

  @Test
  void theSchedulerIsCalledLessThanOnceASecondAndBatchesAreNearlyFull() throws IOException {
    FakeCluster cluster = new FakeCluster(1, 400);
    cluster.deaths = 0.0005;
    cluster.lag = 5 * SECOND;
    cluster.takes = 20 * SECOND;
    Path folder = Files.createDirectories(temp.toRealPath().resolve("far"));
    FakeTorc torc = new FakeTorc(cluster, folder, 1, FakeCluster.settings(500, 120 * SECOND));
    torc.add(
        JOBS,
        15,
        new RemoteAttempt.Product(temp.resolve("p"), false, RemoteAttempt.Clearing.CLEAR));
    Set<FakeTorc.Job> open = new HashSet<>(torc.jobs.values());
    while (!open.isEmpty()) {
      cluster.until(torc.desk.turn(cluster.now));
      for (FakeTorc.Job job : List.copyOf(open)) {
        if (job.end != null) {
          assertEquals(ProcessEnd.How.EXITED, job.how());
          torc.record(job);
          open.remove(job);
        }
      }
    }
    double seconds = cluster.now / (double) SECOND;
    int calls = cluster.submissions + cluster.questions;
    assertTrue(calls < seconds, calls + " calls in " + seconds + " s");
    double full = JOBS / (double) cluster.submitted;
    assertTrue(full > 7, full + " jobs in a batch, of 8 that may be");
    torc.desk.turn(cluster.now);
    try (var left = Files.list(folder)) {
      assertEquals(0, left.count());
    }
  }
}
