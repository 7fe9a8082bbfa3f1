package dev.torc.core.decide;

import dev.torc.base.digests.Digest;
import dev.torc.base.digests.FolderDigest;
import dev.torc.base.syntax.NearestPath;
import dev.torc.base.syntax.Place;
import dev.torc.base.text.Refusal;
import dev.torc.core.decide.Condition.Conditions;
import dev.torc.core.decide.JobSelection.Rerun;
import dev.torc.core.decide.Reason.Kind;
import dev.torc.core.manifest.Described;
import dev.torc.core.manifest.Footprint;
import dev.torc.core.manifest.InputSource;
import dev.torc.core.manifest.LineKind;
import dev.torc.core.manifest.Listing;
import dev.torc.core.manifest.Manifest;
import dev.torc.core.manifest.ManifestHash;
import dev.torc.core.manifest.ManifestWriter;
import dev.torc.core.memory.JobResult;
import dev.torc.core.memory.JobResult.ManifestEntry;
import dev.torc.core.memory.JobResult.Outcome;
import dev.torc.core.memory.JobResult.RunDetails;
import dev.torc.core.memory.RecordedProduct;
import dev.torc.core.memory.RecordedProduct.OwnedPath;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Job;
import dev.torc.core.model.Job.Trait;
import dev.torc.core.model.Ref;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Decides whether a job runs, and why (rule 1). The plan, the build and {@code why} all call {@link
 * #decide}, which changes nothing. If a job waits for jobs that are not settled (see {@link
 * JobRecords}), the verdict either holds whatever those jobs do, or is <em>may run</em>.
 *
 * <p>Early cutoff (rule 2) follows: a manifest has the digests of the needs, so if a maker ran and
 * made the same bytes, its readers are up to date. In a build, {@code JobVerdicts} of the engine
 * calls {@link PlanContext#decide} once a job's needs are settled.
 */
public final class Decider {

  /** The digest recorded for a run that ended before its manifest was known. */
  public static final Digest UNKNOWN = Digest.of(new byte[Digest.LENGTH]);

  /** The reasons that require the bytes of a temporary job's products. */
  private static final Set<Kind> BYTES =
      Set.of(Kind.PRODUCT_WANTED, Kind.PRODUCT_MISSING, Kind.PRODUCT_ALTERED);

  private final Graph graph;
  private final JobRecords records;
  private final NeedContents contents;
  private final Manifest manifest;
  private final Recall recall;
  private final InstancePlaces rows;
  private final NearestPath near;
  private final Conditions conditions;
  private final ManifestHash hash = new ManifestHash();
  private final ThreadLocal<ManifestHash> described = ThreadLocal.withInitial(ManifestHash::new);

  /** Whether the last {@link #compare} found the manifest unchanged. */
  private boolean same;

  /** The manifest that the present decision compared, with the found needs; null for none. */
  private Described compared;

  private List<String> comparedWith;

  /** Creates the recall of each graph of a command. */
  public interface Recalls {
    Recall of(Graph graph, NeedContents contents);
  }

  Decider(
      Graph graph,
      JobRecords records,
      NeedContents contents,
      Recall recall,
      Conditions conditions,
      InstancePlaces rows) {
    this.graph = graph;
    this.records = records;
    this.contents = contents;
    this.manifest = new Manifest(graph);
    this.recall = recall;
    this.conditions = conditions;
    this.rows = rows;
    this.near = JobSelection.likelyPaths(graph);
  }

  /**
   * What the user and the job's readers want of a job.
   *
   * @param named whether the user named the job, so that its temporary products are wanted too
   * @param wanted the temporary products that are wanted, each with the name of a reader
   */
  public record Wish(Rerun rerun, boolean named, Map<String, String> wanted) {

    /** Returns whether the user wants the job to run whatever its verdict. */
    public boolean forces() {
      return rerun == Rerun.ALL;
    }
  }

  Verdict decide(int id, Wish wish) {
    try {
      return verdict(id, wish);
    } finally {
      compared = null; // the next decision may find other contents
    }
  }

  private Verdict verdict(int id, Wish wish) {
    Job job = graph.job(id);
    JobResult last = records.result(id);
    List<Reason> reasons = new ArrayList<>();
    same = false;
    if (wish.rerun == Rerun.ALL) {
      reasons.add(Reason.of(Kind.FORCED));
    } else if (wish.rerun == Rerun.MANUAL && job.isAction()) {
      reasons.add(Reason.of(Kind.NAMED));
    }
    if (job.has(Trait.ALWAYS)) {
      reasons.add(Reason.of(Kind.ALWAYS));
    }
    Reason out = records.outReason(id);
    if (out != null) {
      reasons.add(end(id, out.where(), List.of()));
    }
    if (out == null || out.kind() == Kind.SUBMITTED) { // SUBMITTED is not a cause
      if (last == null) {
        reasons.add(Reason.NEVER_RAN);
      } else {
        addEarlierFailure(id, last, reasons);
      }
    }
    int pending = -1;
    if (last != null) {
      pending = compare(id, last, reasons);
      Reason unawaited = contents.unawaited(id);
      if (unawaited != null) {
        reasons.add(unawaited);
      }
      if (last.outcome().isGood() && out == null) {
        int behind = addChangedProducts(id, last, wish, reasons);
        pending = pending < 0 ? behind : pending;
      }
    }
    if (out != null && out.cause() != null && reasons.size() == 1) {
      reasons.add(out.cause()); // why it was submitted; no comparison finds that now
    }
    List<Condition> asked = conditions.of(job);
    Condition.Subject of = asked.isEmpty() ? null : subject(id, wish);
    for (Condition condition : asked) {
      condition.addReasons(of, reasons);
    }
    Verdict verdict = verdict(id, wish, reasons, pending);
    for (Condition condition : asked) {
      verdict = condition.verdict(of, verdict);
    }
    return verdict;
  }

  /** Returns what a job makes on demand and that is missing; null for nothing. */
  String lacks(int id) {
    for (Condition condition : conditions.of(graph.job(id))) {
      String lack = condition.lacks(subject(id, null));
      if (lack != null) {
        return lack;
      }
    }
    return null;
  }

  private Condition.Subject subject(int id, Wish wish) {
    return new Condition.Subject(id, graph, records, contents, this, wish, same);
  }

  private Verdict verdict(int id, Wish wish, List<Reason> reasons, int pending) {
    JobResult last = records.result(id);
    int skipped = records.isAnySkipped() ? new SkippedNeeds(graph, records, contents).of(id) : -1;
    if (skipped >= 0) {
      return new Verdict.Skips(graph.name(skipped));
    } else if (!reasons.isEmpty()) {
      List<Reason> lacking = lacking(id, last, wish, reasons);
      if (!lacking.isEmpty()) {
        return new Verdict.WillFail(lacking);
      }
      return pending >= 0 ? new Verdict.WillRun(List.copyOf(reasons)) : due(id, reasons);
    } else if (pending >= 0) {
      return new Verdict.MayRun(pending);
    }
    return last.outcome() == Outcome.SKIPPED ? new Verdict.Skips("") : new Verdict.UpToDate();
  }

  /** Returns the verdict on a job with reasons to run: it runs, or a known result is restored. */
  public Verdict due(int id, List<Reason> reasons) {
    KnownResult good = null;
    boolean bytes = true;
    if (mayRestore(reasons)) {
      good = recall.of(id, true, found -> present(id, found));
      if (good == null
          && graph.isTemporary(id)
          && reasons.stream().noneMatch(reason -> BYTES.contains(reason.kind()))) {
        bytes = false;
        good = recall.of(id, false, found -> present(id, found));
      }
    }
    return good == null
        ? new Verdict.WillRun(List.copyOf(reasons))
        : new Verdict.WillRestore(List.copyOf(reasons), good, bytes);
  }

  /** Returns the present manifest with given found needs, without its lines; null if unknown. */
  public Described present(int id, List<String> found) {
    if (compared != null && found.equals(comparedWith)) {
      return compared;
    }
    manifest.describe(id, found, contents, hash);
    int pending = hash.pending();
    Digest digest = hash.digest();
    return pending < 0 ? new Described(digest, List.of(), Map.of()) : null;
  }

  /** Returns whether a known result may replace a run with these reasons. */
  public static boolean mayRestore(List<Reason> reasons) {
    return reasons.stream().noneMatch(Reason::wantsRun);
  }

  /**
   * Returns why a job cannot run now; empty if it can. Unreadable and vanished needs count only
   * after a first run. Found needs do not count, since the job may no longer read them.
   */
  private List<Reason> lacking(int id, JobResult last, Wish wish, List<Reason> reasons) {
    List<Reason> lacking = new ArrayList<>(0);
    for (Reason reason : reasons) {
      if (reason.kind() == Kind.ELSEWHERE
          || reason.kind() == Kind.NEED_UNREADABLE
              && !last.needs().found().contains(reason.name())) {
        lacking.add(reason);
      }
    }
    Set<Reason> parts = contents.unreadableParts(id);
    lacking.removeAll(parts); // most are among the reasons
    lacking.addAll(parts);
    if (last != null && wish.rerun != Rerun.ALL) {
      lacking.addAll(new VanishedNeeds(graph, records, contents).of(id));
    }
    lacking.addAll(contents.lackingImages(id));
    if (graph.job(id).group() != null) {
      addMissingSources(graph.job(id), lacking);
    }
    return lacking;
  }

  /** Adds the missing sources whose paths come from the values of an instance. */
  private void addMissingSources(Job job, List<Reason> lacking) {
    for (Ref ref : job.needRefs()) {
      boolean folder = ref instanceof Ref.OfFolder;
      String path = folder ? ((Ref.OfFolder) ref).path() : ref.text();
      boolean needs = folder || ref instanceof Ref.OfFile && !ref.optional();
      boolean source = needs && graph.makerOf(path) < 0;
      OwnedPath left = source ? contents.stale().at(path) : null;
      boolean lacks =
          left != null || source && contents.isMissing(path) && !(folder && graph.makesBelow(path));
      if (!lacks || !rows.isFromInstance(graph.workflow(), job, path)) {
        continue;
      } else if (left != null) {
        lacking.add(StaleFiles.reason(path, left));
      } else {
        Place row = rows.place(graph.workflow(), job, path);
        String place = row == null ? "" : row.toString();
        lacking.add(new Reason(Kind.NEED_MISSING, ref.text(), near.inParentheses(path), place));
      }
    }
  }

  /** Returns the inputs that decide a job, except its products and the build file. */
  public Footprint footprint(int id) {
    Footprint footprint = new Footprint();
    manifest.describe(id, records.found(id), footprint, footprint);
    return footprint;
  }

  public Recall recall() {
    return recall;
  }

  /** Returns an unsettled job that must end before a job's needs are known; -1 if there is none. */
  public int pending(int id) {
    manifest.describe(id, records.found(id), contents, hash);
    int pending = hash.pending();
    hash.digest();
    return pending;
  }

  /**
   * Returns the first unsettled maker of a file that the last run found; -1 if there is none. All
   * jobs on the path to the reader may be settled nevertheless. A dropped maker does not count if
   * the reader may skip failed jobs.
   */
  public int unsettledMaker(int id) {
    for (String path : records.found(id)) {
      int maker = contents.makerOfFound(graph, id, path);
      if (maker >= 0
          && graph.precedes(maker, id)
          && !records.isSettled(maker)
          && !(records.isDropped(maker) && graph.skips(id))) {
        return maker;
      }
    }
    return -1;
  }

  /** Adds the reasons why the last run does not count, whatever its inputs. */
  private void addEarlierFailure(int id, JobResult last, List<Reason> reasons) {
    Job job = graph.job(id);
    Kind kind =
        switch (last.outcome()) {
          case OK, ADOPTED, SKIPPED -> null;
          case FAILED -> Kind.FAILED;
          case TIMED_OUT -> Kind.TIMED_OUT;
          case OUT_OF_MEMORY -> Kind.OUT_OF_MEMORY;
          case INTERRUPTED -> Kind.INTERRUPTED;
          case UNDONE -> Kind.UNDONE;
        };
    if (kind != null) {
      RunDetails details = records.details(job.name());
      String what = details == null ? "" : details.what();
      boolean early = last.manifest().equals(UNKNOWN);
      String of = early ? "" : last.manifest().hex();
      Reason ended = new Reason(kind, early && job.has(Trait.RESUMES) ? "early" : "", of, what);
      reasons.add(end(id, ended, last.needs().found()));
    }
    if (last.outcome() == Outcome.OK && !traced(job, last)) {
      reasons.add(Reason.of(Kind.NOT_TRACED));
    }
    last.needs().moved().forEach(path -> reasons.add(Reason.of(Kind.MOVED, path)));
    last.needs().lost().forEach(name -> reasons.add(Reason.of(Kind.DEPFILE_NOWHERE, name)));
  }

  /** Returns how a job's recorded manifest differs from the present one. */
  public List<Reason> changes(int id) {
    List<Reason> reasons = new ArrayList<>(0);
    compare(id, records.result(id), reasons);
    compared = null;
    return reasons;
  }

  /**
   * Returns how the last run ended. The digest of that run's manifest is left out if the present
   * manifest has it too, or is unknown; {@code found} are the needs that the run found.
   */
  private Reason end(int id, Reason ended, List<String> found) {
    if (!ended.kind().isEnd() || ended.old().isEmpty()) {
      return ended;
    }
    Described now = present(id, found);
    return now == null || now.digest().hex().equals(ended.old())
        ? new Reason(ended.kind(), "", "", ended.now())
        : ended;
  }

  private boolean traced(Job job, JobResult last) {
    return last.traced()
        || !job.has(Trait.TRACE)
        || contents.ofVariable("TORC_TRACE").orElse("").equals("0")
        || graph.workflow().goesUntraced(job.runs().executor());
  }

  /**
   * Adds the differences from the recorded manifest to {@code reasons}. Returns a job that has to
   * end before the manifest is known; -1 if there is none.
   */
  private int compare(int id, JobResult last, List<Reason> reasons) {
    manifest.describe(id, last.needs().found(), contents, hash);
    int undecided = hash.pending();
    Digest now = hash.digest();
    compared = undecided < 0 ? new Described(now, List.of(), Map.of()) : null;
    comparedWith = last.needs().found();
    same = undecided < 0 && now.equals(last.manifest());
    if (same) {
      return -1;
    }
    RunDetails details = records.details(graph.job(id).name());
    same = undecided < 0 && isSameAsThen(id, last, details);
    if (same) {
      return -1;
    }
    if (details != null && details.manifest().isEmpty() && !reasons.isEmpty()) {
      return undecided; // the run ended before its manifest was known
    }
    List<Reason> found =
        details == null ? List.of() : difference(id, last.needs().found(), details.manifest());
    if (found.isEmpty() && undecided < 0 && reasons.isEmpty()) {
      String old = last.manifest().hex();
      found = List.of(new Reason(Kind.SETTING_CHANGED, "manifest", old, now.hex()));
    }
    reasons.addAll(found);
    return undecided;
  }

  /**
   * Returns whether a manifest differs from the recorded one only because an earlier torc counted
   * the shell of plain words, or did not name the key of an {@link LineKind#EXTRA}.
   */
  private boolean isSameAsThen(int id, JobResult last, RunDetails details) {
    for (ManifestEntry line : details == null ? List.<ManifestEntry>of() : details.manifest()) {
      boolean shell = LineKind.SHELL.is(line) && Manifest.runsPlain(line.now());
      if (shell || LineKind.EXTRA.is(line) && line.name().isEmpty()) {
        ManifestHash then = new ManifestHash(shell ? line.now() : null);
        manifest.describe(id, last.needs().found(), contents, then);
        return then.digest().equals(last.manifest());
      }
    }
    return false;
  }

  /**
   * Returns the differences between an earlier manifest, {@code then}, and the present one with the
   * needs {@code found} by that earlier run.
   */
  public List<Reason> difference(int id, List<String> found, List<ManifestEntry> then) {
    Listing lines = new Listing(new ManifestHash());
    manifest.describe(id, found, contents, lines);
    return ManifestDiff.between(
        then,
        lines.lines(),
        records::list,
        written ->
            Arrays.stream(graph.listNeeds().row(id))
                .filter(list -> graph.list(list).written().equals(written))
                .filter(list -> !contents.isAllPending(list))
                .mapToObj(list -> contents.members(list).entries())
                .findFirst()
                .orElse(null),
        value -> contents.values.instances(InputSource.neededValues(graph.job(id)).get(value)));
  }

  /**
   * Adds reasons for products that are missing, wanted or modified by digest (rule 5). Returns an
   * unsettled job that makes the target of a symlink among them; -1 if there is none.
   */
  private int addChangedProducts(int id, JobResult last, Wish wish, List<Reason> reasons) {
    int behind = -1;
    boolean temporary = graph.job(id).has(Trait.TEMPORARY) && !wish.named;
    for (RecordedProduct made : last.products()) {
      FolderDigest folder = null;
      Digest now;
      try {
        folder = contents.folder(made);
        now = folder == null ? contents.product(made) : folder.digest();
      } catch (IOException e) {
        String why = ManifestWriter.UNREADABLE + Refusal.why(e);
        reasons.add(new Reason(Kind.PRODUCT_ALTERED, made.path(), made.digest().hex(), why));
        continue;
      }
      if (made.digest().equals(now)) {
        continue;
      } else if (temporary && contents.gone().isGone(made.path())) {
        String reader = wish.wanted.get(made.path());
        if (reader != null) {
          reasons.add(new Reason(Kind.PRODUCT_WANTED, made.path(), "", reader));
        }
      } else if (contents.names().unmadeTarget(id, made) >= 0) {
        behind = contents.names().unmadeTarget(id, made);
      } else if (now == null) {
        reasons.add(Reason.of(Kind.PRODUCT_MISSING, made.path()));
      } else {
        reasons.add(new Reason(Kind.PRODUCT_ALTERED, made.path(), made.digest().hex(), now.hex()));
        if (folder != null) {
          List<Reason> members = new FolderMembers(records).changes(made, folder);
          reasons.addAll(members == null ? List.of() : members);
        }
      }
    }
    return behind;
  }

  /**
   * Returns the manifest of a job that just ran, with its needs as they were when it started. The
   * snapshot must already include the needs {@code found} by the run. Any thread may call this.
   */
  public Described describe(int id, List<String> found, NeedSnapshot snapshot) {
    if (found.isEmpty() && snapshot.described != null) {
      return snapshot.described;
    }
    ManifestHash counts = described.get();
    Listing lines = new Listing(counts);
    manifest.describe(id, found, snapshot, lines);
    Described all = new Described(counts.digest(), lines.lines(), snapshot.members());
    snapshot.described = found.isEmpty() ? all : snapshot.described;
    return all;
  }

  /** Returns only the digest that {@link #describe} gives. Any thread may call this. */
  public Digest digest(int id, List<String> found, NeedSnapshot snapshot) {
    ManifestHash counts = described.get();
    manifest.describe(id, found, snapshot, counts);
    return counts.digest();
  }
}
