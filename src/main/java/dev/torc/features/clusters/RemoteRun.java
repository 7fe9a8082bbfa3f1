package dev.torc.features.clusters;

import dev.torc.base.digests.Digest;
import dev.torc.base.digests.Stamp;
import dev.torc.base.posix.Io;
import dev.torc.base.posix.OwnFile;
import dev.torc.core.attempt.AttemptFailure;
import dev.torc.core.attempt.BuildSetup.AttemptContext;
import dev.torc.core.attempt.JobAttempts;
import dev.torc.core.attempt.JobRoot;
import dev.torc.core.attempt.ProductScan;
import dev.torc.core.attempt.ProductWays;
import dev.torc.core.attempt.RunElsewhere;
import dev.torc.core.attempt.StartedJobs;
import dev.torc.core.decide.NeedSnapshot;
import dev.torc.core.decide.Reason;
import dev.torc.core.here.Launch;
import dev.torc.core.here.ProcessEnd;
import dev.torc.core.manifest.Described;
import dev.torc.core.memory.JobResult;
import dev.torc.core.model.Extra;
import dev.torc.core.model.Job;
import dev.torc.core.model.Ref;
import dev.torc.features.clusters.RemoteAttempt.Clearing;
import dev.torc.features.clusters.RemoteAttempt.RemoteKey;
import dev.torc.features.clusters.Scheduler.SchedulerResources;
import dev.torc.features.sandbox.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/**
 * The part of an attempt that runs on other machines. First it ends other jobs that earlier builds
 * handed out and that write to the same places. Then it resumes this job if an earlier build handed
 * it out, or else hands the attempt out, and waits for the products. Each attempt has one and uses
 * it on its own thread; when the build ends, {@link Remotes} ends the wait.
 */
final class RemoteRun implements RunElsewhere {

  private static final long LOOK = 200_000_000; // nanoseconds between the first two scans
  private static final long LONGEST = 5_000_000_000L; // nanoseconds between two scans

  private final Remotes remotes;
  private final AttemptContext common;
  private final int id;
  private final Job job;
  private final Path root;
  private final JobAttempts attempts;
  private final boolean anew; // whether it runs even if an earlier torc handed it out
  private final StartedJobs starts;
  private NeedSnapshot snapshot; // as the attempt began
  private RemoteKey key;
  private volatile RemoteWait wait; // null before a scheduler is asked
  private boolean resumed; // an earlier torc handed it out
  private Map<String, ProcessEnd.MadeFile> made; // as its node saw them, or null
  private long awaited; // nanoTime until which files may be late
  private RemoteProducts products = RemoteProducts.SAME;

  RemoteRun(
      Remotes remotes, AttemptContext common, int id, JobAttempts attempts, StartedJobs starts) {
    this.remotes = remotes;
    this.common = common;
    this.id = id;
    this.job = common.graph().job(id);
    this.root = common.graph().workflow().root();
    this.attempts = attempts;
    this.starts = starts;
    // True only if this build forces the job: if an earlier torc did, SUBMITTED comes first.
    this.anew =
        !attempts.reasons().isEmpty() && attempts.reasons().getFirst().kind() == Reason.Kind.FORCED;
  }

  @Override
  public ProcessEnd resume(NeedSnapshot snapshot) throws IOException {
    if (!endOthers()) {
      return ProcessEnd.unknown(ProcessEnd.How.NOT_REACHED, "");
    }
    this.snapshot = snapshot;
    Described described = common.decider().describe(id, List.of(), snapshot);
    List<Reason> causes = Reason.causes(attempts.reasons());
    Job.Resources wanted = job.runs().resources();
    String manifest = described.digest().hex();
    String command = described.command().hex();
    Extra apart = job.extras().get(Sandbox.KEY);
    if (apart != null) {
      boolean counts = apart.effect().equals(Extra.COUNTS);
      manifest = counts ? manifest : Digest.ofText("--sandbox" + manifest).hex();
      command = manifest; // its needs are copied when it is handed out
    }
    command = Digest.ofText(command + asked(wanted.memory(), wanted.runtime())).hex();
    String cause = causes.isEmpty() ? "" : causes.getFirst().word();
    String build = common.build().id();
    key = new RemoteKey(job.name(), build, attempts.count(), manifest, command, cause);
    BatchTracker holder = anew ? null : remotes.holder(job.name());
    if (holder == null) {
      return null;
    }
    ProcessEnd end = done(holder, wait(holder).resume());
    resumed = end != null;
    return end;
  }

