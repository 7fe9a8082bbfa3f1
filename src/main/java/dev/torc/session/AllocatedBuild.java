package dev.torc.session;

import dev.torc.cluster.Allocation;
import dev.torc.cluster.BatchFolder;
import dev.torc.cluster.BatchTracker;
import dev.torc.cluster.ClaimOwner;
import dev.torc.cluster.EarlierJob;
import dev.torc.cluster.HandedOutAttempt;
import dev.torc.cluster.RemoteAttempt;
import dev.torc.cluster.RemoteListener;
import dev.torc.cluster.Scheduler;
import dev.torc.cluster.Scheduler.SchedulerJob;
import dev.torc.cluster.Scheduler.SchedulerState;
import dev.torc.cluster.SchedulerAccess;
import dev.torc.cluster.SchedulerResources;
import dev.torc.cluster.SchedulerSettings;
import dev.torc.engine.ResourceDemand;
import dev.torc.local.Launch;
import dev.torc.local.ProcessEnd;
import dev.torc.plan.Plan;
import dev.torc.plan.Verdict;
import dev.torc.posix.FileTree;
import dev.torc.posix.Io;
import dev.torc.posix.Kill;
import dev.torc.posix.OpenFileLock;
import dev.torc.posix.OpenFileLock.Unlockable;
import dev.torc.posix.OwnFile;
import dev.torc.posix.RandomId;
import dev.torc.posix.Signals;
import dev.torc.records.CachePlace;
import dev.torc.syntax.BadInput;
import dev.torc.syntax.Place;
import dev.torc.syntax.Sizes;
import dev.torc.text.Refusal;
import dev.torc.workflow.Job;
import dev.torc.workflow.Resources;
import dev.torc.workflow.Workflow.Executor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * A build in one allocation of Slurm: torc hands itself out, as it does any attempt of a job, and
 * shows what the torc on the first node of the allocation says, until that ends. The build itself
 * is a {@link BuildSession} there; which of its jobs go to the other nodes is the engine's.
 */
public final class AllocatedBuild {

  /** The executor whose settings say how Slurm is asked. */
  static final String EXECUTOR = "slurm";

  /** Names the variable that tells a torc that it is the one in the allocation. */
  static final String VARIABLE = "TORC_ALLOCATION";

  private static final String NAME = "torc slurm";
  private static final String INPUT = ".out.in"; // locked as long as its caller lives
  private static final String OUTPUT = ".out";
  private static final String LOG = ".log";
  private static final long LOOK = 100_000_000; // ns
  private static final long MEBIBYTE = 1 << 20;
  private static final long OWN = 256 * MEBIBYTE; // what torc itself takes

  private final Caller caller;
  private final Project project;
  private final Plan plan;
  private final BuildRequest request;
  private final Consumer<String> say;
  private final String id = RandomId.next();
  private final Path folder;
  private final ClaimOwner me;
  private final Path output; // what it writes to standard output there
  private final Path log; // and to standard error
  private final AtomicInteger ends = new AtomicInteger(); // how often it was told to end
  private final CompletableFuture<ProcessEnd> end = new CompletableFuture<>();
  private volatile String allocation = "";
  private volatile List<HandedOutAttempt> left = List.of();

