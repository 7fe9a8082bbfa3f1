package dev.torc.cluster;

import dev.torc.local.ProgramOutput;
import dev.torc.text.Amount;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Runs scripts as steps of an {@link Allocation}, each by an {@code srun} on a node that has room
 * for it, so that no srun waits. Where a step runs is for {@link AllocationRoom}. What others
 * submitted is asked of the scheduler outside.
 */
final class AllocationSteps implements Scheduler {

  private static final String ELEMENT = "TORC_ELEMENT";
  private static final long STUBBORN = 10_000_000_000L; // ns, longer than any grace of a script

  /** So often a step is refused: a controller that was just started refuses what it takes soon. */
  private static final int AGAIN = 5;

  private static final int LARGEST = 1000; // elements of one submission; Slurm sees no arrays

  /** A step was refused: no script began. */
  private static final Pattern REFUSED =
      Pattern.compile("srun: (?:fatal: |error: Unable to (?:create step|confirm))[^\n]*");

  private static final Pattern NODE =
      Pattern.compile("srun: error: Node failure on|DUE TO NODE FAILURE");

  private final Allocation allocation;
  private final Scheduler outside;
  private final Path folder;
  private final Map<String, String> env;
  private final SchedulerProgram asking;
  private final AllocationRoom room;
  private final Map<SchedulerJob, Step> steps = new HashMap<>();
  private final List<Step> waiting = new ArrayList<>();
  private final List<Step> refused = new ArrayList<>(); // Slurm did not take their sruns

  private static final class Step implements AllocationRoom.Wanted {
    final SubmissionRequest request;
    final int element;
    final SchedulerJob job;
    String node;
    Process process; // while it runs
    int refusals;
    boolean cancelled;
    long told; // when it was, by the clock that does not jump
    SchedulerState state = new SchedulerState.Waiting("Resources", false);

    Step(SubmissionRequest request, int element, SchedulerJob job) {
      this.request = request;
      this.element = element;
      this.job = job;
    }

    @Override
    public SchedulerResources resources() {
      return request.resources();
    }

    /** Its name in Slurm. */
    String name() {
      return SlurmSteps.name(job);
    }

    boolean runs() {
      return state instanceof SchedulerState.Running;
    }
  }

  AllocationSteps(Allocation allocation, Scheduler outside, Path folder) {
    this.allocation = allocation;
    this.outside = outside;
    this.folder = folder;
    this.env = allocation.plain();
    this.asking = allocation.asking(folder);
    this.room = new AllocationRoom(allocation.nodes());
  }

  @Override
  public synchronized Submission submit(SubmissionRequest request) {
    SchedulerResources wanted = request.resources();
    if (wanted.nodes() > 1 || !room.holds(wanted)) {
      return new Submission.Refused(
          "no node of allocation %s has %s; ask for more by -j, --limit, or the executor's args"
              .formatted(allocation.id(), text(wanted)));
    }
    List<SchedulerJob> jobs = new ArrayList<>();
    for (int element = 0; element < request.elements(); element++) {
      String id = SlurmSteps.id(allocation.id(), steps.size() + 1);
      SchedulerJob job = new SchedulerJob(id, request.name(), request.log(element));
      Step step = new Step(request, element, job);
      steps.put(job, step);
      waiting.add(step);
      jobs.add(job);
    }
    begin();
    return new Submission.Accepted(List.copyOf(jobs));
  }

  private static String text(SchedulerResources wanted) {
    List<String> parts = new ArrayList<>();
    if (wanted.nodes() > 1) {
      parts.add(wanted.nodes() + " nodes in one");
    }
    parts.add(Amount.count(wanted.cpus(), "cpu"));
    if (wanted.memory() > 0) {
      parts.add(SchedulerResources.mebibytes(wanted.memory()) + " MiB of memory");
    }
    if (wanted.gpus() > 0) {
      parts.add(Amount.count(wanted.gpus(), "gpu"));
    }
    return String.join(", ", parts);
  }

  /** Starts what there is room for. */
  private void begin() {
    room.take(waiting).forEach(this::begin);
  }

  private void begin(Step step, String node) {
    waiting.remove(step);
    step.node = node;
    step.state = new SchedulerState.Running(node);
    try {
      List<String> argv = new ArrayList<>(Allocation.APART);
      argv.addAll(words(step.request, step.name(), node));
      ProcessBuilder srun = new ProcessBuilder(argv).directory(folder.toFile());
      srun.environment().clear();
      srun.environment().putAll(env);
      srun.environment().put(ELEMENT, Integer.toString(step.element));
      srun.redirectErrorStream(true);
      srun.redirectOutput(step.request.log(step.element).toFile());
      step.process = srun.start();
      step.process.getOutputStream().close();
    } catch (IOException e) {
      room.give(node, step.resources());
      step.state = new SchedulerState.Waiting(String.valueOf(e.getMessage()), true);
      return;
    }
    step.process.onExit().thenAcceptAsync(_ -> ended(step)); // never in this turn
  }

