package dev.torc.clusters;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.Sandbox;
import dev.torc.Shipping;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Builds on a Slurm that takes only so many jobs of a user, as shared clusters do. */
@Execution(ExecutionMode.CONCURRENT)
@Shipping
class SlurmLimitsIT {

  private static final String JOBS =
      """
      executors:
        slurm: { kind: slurm, partition: wide, latency: 1s, args: [HOLD] }
      defaults: { executor: slurm }
      jobs:
        w:
          parameters: { i: { from: 1, to: 8 } }
          command: "echo {i} >> log; touch {produces}"
          produces: "o{i}"
      """;

  @TempDir static Path temp;
  @AutoClose private static RealSlurm slurm;

  @BeforeAll
  static void start() throws Exception {
    slurm = RealSlurm.withLimits();
    slurm.ask("sacctmgr", "-i", "modify", "qos", "normal", "set", "MaxSubmitJobsPerUser=4");
  }

  private static List<String> queue(String format) throws Exception {
    return slurm.ask("squeue", "--noheader", "--array", "--format=" + format).lines().toList();
  }

  @Test
  void rule12AFullQueueWaitsAndShowsWhichJobIsWhich() throws Exception {
    try (Sandbox project = new Sandbox(temp)) {
      project.env.put("SLURM_CONF", slurm.env().get("SLURM_CONF"));
      Sandbox.until(
          "the limit counts",
          () -> slurm.ask("sacctmgr", "-n", "show", "qos", "format=MaxSubmitPU").contains("4"));
      project.build(JOBS.replace("HOLD", "--hold"));
      Sandbox.Ran submitted = project.torc("--submit");
      assertEquals(0, submitted.exit(), submitted.err());
      String full =
          "slurm: the queue takes no more of your jobs (QOSMaxSubmitJobPerUserLimit); 4 wait\n";
      assertTrue(submitted.err().contains(full), submitted.err());
      assertTrue(submitted.err().contains("4 submitted"), submitted.err());
      List<String> names = queue("%j");
      assertEquals(4, Set.copyOf(names).size(), names.toString());
      String root = project.root.toRealPath().toString();
      for (String name : names) {
        assertTrue(name.matches("w-[1-8]-[0-9a-f]{10}"), names.toString());
        String job = root + ": w/i=" + name.charAt(2);
        assertTrue(queue("%k").contains(job), queue("%k") + job);
      }
      project.build(JOBS.replace("HOLD", ""));
      for (String id : queue("%i")) {
        slurm.administer("scontrol", "release", id);
      }
      Sandbox.Ran ran = project.torc();
      assertEquals("8 jobs: 8 ran, 0 up to date, 0 failed", ran.counts(), ran.err());
      assertEquals(8, project.lines("log").size(), "each ran once");
    }
  }
}
