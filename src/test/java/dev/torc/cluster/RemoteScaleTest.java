package dev.torc.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.exec.Launch;
import dev.torc.exec.ProcessEnd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many jobs through one scheduler, in simulated time: how often it is called, and how full. */
class RemoteScaleTest {

  private static final long SECOND = 1_000_000_000;

  /** More on request, as for the figures in the documentation: {@code -Dtorc.scale=100000}. */
  private static final int JOBS = Integer.getInteger("torc.scale", 2_000);

  @TempDir Path temp;
  private int names;
  private int ended;
  private final List<RemotePlace> places = new ArrayList<>();

  private final class Counting implements RemoteListener {
    @Override
    public void submitted(String id) {}

    @Override
    public void lost() {}

    @Override
    public void ended(ProcessEnd end, List<RemotePlace> left) {
      assertEquals(ProcessEnd.How.EXITED, end.how());
      places.addAll(left);
      ended++;
    }

    @Override
    public void left(boolean out) {}
  }

  @Test
  void theSchedulerIsCalledLessThanOnceASecondAndBatchesAreNearlyFull() throws IOException {
    FakeCluster cluster = new FakeCluster(1, 400);
    cluster.deaths = 0.0005;
    cluster.lag = 5 * SECOND;
    cluster.takes = 20 * SECOND;
    SchedulerSettings settings = FakeCluster.settings(500, 120 * SECOND);
    Path folder = Files.createDirectories(temp.toRealPath().resolve("far"));
    BatchTracker desk =
        new BatchTracker(
            cluster,
            settings,
            folder,
            new ClaimOwner("b1", "here", "boot", 2, 2, 0),
            () -> "n" + names++,
            (_, _) -> {},
            _ -> {});
    LongConsumer add =
        i ->
            desk.add(
                new RemoteAttempt(
                    new RemoteKey("j" + i, "b1", 1, "m", "c"),
                    new Launch(
                        List.of(
                            new Launch.Step(List.of("true"), temp, Map.of("TORC_JOB", "j" + i))),
                        temp.resolve("j" + i + ".log"),
                        false,
                        false,
                        0,
                        0,
                        Map.of()),
                    15,
                    List.of(
                        new RemoteAttempt.Product(
                            temp.resolve("p" + i), false, RemoteAttempt.Clearing.CLEAR)),
                    List.of(),
                    new SchedulerResources(1, 0, 0, 1, 0, 0)),
                new Counting());
    for (int i = 0; i < JOBS; i++) {
      add.accept(i);
    }
    while (ended < JOBS) {
      cluster.until(desk.turn(cluster.now));
      desk.forget(List.copyOf(places));
      places.clear();
    }
    double seconds = cluster.now / (double) SECOND;
    int calls = cluster.submissions + cluster.questions;
    assertTrue(calls < seconds, calls + " calls in " + seconds + " s");
    double full = JOBS / (double) cluster.elements;
    assertTrue(full > 7, full + " jobs in a batch, of 8 that may be");
    desk.turn(cluster.now);
    try (var left = Files.list(folder)) {
      assertEquals(0, left.count());
    }
  }
}
