package dev.torc.engine;

import dev.torc.cluster.Allocation;
import dev.torc.cluster.BatchFolder;
import dev.torc.cluster.BatchTracker;
import dev.torc.cluster.BatchTracker.SchedulerAccess;
import dev.torc.cluster.ClaimOwner;
import dev.torc.cluster.EarlierJob;
import dev.torc.cluster.RemoteAttempt;
import dev.torc.cluster.RemoteAttempt.HandedOutAttempt;
import dev.torc.cluster.RemoteAttempt.RemoteKey;
import dev.torc.cluster.Scheduler;
import dev.torc.cluster.SchedulerSettings;
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
 * The schedulers of a build by the names of their executors: those that the build file describes,
 * and those to which earlier builds handed jobs out, as these wrote down. Each is there once it is
 * asked.
 */
public final class Remotes implements AutoCloseable {

  private final Map<String, String> env;
  private final Allocation allocation; // null without one
  private final ClaimOwner me;
  private final Workflow workflow; // null where the build file is refused
  private final SchedulerAccess.Marks marks;
  private final Consumer<String> warn;
  private final CachePlace home;
  private final Path folder;
  private final Map<String, List<EarlierJob>> earlier = new HashMap<>(); // what is out
  private final TreeMap<String, Set<String>> written = new TreeMap<>(); // jobs, by their products
  private final Map<String, BatchTracker> trackers = new ConcurrentHashMap<>();
  private volatile Consumer<BatchTracker> said = _ -> {}; // to all, and to those that come

  /**
   * Looks at what earlier builds handed out.
   *
   * @param env of the schedulers' commands
   * @param allocation in which torc runs; null for none
   * @param me this build, for its claims
   * @param workflow null where the build file is refused
   * @param marks is told before anything is handed out
   * @param warn takes lines for people
   */
  public Remotes(
      Map<String, String> env,
      Allocation allocation,
      ClaimOwner me,
      CachePlace place,
      Workflow workflow,
      SchedulerAccess.Marks marks,
      Consumer<String> warn)
      throws IOException {
    this.env = env;
    this.allocation = allocation;
    this.me = me;
    this.workflow = workflow;
    this.marks = marks;
    this.warn = warn;
    this.home = place;
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

  /**
   * The tracker of an executor that the build file has, or of a node of an allocation: with a slash
   * and its name behind.
   */
  synchronized BatchTracker of(String executor) {
    String[] names = executor.split("/");
    SchedulerSettings settings = workflow.executor(names[0]).settings();
    return names.length == 1
        ? of(settings)
        : of(executor, settings.withoutBatches(), place -> allocation.on(names[1], place));
  }

  /** Whether nothing is out that an earlier torc handed out. */
  boolean isEmpty() {
    return earlier.isEmpty();
  }

  /**
   * The tracker of an executor to which an earlier torc handed a job that is not recorded; null
   * where there is none. Callable from any thread.
   */
  synchronized BatchTracker holder(String job) {
    if (!earlier.containsKey(job)) {
      return null;
    }
    EarlierJob out = earlier.get(job).getLast();
    Executor now = workflow == null ? null : workflow.executor(out.settings().name());
    SchedulerSettings settings = now == null ? out.settings() : now.settings();
    return of(settings.isSlurm() == out.settings().isSlurm() ? settings : out.settings());
  }

  /** The jobs of which something is out, sorted. */
  public Set<String> jobs() {
    return new TreeSet<>(earlier.keySet());
  }

  /** Sees to what is left of a job that is recorded; ends what of it may still be out. */
  public void forget(String job, ProductRemoval removal) {
    List<HandedOutAttempt> places = earlier.get(job).stream().map(EarlierJob::place).toList();
    try {
      boolean over = true;
      for (HandedOutAttempt place : places) {
        over = over && place.isOver(me);
      }
      if (over) {
        RemoteWait.sort(places, removal);
        for (HandedOutAttempt place : places) {
          place.folder().forget(place.claim(), me);
        }
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
  public void drop(String job, ProductRemoval removal) {
    BatchTracker holder = holder(job);
    Thread.ofVirtual()
        .name("torc-drop")
        .start(
            () -> {
              try {
                cancel(holder, job, removal);
              } catch (IOException e) {
                warn.accept(job + ": " + Refusal.line(e));
              }
            });
  }

  /**
   * Ends what an earlier torc handed out of a job, and waits until nothing of it is out.
   *
   * @return whether it is so; not where this was told to {@link #end} meanwhile
   */
  public boolean cancel(String job, ProductRemoval removal) throws IOException {
    BatchTracker holder = holder(job);
    return holder == null || cancel(holder, job, removal);
  }

  private boolean cancel(BatchTracker holder, String job, ProductRemoval removal)
      throws IOException {
    RemoteKey none = new RemoteKey(job, me.build(), 0, "", "", "");
    RemoteWait wait = new RemoteWait(holder, removal, none, _ -> {});
    boolean over = wait.resume() == null;
    wait.recorded();
    return over;
  }

  /** The jobs that an earlier torc handed out and that write where one is to write; a new set. */
  Set<String> writers(List<Path> places) {
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

  /**
   * The build ends, from any thread: nothing is handed out any more, and each attempt that waits is
   * told what becomes of it.
   *
   * @param now whether without waiting until that is known
   * @param cancel whether schedulers are to end what they have; else it stays there, if it can
   *     without torc
   */
  void end(boolean now, boolean cancel) {
    said = cancel && !now ? BatchTracker::end : tracker -> tracker.leave(now);
    trackers.values().forEach(said);
  }

  private BatchTracker of(SchedulerSettings settings) {
    return of(settings.name(), settings, place -> Scheduler.of(settings, place, env));
  }

  private BatchTracker of(
      String name, SchedulerSettings settings, Function<Path, Scheduler> scheduler) {
    BatchTracker tracker = trackers.get(name);
    if (tracker == null) {
      Path place = folder.resolve(settings.name());
      try {
        home.makeFolders(place);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      tracker =
          BatchTracker.start(
              new SchedulerAccess(scheduler.apply(place), settings, place, me, marks, warn));
      trackers.put(name, tracker);
      said.accept(tracker);
    }
    return tracker;
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
