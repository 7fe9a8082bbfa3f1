package dev.torc.session;

import dev.torc.cluster.Allocation;
import dev.torc.cluster.SchedulerResources;
import dev.torc.cluster.SchedulerSettings;
import dev.torc.engine.ResourceDemand;
import dev.torc.plan.Plan;
import dev.torc.plan.Verdict;
import dev.torc.posix.Kill;
import dev.torc.posix.RandomId;
import dev.torc.records.BuildLock;
import dev.torc.records.CachePlace;
import dev.torc.syntax.BadInput;
import dev.torc.syntax.Place;
import dev.torc.syntax.Sizes;
import dev.torc.workflow.Executor;
import dev.torc.workflow.Resources;
import java.io.IOException;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The nodes for a build all of whose jobs run in one allocation of Slurm: how much is asked for,
 * and that the allocation's end is one of the build. The build itself is a {@link BuildSession}.
 */
public final class AllocatedBuild implements AutoCloseable {

  /** The executor whose settings say how Slurm is asked. */
  static final String EXECUTOR = "slurm";

  private final Allocation allocation; // null where nothing has to run

  private AllocatedBuild(Allocation allocation) {
    this.allocation = allocation;
  }

  /**
   * The same project with all jobs on the nodes that Slurm gives.
   *
   * @throws BadInput where another executor is named, or there is none that speaks to Slurm
   */
  public static ProjectOptions options(Caller caller, ProjectOptions given) throws IOException {
    if (given.executor() != null && !given.executor().equals(EXECUTOR)) {
      throw usage(
          "torc slurm runs all jobs in one allocation: leave out --on "
              + given.executor()
              + ", or use torc build");
    }
    Executor executor = Project.load(caller, on(null, given)).workflow().executor(EXECUTOR);
    if (executor == null) {
      throw usage(
          "torc slurm goes by the executor slurm, and there is none; describe it in the build file:"
              + " executors: { slurm: { kind: slurm } }");
    }
    if (!executor.settings().isSlurm()) {
      throw new BadInput(
          executor.place(),
          "torc slurm goes by the executor slurm, which is of kind commands; make it kind: slurm");
    }
    return on(EXECUTOR, given);
  }

  private static BadInput usage(String message) {
    return new BadInput(Place.NONE, message);
  }

  private static ProjectOptions on(String executor, ProjectOptions given) {
    return new ProjectOptions(
        given.files(),
        given.site(),
        given.input(),
        given.variables(),
        given.containers(),
        executor,
        given.restores(),
        given.keepsFailed());
  }

  /**
   * Asks for the nodes that a build wants, and waits until they are there; where nothing has to run
   * it asks for none. Other builds wait meanwhile. When Slurm takes them back, this process gets
   * SIGTERM.
   *
   * @param options with the executor, as {@link #options} has them
   * @param say takes lines that tell of the allocation
   * @return null where another build has the lock and this one may not wait
   * @throws BadInput where the build would be refused
   * @throws IOException where there is no allocation
   */
  public static AllocatedBuild ask(
      Caller caller, ProjectOptions options, BuildRequest request, Consumer<String> say)
      throws IOException {
    if (request.submit()) {
      throw usage("torc slurm waits for its jobs: leave out --submit, or use torc --on slurm");
    }
    if (plan(caller, options, request).isQuiet()) {
      return new AllocatedBuild(null);
    }
    CachePlace place = Project.load(caller, options).place();
    try (BuildLock lock =
        WriteSession.lock(caller, place, RandomId.next(), "torc slurm", request.lock(), say)) {
      // Held until they are there, so that they do not lie idle while others build.
      return lock == null ? null : askAlone(caller, options, request, say);
    }
  }

  private static Plan plan(Caller caller, ProjectOptions options, BuildRequest request)
      throws IOException {
    Project project = Project.load(caller, options);
    return BuildSession.of(project, request).forecast(_ -> {}); // the build says it again
  }

  private static AllocatedBuild askAlone(
      Caller caller, ProjectOptions options, BuildRequest request, Consumer<String> say)
      throws IOException {
    Plan plan = plan(caller, options, request);
    if (plan.isQuiet()) { // another build was at work
      return new AllocatedBuild(null);
    }
    SchedulerSettings settings = plan.context().graph().workflow().executor(EXECUTOR).settings();
    Map<String, String> limits = request.limits();
    SchedulerResources most = most(plan, settings.maxRuntime());
    int tasks = 0;
    if (limits.containsKey(ResourceDemand.CPUS)) {
      tasks = Math.ceilDiv(whole(limits.get(ResourceDemand.CPUS)), most.cpus());
    }
    Allocation allocation =
        Allocation.ask(settings, limited(most, tasks, limits), tasks, caller.env(), say);
    say.accept("allocation " + allocation.id() + ": " + allocation.text());
    allocation.whenOver(
        said -> {
          say.accept("allocation " + allocation.id() + " is over: " + said);
          Kill.process((int) ProcessHandle.current().pid(), Kill.TERM);
        });
    return new AllocatedBuild(allocation);
  }

  /** What any of the jobs that may run finds room in. */
  private static SchedulerResources most(Plan plan, long runtime) {
    int cpus = 1;
    long memory = 0;
    int gpus = 0;
    long disk = 0;
    for (int job : plan.selected().stream().toArray()) {
      if (!(plan.verdict(job) instanceof Verdict.UpToDate)) {
        Resources each = plan.context().graph().job(job).resources();
        cpus = Math.max(cpus, each.cpus());
        memory = Math.max(memory, each.memory());
        gpus = Math.max(gpus, each.gpus());
        disk = Math.max(disk, each.disk());
      }
    }
    return new SchedulerResources(cpus, memory, gpus, 1, disk, runtime);
  }

  /** What the command line says of all jobs together goes before what one of them takes. */
  private static SchedulerResources limited(
      SchedulerResources most, int tasks, Map<String, String> limits) {
    String memory = limits.get(ResourceDemand.MEMORY);
    String gpus = limits.get(ResourceDemand.GPUS);
    return new SchedulerResources(
        most.cpus(),
        memory == null ? most.memory() : Math.ceilDiv(Sizes.parse(memory), Math.max(1, tasks)),
        gpus == null ? most.gpus() : whole(gpus),
        1,
        most.disk(),
        most.runtime());
  }

  /** A number that was found to be one; what is too much for Slurm is, whatever it is. */
  private static int whole(String number) {
    return (int) Math.min(Integer.MAX_VALUE, Long.parseLong(number));
  }

  /** The caller, for the build. */
  public Caller caller(Caller asked) {
    return allocation == null
        ? asked
        : new Caller(asked.env(), asked.cwd(), asked.host().in(allocation));
  }

  /** Gives the nodes back. */
  @Override
  public void close() throws IOException {
    if (allocation != null) {
      allocation.close();
    }
  }
}
