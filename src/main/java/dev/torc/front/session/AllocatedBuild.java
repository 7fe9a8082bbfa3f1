package dev.torc.front.session;

import dev.torc.base.machine.InstalledTorc;
import dev.torc.base.posix.Io;
import dev.torc.base.posix.Kill;
import dev.torc.base.posix.OpenFileLock;
import dev.torc.base.posix.RandomId;
import dev.torc.base.posix.Signals;
import dev.torc.base.posix.Stop;
import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.Quantity;
import dev.torc.core.decide.Plan;
import dev.torc.core.decide.Verdict;
import dev.torc.core.here.Launch;
import dev.torc.core.here.ProcessEnd;
import dev.torc.core.here.Runner;
import dev.torc.core.model.Job;
import dev.torc.core.model.Job.Resources;
import dev.torc.core.model.Job.Trait;
import dev.torc.core.model.SchedulerSettings;
import dev.torc.core.model.SchedulerSettings.BatchBounds;
import dev.torc.core.model.SchedulerSettings.SbatchOptions;
import dev.torc.core.model.Workflow.Executor;
import dev.torc.features.clusters.Allocation;
import dev.torc.features.clusters.BatchTracker;
import dev.torc.features.clusters.BatchTracker.SchedulerAccess;
import dev.torc.features.clusters.ClaimOwner;
import dev.torc.features.clusters.EarlierJob;
import dev.torc.features.clusters.RemoteAttempt;
import dev.torc.features.clusters.RemoteAttempt.HandedOutAttempt;
import dev.torc.features.clusters.RemoteAttempt.RemoteFolders;
import dev.torc.features.clusters.RemoteAttempt.RemoteKey;
import dev.torc.features.clusters.RemoteAttempt.RemoteListener;
import dev.torc.features.clusters.Remotes;
import dev.torc.features.clusters.Scheduler;
import dev.torc.features.clusters.Scheduler.SchedulerResources;
import dev.torc.front.project.BuildRequest;
import dev.torc.front.project.Caller;
import dev.torc.front.project.Project;
import dev.torc.front.project.ProjectOptions;
import dev.torc.front.session.AllocationFiles.Shown;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Runs a build in one Slurm allocation: submits another torc as it would submit a job, and shows
 * that torc's output until it ends. The other torc runs on the first node and uses {@link
 * BuildSession}; the engine decides which jobs run on the other nodes.
 */
