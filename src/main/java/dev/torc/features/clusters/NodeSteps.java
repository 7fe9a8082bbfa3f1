package dev.torc.features.clusters;

import dev.torc.base.machine.ProgramOutput;
import dev.torc.base.posix.Kill;
import dev.torc.features.clusters.Scheduler.SchedulerJob;
import dev.torc.features.clusters.Scheduler.SchedulerResources;
import dev.torc.features.clusters.Scheduler.SchedulerState;
import dev.torc.features.clusters.Scheduler.SchedulerState.Phase;
import dev.torc.features.clusters.Scheduler.Submission;
import dev.torc.features.clusters.Scheduler.SubmissionRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Runs scripts as Slurm steps on one node of an {@link Allocation}. Each {@code srun} starts at
 * once, since the engine starts only what fits on the node. Slurm's commands, and so a later torc,
 * see only the job around the steps, which ends with this torc: see {@link Slurm}.
 */
final class NodeSteps implements Scheduler {

  /** Retries of a refused step: a controller may refuse steps when it has just started. */
  private static final int AGAIN = 5;

  private static final Pattern REFUSED =
      Pattern.compile(
          "srun: (fatal: |error: (Unable to (create step|confirm)|Application launch)).*");

  private static final Pattern NODE =
      Pattern.compile("srun: error: Node failure on|DUE TO NODE FAILURE");

  private final Allocation allocation;
  private final Allocation.Node node;
  private final Path folder;
  private final Map<String, Step> steps = new ConcurrentHashMap<>(); // by name

  private static final class Step {
    final SubmissionRequest request;
    Process process;
    int refusals;
    boolean cancelled;
    SchedulerState state;

    Step(SubmissionRequest request) {
      this.request = request;
    }
  }

  NodeSteps(Allocation allocation, Allocation.Node node, Path folder) {
    this.allocation = allocation;
    this.node = node;
    this.folder = folder;
  }

  @Override
  public Submission submit(SubmissionRequest request) {
    String id = allocation.id() + "/" + allocation.name();
    Step step = new Step(request);
    steps.put(request.name(), step);
    begin(step);
    return new Submission.Accepted(List.of(id));
  }

  private void begin(Step step) {
    step.state = new SchedulerState(Phase.RUNNING, node.name());
    try {
      ProcessBuilder srun = new ProcessBuilder(words(step.request)).directory(folder.toFile());
      srun.environment().clear();
      srun.environment().putAll(allocation.env());
      srun.environment().putAll(step.request.secrets());
      srun.redirectErrorStream(true);
      srun.redirectOutput(step.request.log().toFile());
      Process process = srun.start();
      process.getOutputStream().close();
      step.process = process;
    } catch (IOException e) {
      step.state = new SchedulerState(Phase.NEVER, String.valueOf(e.getMessage()));
    }
  }

  /** Returns the srun command. A step that asks for no memory gets all. */
  private List<String> words(SubmissionRequest request) {
    SchedulerResources wanted = request.resources();
    boolean counted = node.memory() < Long.MAX_VALUE;
    long memory = counted ? SchedulerResources.mebibytes(wanted.memory()) : 0;
    List<String> words =
        new ArrayList<>(
            List.of(
                "/usr/bin/env", // finds srun in the PATH of its environment
                "srun",
                "--jobid=" + allocation.id(),
                "--job-name=" + request.name(),
                "--nodelist=" + node.name(),
                "--nodes=1",
                "--ntasks=1",
                "--cpus-per-task=" + Math.min(wanted.cpus(), node.cpus()),
                "--exact",
                "--mem=" + memory + "M",
                "--input=none",
                "--mpi=none"));
    if (node.gpus() > 0) {
      words.add(wanted.gpus() > 0 ? "--gpus=" + wanted.gpus() : "--gres=none");
    }
    words.addAll(List.of("/bin/sh", request.script().toString()));
    return words;
  }

  private static SchedulerState ended(Step step) {
    Path log = step.request.log();
    String text = SlurmWords.tail(log);
    Matcher refused = REFUSED.matcher(text);
    if (step.cancelled) {
      return SlurmWords.end("CANCELLED", "", "", log);
    }
    if (refused.find()) {
      String said = SchedulerWords.line(refused.group());
      if (SchedulerWords.isNoAnswer(new ProgramOutput(1, "", text))) {
        return new SchedulerState(Phase.NO_ANSWER, said);
      }
      step.refusals++;
      return new SchedulerState(step.refusals > AGAIN ? Phase.NEVER : Phase.WAITING, said);
    }
    return NODE.matcher(text).find()
        ? SlurmWords.end("NODE_FAIL", "", "", log)
        : SlurmWords.end(SlurmWords.FAILED, "", step.process.exitValue() + ":0", log);
  }

  /** Returns the states, and starts each step again that Slurm did not accept the last time. */
  @Override
  public Map<SchedulerJob, SchedulerState> states(List<SchedulerJob> jobs) {
    Map<SchedulerJob, SchedulerState> states = new LinkedHashMap<>();
    for (SchedulerJob job : jobs) {
      Step step = steps.get(job.name());
      if (step.state.is(Phase.RUNNING) && !step.process.isAlive()) {
        step.state = ended(step);
      } else if (step.state.is(Phase.NO_ANSWER) || step.state.is(Phase.WAITING)) {
        begin(step);
      }
      states.put(job, step.state);
    }
    return states;
  }

  /** Sends no signal: srun would signal the job too. The script sees that its job is unwanted. */
  @Override
  public String end(List<SchedulerJob> jobs) {
    return cancel(jobs, 0);
  }

  /** Sends TERM to the srun of each step, which then kills the step. */
  @Override
  public String cancel(List<SchedulerJob> jobs) {
    return cancel(jobs, Kill.TERM);
  }

  private String cancel(List<SchedulerJob> jobs, int signal) {
    for (SchedulerJob job : jobs) {
      Step step = steps.get(job.name());
      if (!step.state.is(Phase.RUNNING)) {
        step.state = SlurmWords.end("CANCELLED", "", "", null);
      } else if (step.process.isAlive()) { // else its pid may be another process's
        step.cancelled = true;
        Kill.process((int) step.process.pid(), signal);
      }
    }
    return "";
  }

  @Override
  public boolean outlives(SchedulerJob job) {
    return false;
  }
}
