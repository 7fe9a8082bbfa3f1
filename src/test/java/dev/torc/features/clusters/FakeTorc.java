package dev.torc.features.clusters;

import dev.torc.core.here.Launch;
import dev.torc.core.here.ProcessEnd;
import dev.torc.core.model.SchedulerSettings;
import dev.torc.features.clusters.BatchTracker.SchedulerAccess;
import dev.torc.features.clusters.RemoteAttempt.HandedOutAttempt;
import dev.torc.features.clusters.RemoteAttempt.RemoteListener;
import dev.torc.features.clusters.Scheduler.SchedulerResources;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A torc with jobs for a {@link FakeCluster}, in the cluster's simulated time: it asks for them as
 * the engine does, and keeps what it is told of each.
 */
final class FakeTorc {

  private static final long SECOND = 1_000_000_000;

  /** The folder of the executor. */
  final Path folder;

  final BatchTracker desk;

  /** Its jobs, in the order in which they were wanted. */
  final Map<String, Job> jobs = new LinkedHashMap<>();

  final List<String> notes = new ArrayList<>();

  /** Called before anything is handed out; a test may fail there. */
  Marked marked = () -> {};

  private final FakeCluster cluster;
  private final String build;
  private int names;

  interface Marked {
    void run() throws IOException;
  }

  /** A job, with all that the tracker told of it. */
  final class Job implements RemoteListener {
    final RemoteAttempt attempt;
    ProcessEnd end;
    volatile int ends;
    int lost;
    int waits;
    String left = "";
    String id;
    final List<HandedOutAttempt> places = new ArrayList<>();

    private Job(RemoteAttempt attempt) {
      this.attempt = attempt;
    }

    @Override
    public void submitted(String taken) {
      id = taken;
    }

    @Override
    public void waits() {
      waits++;
    }

    @Override
    public void nodeFailed() {
      lost++;
    }

    @Override
    public void ended(ProcessEnd how, List<HandedOutAttempt> more) {
      places.addAll(more);
      if (how == null) { // no attempt of this job is out
        desk.add(attempt, this);
      } else if (how.how() == ProcessEnd.How.PASSED_ON || how.how() == ProcessEnd.How.NOT_REACHED) {
        left = how.how() == ProcessEnd.How.PASSED_ON ? "out" : "ready";
      } else {
        ends++;
        end = how;
      }
    }

    /** How the job ended; null if it has not ended yet. */
    ProcessEnd.How how() {
      return end == null ? null : end.how();
    }

    String message() {
      return end.message();
    }

    /** The build of the attempt that ended. */
    String from() {
      return places.isEmpty() ? build : places.getLast().key().build();
    }
  }

  /** The torc of build {@code bNUMBER}; later ones find its jobs in the folder. */
  FakeTorc(FakeCluster cluster, Path folder, int number, SchedulerSettings settings) {
    this.cluster = cluster;
    this.folder = folder;
    this.build = "b" + number;
    this.desk =
        new BatchTracker(
            new SchedulerAccess(
                cluster,
                settings,
                folder.getParent(),
                folder,
                new ClaimOwner(build, "here", "boot", 2, 2, 0),
                (_, _) -> marked.run(),
                notes::add),
            () -> build + "-" + names++);
  }

  /** A job of this manifest and command. */
  Job job(
      String name,
      String manifest,
      String command,
      long expected,
      List<RemoteAttempt.Product> products) {
    Path root = folder.getParent();
    Job job =
        new Job(
            new RemoteAttempt(
                new RemoteAttempt.RemoteKey(name, build, 1, manifest, command, ""),
                new Launch(
                    List.of(new Launch.Step(List.of("true"), root, Map.of("TORC_JOB", name))),
                    Launch.Output.of(root.resolve(name + ".log")),
                    0,
                    0,
                    Map.of()),
                expected,
                products,
                List.of(),
                new SchedulerResources(1, 0, 0, 0, 1, 0, 0),
                new RemoteAttempt.RemoteFolders(Map.of(), null)));
    jobs.put(name, job);
    return job;
  }

  /** The product of a job that an earlier torc may have handed out; its name is an odd one. */
  Path product(String job) {
    return folder.getParent().resolve(job + "\nx \\y");
  }

  /** Asks for an earlier torc's attempt of a job; without one the job is handed out. */
  Job want(String name, String manifest, String command) throws IOException {
    Job job =
        job(
            name,
            manifest,
            command,
            10,
            List.of(new RemoteAttempt.Product(product(name), false, RemoteAttempt.Clearing.CLEAR)));
    desk.resume(job.attempt.key(), job);
    desk.takeOrders(cluster.now);
    return job;
  }

  /** Adds new jobs, which are ready. */
  void add(int count, long expected, RemoteAttempt.Product... products) {
    for (int i = 0; i < count; i++) {
      Job job = job("j" + jobs.size(), "m", "c", expected, List.of(products));
      desk.add(job.attempt, job);
      desk.takeOrders(cluster.now);
    }
  }

  /** How many jobs are over. */
  long over() {
    return jobs.values().stream().filter(job -> job.end != null).count();
  }

  /** Goes on until all jobs are over, or so many seconds went by. */
  void run(long seconds) throws IOException {
    long end = cluster.now + seconds * SECOND;
    while (over() < jobs.size() && cluster.now < end) {
      cluster.until(Math.min(end, desk.turn(cluster.now)));
    }
  }

  /** Goes on until nothing is out, or so many seconds went by. */
  void drain(long seconds) throws IOException {
    long end = cluster.now + seconds * SECOND;
    while (!desk.isEmpty() && cluster.now < end) {
      cluster.until(Math.min(end, desk.turn(cluster.now)));
    }
  }

  /** Tells the tracker that the job's result is recorded, so its files on disk can go. */
  void record(Job job) throws IOException {
    desk.forget(List.copyOf(job.places));
    desk.takeOrders(cluster.now);
    job.places.clear();
  }
}
