package dev.torc.core.run;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import dev.torc.base.digests.Stamp;
import dev.torc.base.digests.StopFlag.StoppedException;
import dev.torc.base.syntax.BadInput;
import dev.torc.base.text.Refusal;
import dev.torc.base.text.SafeText;
import dev.torc.core.decide.JobSelection.UserPaths;
import dev.torc.core.decide.KnownResult;
import dev.torc.core.decide.Manifest;
import dev.torc.core.decide.NeedSnapshot;
import dev.torc.core.decide.ProductPlaces;
import dev.torc.core.decide.Reason;
import dev.torc.core.here.Launch;
import dev.torc.core.here.ProcessEnd;
import dev.torc.core.here.RunToEnd;
import dev.torc.core.memory.Batch;
import dev.torc.core.memory.BuildRecord.BuildId;
import dev.torc.core.memory.Cache.CacheException;
import dev.torc.core.memory.CachePlace;
import dev.torc.core.memory.JobResult.RunDetails;
import dev.torc.core.memory.JobResult.StoredValue;
import dev.torc.core.memory.RecordedProduct.OwnedPath;
import dev.torc.core.memory.StartMark;
import dev.torc.core.model.Job;
import dev.torc.core.model.Job.Trait;
import dev.torc.core.model.Ref;
import dev.torc.core.run.BuildSetup.AttemptContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * One attempt at a job: clears the places of its products, runs it, and scans the products that it
 * made. It runs on its own thread and may wait. It neither changes the state of the build nor
 * writes records; the loop does both, using the {@link AttemptOutcome} that the attempt returns.
 */
public final class Attempt {

  /**
   * How long files may still be read after a signal, in nanoseconds. When a job that the signal
   * ended is gone, its files may be read for this long again.
   */
  static final long LOOK = 50_000_000;

  final AttemptContext common; // id is the job's number in its graph
  public final int id;
  final Job job;
  public final JobAttempts attempts;
  private final JobFiles files;
  private final Granted granted;
  private final StartedJobs starts;
  private final ClearedProducts cleared;
  private final EndableRun here; // runs its processes on this machine
  private final RunPlace place; // which may be here
  private final List<AttemptPart> parts;
  private final String executor; // its name; null for this machine
  private final long started = System.currentTimeMillis();
  private NeedSnapshot snapshot; // of its needs; null until taken
  private ProcessEnd ended = ProcessEnd.unstarted(ProcessEnd.How.NOT_STARTED, "");
  private ProductWays ways; // to its products as it began; null before
  private boolean hasCleared;
  private volatile boolean relieved;
  private boolean released; // whether its resources were given back early
  private boolean isLaunched; // its launch is known
  private String command = "";
  private long logFrom; // the offset in the log where its output begins

  Attempt(
      AttemptContext common, int id, JobAttempts attempts, Granted granted, StartedJobs starts) {
    this.common = common;
    this.id = id;
    this.job = common.graph().job(id);
    this.attempts = attempts;
    this.files = common.launches().files(job.name());
    this.granted = granted;
    this.starts = starts;
    this.cleared = common.removal().clearing();
    this.place =
        attempts.from() != null
            ? attempts.from()
            : common.machines().remotes().of(common, id, attempts, starts);
    this.parts = common.parts().parts(common, id, attempts);
    this.here = new EndableRun(runner());
    this.executor = attempts.executor();
  }

  private RunToEnd runner() {
    for (AttemptPart part : parts) {
      RunToEnd own = part.runner();
      if (own != null) {
        return own;
      }
    }
    return common.machines().runner();
  }

  private JobRoot root() {
    for (AttemptPart part : parts) {
      JobRoot own = part.root();
      if (own != null) {
        return own;
      }
    }
    return null;
  }

  /** Returns the result that it restores; null if it runs the job. */
  public KnownResult known() {
    return place.known();
  }

  boolean isHandedOut() {
    return executor != null;
  }

  /** Ends processes here, from any thread; {@link RunPlaces#end} ends jobs at schedulers. */
  void end(int signal) {
    here.end(signal);
  }

  /** Returns the files that the job is known to have written, as named in the build file. */
  public Set<String> wrote() {
    Set<String> wrote = new TreeSet<>();
    for (AttemptPart part : parts) {
      wrote.addAll(part.wrote());
    }
    return wrote;
  }

  void recorded() {
    place.recorded();
  }

  /** Adds the records of the attempt's parts to the record of its run. */
  void record(Batch batch, BuildId build) {
    for (AttemptPart part : parts) {
      part.record(batch, build, attempts.count());
    }
  }

  /** Frees disk space if necessary, and has the parts look, about once a second. */
  void tick() {
    cleared.makeRoom();
    for (AttemptPart part : parts) {
      part.tick();
    }
  }

