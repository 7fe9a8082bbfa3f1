package dev.torc.features.clusters;

import dev.torc.base.machine.ProgramOutput;
import dev.torc.base.posix.OwnFile;
import dev.torc.base.text.Refusal;
import dev.torc.core.attempt.BuildSetup.AttemptContext;
import dev.torc.core.attempt.JobAttempts;
import dev.torc.core.attempt.OtherMachines;
import dev.torc.core.attempt.RemovedOrSetAside;
import dev.torc.core.attempt.RunElsewhere;
import dev.torc.core.attempt.StartedJobs;
import dev.torc.core.memory.CachePlace;
import dev.torc.core.model.SchedulerSettings;
import dev.torc.core.model.Workflow;
import dev.torc.core.model.Workflow.Executor;
import dev.torc.features.clusters.BatchTracker.SchedulerAccess;
import dev.torc.features.clusters.RemoteAttempt.HandedOutAttempt;
import dev.torc.features.clusters.RemoteAttempt.RemoteKey;
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
 * The schedulers of a build, by the names of their executors: those that the build file describes,
 * and those to which earlier builds handed jobs out, as these builds recorded them. The {@link
 * BatchTracker} of a scheduler is started when it is first used.
 */
public final class Remotes implements OtherMachines, AutoCloseable {

  private final Map<String, String> env;
  private final Allocation allocation; // null without one
  private final ClaimOwner me;
  private final Workflow workflow; // null if the build file is invalid
  private final SchedulerAccess.Marks marks;
  private final Consumer<String> warn;
  private final CachePlace home;
  private final Path folder;
  private final Map<String, List<EarlierJob>> earlier = new HashMap<>(); // by job
  private final TreeMap<String, Set<String>> written = new TreeMap<>(); // earlier jobs, by product
  private final Map<String, BatchTracker> trackers = new ConcurrentHashMap<>();
  private volatile Consumer<BatchTracker> ending = _ -> {}; // what end told trackers, for new ones

  /**
   * Reads what earlier builds handed out.
   *
   * @param allocation the allocation in which torc runs; null for none
   * @param me this build, as the owner of its claims
   * @param workflow null if the build file is invalid
   * @param marks is called before jobs are handed out
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

  /** Returns the tracker of an executor, or of a node of an allocation: {@code EXECUTOR/NODE}. */
  synchronized BatchTracker of(String executor) {
    String[] names = executor.split("/");
    SchedulerSettings settings = workflow.executor(names[0]).settings();
    return names.length == 1
        ? of(settings)
        : of(executor, settings.withoutBatches(), place -> allocation.on(names[1], place));
  }

  boolean isEmpty() {
    return earlier.isEmpty();
  }

  /**
   * Returns the tracker of the scheduler to which an earlier torc handed this job, or null if the
   * job is not out. Any thread may call it.
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

  /** Returns the names of the jobs that earlier builds handed out, sorted. */
  public Set<String> jobs() {
    return new TreeSet<>(earlier.keySet());
  }

  /** Removes the files of an ended job; ends any other. */
  public void forget(String job, RemovedOrSetAside removal) {
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

  /** Ends a job that was handed out, without waiting for its end. Any thread may call it. */
  public void drop(String job, RemovedOrSetAside removal) {
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
   * Ends a job that an earlier torc handed out, and waits until it has ended. Returns false if
   * {@link #end} is called before that.
   */
  public boolean cancel(String job, RemovedOrSetAside removal) throws IOException {
    BatchTracker holder = holder(job);
    return holder == null || cancel(holder, job, removal);
  }

  private boolean cancel(BatchTracker holder, String job, RemovedOrSetAside removal)
      throws IOException {
    RemoteKey none = new RemoteKey(job, me.build(), 0, "", "", "");
    RemoteWait wait = new RemoteWait(holder, removal, none, _ -> {}, () -> {});
    boolean over = wait.resume() == null;
    wait.recorded();
    return over;
  }

  /**
   * Returns the jobs of earlier builds that write to one of these places, or to a path below or
   * above one of them.
   */
  Set<String> writers(List<Path> places) {
    Set<String> jobs = new TreeSet<>();
    for (Path place : places) {
      Path path = place.normalize();
      written.subMap(path + "/", path + "0").values().forEach(jobs::addAll); // 0 follows /
      for (Path up = path; up != null; up = up.getParent()) {
        jobs.addAll(written.getOrDefault(up.toString(), Set.of()));
      }
    }
    return jobs;
  }

  @Override
  public RunElsewhere of(AttemptContext common, int id, JobAttempts attempts, StartedJobs starts) {
    return isEmpty() && attempts.executor() == null
        ? null
        : new RemoteRun(this, common, id, attempts, starts);
  }

  @Override
  public void end(boolean now, boolean cancel) {
    ending = cancel && !now ? tracker -> tracker.end(true) : tracker -> tracker.passOn(now);
    trackers.values().forEach(ending);
  }

  private BatchTracker of(SchedulerSettings settings) {
    return of(settings.name(), settings, place -> scheduler(settings, place, env));
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
              new SchedulerAccess(
                  scheduler.apply(place), settings, home.root(), place, me, marks, warn));
      trackers.put(name, tracker);
      ending.accept(tracker);
    }
    return tracker;
  }

  /** Stops the trackers' threads, not the jobs; removes old files of killed builds. */
  @Override
  public synchronized void close() {
    trackers.values().forEach(BatchTracker::close);
    try {
      EarlierJob.tidy(folder);
    } catch (IOException e) {
      warn.accept("cannot remove old files in .torc/remote: " + Refusal.line(e));
    }
  }

  /** Returns the scheduler that has these settings. */
  public static Scheduler scheduler(
      SchedulerSettings settings, Path folder, Map<String, String> env) {
    return settings.isSlurm()
        ? new Slurm(settings, folder, env, ProgramOutput.PATIENCE)
        : new CommandScheduler(settings, folder, env, ProgramOutput.PATIENCE);
  }
}
