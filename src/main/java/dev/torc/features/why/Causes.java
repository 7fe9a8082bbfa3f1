package dev.torc.features.why;

import dev.torc.core.decide.JobRecords;
import dev.torc.core.decide.NeedContents;
import dev.torc.core.decide.Plan;
import dev.torc.core.decide.Reason;
import dev.torc.core.decide.Reason.Kind;
import dev.torc.core.decide.Verdict;
import dev.torc.core.memory.JobResult;
import dev.torc.core.memory.JobResult.ManifestEntry;
import dev.torc.core.memory.JobResult.Origin;
import dev.torc.core.memory.JobResult.Outcome;
import dev.torc.core.memory.JobResult.RunDetails;
import dev.torc.core.memory.RecordedProduct;
import dev.torc.core.model.Graph;
import dev.torc.features.why.Causes.CauseChain.How;
import dev.torc.features.why.Causes.CauseChain.Link;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * Finds the chain that {@code torc why} prints: from a changed need to the job that made it, and on
 * to the reasons why that job ran. {@link PathReaders} goes the other way, from a file to the jobs
 * that need it. This class reads verdicts, records and contents, and makes no decisions.
 */
public final class Causes {

  private static final Kind[] KINDS = Kind.values();

  private final Graph graph;
  private final JobRecords records;
  private final NeedContents contents;
  private final Map<Integer, Run> runs = new HashMap<>();
  private final BitSet unhindered = new BitSet(); // nodes that never ran and wait for no failed job

  /** A job's last run; {@code made} has the digests of its products by path. */
  private record Run(RunDetails details, boolean adopted, Map<String, String> made) {}

  /** A job to explain by its verdict, or by its last run if the verdict is null. */
  private record Ask(Plan plan, int job, Verdict verdict) {}

  public Causes(Graph graph, JobRecords records, NeedContents contents) {
    this.graph = graph;
    this.records = records;
    this.contents = contents;
  }

  /** Returns why a job will or may run; null if it neither runs nor fails. */
  public CauseChain of(Plan plan, int job) {
    return plan.verdict(job).isIdle() ? null : follow(new Ask(plan, job, plan.verdict(job)));
  }

  /** Returns why a job last ran; null if it never ran. */
  public CauseChain ofLastRun(int job) {
    return run(job) == null ? null : follow(new Ask(null, job, null));
  }

  private CauseChain follow(Ask first) {
    SequencedMap<String, Link> links = new LinkedHashMap<>();
    Deque<Ask> stack = new ArrayDeque<>(List.of(first));
    while (!stack.isEmpty()) {
      Ask ask = stack.pop();
      String name = graph.name(ask.job);
      if (links.containsKey(name)) {
        continue;
      }
      List<Ask> next = new ArrayList<>();
      links.put(name, link(name, ask, next));
      next.reversed().forEach(stack::push);
    }
    return new CauseChain(graph.job(first.job).name(), links);
  }

  private Link link(String name, Ask ask, List<Ask> next) {
    Run run = run(ask.job);
    long last = run == null ? 0 : run.details.ran().build();
    return switch (ask.verdict) {
      case null ->
          run.adopted
              ? new Link(name, How.ADOPTED, Optional.empty(), List.of(), List.of())
              : past(run.details, ask, next);
      case Verdict.WillRun _ -> due(How.WILL_RUN, ask, null, last, next);
      case Verdict.WillRestore will -> due(How.WILL_RESTORE, ask, will.origin(name), last, next);
      case Verdict.WillFail _ -> due(How.WILL_FAIL, ask, null, 0, next);
      case Verdict.MayRun may -> {
        next.add(new Ask(ask.plan, may.after(), ask.plan.verdict(may.after())));
        List<String> after = List.of(graph.name(may.after()));
        yield new Link(name, How.MAY_RUN, Optional.empty(), List.of(), after);
      }
      case Verdict.UpToDate _, Verdict.Skips _ ->
          throw new IllegalArgumentException(name + " is up to date");
    };
  }

  private Link due(How how, Ask ask, Origin from, long last, List<Ask> next) {
    return reasons(how, ask, from, ask.verdict.reasons(), last, Long.MAX_VALUE, next);
  }

  private Link past(RunDetails run, Ask ask, List<Ask> next) {
    How how = run.origin() == null ? How.RAN : How.RESTORED;
    return reasons(how, ask, run.origin(), decode(run), 0, run.ran().build(), next);
  }