  private RemoteWait wait(BatchTracker by) {
    wait =
        new RemoteWait(
            by, common.removal(), key, at -> starts.submitted(id, at), () -> starts.waits(id));
    return wait;
  }

  private ProcessEnd done(BatchTracker by, ProcessEnd end) {
    if (end == null || !end.ok()) {
      return end;
    }
    made = end.elsewhere().made();
    awaited = System.nanoTime() + by.latency();
    return end.withoutMade();
  }

  /**
   * Ends jobs that an earlier torc handed out and that write to the same places; also this job, if
   * it must not be resumed. Returns whether all have ended.
   */
  private boolean endOthers() throws IOException {
    List<Path> places = job.productRefs().stream().map(ref -> root.resolve(ref.text())).toList();
    Set<String> others = remotes.writers(places);
    others.remove(job.name());
    if (anew) {
      others.add(job.name());
    }
    for (String other : others) {
      if (!remotes.cancel(other, common.removal())) {
        return false;
      }
    }
    return true;
  }

  @Override
  public ProductWays ways() {
    Map<Path, String> links = wait == null ? Map.of() : wait.links();
    return ProductWays.earlier(root, job, links);
  }

  @Override
  public boolean isUnbegun() {
    return wait == null || !wait.hasBegun();
  }

  @Override
  public void recorded() {
    if (wait != null) {
      wait.recorded();
    }
  }

  @Override
  public ProcessEnd run(Launch launch, long memory, JobRoot own) throws IOException {
    BatchTracker by = remotes.of(attempts.executor());
    if (!launch.output().append()) {
      OwnFile.prepare(launch.output().log()); // the node empties it, and it may be kept
    }
    ProcessEnd end = null;
    for (int lost = 0; end == null; lost++) {
      if (lost > 0) {
        own.renew();
      }
      snapshot.ended();
      if (own != null && !snapshot.moved().isEmpty()) {
        key = key.edited();
      }
      end = wait(by).run(attempt(launch, memory, own, lost));
    }
    return launch.handedBack(done(by, end));
  }

  private RemoteAttempt attempt(Launch launch, long memory, JobRoot own, int lost)
      throws IOException {
    Clearing clearing = attempts.persists(job) ? Clearing.KEEP : Clearing.CLEAR;
    List<RemoteAttempt.Product> products = new ArrayList<>();
    List<RemoteAttempt.ProductPattern> patterns = new ArrayList<>();
    for (Ref ref : job.productRefs()) {
      if (ref instanceof Ref.OfFile file) {
        products.add(new RemoteAttempt.Product(root.resolve(file.path()), false, clearing));
      } else if (ref instanceof Ref.OfFolder folder) {
        products.add(new RemoteAttempt.Product(root.resolve(folder.path()), true, clearing));
      } else if (ref instanceof Ref.OfGlob glob) {
        String pattern = glob.pattern();
        if (own != null) {
          patterns.add(RemoteProducts.pattern(root, own.of(root.resolve(pattern)).toString()));
        }
        if (own == null || pattern.startsWith("/")) {
          patterns.add(RemoteProducts.pattern(root, pattern));
        }
      }
    }
    if (job.depfile() != null) {
      products.add(new RemoteAttempt.Product(root.resolve(job.depfile()), false, Clearing.CLEAR));
    }
    for (String path : common.removal().matched(job, attempts.persists(job))) {
      products.add(new RemoteAttempt.Product(root.resolve(path), false, Clearing.AHEAD));
    }
    RemoteAttempt.Own folder = own == null ? null : new RemoteAttempt.Own(own(products, own), lost);
    Map<Path, String> ways = new LinkedHashMap<>(ProductWays.of(root, job).seen());
    ways.keySet().removeIf(path -> common.removal().grounds().ground(path.getParent()) == null);
    RemoteAttempt.RemoteFolders folders = new RemoteAttempt.RemoteFolders(ways, folder);
    return new RemoteAttempt(
        key, launch.handedOut(), expected(), products, patterns, asked(memory, 0), folders);
  }

