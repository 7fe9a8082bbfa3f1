package dev.torc.core.attempt;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import dev.torc.base.digests.Stamp;
import dev.torc.base.digests.StopFlag.StoppedException;
import dev.torc.base.text.Refusal;
import dev.torc.base.text.SafeText;
import dev.torc.core.attempt.AttemptOutcome.Made;
import dev.torc.core.attempt.BuildSetup.AttemptContext;
import dev.torc.core.decide.NeedSnapshot;
import dev.torc.core.decide.Reason;
import dev.torc.core.here.Launch;
import dev.torc.core.here.ProcessEnd;
import dev.torc.core.here.ProcessEnd.How;
import dev.torc.core.here.RunToEnd;
import dev.torc.core.manifest.Manifest;
import dev.torc.core.memory.Batch;
import dev.torc.core.memory.BuildRecord.BuildId;
import dev.torc.core.memory.JobResult.RunDetails;
import dev.torc.core.memory.JobResult.StoredValue;
import dev.torc.core.memory.RecordedProduct.OwnedPath;
import dev.torc.core.memory.StartMark;
import dev.torc.core.model.Job.Trait;
import dev.torc.core.model.Ref;
import dev.torc.core.queue.Granted;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * An attempt that runs the job: clears the places of its products, runs it here or elsewhere, and
 * scans the products that it made.
 */
public final class RunAttempt extends Attempt {

  private final JobFiles files;
  private final Granted granted;
  private final StartedJobs starts;
  private final int begun; // at its start, if it was alone
  private final EndableRun here; // runs its processes on this machine
  private final RunElsewhere asked; // about earlier handed-out jobs; null if there are none
  private RunElsewhere away; // where it runs; null for this machine
  private final List<AttemptPart> parts;
  private final AttemptLaunch surroundings;
  private final String executor; // its name; null for this machine
  private NeedSnapshot snapshot; // of its needs; null until taken
  private ProcessEnd ended = ProcessEnd.unstarted(How.NOT_STARTED);
  private ProductWays ways; // to its products as it began; null before
  private boolean hasCleared;
  private boolean released; // whether its resources were given back early
  private boolean isLaunched; // its launch is known
  private String command = "";
  private long logFrom; // the offset in the log where its output begins

  public RunAttempt(
      AttemptContext common, int id, JobAttempts attempts, Granted granted, StartedJobs starts) {
    super(common, id, attempts);
    this.files = common.launches().files(job.name());
    this.granted = granted;
    this.starts = starts;
    this.begun = starts.begunAlone();
    this.executor = attempts.executor();
    this.asked = common.machines().remotes().of(common, id, attempts, starts);
    this.parts = common.parts().parts(common, id, attempts);
    this.surroundings = new AttemptLaunch(common, id, parts);
    this.here = new EndableRun(runner());
  }

  private RunToEnd runner() {
    Stream<RunToEnd> own = parts.stream().map(AttemptPart::runner).filter(Objects::nonNull);
    return own.findFirst().orElse(common.machines().runner());
  }

  private JobRoot root() {
    return surroundings.root();
  }

  @Override
  public boolean isHandedOut() {
    return executor != null;
  }

  @Override
  public void end(int signal) {
    here.end(signal);
  }

  @Override
  public Set<String> wrote() {
    Set<String> wrote = new TreeSet<>();
    for (AttemptPart part : parts) {
      wrote.addAll(part.wrote());
    }
    return wrote;
  }

  @Override
  public void recorded() {
    if (asked != null) {
      asked.recorded();
    }
  }

  @Override
  void record(Batch batch, BuildId build) {
    parts.forEach(part -> part.record(batch, build, attempts.count()));
  }

  @Override
  public void tick() {
    super.tick();
    parts.forEach(AttemptPart::tick);
  }

  @Override
  public AttemptOutcome interrupted() {
    ended = ended.as(cut(), 0, "");
    snapshot = isLaunched ? snapshot : null; // else its manifest is known
    List<String> moved = isLaunched ? changedSinceStart() : List.of();
    return failed(AttemptOutcome.phrase(ended, 0, 0), List.of(), moved);
  }

  @Override
  public How cut() {
    return How.INTERRUPTED;
  }

  @Override
  AttemptOutcome refused(String what) {
    return failed(what, List.of(), List.of());
  }

  @Override
  AttemptOutcome failed(String what, String missing) {
    return failedAfterClearing(what + (missing == null ? "" : hint(missing)));
  }

  private AttemptOutcome failed(String what, List<OwnedPath> owned, List<String> moved) {
    FoundNeeds earlier = FoundNeeds.none();
    List<String> changed = new ArrayList<>(moved);
    if (snapshot != null && job.finds()) {
      earlier.addEarlier(common.plan().records().found(id), snapshot);
      if (isLaunched || away != null) {
        Set<String> read = new TreeSet<>(earlier.found());
        read.removeAll(wrote());
        changed.addAll(snapshot.changedSince(read, begin()));
      }
    }
    List<String> all = attempts.addMoved(changed);
    return outcome(what, Made.failed(ProductScan.owning(owned), earlier, all));
  }

