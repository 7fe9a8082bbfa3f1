package dev.torc.session;

import dev.torc.cluster.Allocation;
import dev.torc.cluster.BatchTracker.SchedulerAccess;
import dev.torc.cluster.ClaimOwner;
import dev.torc.engine.Remotes;
import dev.torc.hash.StampSource;
import dev.torc.hash.StampSource.StampPaths;
import dev.torc.local.Runner;
import dev.torc.machine.Limits;
import dev.torc.machine.MachineFacts;
import dev.torc.posix.CallingProcess;
import dev.torc.posix.SystemName;
import dev.torc.records.BuildRecord;
import dev.torc.records.Cache;
import dev.torc.records.CachePlace;
import dev.torc.records.ThisHost;
import dev.torc.text.Amount;
import dev.torc.workflow.Workflow;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The caller of torc: all that a request depends on and does not say.
 *
 * @param env the caller's environment
 * @param cwd the folder that the caller stands in, absolute
 */
public record Caller(Map<String, String> env, Path cwd, Host host) {

  /** Returns the stamps of the files of a root, if no build file says otherwise. */
  public StampSource stamps(CachePlace place) {
    return stamps(place, StampPaths.NONE);
  }

  /**
   * Returns the stamps of the files of a root, but for torc's own; on a network root each file is
   * opened for its stamp.
   */
  StampSource stamps(CachePlace place, StampPaths paths) {
    StampSource stamps = host.stamps().of(paths);
    return place.isNetworkRoot() ? stamps.opened() : stamps;
  }

  /** Returns where the cache of a root is for this caller. */
  public CachePlace place(Path root) {
    return CachePlace.find(root, env, host.here());
  }

  /** Returns a build of this process as an owner of claims. */
  ClaimOwner owner(String build) {
    return ClaimOwner.here(build, env, host.here().boot());
  }

  /**
   * Returns the schedulers of a build or of a command; see {@link Remotes}.
   *
   * @param workflow null where the build file is refused
   * @param build the id of this build or command
   */
  public Remotes remotes(
      CachePlace place,
      Workflow workflow,
      String build,
      SchedulerAccess.Marks marks,
      Consumer<String> warn)
      throws IOException {
    return new Remotes(env, host.allocation(), owner(build), place, workflow, marks, warn);
  }

  /**
   * The machine as a session uses it. Tests replace its parts: by stamps that they choose, jobs
   * that are no processes, a cache that dies.
   *
   * @param stamps where the stamps of files come from
   * @param limits what the machine has; asked only before something runs
   * @param runner what runs jobs; each build opens one
   * @param threads the threads of attempts; each build opens a pool
   * @param cache opens the cache for work, as {@link Cache#open} does
   * @param here what tells this machine from others that share a root
   * @param allocation the nodes on which jobs of {@code slurm} run, this one the first; null where
   *     they are submitted
   * @param process the process that called torc
   */
  public record Host(
      StampSource stamps,
      Supplier<Limits> limits,
      Supplier<Runner> runner,
      Supplier<ExecutorService> threads,
      BiFunction<CachePlace, Consumer<String>, Cache> cache,
      ThisHost here,
      Allocation allocation,
      CallingProcess process) {

    /** Returns this machine as the first node of an allocation. */
    Host in(Allocation given) {
      Allocation.Node node = given.nodes().getFirst();
      Supplier<Limits> own = () -> limits.get().within(node.cpus(), node.memory(), node.gpus());
      return new Host(stamps, own, runner, threads, cache, here, given, process);
    }

    /** Returns the machine itself, for a caller with this environment. */
    public static Host of(Map<String, String> env) {
      return of(env, CallingProcess.own());
    }

    /**
     * Returns the machine itself.
     *
     * @param env names and values that torc goes by; jobs get the environment of the process
     */
    public static Host of(Map<String, String> env, CallingProcess process) {
      return new Host(
          StampSource.of(FileSystems.getDefault()),
          () -> Limits.here(env),
          () -> Runner.local(process.environment(), Runner.GRACE),
          Executors::newCachedThreadPool,
          Cache::open,
          ThisHost.system(),
          null,
          process);
    }
  }

  /**
   * The machine on which torc ran a build, in words. A build records what costs nothing to find
   * out; what OSHI knows beside it is told only if this is that machine.
   */
  public static final class BuildMachine {

    private final String here;
    private String more;

    /** Describes this host as the records of its builds do. */
    public BuildMachine(Host host) {
      this.here = here(host, host.limits().get());
    }

    /** Returns {@code login1: Linux x86_64 glibc 2.36, 2 cpus, 7.8 GiB of memory}. */
    static String here(Host host, Limits limits) {
      String cpus = Amount.count(limits.cpus(), "cpu");
      String memory = Amount.size(limits.memory()) + " of memory";
      return host.here().name() + ": " + SystemName.here() + ", " + cpus + ", " + memory;
    }

    /** Returns the machine of a build; null if it is not on record. */
    public String of(BuildRecord build) {
      if (!here.equals(build.machine())) {
        return build.machine();
      }
      if (more == null) {
        more = MachineFacts.here().map(MachineFacts::words).orElse("");
      }
      return here + more;
    }
  }
}
