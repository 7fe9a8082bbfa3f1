package dev.torc.front.project;

import dev.torc.base.digests.StampSource;
import dev.torc.base.digests.StampSource.StampPaths;
import dev.torc.base.machine.Limits;
import dev.torc.base.machine.MachineFacts;
import dev.torc.base.posix.CallingProcess;
import dev.torc.base.posix.SystemName;
import dev.torc.base.syntax.Hidden;
import dev.torc.base.text.Amount;
import dev.torc.core.here.LocalRunner;
import dev.torc.core.here.Runner;
import dev.torc.core.manifest.GivenArguments;
import dev.torc.core.memory.BuildRecord;
import dev.torc.core.memory.Cache;
import dev.torc.core.memory.CachePlace;
import dev.torc.core.memory.ThisHost;
import dev.torc.core.model.Workflow;
import dev.torc.features.clusters.Allocation;
import dev.torc.features.clusters.BatchTracker.SchedulerAccess;
import dev.torc.features.clusters.ClaimOwner;
import dev.torc.features.clusters.Remotes;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The surroundings that a request depends on. The folder {@code cwd} is absolute.
 *
 * @param given arguments behind {@code --} by the names of their variables
 * @param hidden what nothing that the call writes may show
 */
public record Caller(
    Map<String, String> env, Path cwd, Host host, Map<String, String> given, Hidden hidden) {

  public Caller(Map<String, String> env, Path cwd, Host host) {
    this(env, cwd, host, Map.of(), new Hidden());
  }

  /** Returns the variables that jobs may read, with the {@link GivenArguments} of some. */
  public Map<String, String> variables() {
    if (given.isEmpty()) {
      return env;
    }
    Map<String, String> all = new HashMap<>(env);
    all.putAll(given);
    return all;
  }

  /** Returns the source of stamps for a root, without the rules of its build file. */
  public StampSource stamps(CachePlace place) {
    return stamps(place, StampPaths.NONE);
  }

  /** Returns the source of stamps for a root, with {@code paths} as its build file's rules. */
  StampSource stamps(CachePlace place, StampPaths paths) {
    StampSource stamps = host.stamps().of(paths);
    return place.isNetworkRoot() ? stamps.opened() : stamps;
  }

  public CachePlace place(Path root) {
    return CachePlace.find(root, env, host.here());
  }

  public ClaimOwner owner(String build) {
    return ClaimOwner.here(build, env, host.here().boot());
  }

  /** Returns the schedulers for a build or command; {@code workflow} is null if it was refused. */
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
   * The machine as a session uses it. Tests replace parts of it: with stamps that they choose, jobs
   * that are not processes, or a cache that fails. Limits are read only before something runs. Each
   * build opens a runner and a thread pool for attempts.
   *
   * @param cache opens the cache for writing, as {@link Cache#open} does
   * @param allocation the nodes on which jobs of {@code slurm} run, this one first; null if they
   *     are submitted
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

    public Host in(Allocation given) {
      Allocation.Node node = given.nodes().getFirst();
      Supplier<Limits> own = () -> limits.get().within(node.cpus(), node.memory(), node.gpus());
      return new Host(stamps, own, runner, threads, cache, here, given, process);
    }

    public static Host of(Map<String, String> env) {
      return of(env, CallingProcess.own());
    }

    /** Returns the real machine; {@code env} is for torc, jobs get the process's environment. */
    public static Host of(Map<String, String> env, CallingProcess process) {
      return new Host(
          StampSource.of(FileSystems.getDefault()),
          () -> Limits.here(env),
          () -> new LocalRunner(process.environment(), Runner.GRACE),
          Executors::newCachedThreadPool,
          Cache::open,
          ThisHost.system(),
          null,
          process);
    }
  }

  /**
   * Describes the machine of a build. A build records only facts that take no time to find out;
   * OSHI adds more if the build ran on this machine.
   */
  public static final class BuildMachine {

    private final String here;
    private String more;

    public BuildMachine(Host host) {
      this.here = here(host, host.limits().get());
    }

    /** Returns {@code login1: Linux x86_64 glibc 2.36, 2 cpus, 7.8 GiB of memory}. */
    public static String here(Host host, Limits limits) {
      String cpus = Amount.count(limits.cpus(), "cpu");
      String memory = Amount.size(limits.memory()) + " of memory";
      return host.here().name() + ": " + SystemName.here() + ", " + cpus + ", " + memory;
    }

    /** Returns a description of the machine of a build; null if none was recorded. */
    public String of(BuildRecord build) {
      if (!here.equals(build.end().machine())) {
        return build.end().machine();
      }
      if (more == null) {
        more = MachineFacts.here().map(MachineFacts::words).orElse("");
      }
      return here + more;
    }
  }
}