  /** Runs the attempt. Throws a {@link CacheException} only if the start mark cannot be written. */
  AttemptOutcome run() {
    AttemptOutcome outcome = attempt();
    if (!outcome.ok() && ended.how() != ProcessEnd.How.INTERRUPTED) {
      relieved = cleared.relieve(outcome.what());
    }
    return outcome;
  }

  /** Returns whether the disk was full when the attempt failed, and torc has freed space since. */
  boolean relieved() {
    return relieved;
  }

  /** Returns the outcome if a signal stopped reading, so that the products are unknown. */
  AttemptOutcome interrupted() {
    ended = ended.as(cut(), 0, "");
    snapshot = isLaunched ? snapshot : null; // else its manifest is known
    List<String> moved = isLaunched ? changedSinceStart() : List.of();
    return failed(AttemptOutcome.phrase(ended, 0, 0), place.placed(), moved);
  }

  /**
   * Returns the end of an attempt that a signal or a broken build cuts off; a restore is made
   * again.
   */
  ProcessEnd.How cut() {
    return known() == null ? ProcessEnd.How.INTERRUPTED : ProcessEnd.How.NOT_REACHED;
  }

  private AttemptOutcome attempt() {
    try {
      return known() == null ? ran() : restored();
    } catch (BadInput e) {
      return failed(e.diagnostics().getFirst().toString());
    } catch (AttemptFailure e) {
      return failedAfterClearing(e.getMessage() + (e.missing == null ? "" : hint(e.missing)));
    } catch (IOException e) {
      return failedAfterClearing(Refusal.line(e));
    } catch (UncheckedIOException e) {
      return failedAfterClearing(Refusal.line(e.getCause()));
    }
  }

  private AttemptOutcome failed(String what) {
    return failed(what, List.of(), List.of());
  }

  private AttemptOutcome failed(String what, List<OwnedPath> owned, List<String> moved) {
    List<String> all = attempts.addMoved(moved);
    AttemptOutcome.Made made = AttemptOutcome.Made.failed(ProductScan.owning(owned), all);
    if (snapshot != null && job.finds()) {
      made.needs().addEarlier(common.plan().records().found(id), snapshot);
    }
    return outcome(what, made);
  }

  private AttemptOutcome outcome(String what, AttemptOutcome.Made made) {
    AttemptOutcome.Shown shown = new AttemptOutcome.Shown(command, logFrom);
    return new AttemptOutcome(ended, what, snapshot, started, made, shown, null);
  }

  private AttemptOutcome ran() throws IOException {
    String containers = "";
    if (job.runsInContainers()) {
      containers = common.launches().containers.ready(job, attempts.count(), here::run);
    }
    snapshot = common.contents().snapshot(id);
    String lack = snapshot.lack();
    if (lack != null) {
      return failed(lack);
    }
    RunDetails last = common.plan().records().details(job.name());
    if (job.has(Trait.RESUMES)
        && last != null
        && last.what().equals(RunDetails.KILLED)
        && !snapshot.changedSince(MILLISECONDS.toNanos(last.ran().started())).isEmpty()) {
      attempts.beginAnew();
    }
    ProcessEnd resumed = place.resume(snapshot);
    Stamp begin = null;
    if (resumed == null) {
      for (AttemptPart part : parts) {
        part.prepare(snapshot);
      }
      clear();
      begin = launch(containers);
    } else {
      hasCleared = true;
      ended = resumed;
      ways = place.ways();
      for (AttemptPart part : parts) {
        part.resume(ended);
      }
    }
    if (ended.how() == ProcessEnd.How.PASSED_ON || ended.how() == ProcessEnd.How.NOT_REACHED) {
      return failed("left to the next build");
    }
    if (ended.how() == ProcessEnd.How.INTERRUPTED) {
      common.digests().stop().extend(LOOK); // time to scan its products
    }
    snapshot.ended();
    for (AttemptPart part : parts) {
      part.end(snapshot);
    }
    List<String> moved = null;
    if (place.isRemote() && ended.ok()) {
      begin = place.begun();
      RunPlace.Needs read = place.needs(snapshot, begin, root());
      snapshot = read.snapshot();
      moved = read.moved();
      refuseAltered();
    }
    if (ended.ok() && !snapshot.isSmall()) {
      release();
    }
    for (AttemptPart part : parts) {
      part.read();
    }
    if (ended.ok()) {
      ways.refuseChanged(common.launches().place());
    }
    if (ended.ok() && root() != null) {
      root().move(ways);
    }
    return ended.ok()
        ? succeeded(moved, begin)
        : failedAfterClearing(
            AttemptOutcome.phrase(ended, attempts.runtime(), granted.memoryLimit())
                + hint(null)
                + (isResumed() ? "; resumed; --force starts anew" : "")
                + unlogged());
  }

  private boolean isResumed() {
    return job.has(Trait.RESUMES) && attempts.persists(job);
  }