  private AttemptOutcome outcome(String what, Made made) {
    AttemptOutcome.Logged shown = new AttemptOutcome.Logged(command, logFrom);
    String said = what;
    for (AttemptPart part : parts) {
      said = part.shown(said);
    }
    return new AttemptOutcome(ended, said, snapshot, started, made, shown, null);
  }

  @Override
  AttemptOutcome attempt() throws IOException {
    String containers = "";
    if (job.runsInContainers()) {
      containers = common.launches().containers.ready(job, attempts.count(), here::run);
    }
    snapshot = common.contents().snapshot(id);
    String lack = snapshot.lack();
    if (lack != null) {
      return refused(lack);
    }
    long killed = killed();
    if (job.has(Trait.RESUMES) && killed > 0 && !snapshot.changedSince(killed).isEmpty()) {
      attempts.beginAnew(); // it may have read other needs
    }
    ProcessEnd resumed = asked == null ? null : asked.resume(snapshot);
    away = resumed != null || executor != null ? asked : null;
    Stamp begin = null;
    if (resumed == null) {
      surroundings.prepare(snapshot);
      clear(killed);
      begin = launch(containers);
    } else {
      hasCleared = true;
      ended = resumed;
      ways = away.ways();
      parts.forEach(part -> part.resume(ended));
    }
    if (ended.how() == How.PASSED_ON || ended.how() == How.NOT_REACHED) {
      return refused("left to the next build");
    }
    if (ended.how() == How.INTERRUPTED) {
      common.digests().stop().extend(LOOK); // time to scan its products
    }
    snapshot.ended();
    parts.forEach(part -> part.end(snapshot));
    List<String> moved = null;
    if (away != null && ended.ok()) {
      begin = away.begun();
      RunElsewhere.Needs read = away.needs(snapshot, begin, root());
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
    if (!ended.ok()) {
      String what = AttemptOutcome.phrase(ended, attempts.runtime(), granted.memoryLimit());
      String how = isResumed() ? "; resumed; --force starts anew" : "";
      return failedAfterClearing(what + hint(null) + how + unlogged());
    }
    ways.refuseChanged(common.launches().place());
    if (root() != null) {
      root().move(ways);
    }
    return succeeded(moved, begin);
  }

  /** Returns when the last run began (ns since 1970), if its torc was killed; else 0. */
  private long killed() {
    RunDetails last = common.plan().records().details(job.name());
    boolean was = last != null && last.what().equals(RunDetails.KILLED);
    return was ? MILLISECONDS.toNanos(last.ran().started()) : 0;
  }

  private boolean isResumed() {
    return job.has(Trait.RESUMES) && attempts.persists(job);
  }

  private String hint(String missing) {
    return parts.stream().map(part -> part.hint(missing)).collect(Collectors.joining());
  }

  private String unlogged() {
    boolean tells = ended.how() == How.EXITED && !job.has(Trait.INTERACTIVE) && away == null;
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
    return away.run(launch, granted.memoryLimit(), root());
  }

  /**
   * Runs the job to its end. Returns a stamp taken at its start; null if neither its parts nor its
   * produced globs and folders need one.
   */
  private Stamp launch(String containers) throws IOException {
    LaunchBuilder launches = common.launches();
    files.output().clear(common.digests()); // earlier lines are not this attempt's
    String manifest = common.decider().describe(id, List.of(), snapshot).digest().hex();
    StartMark mark =
        new StartMark(common.build().id(), job.name(), attempts.count())
            .in(containers)
            .of(manifest, Manifest.declared(job));
    if (away == null) { // else written at the submission
      common.marks().add(mark);
    }
    String why = Reason.told(attempts.reasons(), attempts.count(), isResumed());
    Launch launch = surroundings.of(snapshot, granted, attempts.runtime(), why);
    isLaunched = true;
    command = LaunchBuilder.shown(launch, job);
    if (!job.has(Trait.INTERACTIVE)) {
      launches.place().ready(launch.output().log());
      logFrom = attempts.count() > 1 ? files.markLog(attempts.count()) : 0;
    }
    // A mark was just written there, so the stamp has the present time.
    String marks = launches.place().running().toString();
    boolean needed =
        EmptyFolders.mayBe(job)
            || job.productRefs().stream().anyMatch(Ref.OfGlob.class::isInstance)
            || parts.stream().anyMatch(AttemptPart::needsStart);
    Stamp begin = needed ? common.digests().stamp(marks) : null;
    launch = surroundings.begin(launch, snapshot, begin);
    ended = away == null ? here.run(launch) : hand(launch);
    parts.forEach(part -> part.over(ended));
    return begin;
  }

  /**
   * Removes stale files from the places of its needs, clears the places of its products, and makes
   * the products' folders. {@code killed} is when a run began whose torc was killed; else 0.
   */
  private void clear(long killed) throws IOException {
    cleared.makeRoom();
    Path top = common.graph().workflow().root();
    if (killed > 0 && attempts.count() == 1) {
      ProductWays.killed(top, job, killed).setAside(common.removal());
    }
    refuseTaken(common.removal().refuseOutside(job, snapshot.stale()));
    for (OwnedPath stale : snapshot.stale()) {
      common.removal().clearStale(stale, cleared);
    }
    boolean persist = attempts.persists(job);
    if (job.has(Trait.PERSIST) && !persist && attempts.beginsAnew(job)) {
      common.removal().setAside(job, cleared);
    }
    boolean there = common.removal().clear(job, persist, away != null, cleared, Set.of());
    if (common.plan().records().result(id) != null) {
      cleared.storeRecord(job.name()); // even if nothing of its result was cleared
    }
    ways = ProductWays.of(top, job);
    hasCleared = true;
    if (!there) {
      surroundings.makeFolders(away == null);
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
    for (Ref ref : job.productRefs()) {
      if (ref.optional() && ref instanceof Ref.OfFolder folder) {
        surroundings.makeFolder(
            common.graph().workflow().root().resolve(folder.path())); // may be missing
      }
    }
    ProductScan products =
        away == null ? scan(null, begin) : away.products(seen -> scan(seen, begin));
    refuseAltered();
    ways.refuseChanged(common.launches().place());
    GoodProducts.check(common.plan(), id, products);
    if (begin != null) {
      boolean alone = begun >= 0 && starts.begunAlone() == begun;
      new EmptyFolders(common.graph(), id, snapshot, root(), alone).refuse(products, begin);
    }
    TreeSet<String> moved = new TreeSet<>(known == null ? snapshot.moved() : known);
    FoundNeeds needs = FoundNeeds.none();
    for (AttemptPart part : parts) {
      part.find(needs, snapshot, begin, ended.message());
    }
    moved.removeAll(needs.rewritten());
    moved.addAll(needs.moved());
    cleared.made(products.owned());
    parts.forEach(part -> part.look(products));
    boolean traced = parts.stream().anyMatch(AttemptPart::sawAll);
    List<StoredValue> data = values();
    try {
      files.remove(job, !snapshot.data().isEmpty(), !data.isEmpty());
    } catch (IOException e) {
      String line = "cannot remove a file of " + job.name() + ": " + Refusal.line(e);
      common.removal().note().accept(line);
    }
    List<String> all = List.copyOf(moved);
    List<String> touched = away == null ? List.of() : away.touched();
    Made made = new Made(products, needs, all, touched, traced, data);
    return outcome("", made);
  }

  private ProductScan scan(List<ProductScan.Seen> seen, Stamp begin) throws IOException {
    return ProductScan.of(
            common.removal().grounds(), common.digests(), job, true, this::release, seen)
        .written(common.graph(), id, common.digests(), begin);
  }

  private Map<String, String> altered() {
    return away == null ? Map.of() : away.altered();
  }

  private void refuseAltered() throws AttemptFailure {
    Map<String, String> altered = altered();
    if (!altered.isEmpty()) {
      String what = altered.values().iterator().next();
      int more = altered.size() - 1;
      what += more == 0 ? "" : ", and " + more + " more";
      ended = ended.as(How.ALTERED, 0, what);
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
    if (!hasCleared || away != null && away.isUnbegun()) {
      return refused(what);
    }
    List<String> moved = moved();
    try {
      if (ways.setAside(common.removal()) || isElsewhere) {
        return failed(what, List.of(), moved);
      }
      List<OwnedPath> owned =
          ProductScan.of(common.removal().grounds(), common.digests(), job, false).owned();
      owned.removeIf(each -> altered().containsKey(each.path())); // modified: now the user's
      return failed(what, owned, moved);
    } catch (IOException | StoppedException e) {
      // Unreadable products have no owner: the next run sets them aside.
      return failed(what, List.of(), moved);
    }
  }

  /** Returns the needs that changed while a failed attempt ran. */
  private List<String> moved() {
    if (!isLaunched && away == null) {
      return List.of();
    }
    try {
      return away == null ? snapshot.moved() : changedSinceStart();
    } catch (StoppedException e) {
      return changedSinceStart(); // reads nothing
    }
  }

  private List<String> changedSinceStart() {
    return snapshot.changedSince(begin());
  }

  /** Returns when its processes began, in nanoseconds since 1970. */
  private long begin() {
    return MILLISECONDS.toNanos(ended.began(started));
  }
}
