package dev.torc.clusters;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.Sandbox;
import dev.torc.Shipping;
import dev.torc.core.model.SchedulerSettings;
import dev.torc.features.clusters.Remotes;
import dev.torc.features.clusters.Scheduler;
import dev.torc.features.clusters.Scheduler.SchedulerJob;
import dev.torc.features.clusters.Scheduler.SchedulerState;
import dev.torc.features.clusters.Scheduler.SchedulerState.Phase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * What the accounting of a real Slurm knows of jobs that Slurm itself has forgotten. {@code
 * SlurmIT} tests the words about jobs that Slurm still has.
 */
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("SlurmAccountingIT") // one of its tests at a time, beside other classes
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Shipping
class SlurmAccountingIT {

  @TempDir static Path temp;
  @AutoClose private static RealSlurm slurm;
  private static SchedulerJob limited; // ends by its time limit, checked twice a minute

  @BeforeAll
  static void start() throws Exception {
    slurm = RealSlurm.withAccounting();
    limited = submit("limited", "echo; exec sleep 100");
    awaitRunning(limited);
    slurm.administer("scontrol", "update", "JobId=" + limited.id(), "EndTime=now+1");
  }

  private static Scheduler scheduler() {
    SchedulerSettings settings =
        new SchedulerSettings(
            "test",
            "{job}",
            "",
            SchedulerSettings.SbatchOptions.NONE,
            new SchedulerSettings.BatchBounds(500, 0, 0),
            0,
            null);
    return Remotes.scheduler(settings, temp, slurm.env());
  }

  private static SchedulerJob submit(String name, String command, String... more) throws Exception {
    List<String> words = new ArrayList<>(List.of("sbatch", "--parsable", "--partition=wide"));
    words.addAll(List.of(more));
    Path log = temp.resolve(name + ".log");
    words.addAll(List.of("--job-name=" + name, "--output=" + log, "--wrap=" + command));
    return new SchedulerJob(slurm.ask(words.toArray(String[]::new)), name, log);
  }

  private static void awaitRunning(SchedulerJob... jobs) throws Exception {
    for (SchedulerJob job : jobs) {
      Sandbox.until(
          job.name() + " runs",
          () ->
              scheduler().states(List.of(job)).get(job).is(Phase.RUNNING)
                  && Files.exists(job.log()));
    }
  }

  private static void awaitForgotten(String partition) throws Exception {
    Sandbox.until(
        "Slurm has forgotten all",
        () -> {
          Thread.sleep(100);
          return slurm
              .ask("squeue", "--noheader", "--states=all", "--partition=" + partition)
              .isEmpty();
        });
  }

  @Test
  @Order(1)
  void aJobCancelledWithoutATorcIsNotSubmittedAgain() throws Exception {
    try (Sandbox project = new Sandbox(temp)) {
      project.env.put("SLURM_CONF", slurm.env().get("SLURM_CONF"));
      project.build(
          """
          executors:
            slurm: { kind: slurm, partition: low, latency: 1s }
          defaults: { executor: slurm }
          jobs:
            a: { command: "echo begin >> log; sleep 100", produces: a }
          """);
      Sandbox.Ran submitted = project.torc("--submit");
      assertEquals(0, submitted.exit(), submitted.err());
      project.awaitLine("log");
      slurm.administer("scancel", "--user=" + slurm.ask("id", "-un"), "--partition=low");
      awaitForgotten("low");
      Sandbox.Ran ran = project.torc();
      assertEquals("1 job: 0 ran, 0 up to date, 1 failed", ran.counts(), ran.err());
      assertTrue(ran.err().contains("cancelled"), ran.err());
      assertEquals(List.of("begin"), project.lines("log"));
      assertFalse(project.exists("a"));
    }
  }

  @Test
  @Order(2)
  void theEndsOfJobsThatSlurmHasForgottenAreKnown() throws Exception {
    SchedulerJob taken = submit("taken", "echo; exec sleep 100");
    SchedulerJob held = submit("held", "true", "--hold");
    SchedulerJob good = submit("good", "true");
    SchedulerJob bad = submit("bad", "exit 7");
    SchedulerJob large =
        submit(
            "large",
            "x=$(tail -c 400m /dev/zero | tr '\\0' x); sleep 100",
            "--mem=50M",
            "--cpus-per-task=1");
    awaitRunning(taken);
    slurm.administer("scancel", taken.id(), held.id());
    awaitForgotten("wide");
    Map<SchedulerJob, Phase> causes = new LinkedHashMap<>();
    List<SchedulerJob> jobs = List.of(limited, taken, held, good, bad, large);
    Map<SchedulerJob, SchedulerState> states = scheduler().states(jobs);
    states.forEach((job, state) -> causes.put(job, state.kind()));
    Map<SchedulerJob, Phase> expected = new HashMap<>();
    expected.put(limited, Phase.TIME_LIMIT);
    expected.put(taken, Phase.CANCELLED);
    expected.put(held, Phase.CANCELLED);
    expected.put(good, Phase.EXITED);
    expected.put(bad, Phase.EXITED);
    expected.put(large, Phase.OUT_OF_MEMORY);
    assertEquals(expected, causes);
    long ran = states.get(limited).ended() - states.get(limited).began();
    assertTrue(states.get(limited).began() > 0 && ran > 0, states.get(limited).toString());
    SchedulerJob other = new SchedulerJob(good.id(), "other", null);
    assertEquals(
        SchedulerState.GONE,
        scheduler().states(List.of(other)).get(other),
        "another name is another job");
  }
}