  /**
   * Returns a link. Only makers that ran after build {@code above} and not after build {@code to}
   * can be causes.
   */
  private Link reasons(
      How how, Ask ask, Origin from, List<Reason> reasons, long above, long to, List<Ask> next) {
    List<String> behind = new ArrayList<>();
    for (Reason reason : reasons) {
      boolean blocked = ask.verdict != null && reason.equals(Reason.NEVER_RAN);
      int maker = blocked ? failedBefore(ask.job) : behind(ask.job, reason, above, to);
      behind.add(maker < 0 ? "" : graph.job(maker).name());
      if (maker >= 0) {
        next.add(new Ask(ask.plan, maker, blocked ? ask.plan.verdict(maker) : null));
      }
    }
    String job = graph.name(ask.job);
    return new Link(job, how, Optional.ofNullable(from), reasons, List.copyOf(behind));
  }

  /** Returns the nearest failed job before a job, with only never-run jobs between them; or -1. */
  private int failedBefore(int job) {
    BitSet seen = new BitSet();
    for (Deque<Integer> readers = new ArrayDeque<>(List.of(job)); !readers.isEmpty(); ) {
      int reader = readers.poll();
      for (int before : graph.skips(reader) ? new int[0] : graph.before().row(reader)) {
        JobResult last = graph.isJob(before) ? records.result(before) : null;
        if (last != null && last.outcome().isFailure()) {
          return before;
        } else if (last == null && !unhindered.get(before) && !seen.get(before)) {
          seen.set(before);
          readers.add(before);
        }
      }
    }
    unhindered.or(seen);
    return -1;
  }

  /** Returns the job whose last run made the file or value that a reason names; -1 if unknown. */
  private int behind(int job, Reason reason, long above, long to) {
    int maker = reason.maker(graph);
    // An older build file's records may name files that a later job of this build file makes.
    Run run = maker < 0 || graph.place(maker) >= graph.place(job) ? null : run(maker);
    if (run == null || run.details.ran().build() <= above || run.details.ran().build() > to) {
      return -1;
    }
    // If the digests differ, the reader saw the bytes of an earlier run. If there is no new digest,
    // the reader no longer needs the file, so no run caused this.
    String made = run.made.get(reason.name());
    return made == null || made.equals(reason.now()) ? maker : -1;
  }

  private Run run(int job) {
    Run known = runs.get(job);
    if (known == null && graph.isJob(job)) {
      RunDetails details = records.details(graph.job(job).name());
      JobResult result = records.result(job);
      if (details == null || result == null) {
        return null;
      }
      Map<String, String> made = HashMap.newHashMap(result.products().size());
      for (RecordedProduct product : result.products()) {
        made.put(product.path(), product.digest().hex());
      }
      known = new Run(details, result.outcome() == Outcome.ADOPTED, made);
      runs.put(job, known);
    }
    return known;
  }

  /** Returns the jobs that need a file or folder by name, in a list, or through a depfile. */
  public List<PathUse> readers(String path) {
    return new PathReaders(graph, records, contents).of(path);
  }

  public static List<Reason> decode(RunDetails details) {
    return decode(details.reasons());
  }

  /** Returns stored reasons, except kinds that a newer torc added. */
  public static List<Reason> decode(List<ManifestEntry> stored) {
    return stored.stream()
        .filter(entry -> entry.code() >= 0 && entry.code() < KINDS.length)
        .map(entry -> new Reason(KINDS[entry.code()], entry.name(), entry.old(), entry.now()))
        .toList();
  }

  /**
   * A job that needs the path.
   *
   * @param build the build in which the job last ran or was adopted; 0 if there is none
   * @param old the digest in that build, or {@code missing}; empty if the job did not need the path
   * @param now the present digest, or {@code missing}
   */
  public record PathUse(String job, long build, boolean adopted, String old, String now) {}

  /**
   * Why a job runs, may run or ran, down to the root causes.
   *
   * @param links the jobs of the chain by name, starting with {@code job}
   */
  public record CauseChain(String job, SequencedMap<String, Link> links) {

    public enum How {
      WILL_RUN,
      WILL_RESTORE,
      MAY_RUN,
      WILL_FAIL,
      RAN,
      RESTORED,
      /** The job's products were adopted without a run. */
      ADOPTED
    }

    /**
     * One job of the chain.
     *
     * @param from the origin of a restored job's result; empty for other jobs
     * @param reasons empty for a job that may run or was adopted
     * @param behind for each reason, the job that made the changed file or value, or the failed job
     *     that kept this job from running; empty if there is none. For a job that may run, the one
     *     job that decides whether it runs
     */
    public record Link(
        String job, How how, Optional<Origin> from, List<Reason> reasons, List<String> behind) {}

    public Link head() {
      return links.get(job);
    }
  }
}