  private String hint(String missing) {
    StringBuilder hint = new StringBuilder();
    for (AttemptPart part : parts) {
      hint.append(part.hint(missing));
    }
    return hint.toString();
  }

  private String unlogged() {
    boolean tells =
        ended.how() == ProcessEnd.How.EXITED && !job.has(Trait.INTERACTIVE) && !place.isRemote();
    String full = tells ? files.fullLog() : "";
    return full.isEmpty() ? "" : ", and its log could not be written: " + full;
  }

  /**
   * Hands the job out to its executor and waits for its end. The {@code recover} command of a retry
   * runs on this machine first.
   */
  private ProcessEnd hand(Launch launch) throws IOException {
    int recovering = launch.steps().size() - job.runs().steps().size();
    if (recovering > 0) {
      ProcessEnd recovered = here.run(launch.only(0, recovering));
      if (!recovered.ok()) {
        return recovered;
      }
    }
    launch = launch.only(recovering, launch.steps().size());
    return place.run(launch, granted.memoryLimit(), root());
  }

  /**
   * Runs the job to its end. Returns a stamp taken at its start; null if neither its parts nor its
   * produced globs need one.
   */
  private Stamp launch(String containers) throws IOException {
    LaunchBuilder launches = common.launches();
    files.output().clear(common.digests()); // earlier lines are not this attempt's
    String manifest = common.decider().describe(id, List.of(), snapshot).digest().hex();
    StartMark mark =
        new StartMark(common.build().id(), job.name(), attempts.count())
            .in(containers)
            .of(manifest)
            .making(Manifest.declared(job));
    if (!place.isRemote()) { // else written at the submission
      common.marks().add(mark);
    }
    String why = Reason.told(attempts.reasons(), attempts.count(), isResumed());
    Launch launch =
        launches.of(common.graph(), id, snapshot, granted, attempts.runtime(), why, root());
    isLaunched = true;
    command = LaunchBuilder.shown(launch, job);
    if (!job.has(Trait.INTERACTIVE)) {
      launches.place().ready(launch.output().log());
      logFrom = attempts.count() > 1 ? files.markLog(attempts.count()) : 0;
    }
    // A mark was just written there, so the stamp has the present time.
    String marks = launches.place().running().toString();
    boolean needed = job.productRefs().stream().anyMatch(Ref.OfGlob.class::isInstance);
    for (AttemptPart part : parts) {
      needed |= part.needsStart();
    }
    Stamp begin = needed ? common.digests().stamp(marks) : null;
    for (AttemptPart part : parts) {
      launch = part.begin(launch, snapshot, begin);
    }
    ended = place.isRemote() ? hand(launch) : here.run(launch);
    for (AttemptPart part : parts) {
      part.over(ended);
    }
    return begin;
  }

  /**
   * Restores a known result; if that fails, the job has to run. Reads no needs: if one changes
   * meanwhile, the next build finds another manifest.
   */
  private AttemptOutcome restored() throws IOException {
    refuseTaken(common.removal().refuseOutside(job, List.of()));
    ProductScan products = place.restore(common, job, cleared);
    return products == null
        ? failed("its earlier result cannot be restored")
        : AttemptOutcome.restored(known(), products, started);
  }

  /**
   * Removes stale files from the places of its needs, clears the places of its products, and makes
   * the products' folders.
   */
  private void clear() throws IOException {
    cleared.makeRoom();
    refuseTaken(common.removal().refuseOutside(job, snapshot.stale()));
    for (OwnedPath stale : snapshot.stale()) {
      common.removal().clearStale(stale, cleared);
    }
    boolean persist = attempts.persists(job);
    if (job.has(Trait.PERSIST) && !persist && attempts.beginsAnew(job)) {
      common.removal().setAside(job, cleared);
    }
    boolean there = common.removal().clear(job, persist, place.isRemote(), cleared, Set.of());
    if (common.plan().records().result(id) != null) {
      cleared.storeRecord(job.name()); // even if nothing of its result was cleared
    }
    ways = ProductWays.of(common.graph().workflow().root(), job);
    hasCleared = true;
    if (!there) {
      makeFolders();
    }
  }

  private void refuseTaken(boolean linked) throws IOException {
    BadInput.Diagnostic taken =
        linked ? ProductPlaces.now(common.graph(), common.digests(), id) : null;
    taken = taken == null ? common.taken().of(id) : taken;
    if (taken != null) {
      throw new AttemptFailure(taken.message());
    }
  }

  /**
   * Makes the products' folders. For a job that is handed out, makes only those of globs, because
   * the batch script makes the rest on its node.
   */
  private void makeFolders() throws IOException {
    Path root = common.graph().workflow().root();
    for (Ref ref : job.productRefs()) {
      if (!place.isRemote() || ref instanceof Ref.OfGlob) {
        makeFolder(root.resolve(ProductScan.folder(ref)));
      }
    }
    if (job.depfile() != null && !place.isRemote()) {
      makeFolder(root.resolve(UserPaths.parent(job.depfile())));
    }
  }