  /**
   * A step is given what it asks for and nothing else; without a word on memory it may have all.
   */
  private List<String> words(SubmissionRequest request, String name, String node) {
    SchedulerResources wanted = request.resources();
    long memory = room.countsMemory() ? SchedulerResources.mebibytes(wanted.memory()) : 0;
    List<String> words =
        new ArrayList<>(
            List.of(
                "srun",
                "--jobid=" + allocation.id(),
                "--job-name=" + name,
                "--nodelist=" + node,
                "--nodes=1",
                "--ntasks=1",
                "--cpus-per-task=" + wanted.cpus(),
                "--exact",
                "--mem=" + memory + "M",
                "--input=none",
                "--mpi=none"));
    if (room.hasGpus()) {
      words.add(wanted.gpus() > 0 ? "--gpus=" + wanted.gpus() : "--gres=none");
    }
    words.addAll(List.of("/bin/sh", request.script().toString()));
    return words;
  }

  private synchronized void ended(Step step) {
    room.give(step.node, step.resources());
    step.state = state(step);
    step.process = null;
    boolean never = step.state instanceof SchedulerState.Waiting waits && waits.never();
    if (!never && !(step.state instanceof SchedulerState.Ended)) {
      refused.add(step);
    }
    begin();
  }

  /** What the end of an srun means. */
  private SchedulerState state(Step step) {
    Path log = step.request.log(step.element);
    String text = SlurmWords.tail(log);
    Matcher refused = REFUSED.matcher(text);
    if (step.cancelled || allocation.isOver()) {
      return SlurmWords.end("CANCELLED", "", "", log);
    }
    if (refused.find()) {
      String said = SchedulerWords.line(refused.group());
      if (SchedulerWords.isNoAnswer(new ProgramOutput(1, "", text))) {
        return new SchedulerState.NoAnswer(said);
      }
      step.refusals++;
      return new SchedulerState.Waiting(said, step.refusals > AGAIN);
    }
    return NODE.matcher(text).find()
        ? SlurmWords.end("NODE_FAIL", "", "", log)
        : SlurmWords.end(SlurmWords.FAILED, "", step.process.exitValue() + ":0", log);
  }

  /** A submission to it has its answer. */
  @Override
  public Submission find(SubmissionRequest request) {
    return outside.find(request);
  }

  /** While Slurm does not answer an srun, nothing is known of any step that has not ended. */
  @Override
  public Map<SchedulerJob, SchedulerState> states(List<SchedulerJob> jobs) {
    Map<SchedulerJob, SchedulerState> states = new LinkedHashMap<>();
    List<SchedulerJob> others = new ArrayList<>();
    SchedulerState silence = null;
    synchronized (this) {
      for (SchedulerJob job : jobs) {
        Step step = steps.get(job);
        if (step == null) {
          others.add(job);
        } else {
          states.put(job, step.state);
          silence = step.state instanceof SchedulerState.NoAnswer ? step.state : silence;
        }
      }
      waiting.addAll(0, refused); // it is asked again when torc asks
      refused.clear();
      begin();
    }
    if (silence != null) {
      SchedulerState none = silence;
      states.replaceAll((_, state) -> state instanceof SchedulerState.Ended ? state : none);
    }
    if (!others.isEmpty()) {
      states.putAll(outside.states(others));
    }
    return states;
  }

  /**
   * A step's script is told to end its job; a step that does not end, and is told again, is killed.
   */
  @Override
  public String cancel(List<SchedulerJob> jobs) {
    List<Step> running = new ArrayList<>();
    List<SchedulerJob> others = new ArrayList<>();
    synchronized (this) {
      for (SchedulerJob job : jobs) {
        Step step = steps.get(job);
        if (step == null) {
          others.add(job);
        } else if (waiting.remove(step) || refused.remove(step)) {
          step.state = SlurmWords.end("CANCELLED", "", "", null);
        } else if (step.runs() && !step.cancelled) {
          step.cancelled = true;
          step.told = System.nanoTime();
          running.add(step);
        } else if (step.runs() && System.nanoTime() - step.told > STUBBORN) {
          kill(step);
        }
      }
      begin();
    }
    if (!running.isEmpty()) {
      terminate(running);
    }
    return others.isEmpty() ? "" : outside.cancel(others);
  }

  /** Sends TERM to steps, by their names; where Slurm does not do it, their srun kills them. */
  private void terminate(List<Step> running) {
    Map<String, String> ids =
        SlurmSteps.of(asking, running.stream().map(step -> step.job).toList()).ids();
    List<String> words = new ArrayList<>(List.of("scancel", "--signal=TERM"));
    for (Step step : running) {
      String id = ids.get(step.name());
      if (id == null) {
        kill(step); // it is not there yet
      } else {
        words.add(id);
      }
    }
    if (words.size() > 2 && !Slurm.isDone(Slurm.ask(asking, words))) {
      running.forEach(this::kill);
    }
  }

  private synchronized void kill(Step step) {
    if (step.process != null) {
      step.process.destroy(); // what its srun makes of that is KILL
    }
  }

  @Override
  public boolean outlives(SchedulerJob job) {
    return outside.outlives(job) && !SlurmSteps.isStep(job);
  }

  @Override
  public int largestArray() {
    return LARGEST;
  }

  @Override
  public String elementVariable() {
    return ELEMENT;
  }
}