  /** Returns where a job in a folder of its own may make its products. */
  private List<RemoteAttempt.Product> own(List<RemoteAttempt.Product> products, JobRoot own) {
    Set<Path> paths = new LinkedHashSet<>();
    List<RemoteAttempt.Product> all = new ArrayList<>();
    for (RemoteAttempt.Product each : products) {
      paths.add(own.of(each.path()));
      if (!each.path().startsWith(root)) {
        paths.add(each.path());
      }
      paths.forEach(path -> all.add(new RemoteAttempt.Product(path, each.folder(), Clearing.KEEP)));
      paths.clear();
    }
    return all;
  }

  private SchedulerResources asked(long memory, long runtime) {
    Map<String, Long> limits = common.graph().workflow().settings().limits();
    return SchedulerResources.of(job.runs().resources(), memory, runtime, limits);
  }

  /** Returns how long the job's last run took, in seconds; 0 if it failed or there was none. */
  private long expected() {
    JobResult last = common.plan().records().result(id);
    return last == null || !last.outcome().isGood()
        ? 0
        : Math.max(1, TimeUnit.NANOSECONDS.toSeconds(last.wall()));
  }

  @Override
  public Stamp begun() throws IOException {
    return common.digests().stamp(wait.begunFile().toString());
  }

  @Override
  public Needs needs(NeedSnapshot before, Stamp begin, JobRoot own) throws IOException {
    before.ended();
    List<String> moved = before.moved();
    if (own != null) {
      appear(own);
      return new Needs(before, moved); // it read copies, which the node did not see change
    }
    if (moved.isEmpty() && !resumed) { // if resumed, the snapshot is later than the start
      return new Needs(before, moved);
    }
    NeedSnapshot now = common.contents().snapshot(id);
    if (now.lack() != null || !command(now).equals(command(before))) {
      return new Needs(before, moved);
    }
    now.ended();
    return new Needs(now, now.changedSince(begin.ctime())); // the same files are needed as before
  }

  /** Waits until what the node saw in a folder of the job's own has appeared here. */
  private void appear(JobRoot own) {
    Map<String, ProcessEnd.MadeFile> there = made == null ? Map.of() : made;
    made = made == null ? null : new TreeMap<>();
    there.forEach(
        (path, file) ->
            made.put(own.source(Path.of(path)) + (path.endsWith("/") ? "/" : ""), file));
    Predicate<String> known =
        path -> Files.exists(own.of(Path.of(path))) || Files.exists(Path.of(path));
    for (long pause = LOOK; made != null; pause = Math.min(2 * pause, LONGEST)) {
      products = RemoteProducts.of(made, job, root, List.of(), known);
      if (products.altered().isEmpty() || System.nanoTime() >= awaited) {
        return;
      }
      LockSupport.parkNanos(pause);
    }
  }

  private Digest command(NeedSnapshot snapshot) {
    return common.decider().describe(id, List.of(), snapshot).command();
  }

  @Override
  public ProductScan products(Io.Make<List<ProductScan.Seen>, ProductScan> look)
      throws IOException {
    if (made == null) {
      return look.of(null);
    }
    for (long pause = LOOK; ; pause = Math.min(2 * pause, LONGEST)) {
      List<ProductScan.Seen> seen = new ArrayList<>();
      ProductScan scan = null;
      try {
        scan = look.of(seen);
        products = RemoteProducts.of(made, job, root, seen, path -> path.endsWith("/"));
      } catch (AttemptFailure e) {
        products = RemoteProducts.of(made, job, root, seen, path -> Files.exists(Path.of(path)));
        if (products.altered().isEmpty()) {
          throw e;
        }
      }
      if (products.altered().isEmpty() || System.nanoTime() >= awaited) {
        return scan;
      }
      LockSupport.parkNanos(pause);
    }
  }

  @Override
  public Map<String, String> altered() {
    return products.altered();
  }

  @Override
  public List<String> touched() {
    return products.touched();
  }
}