  /**
   * @param say takes lines that tell of the allocation
   */
  private AllocatedBuild(
      Caller caller, Project project, Plan plan, BuildRequest request, Consumer<String> say) {
    this.caller = caller;
    this.project = project;
    this.plan = plan;
    this.request = request;
    this.say = say;
    this.folder = project.place().folder().resolve(EXECUTOR);
    this.output = folder.resolve(id + OUTPUT);
    this.log = folder.resolve(id + LOG);
    this.me = OutJobs.owner(caller, id);
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
   * The caller with the nodes of the allocation in which this torc was started for it; null for a
   * torc that is to ask for one.
   *
   * @param say takes a line that tells of the nodes
   */
  public static Caller inside(Caller caller, Consumer<String> say) throws IOException {
    if (!caller.env().containsKey(VARIABLE)) {
      return null;
    }
    Allocation allocation = Allocation.of(caller.env());
    say.accept(allocation.text());
    return new Caller(caller.env(), caller.cwd(), caller.host().in(allocation));
  }

  /**
   * A build that is to be run in an allocation; null where nothing has to run, so that none is
   * needed.
   *
   * @param options as {@link #options} has them
   * @throws BadInput where the build would be refused
   */
  public static AllocatedBuild of(
      Caller caller, ProjectOptions options, BuildRequest request, Consumer<String> say)
      throws IOException {
    if (request.submit()) {
      throw usage("torc slurm waits for its jobs: leave out --submit, or use torc --on slurm");
    }
    Project project = Project.load(caller, options);
    Plan plan = BuildSession.of(project, request).forecast(_ -> {}); // the build says it again
    AllocatedBuild build = new AllocatedBuild(caller, project, plan, request, say);
    for (Job job : build.toRun()) {
      if (job.interactive()) {
        String line = "job %s is interactive, and torc slurm has no terminal: build it first";
        throw usage(line.formatted(job.name()));
      }
    }
    return plan.isQuiet() ? null : build;
  }

  private List<Job> toRun() {
    return plan.selected().stream()
        .filter(job -> !(plan.verdict(job) instanceof Verdict.UpToDate))
        .mapToObj(plan.context().graph()::job)
        .toList();
  }

  /**
   * Asks for the allocation, waits until the build in it has ended, and returns its exit status.
   * Signals end it.
   *
   * @param words of the command line
   * @param dir the folder in which they mean what they say
   * @param out takes what it writes to standard output
   * @param err likewise
   * @throws IOException where there is no allocation
   */
  public int run(List<String> words, Path dir, Io.Take<InputStream> out, Io.Take<InputStream> err)
      throws IOException {
    Path scripts = folder.resolve(EXECUTOR);
    SchedulerSettings settings = settings();
    Scheduler slurm = Scheduler.of(settings, scripts, caller.env());
    tidy(project.place(), me, slurm, say);
    project.place().makeFolders(scripts);
    byte[] text = project.options().input();
    OpenFileLock lives = lock(folder.resolve(id + INPUT));
    OwnFile.write(folder.resolve(id + INPUT), text == null ? new byte[0] : text);
    Shown shownOut = new Shown(output, out);
    Shown shownErr = new Shown(log, err);
    try (lives;
        Signals signals = new Signals();
        BatchTracker tracker =
            BatchTracker.start(
                new SchedulerAccess(slurm, settings, scripts, me, (_, _) -> {}, say));
        Signals.Work _ = signals.during(_ -> end(tracker))) {
      tracker.add(attempt(words, dir), new Listener());
      try {
        for (boolean over = false; !over; ) {
          LockSupport.parkNanos(LOOK);
          over = end.isDone(); // then a last look
          shownErr.more();
          shownOut.more();
        }
      } catch (IOException e) { // nothing reads it any more
        end(tracker);
        throw e;
      } finally {
        end.join();
        tracker.forget(left);
      }
      return status(end.join(), signals.last());
    } finally {
      remove(folder, id);
      tidy(project.place(), me, null, say);
    }
  }

  /** Null where there are no locks; held by another only while that takes the file away. */
  private static OpenFileLock lock(Path file) throws IOException {
    try {
      Optional<OpenFileLock> lock = OpenFileLock.flock(file);
      for (; lock.isEmpty(); lock = OpenFileLock.flock(file)) {
        LockSupport.parkNanos(LOOK);
      }
      return lock.get();
    } catch (Unlockable e) {
      return null;
    }
  }

  private static void remove(Path folder, String id) throws IOException {
    for (String ending : List.of(OUTPUT, LOG, INPUT)) {
      OwnFile.remove(folder.resolve(id + ending));
    }
  }

  /**
   * Takes away what killed callers left, where the builds that they asked for are over.
   *
   * @param slurm is asked for those of which no script tells an end; null for no question
   * @param warn takes lines for people
   */
  static void tidy(CachePlace place, ClaimOwner me, Scheduler slurm, Consumer<String> warn) {
    Path folder = place.folder().resolve(EXECUTOR);
    if (!Files.isDirectory(folder)) {
      return;
    }
    try {
      boolean alone = true;
      for (Path file : FileTree.entries(folder)) {
        String name = file.getFileName().toString();
        if (name.endsWith(INPUT)) {
          String id = name.substring(0, name.length() - INPUT.length());
          try (OpenFileLock dead = OpenFileLock.flock(file).orElse(null)) {
            alone &= dead != null;
            if (dead != null && isOver(folder, id, me, slurm)) {
              remove(folder, id);
            }
          }
        }
      }
      if (alone) { // else a script may be on its way to the disk
        BatchFolder.tidy(folder);
      }
    } catch (Unlockable e) {
      return; // whether its caller lives is not known there
    } catch (IOException e) {
      warn.accept("cannot take away what is of no use any more: " + Refusal.line(e));
    }
  }

  /** Whether a build is over; then its script is of no use any more. */
  private static boolean isOver(Path folder, String id, ClaimOwner me, Scheduler slurm)
      throws IOException {
    for (EarlierJob each : EarlierJob.all(folder)) {
      HandedOutAttempt place = each.place();
      if (place.key().build().equals(id)) {
        if (!place.isOver(me) && (slurm == null || !isOver(slurm, each))) {
          return false;
        }
        place.folder().forget(place.claim(), me);
      }
    }
    return true;
  }

  private static boolean isOver(Scheduler slurm, EarlierJob job) {
    String name = job.place().folder().path().getFileName().toString();
    SchedulerJob asked = new SchedulerJob(job.id(), name, null);
    SchedulerState state = slurm.states(List.of(asked)).get(asked);
    return state.isEnd() || state.is(SchedulerState.Kind.GONE);
  }

  private void end(BatchTracker tracker) {
    if (ends.getAndIncrement() == 0) {
      tracker.end();
    } else {
      tracker.leave(true); // Slurm was told, and ends it without torc
    }
  }

  /** The executor's settings with what this allocation asks for; the user's options go last. */
  private SchedulerSettings settings() {
    SchedulerSettings given = plan.context().graph().workflow().executor(EXECUTOR).settings();
    SchedulerResources each = each();
    Map<String, String> limits = request.limits();
    List<String> args = new ArrayList<>();
    int tasks = 1;
    if (limits.containsKey(ResourceDemand.CPUS)) {
      tasks = Math.ceilDiv(whole(limits.get(ResourceDemand.CPUS)), each.cpus());
      args.add("--ntasks=" + tasks);
    }
    String memory = limits.get(ResourceDemand.MEMORY);
    long bytes = memory == null ? tasks * each.memory() : Sizes.parse(memory);
    if (bytes > 0 && given.args().stream().noneMatch(arg -> arg.startsWith("--mem"))) {
      long part = Math.ceilDiv(bytes + OWN, (long) tasks * each.cpus());
      args.add("--mem-per-cpu=" + Math.ceilDiv(part, MEBIBYTE) + "M");
    }
    if (given.maxRuntime() > 0) {
      args.add("--time=" + Math.ceilDiv(given.maxRuntime(), TimeUnit.MINUTES.toNanos(1)));
    }
    args.addAll(given.args());
    return new SchedulerSettings(
        EXECUTOR,
        given.before(),
        given.account(),
        given.partition(),
        args,
        1,
        0,
        0,
        given.latency(),
        null);
  }

  /** What any of the jobs that may run finds room in, and all GPUs. */
  private SchedulerResources each() {
    int cpus = 1;
    long memory = 0;
    int gpus = 0;
    long disk = 0;
    for (Job job : toRun()) {
      Resources own = job.resources();
      cpus = Math.max(cpus, own.cpus());
      memory = Math.max(memory, own.memory());
      gpus = Math.max(gpus, own.gpus());
      disk = Math.max(disk, own.disk());
    }
    String all = request.limits().get(ResourceDemand.GPUS);
    return new SchedulerResources(cpus, memory, all == null ? gpus : whole(all), 1, disk, 0);
  }

  /** A number that was checked before; of a larger one than Slurm takes, the largest int. */
  private static int whole(String number) {
    return (int) Math.min(Integer.MAX_VALUE, Long.parseLong(number));
  }

  private RemoteAttempt attempt(List<String> words, Path dir) throws IOException {
    List<String> argv = new ArrayList<>(List.of("/bin/sh", "-c", "exec \"$@\" >\"$0\" <\"$0.in\""));
    argv.add(output.toString());
    argv.add(InstalledTorc.program().toString());
    argv.addAll(words);
    Map<String, String> env = new HashMap<>(Map.of(VARIABLE, id));
    env.put("MAKEFLAGS", null); // its jobserver is on this machine
    Launch.Step step = new Launch.Step(argv, dir, env);
    return new RemoteAttempt(
        new RemoteAttempt.RemoteKey(NAME, id, 1, "-", "-", ""),
        new Launch(List.of(step), log, false, false, 0, 0, Map.of()),
        0,
        List.of(),
        List.of(),
        each().withoutMemory());
  }

  private int status(ProcessEnd how, int signal) throws IOException {
    return switch (how.how()) {
      case EXITED -> how.code();
      case SIGNALED -> Exit.signal(how.code());
      case INTERRUPTED, LEFT, NOT_REACHED -> Exit.signal(signal);
      case NOT_STARTED ->
          throw new IOException(
              "slurm gives no allocation: " + how.message().replaceFirst("^slurm: ", ""));
      default -> {
        say.accept("allocation " + allocation + " is over: " + how.message());
        yield Exit.signal(Kill.TERM);
      }
    };
  }

  /** What a file has that grows on another machine. */
  private static final class Shown {
    private final Path file;
    private final Io.Take<InputStream> to;
    private long shown;

    Shown(Path file, Io.Take<InputStream> to) {
      this.file = file;
      this.to = to;
    }

    void more() throws IOException {
      if (Files.exists(file)) {
        try (FileChannel in = OwnFile.channel(file)) {
          if (in.size() != shown) {
            in.position(in.size() < shown ? 0 : shown); // less: it was begun anew
            to.take(Channels.newInputStream(in));
            shown = in.position();
          }
        }
      }
    }
  }

  /** Is told what becomes of the allocation. */
  private final class Listener implements RemoteListener {

    @Override
    public void submitted(String as) {
      allocation = as;
      say.accept("waiting for an allocation, job " + as + " of Slurm");
    }

    @Override
    public void ended(ProcessEnd how, List<HandedOutAttempt> places) {
      left = places;
      end.complete(how);
    }
  }
}
