package dev.torc.session;

import dev.torc.cluster.BatchFolder;
import dev.torc.cluster.BatchTracker;
import dev.torc.cluster.ClaimOwner;
import dev.torc.cluster.EarlierJob;
import dev.torc.cluster.RemoteAttempt;
import dev.torc.cluster.Scheduler;
import dev.torc.cluster.SchedulerSettings;
import dev.torc.engine.ProductRemoval;
import dev.torc.engine.RemoteRun;
import dev.torc.engine.Remotes;
import dev.torc.posix.OwnFile;
import dev.torc.records.CachePlace;
import dev.torc.text.Refusal;
import dev.torc.workflow.Workflow;
import dev.torc.workflow.Workflow.Executor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The schedulers that a build hands jobs to, as the build file describes them, and those to which
 * earlier builds did, as these wrote down.
 */
final class Schedulers implements Remotes, AutoCloseable {

  private final Caller caller;
  private final Workflow workflow; // null where the build file is refused
  private final String build;
  private final BatchTracker.Marks marks;
  private final Consumer<String> warn;
  private final CachePlace home;
  private final Path folder;
  private final Map<String, List<EarlierJob>> earlier = new HashMap<>(); // what is out
  private final TreeMap<String, Set<String>> written = new TreeMap<>(); // jobs, by their products
  private final Map<String, BatchTracker> trackers = new ConcurrentHashMap<>();
  private volatile Consumer<BatchTracker> said = _ -> {}; // to all, and to those that come
  private final ClaimOwner me;

  /**
   * Looks at what earlier builds handed out.
   *
   * @param workflow null where the build file is refused
   * @param build the id of this build
   * @param marks is told before anything is handed out
   * @param warn takes lines for people
   */
  Schedulers(
      Caller caller,
      CachePlace place,
      Workflow workflow,
      String build,
      BatchTracker.Marks marks,
      Consumer<String> warn)
      throws IOException {
    this.caller = caller;
    this.workflow = workflow;
    this.build = build;
    this.marks = marks;
    this.warn = warn;
    this.home = place;
    this.me = owner(caller, build);
    this.folder = place.remote();
    OwnFile.refuseLink(folder);
    for (EarlierJob each : EarlierJob.all(folder)) {
      earlier.computeIfAbsent(each.job(), _ -> new ArrayList<>()).add(each);
      for (RemoteAttempt.Product product : each.place().products()) {
        String path = product.path().normalize().toString();
        written.computeIfAbsent(path, _ -> new HashSet<>()).add(each.job());
      }
    }
  }

  @Override
  public synchronized BatchTracker of(String executor) {
    String[] names = executor.split("/"); // an executor, or one and a node of its allocation
    SchedulerSettings settings = workflow.executor(names[0]).settings();
    return names.length == 1
        ? of(settings)
        : of(
            executor,
            settings.withoutBatches(),
            place -> caller.host().allocation().on(names[1], place));
  }

  @Override
  public boolean isEmpty() {
    return earlier.isEmpty();
  }

  @Override
  public synchronized BatchTracker holder(String job) {
    if (!earlier.containsKey(job)) {
      return null;
    }
    EarlierJob out = earlier.get(job).getLast();
    Executor now = workflow == null ? null : workflow.executor(out.settings().name());
    SchedulerSettings settings = now == null ? out.settings() : now.settings();
    return of(settings.isSlurm() == out.settings().isSlurm() ? settings : out.settings());
  }

  /** The jobs of which something is out, sorted. */
  Set<String> jobs() {
    return new TreeSet<>(earlier.keySet());
  }

  /** Sees to what is left of a job that is recorded; ends what of it may still be out. */
  void forget(String job, ProductRemoval removal) {
    try {
      if (RemoteRun.forget(
          earlier.get(job).stream().map(EarlierJob::place).toList(), me, removal)) {
        earlier.remove(job);
        return;
      }
    } catch (IOException e) {
      warn.accept(job + ": " + Refusal.line(e));
    }
    drop(job, removal);
  }

  /**
   * Ends what is out of a job and does not wait for that.
   *
   * @param removal sees to what its script moved aside
   */
  void drop(String job, ProductRemoval removal) {
    BatchTracker holder = holder(job);
    Thread.ofVirtual()
        .name("torc-drop")
        .start(
            () -> {
              try {
                RemoteRun.cancel(holder, job, build, removal);
              } catch (IOException e) {
                warn.accept(job + ": " + Refusal.line(e));
              }
            });
  }

  @Override
  public Set<String> writers(List<Path> places) {
    Set<String> jobs = new TreeSet<>();
    for (Path place : places) {
      Path path = place.normalize();
      written.subMap(path + "/", path + "0").values().forEach(jobs::addAll); // 0 is next to /
      for (Path up = path; up != null; up = up.getParent()) {
        jobs.addAll(written.getOrDefault(up.toString(), Set.of()));
      }
    }
    return jobs;
  }

  @Override
  public void end(boolean now, boolean cancel) {
    said = cancel && !now ? BatchTracker::end : tracker -> tracker.leave(now);
    trackers.values().forEach(said);
  }

  private BatchTracker of(SchedulerSettings settings) {
    return of(settings.name(), settings, place -> Scheduler.of(settings, place, caller.env()));
  }

  private BatchTracker of(
      String name, SchedulerSettings settings, Function<Path, Scheduler> scheduler) {
    BatchTracker tracker = trackers.get(name);
    if (tracker == null) {
      tracker = start(settings, scheduler);
      trackers.put(name, tracker);
      said.accept(tracker);
    }
    return tracker;
  }

  private BatchTracker start(SchedulerSettings settings, Function<Path, Scheduler> scheduler) {
    Path place = folder.resolve(settings.name());
    try {
      home.makeFolders(place);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return BatchTracker.start(scheduler.apply(place), settings, place, me, marks, warn);
  }

  /** A build of this process, as it claims jobs. */
  static ClaimOwner owner(Caller caller, String build) {
    return new ClaimOwner(
        build,
        caller.env().getOrDefault("HOSTNAME", "localhost"),
        caller.host().here().boot(),
        ProcessHandle.current().pid(),
        0,
        System.currentTimeMillis() / 1000);
  }

  /** Ends their threads; what is out stays out. What killed builds left goes. */
  @Override
  public synchronized void close() {
    trackers.values().forEach(BatchTracker::close);
    try {
      BatchFolder.tidy(folder);
    } catch (IOException e) {
      warn.accept("cannot take away what is of no use any more: " + Refusal.line(e));
    }
  }
}
