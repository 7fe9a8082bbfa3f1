package dev.torc.core.attempt;

import dev.torc.base.digests.Digest;
import dev.torc.base.digests.FolderDigest;
import dev.torc.base.machine.Series.Usage;
import dev.torc.core.attempt.AttemptOutcome.Made;
import dev.torc.core.decide.Decider;
import dev.torc.core.decide.KnownResult;
import dev.torc.core.decide.NeedMembers;
import dev.torc.core.decide.NeedSnapshot;
import dev.torc.core.decide.PlanContext;
import dev.torc.core.decide.Reason;
import dev.torc.core.here.ProcessEnd;
import dev.torc.core.here.ProcessEnd.How;
import dev.torc.core.manifest.Described;
import dev.torc.core.memory.AttemptRecord;
import dev.torc.core.memory.Batch;
import dev.torc.core.memory.BuildRecord.BuildId;
import dev.torc.core.memory.Cache;
import dev.torc.core.memory.JobResult;
import dev.torc.core.memory.JobResult.ManifestEntry;
import dev.torc.core.memory.JobResult.Outcome;
import dev.torc.core.memory.JobResult.Ran;
import dev.torc.core.memory.JobResult.Restorable;
import dev.torc.core.memory.JobResult.RunDetails;
import dev.torc.core.memory.JobResult.RunNeeds;
import dev.torc.core.memory.RecordedProduct;
import dev.torc.core.memory.RecordedProduct.OwnedPath;
import dev.torc.core.memory.StartMark;
import dev.torc.core.memory.StoredList;
import dev.torc.core.model.Job;
import dev.torc.core.model.Job.Trait;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Turns the outcome of a job's last attempt into records: the result for the next verdict, the
 * details that commands show, and the paths that the job owns. The cache commits them. Any thread
 * may make records; {@link #whole} adds the lists that several records share.
 */
public final class Recorder {

  private final BuildId build;
  private final String host;
  private final AtomicLong sequences = new AtomicLong();
  private final Set<Digest> stored = new HashSet<>();

  public Recorder(BuildId build, String host) {
    this.build = build;
    this.host = host;
  }

  /** A batch with its result, and the lists that the result names by digest. */
  public record Record(Batch batch, JobResult result, Map<Digest, StoredList> lists) {}

  public Record of(Attempt last, AttemptOutcome outcome) {
    PlanContext context = last.common.plan();
    JobAttempts attempts = last.attempts;
    if (outcome.restored() != null) {
      Record known = recalled(last.job.name(), attempts.reasons(), outcome.restored());
      own(outcome, known.batch);
      List<FolderDigest> folders = outcome.made().products().folders();
      return new Record(known.batch, known.result, lists(folders));
    }
    Outcome how = outcomeOf(outcome, last.job);
    Batch batch = new Batch();
    Record record = of(context, last.id, attempts.reasons(), attempts.count(), outcome, how, batch);
    last.record(batch, build);
    attempt(last.job, attempts, outcome, how, batch);
    return record;
  }

  /** Adds an attempt to the history, even if a retry follows. */
  private void attempt(
      Job job, JobAttempts attempts, AttemptOutcome outcome, Outcome how, Batch batch) {
    ProcessEnd end = outcome.ended();
    ProcessEnd.Elsewhere there = end.elsewhere();
    long sequence = sequences.getAndIncrement();
    List<Reason> why = Reason.causes(attempts.reasons());
    batch.attempt(
        new AttemptRecord(
            new AttemptRecord.Id(build.number(), sequence, job.name(), attempts.count()),
            new AttemptRecord.End(how, exit(end), signal(end)),
            new AttemptRecord.Times(outcome.began(), outcome.queued(attempts.queued()), end.wall()),
            end.usage(),
            new AttemptRecord.Where(there == null ? host : there.host(), attempts.named()),
            attempts.asked(),
            new AttemptRecord.Why(ShortReasons.of(why), why.size())));
    if (end.series() != null && end.series().size() > 1) {
      batch.series(build.number(), sequence, end.series());
    }
  }

  private static int exit(ProcessEnd end) {
    return end.how() == How.EXITED ? end.code() : -1;
  }

  private static int signal(ProcessEnd end) {
    return end.how() == How.SIGNALED ? end.code() : 0;
  }

  /** Returns the record of an adopted job, which did not run. */
  public Record adopted(PlanContext context, int id, AttemptOutcome outcome) {
    return of(context, id, List.of(), 0, outcome, Outcome.ADOPTED, new Batch());
  }

  /**
   * Returns the batch of a record, with the lists that no earlier batch has. Batches must be put
   * into the cache in the order of these calls, by one thread at a time.
   */
  public Batch whole(Record record) {
    record.lists.forEach(
        (digest, list) -> {
          if (stored.add(digest)) {
            record.batch.list(digest, list); // once for all records
          }
        });
    return record.batch;
  }

  /** Returns the members of folder products, each list as a whole. */
  private static Map<Digest, StoredList> lists(List<FolderDigest> folders) {
    Map<Digest, StoredList> lists = new HashMap<>();
    NeedMembers.lists(folders)
        .forEach((digest, entries) -> lists.put(digest, StoredList.whole(entries)));
    return lists;
  }

  private Record of(
      PlanContext context,
      int id,
      List<Reason> reasons,
      int attempts,
      AttemptOutcome outcome,
      Outcome how,
      Batch batch) {
    Made made = outcome.made();
    ProcessEnd ended = outcome.ended();
    List<RecordedProduct> products = made.products().made();
    List<String> found = List.copyOf(made.needs().found());
    NeedSnapshot snapshot = outcome.snapshot();
    Described described = snapshot == null ? null : context.decider().describe(id, found, snapshot);
    Digest manifest = described == null ? Decider.UNKNOWN : described.digest();
    List<ManifestEntry> lines = described == null ? List.of() : described.lines();
    boolean restorable =
        how == Outcome.OK
            && made.touched().isEmpty()
            && made.needs().rewritten().isEmpty()
            && (made.traced() || !context.graph().job(id).has(Trait.TRACE))
            && made.products().isWhole();
    RunNeeds needs = new RunNeeds(found, made.moved(), List.copyOf(made.needs().lost()));
    JobResult result =
        new JobResult(how, build.id(), manifest, products, needs, ended.wall(), made.traced());
    long began = outcome.began();
    Usage use = ended.usage();
    Ran ran =
        new Ran(build.number(), began, exit(ended), signal(ended), use.cpu(), use.peak(), attempts);
    Restorable terms = restorable ? terms(context, id, manifest, outcome) : null;
    List<String> read = List.copyOf(made.needs().read());
    RunDetails details =
        new RunDetails(lines, entries(reasons), outcome.what(), ran, terms, null, read);
    String job = context.graph().job(id).name();
    batch.result(job, result, details).data(job, made.data());
    for (String path : how == Outcome.OK ? found : List.<String>of()) {
      OwnedPath left = snapshot.stale(path);
      if (left != null) {
        batch.disown(left.path()); // the job itself made it anew
      }
    }
    own(outcome, batch);
    Map<Digest, StoredList> lists =
        context.records().storing(id, described, products, made.products().folders());
    return new Record(batch, result, lists);
  }

  /** Adds the paths that the job owns now. */
  public void own(AttemptOutcome outcome, Batch batch) {
    outcome.made().products().owned().forEach(owned -> batch.own(owned.in(build.number())));
  }

  /** Returns the records of a known result that replaces a run. */
  public Record recalled(String job, List<Reason> reasons, KnownResult from) {
    JobResult result = from.run(build.id());
    RunDetails details = from.details(job, build.number(), entries(reasons));
    Batch batch = new Batch().result(job, result, details).data(job, from.data());
    return new Record(batch, result, Map.of());
  }

  /** Returns the terms on which a later build may restore the result. */
  private static Restorable terms(
      PlanContext context, int id, Digest manifest, AttemptOutcome outcome) {
    Decider decider = context.decider();
    Made made = outcome.made();
    ProductScan products = made.products();
    boolean finds = context.graph().job(id).finds();
    Digest bare = finds ? decider.digest(id, List.of(), outcome.snapshot()) : null;
    ProcessEnd.Elsewhere there = outcome.ended().elsewhere();
    String system = there == null ? null : there.system();
    boolean values = !made.data().isEmpty();
    return decider
        .recall()
        .terms(id, manifest, bare, system, values, products.files(), products.depfile());
  }

  private static List<ManifestEntry> entries(List<Reason> reasons) {
    return Reason.causes(reasons).stream()
        .map(r -> new ManifestEntry(r.kind().ordinal(), r.name(), r.old(), r.now()))
        .toList();
  }

  private static Outcome outcomeOf(AttemptOutcome outcome, Job job) {
    if (outcome.ok()) {
      return Outcome.OK;
    } else if (outcome.skips(job)) {
      return Outcome.SKIPPED;
    }
    return switch (outcome.ended().how()) {
      case TIMEOUT -> Outcome.TIMED_OUT;
      case MEMORY -> Outcome.OUT_OF_MEMORY;
      case INTERRUPTED, PASSED_ON, NOT_REACHED -> Outcome.INTERRUPTED;
      case EXITED, SIGNALED, TERMINAL, CANCELLED, ALTERED, NOT_STARTED -> Outcome.FAILED;
    };
  }

  /** Returns the record of a job that was interrupted because its torc was killed (rule 9). */
  public static Batch interrupted(Cache cache, StartMark mark, long number) {
    JobResult last = cache.result(mark.job());
    RunDetails details = cache.details(mark.job());
    String known = mark.manifest();
    Digest manifest = known.isEmpty() ? Decider.UNKNOWN : Digest.ofHex(known);
    RunNeeds needs = new RunNeeds(List.of());
    boolean finds = last != null && !last.needs().found().isEmpty();
    List<ManifestEntry> lines = details == null || finds ? List.of() : details.manifest();
    JobResult result =
        new JobResult(Outcome.INTERRUPTED, mark.build(), manifest, List.of(), needs, 0, false);
    Ran ran = new Ran(number, mark.started(), -1, 0, -1, -1, mark.attempt());
    RunDetails run =
        new RunDetails(lines, List.of(), RunDetails.KILLED, ran, null, null, List.of());
    return new Batch().result(mark.job(), result, run).data(mark.job(), List.of());
  }
}