public record AllocatedBuild(
    Caller caller, Project project, Plan plan, BuildRequest request, Consumer<String> say) {

  private static final String NAME = "torc slurm";
  private static final long LOOK = 100_000_000; // ns
  private static final long MEBIBYTE = 1 << 20;
  private static final long OWN_END = 20_000_000_000L; // ns that torc needs to end
  private static final long OWN = 256 * MEBIBYTE; // bytes that torc needs

  /**
   * Returns the options that run all jobs on the nodes that Slurm gives. Refuses options with
   * another executor, and an executor {@code slurm} that is not Slurm.
   */
  public static ProjectOptions options(Caller caller, ProjectOptions given) throws IOException {
    if (given.executor() != null && !given.executor().equals(AllocationFiles.EXECUTOR)) {
      throw new BadInput(
          "torc slurm runs all jobs in one allocation: leave out --on "
              + given.executor()
              + ", or use torc build");
    }
    Executor executor =
        Project.load(caller, given.on(null)).workflow().executor(AllocationFiles.EXECUTOR);
    if (executor == null) {
      throw new BadInput(
          "torc slurm needs an executor named slurm; describe it in the build file:"
              + " executors: { slurm: { kind: slurm } }");
    }
    if (!executor.settings().isSlurm()) {
      throw new BadInput(
          executor.place(),
          "torc slurm needs an executor of kind slurm, but slurm is of kind commands;"
              + " set kind: slurm");
    }
    return given.on(AllocationFiles.EXECUTOR);
  }

  /** Returns the caller with its allocation's nodes; null if torc was not started in one. */
  public static Caller inside(Caller caller, Consumer<String> say) throws IOException {
    if (!caller.env().containsKey(AllocationFiles.VARIABLE)) {
      return null;
    }
    Allocation allocation = Allocation.of(caller.env());
    say.accept(allocation.text());
    return new Caller(
        caller.env(), caller.cwd(), caller.host().in(allocation), caller.given(), caller.hidden());
  }

  /**
   * Plans a build in an allocation; returns null if nothing has to run. Refuses what the build
   * would refuse. The options come from {@link #options}.
   */
  public static AllocatedBuild of(
      Caller caller, ProjectOptions options, BuildRequest request, Consumer<String> say)
      throws IOException {
    if (request.manner().submit()) {
      throw new BadInput(
          "torc slurm waits for its jobs: leave out --submit, or use torc --on slurm");
    }
    Project project = Project.load(caller, options);
    Plan plan =
        BuildSession.of(project, request)
            .forecast(false, _ -> {}); // the build will report warnings
    AllocatedBuild build = new AllocatedBuild(caller, project, plan, request, say);
    for (Job job : build.toRun()) {
      if (job.has(Trait.INTERACTIVE)) {
        String line = "job %s is interactive, and torc slurm has no terminal: build it first";
        throw new BadInput(line.formatted(job.name()));
      }
    }
    return plan.isQuiet() ? null : build;
  }

  private List<Job> toRun() {
    return plan.selected(verdict -> !(verdict instanceof Verdict.UpToDate)).stream()
        .mapToObj(plan.context().graph()::job)
        .toList();
  }

  /**
   * Asks for the allocation, waits until the build in it has ended, and returns the build's exit
   * status. Signals end the build.
   *
   * @param words the command line, whose relative paths belong to {@code dir}
   * @param out takes the build's standard output
   * @param err takes the build's standard error
   * @throws IOException if Slurm gives no allocation
   */
  public int run(List<String> words, Path dir, Io.Take<InputStream> out, Io.Take<InputStream> err)
      throws IOException {
    String id = RandomId.next();
    AllocationFiles files = AllocationFiles.of(project.place(), id);
    ClaimOwner me = caller.owner(id);
    SchedulerSettings settings = settings();
    Scheduler slurm = Remotes.scheduler(settings, files.scripts(), caller.env());
    Predicate<EarlierJob> over = AllocationFiles.hasEnded(slurm);
    AllocationFiles.tidy(project.place(), me, over, say);
    project.place().makeFolders(files.scripts());
    try (OpenFileLock _ = files.begin(project.options().named().input());
        Signals signals = caller.host().process().signals();
        BatchTracker tracker =
            BatchTracker.start(
                new SchedulerAccess(
                    slurm, settings, dir, files.scripts(), me, (_, _) -> {}, say))) {
      Waiting waiting = new Waiting(tracker);
      try (Signals.Handling _ = signals.during(waiting::stop)) {
        tracker.add(attempt(files, words, dir), waiting);
        waiting.show(List.of(new Shown(files.log(), err), new Shown(files.output(), out)));
        return status(waiting, signals.last());
      }
    } finally {
      files.remove();
      AllocationFiles.tidy(project.place(), me, over, say);
    }
  }

  /**
   * Returns the executor's settings with the requests for this allocation. The user's arguments
   * come last, so that they win.
   */
  private SchedulerSettings settings() {
    SchedulerSettings given =
        plan.context().graph().workflow().executor(AllocationFiles.EXECUTOR).settings();
    SchedulerResources each = largest();
    Map<String, String> limits = request.limits();
    List<String> args = new ArrayList<>();
    int tasks = 1;
    if (limits.containsKey(Resources.CPUS)) {
      tasks = Math.ceilDiv(number(limits.get(Resources.CPUS)), each.cpus());
      args.add("--ntasks=" + tasks);
    }
    String memory = limits.get(Resources.MEMORY);
    long bytes = memory == null ? tasks * each.memory() : Quantity.size(memory);
    if (bytes > 0 && given.sbatch().args().stream().noneMatch(arg -> arg.startsWith("--mem"))) {
      long part = Math.ceilDiv(bytes + OWN, (long) tasks * each.cpus());
      args.add("--mem-per-cpu=" + Math.ceilDiv(part, MEBIBYTE) + "M");
    }
    long time = given.bounds().maxRuntime();
    if (time > 0) {
      args.add("--time=" + Math.ceilDiv(time, TimeUnit.MINUTES.toNanos(1)));
    }
    args.addAll(given.sbatch().args());
    SbatchOptions old = given.sbatch();
    SbatchOptions sbatch = new SbatchOptions(old.account(), old.partition(), args, old.shards());
    BatchBounds bounds = new BatchBounds(1, 0, 0);
    String name = AllocationFiles.EXECUTOR;
    return new SchedulerSettings(
        name, given.jobName(), given.before(), sbatch, bounds, given.latency(), null);
  }

  /**
   * Returns, for each resource, the largest amount that a job asks for; for GPUs, the limit on the
   * command line if there is one.
   */
  private SchedulerResources largest() {
    List<Resources> each = toRun().stream().map(job -> job.runs().resources()).toList();
    int cpus = each.stream().mapToInt(Resources::cpus).max().orElse(1);
    long memory = each.stream().mapToLong(Resources::memory).max().orElse(0);
    int gpus = each.stream().mapToInt(Resources::gpus).max().orElse(0);
    long disk = each.stream().mapToLong(Resources::disk).max().orElse(0);
    String all = request.limits().get(Resources.GPUS);
    return new SchedulerResources(cpus, memory, all == null ? gpus : number(all), 0, 1, disk, 0);
  }

  /** Parses a number that is known to be valid; a larger one becomes the largest int. */
  private static int number(String number) {
    return (int) Math.min(Integer.MAX_VALUE, Long.parseLong(number));
  }

  private RemoteAttempt attempt(AllocationFiles files, List<String> words, Path dir)
      throws IOException {
    List<String> argv = new ArrayList<>(List.of("/bin/sh", "-c", "exec \"$@\" >\"$0\" <\"$0.in\""));
    argv.add(files.output().toString());
    argv.add(InstalledTorc.program().toString());
    argv.addAll(words);
    Map<String, String> env = new HashMap<>(Map.of(AllocationFiles.VARIABLE, files.id()));
    env.put("MAKEFLAGS", null); // make's jobserver is on this machine
    Launch.Step step = new Launch.Step(argv, dir, env);
    RemoteKey key = new RemoteKey(NAME, files.id(), 1, "-", "-", "");
    Launch launch = new Launch(List.of(step), Launch.Output.of(files.log()), 0, 0, Map.of());
    SchedulerResources asked = largest().withoutMemory();
    RemoteFolders all = new RemoteFolders(Map.of(), null);
    return new RemoteAttempt(key, launch.stopping(stop()), 0, List.of(), List.of(), asked, all);
  }

  /** Returns how to stop the other torc, with the time that its jobs may need to end. */
  private Stop stop() {
    long usual = Runner.GRACE.toNanos();
    long longest =
        toRun().stream().mapToLong(job -> job.runs().stop().grace(usual)).max().orElse(0);
    return new Stop(0, 2 * (longest + OWN_END)); // doubled, since TERM follows after half of it
  }

  private int status(Waiting waiting, int signal) throws IOException {
    ProcessEnd how = waiting.end.join();
    return switch (how.how()) {
      case EXITED -> how.code();
      case SIGNALED -> Exit.signal(how.code());
      case INTERRUPTED, PASSED_ON, NOT_REACHED -> Exit.signal(signal);
      case NOT_STARTED ->
          throw new IOException(
              "slurm gives no allocation: " + how.message().replaceFirst("^slurm: ", ""));
      default -> {
        say.accept("allocation " + waiting.allocation + " is over: " + how.message());
        yield Exit.signal(Kill.TERM);
      }
    };
  }

  /** Waits for the allocation to end; ends it on request. */
  private final class Waiting implements RemoteListener {
    private final BatchTracker tracker;
    private final CompletableFuture<ProcessEnd> end = new CompletableFuture<>();
    private final AtomicInteger stops = new AtomicInteger();
    private volatile String allocation = "";
    private volatile List<HandedOutAttempt> handedOut = List.of();

    Waiting(BatchTracker tracker) {
      this.tracker = tracker;
    }

    /** Shows the build's output until the build ends. */
    void show(List<Shown> files) throws IOException {
      try {
        for (boolean over = false; !over; ) {
          LockSupport.parkNanos(LOOK);
          over = end.isDone(); // if so, read once more
          for (Shown each : files) {
            each.more();
          }
        }
      } catch (IOException e) { // the output has no reader anymore
        stop(Kill.TERM);
        throw e;
      } finally {
        end.join();
        tracker.forget(handedOut);
      }
    }

    void stop(int signal) {
      if (stops.getAndIncrement() == 0) {
        tracker.end(signal == Kill.INT);
      } else {
        tracker.passOn(true); // Slurm knows, and ends the build without torc
      }
    }

    @Override
    public void submitted(String as) {
      allocation = as;
      say.accept("waiting for an allocation, job " + as + " of Slurm");
    }

    @Override
    public void ended(ProcessEnd how, List<HandedOutAttempt> places) {
      handedOut = places;
      end.complete(how);
    }
  }
}