  /** Makes a folder if it is missing. Checks first, because it nearly always exists. */
  private void makeFolder(Path folder) throws IOException {
    if (common.digests().stamp(folder.toString()).kind() != Stamp.FileKind.FOLDER) {
      CachePlace place = common.launches().place();
      try {
        place.makeFolders(folder);
      } catch (FileSystemException e) {
        Path at = folder;
        while (!Files.exists(at, LinkOption.NOFOLLOW_LINKS)) {
          at = at.getParent();
        }
        if (Files.isDirectory(at)) {
          throw e;
        }
        throw new AttemptFailure(
            "cannot make folder %s: %s is not a folder; move it away"
                .formatted(MovesAside.shown(place, folder), MovesAside.shown(place, at)));
      }
    }
  }

  private void release() {
    if (!released) {
      released = true;
      starts.releaseEarly(job, attempts);
    }
  }

  /**
   * @param known the needs that changed during the run; null to get them from the snapshot
   */
  private AttemptOutcome succeeded(List<String> known, Stamp begin) throws IOException {
    ProductScan products =
        place.products(
            seen ->
                ProductScan.of(
                        common.removal().grounds(),
                        common.digests(),
                        job,
                        true,
                        this::release,
                        seen)
                    .written(common.graph(), id, common.digests(), begin));
    refuseAltered();
    ways.refuseChanged(common.launches().place());
    GoodProducts.check(common.plan(), id, products);
    TreeSet<String> moved = new TreeSet<>(known == null ? snapshot.moved() : known);
    FoundNeeds needs = FoundNeeds.none();
    for (AttemptPart part : parts) {
      part.find(needs, snapshot, begin, ended.message());
    }
    moved.removeAll(needs.rewritten());
    moved.addAll(needs.moved());
    cleared.made(products.owned());
    boolean traced = false;
    for (AttemptPart part : parts) {
      part.look(products);
      traced |= part.sawAll();
    }
    List<StoredValue> data = values();
    try {
      files.remove(job, !snapshot.data().isEmpty(), !data.isEmpty());
    } catch (IOException e) {
      String line = "cannot remove a file of " + job.name() + ": " + Refusal.line(e);
      common.removal().note().accept(line);
    }
    List<String> all = List.copyOf(moved);
    AttemptOutcome.Made made =
        new AttemptOutcome.Made(products, needs, all, place.touched(), traced, data);
    return outcome("", made);
  }

  private void refuseAltered() throws AttemptFailure {
    Map<String, String> altered = place.altered();
    if (!altered.isEmpty()) {
      String what = altered.values().iterator().next();
      int more = altered.size() - 1;
      what += more == 0 ? "" : ", and " + more + " more";
      ended = ended.as(ProcessEnd.How.ALTERED, 0, what);
      throw new AttemptFailure(what);
    }
  }

  private List<StoredValue> values() throws IOException {
    try {
      return files.output().values(common.digests());
    } catch (AttemptFailure e) {
      if (job.links().produces().isEmpty()) {
        throw e;
      }
      throw new AttemptFailure(
          "%s; `torc adopt %s` keeps the products"
              .formatted(e.getMessage(), SafeText.name(job.name())));
    }
  }

  /**
   * Returns the outcome of a failed attempt. Once the attempt has cleared the places of its
   * products, it owns the files there, and the next run may delete them.
   */
  private AttemptOutcome failedAfterClearing(String what) {
    boolean isElsewhere = root() != null && !root().hasMoved();
    if (!hasCleared || place.isUnbegun()) {
      return failed(what);
    }
    List<String> moved = moved();
    try {
      if (ways.setAside(common.removal()) || isElsewhere) {
        return failed(what, List.of(), moved);
      }
      List<OwnedPath> owned =
          ProductScan.of(common.removal().grounds(), common.digests(), job, false).owned();
      owned.removeIf(each -> place.altered().containsKey(each.path())); // modified: now the user's
      return failed(what, owned, moved);
    } catch (IOException | StoppedException e) {
      // Unreadable products have no owner: the next run sets them aside.
      return failed(what, List.of(), moved);
    }
  }

  /** Returns the needs that changed while a failed attempt ran. */
  private List<String> moved() {
    if (!isLaunched && !place.isRemote()) {
      return List.of();
    }
    try {
      return place.isRemote() ? changedSinceStart() : snapshot.moved();
    } catch (StoppedException e) {
      return changedSinceStart(); // reads nothing
    }
  }

  private List<String> changedSinceStart() {
    return snapshot.changedSince(MILLISECONDS.toNanos(ended.began(started)));
  }
}
