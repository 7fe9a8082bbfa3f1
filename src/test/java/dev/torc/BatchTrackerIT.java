package dev.torc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.cluster.BatchTracker;
import dev.torc.cluster.ClaimOwner;
import dev.torc.cluster.RemoteAttempt;
import dev.torc.cluster.RemoteKey;
import dev.torc.cluster.RemoteListener;
import dev.torc.cluster.RemotePlace;
import dev.torc.cluster.Scheduler;
import dev.torc.cluster.SchedulerResources;
import dev.torc.cluster.SchedulerSettings;
import dev.torc.exec.Launch;
import dev.torc.exec.ProcessEnd;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Attempts through a real Slurm, from the batch's script to the end that is told. */
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("BatchTrackerIT") // one of its tests at a time, beside other classes
class BatchTrackerIT {

  @TempDir static Path temp;
  @AutoClose private static RealSlurm slurm;

  @TempDir Path work;
  private final ConcurrentLinkedQueue<String> notes = new ConcurrentLinkedQueue<>();

  @BeforeAll
  static void start() throws Exception {
    slurm = RealSlurm.start();
  }

  private static final class Told implements RemoteListener {
    final CompletableFuture<ProcessEnd> end = new CompletableFuture<>();
    volatile String id;

    @Override
    public void submitted(String taken) {
      id = taken;
    }

    @Override
    public void lost() {
      end.completeExceptionally(new IllegalStateException("lost"));
    }

    @Override
    public void ended(ProcessEnd how, List<RemotePlace> places) {
      end.complete(how);
    }

    @Override
    public void left(boolean out) {
      end.completeExceptionally(new IllegalStateException("left"));
    }

    ProcessEnd await() throws Exception {
      return end.get(120, TimeUnit.SECONDS);
    }
  }

  private BatchTracker runner() throws Exception {
    SchedulerSettings settings =
        new SchedulerSettings(
            "slurm", "", "", "low", List.of(), 500, 60_000_000_000L, 0, 5_000_000_000L, null);
    Path folder = Files.createDirectories(work.toRealPath().resolve("remote"));
    return BatchTracker.start(
        Scheduler.of(settings, folder, slurm.env()),
        settings,
        folder,
        new ClaimOwner("b1", "here", "boot", 1, 1, 1),
        (_, _) -> {},
        notes::add);
  }

  private RemoteAttempt attempt(String name, String text, long expected) throws Exception {
    Path dir = work.toRealPath();
    return new RemoteAttempt(
        new RemoteKey(name, "b1", 1, "m", "c"),
        new Launch(
            List.of(new Launch.Step(List.of("sh", "-e", "-c", text), dir, Map.of("NAME", name))),
            dir.resolve(name + ".log"),
            false,
            false,
            60_000_000_000L,
            0,
            Map.of()),
        expected,
        List.of(
            new RemoteAttempt.Product(
                dir.resolve(name + ".txt"), false, RemoteAttempt.Clearing.CLEAR)),
        List.of(),
        new SchedulerResources(1, 50 << 20, 0, 1, 0, 0));
  }

  private void begun(String job) throws Exception {
    Sandbox.until(job + " begins", () -> Files.exists(work.resolve(job + ".txt")));
  }

  @Test
  void sixtyShortJobsShareElementsAndTellTheirEnds() throws Exception {
    List<Told> all = new ArrayList<>();
    try (BatchTracker runner = runner()) {
      for (int i = 0; i < 60; i++) {
        Told told = new Told();
        all.add(told);
        String text = i == 7 ? "exit 3" : "echo $NAME > $NAME.txt; echo said";
        runner.add(attempt("j" + i, text, 2), told);
      }
      for (int i = 0; i < 60; i++) {
        assertEquals(i == 7 ? 3 : 0, all.get(i).await().code(), "j" + i);
      }
    }
    assertEquals("j9\n", Files.readString(work.resolve("j9.txt")));
    assertEquals("said\n", Files.readString(work.resolve("j9.log")));
    assertTrue(all.stream().map(told -> told.id).distinct().count() <= 32, "ids");
    assertEquals(List.of(), List.copyOf(notes));
  }

  @Test
  void whatIsCancelledByHandAndWhatTorcEndsAreTold() throws Exception {
    try (BatchTracker runner = runner()) {
      Told byHand = new Told();
      runner.add(attempt("hand", ": > $NAME.txt; sleep 100", 50), byHand);
      begun("hand");
      slurm.administer("scancel", byHand.id);
      assertEquals(ProcessEnd.How.CANCELLED, byHand.await().how());
      Told ended = new Told();
      runner.add(attempt("ended", ": > $NAME.txt; sleep 100", 50), ended);
      begun("ended");
      runner.end();
      assertEquals(ProcessEnd.How.INTERRUPTED, ended.await().how());
    }
  }
}
