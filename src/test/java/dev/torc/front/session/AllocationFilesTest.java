package dev.torc.front.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.core.here.Launch;
import dev.torc.core.here.ProcessEnd;
import dev.torc.core.memory.CachePlace;
import dev.torc.core.memory.OneHost;
import dev.torc.core.model.SchedulerSettings;
import dev.torc.features.clusters.BatchTracker;
import dev.torc.features.clusters.BatchTracker.SchedulerAccess;
import dev.torc.features.clusters.ClaimOwner;
import dev.torc.features.clusters.EarlierJob;
import dev.torc.features.clusters.RemoteAttempt;
import dev.torc.features.clusters.RemoteAttempt.HandedOutAttempt;
import dev.torc.features.clusters.RemoteAttempt.RemoteKey;
import dev.torc.features.clusters.RemoteAttempt.RemoteListener;
import dev.torc.features.clusters.Scheduler;
import dev.torc.features.clusters.Scheduler.SchedulerJob;
import dev.torc.features.clusters.Scheduler.SchedulerResources;
import dev.torc.features.clusters.Scheduler.SchedulerState;
import dev.torc.features.clusters.Scheduler.Submission;
import dev.torc.features.clusters.Scheduler.SubmissionRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a killed caller of {@code torc slurm} left, where its build goes on. */
class AllocationFilesTest {

  /** A scheduler that takes one script, and gives it the state that the test sets. */
  private static final class OneScript implements Scheduler {
    private SchedulerState says = new SchedulerState(SchedulerState.Phase.RUNNING, "");

    @Override
    public Submission submit(SubmissionRequest request) {
      return new Submission.Accepted(List.of("7"));
    }

    @Override
    public Map<SchedulerJob, SchedulerState> states(List<SchedulerJob> jobs) {
      Map<SchedulerJob, SchedulerState> states = new HashMap<>();
      jobs.forEach(job -> states.put(job, says));
      return states;
    }

    @Override
    public String cancel(List<SchedulerJob> jobs) {
      return "";
    }
  }

  @TempDir Path root;

  private static void handOut(OneScript slurm, AllocationFiles files, ClaimOwner me) {
    SchedulerSettings settings =
        new SchedulerSettings(
            "slurm",
            "{job}",
            "",
            SchedulerSettings.SbatchOptions.NONE,
            new SchedulerSettings.BatchBounds(1, 0, 0),
            0,
            null);
    SchedulerAccess access =
        new SchedulerAccess(
            slurm, settings, files.scripts(), files.scripts(), me, (_, _) -> {}, _ -> {});
    CompletableFuture<String> submitted = new CompletableFuture<>();
    CompletableFuture<ProcessEnd> end = new CompletableFuture<>();
    RemoteListener listener =
        new RemoteListener() {
          @Override
          public void submitted(String id) {
            submitted.complete(id);
          }

          @Override
          public void ended(ProcessEnd how, List<HandedOutAttempt> places) {
            end.complete(how);
          }
        };
    Launch.Step step = new Launch.Step(List.of("true"), files.scripts(), Map.of());
    Launch launch = new Launch(List.of(step), Launch.Output.of(files.log()), 0, 0, Map.of());
    try (BatchTracker tracker = BatchTracker.start(access)) {
      tracker.add(
          new RemoteAttempt(
              new RemoteKey("torc slurm", files.id(), 1, "-", "-", ""),
              launch,
              0,
              List.of(),
              List.of(),
              new SchedulerResources(1, 0, 0, 0, 1, 0, 0),
              new RemoteAttempt.RemoteFolders(Map.of(), null)),
          listener);
      assertEquals("7", submitted.join());
      tracker.passOn(true);
      assertEquals(ProcessEnd.How.PASSED_ON, end.join().how());
    }
  }

  @Test
  void thatSlurmHasNothingOfItCountsWhenItWasSaidTwice() throws Exception {
    CachePlace place = OneHost.at(root, "login").place(root);
    AllocationFiles files = AllocationFiles.of(place, "killed");
    Files.createDirectories(files.scripts());
    files.begin(null).close();
    Files.writeString(files.output(), "so far\n");
    OneScript slurm = new OneScript();
    handOut(slurm, files, ClaimOwner.here("killed", Map.of(), "boot"));
    ClaimOwner me = ClaimOwner.here("next", Map.of(), "boot");
    List<String> said = new ArrayList<>();
    Predicate<EarlierJob> over = AllocationFiles.hasEnded(slurm);

    AllocationFiles.tidy(place, me, over, said::add);
    assertTrue(Files.exists(files.output()), "it runs");
    slurm.says = SchedulerState.GONE;
    AllocationFiles.tidy(place, me, over, said::add);
    assertTrue(Files.exists(files.output()), "it may run");
    AllocationFiles.tidy(place, me, null, said::add);
    assertTrue(Files.exists(files.output()), "it was not asked for");
    AllocationFiles.tidy(place, me, over, said::add);
    assertFalse(Files.exists(files.output()));
    assertFalse(Files.exists(files.scripts()));
    assertEquals(List.of(), said);
  }
}
