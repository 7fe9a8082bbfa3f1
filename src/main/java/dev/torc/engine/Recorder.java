package dev.torc.engine;

import dev.torc.cache.Batch;
import dev.torc.cache.BuildId;
import dev.torc.cache.Cache;
import dev.torc.cache.Details;
import dev.torc.cache.Entry;
import dev.torc.cache.Marks;
import dev.torc.cache.Posted;
import dev.torc.cache.Result;
import dev.torc.exec.Ended;
import dev.torc.hash.Digest;
import dev.torc.plan.Decider;
import dev.torc.plan.Reason;
import dev.torc.plan.Scene;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Turns the outcome of a job's last attempt into its records: the result that the next verdict
 * reads, the details that people ask for, and who made what. Committing is the cache's business.
 * Records are made on any thread; what all share goes into them by {@link #whole}.
 */
public final class Recorder {

  private final BuildId build;
  private final AtomicLong posted = new AtomicLong();
  private final Set<Digest> stored = new HashSet<>();

  Recorder(BuildId build) {
    this.build = build;
  }

  /**
   * What is to be stored for a job.
   *
   * @param result the result in it
   * @param lists what it names by digest
   */
  record Record(Batch batch, Result result, Map<Digest, List<Entry>> lists) {}

  /** The records of a job whose last attempt came to this. */
  Record of(Workers.Begun last, Outcome outcome) {
    return of(
        last.scene(),
        last.id(),
        last.reasons(),
        last.number(),
        outcome,
        outcomeOf(outcome),
        new Batch());
  }

  /** The records of a job that did not run, and whose products are accepted as they stand. */
  Result adopted(Scene scene, int id, Outcome outcome, Batch batch) {
    Record record = of(scene, id, List.of(), 0, outcome, Result.Outcome.ADOPTED, batch);
    whole(record);
    return record.result;
  }

  /**
   * The batch of a record, with the lists that no earlier one has. Batches must be put in the order
   * in which they are asked for, by one thread at a time.
   */
  Batch whole(Record record) {
    record.lists.forEach(
        (digest, entries) -> {
          if (stored.add(digest)) {
            record.batch.list(digest, entries); // once for all its readers
          }
        });
    return record.batch;
  }

  private Record of(
      Scene scene,
      int id,
      List<Reason> reasons,
      int attempts,
      Outcome outcome,
      Result.Outcome how,
      Batch batch) {
    Digest manifest = Decider.UNKNOWN;
    List<Entry> lines = List.of();
    Map<Digest, List<Entry>> lists = Map.of();
    if (outcome.snapshot() != null) {
      Decider.Described described =
          scene.decider().describe(id, outcome.found(), outcome.snapshot());
      manifest = described.digest();
      lines = described.lines();
      lists = described.lists();
    }
    Ended ended = outcome.ended();
    Result result =
        new Result(
            how,
            build.id(),
            manifest,
            outcome.products(),
            outcome.found(),
            outcome.moved(),
            ended.wall());
    Details details =
        new Details(
            lines,
            entries(reasons),
            outcome.what(),
            build.number(),
            outcome.started(),
            ended.how() == Ended.How.EXITED ? ended.code() : -1,
            ended.how() == Ended.How.SIGNALED ? ended.code() : 0,
            ended.cpu(),
            ended.peak(),
            attempts);
    String job = scene.graph().job(id).name();
    batch.result(job, result, details).data(job, outcome.data());
    for (String text : outcome.posts()) {
      long now = System.currentTimeMillis();
      batch.post(new Posted(build.number(), posted.getAndIncrement(), now, job, attempts, text));
    }
    outcome.owned().forEach(batch::own);
    return new Record(batch, result, lists);
  }

  private static List<Entry> entries(List<Reason> reasons) {
    List<Entry> entries = new ArrayList<>(reasons.size());
    for (Reason r : reasons) {
      entries.add(new Entry(r.kind().ordinal(), r.name(), r.old(), r.now()));
    }
    return entries;
  }

  private static Result.Outcome outcomeOf(Outcome outcome) {
    if (outcome.ok()) {
      return Result.Outcome.OK;
    }
    return switch (outcome.ended().how()) {
      case TIMEOUT -> Result.Outcome.TIMED_OUT;
      case MEMORY -> Result.Outcome.OUT_OF_MEMORY;
      case INTERRUPTED -> Result.Outcome.INTERRUPTED;
      case EXITED, SIGNALED, TERMINAL, NOT_STARTED -> Result.Outcome.FAILED;
    };
  }

  /** The record of a job that a killed torc left running (rule 9): interrupted. */
  public static Batch interrupted(Cache cache, Marks.Mark mark, long number) {
    Result last = cache.result(mark.job());
    Details details = cache.details(mark.job());
    Digest manifest = last == null ? Decider.UNKNOWN : last.manifest();
    List<String> found = last == null ? List.of() : last.found();
    List<Entry> lines = details == null ? List.of() : details.manifest();
    return new Batch()
        .result(
            mark.job(),
            new Result(
                Result.Outcome.INTERRUPTED, mark.build(), manifest, List.of(), found, List.of(), 0),
            new Details(
                lines, List.of(), "torc was killed", number, 0, -1, 0, -1, -1, mark.attempt()))
        .data(mark.job(), List.of());
  }
}
