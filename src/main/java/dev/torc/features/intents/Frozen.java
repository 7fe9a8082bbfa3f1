package dev.torc.features.intents;

import dev.torc.base.digests.DigestMemo;
import dev.torc.base.posix.Io;
import dev.torc.base.syntax.GlobWalk;
import dev.torc.base.text.Refusal;
import dev.torc.core.attempt.ProductScan;
import dev.torc.core.decide.Condition;
import dev.torc.core.decide.Decider;
import dev.torc.core.decide.KnownResult;
import dev.torc.core.decide.ProductRoots;
import dev.torc.core.decide.Reason;
import dev.torc.core.decide.Reason.Kind;
import dev.torc.core.decide.Verdict;
import dev.torc.core.memory.JobResult;
import dev.torc.core.memory.JobResult.Outcome;
import dev.torc.core.memory.JobResult.RunNeeds;
import dev.torc.core.memory.RecordedProduct;
import dev.torc.core.model.Extra;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Job;
import dev.torc.core.model.Ref;
import dev.torc.core.model.Workflow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * {@code frozen}: a job does not run, whatever changed, unless {@code --force} names it. As long as
 * its products are there, they count for this build as if it had just made them, so its readers go
 * by what is there. A missing product is restored if the result on record is known; otherwise the
 * job fails. Under {@code frozen: once} a job with a missing product runs, and is never restored.
 */
public final class Frozen implements Condition {

  public static final String KEY = "frozen";

  /** The value for a job that runs if its products are missing. */
  static final String ONCE = "once";

  private final DigestMemo digests;
  private final Map<String, List<Reason>> reasons = new HashMap<>(); // as first found, by job

  public Frozen(DigestMemo digests) {
    this.digests = digests;
  }

  /**
   * Returns the frozen jobs of a graph, except those that are made once and whose products are
   * missing: these wait for what they need like other jobs.
   */
  public static BitSet still(Graph graph) {
    BitSet still = (BitSet) graph.having(Extra.STAYS).clone();
    Path root = graph.workflow().root();
    for (int id : graph.having(Extra.STAYS).stream().toArray()) {
      if (graph.isJob(id) && isOnce(graph.job(id))) {
        List<Ref> products = graph.job(id).productRefs();
        still.set(
            id,
            products.stream().allMatch(ref -> ref.optional() || exists(root, ref))
                && products.stream().anyMatch(ref -> exists(root, ref)));
      }
    }
    return still;
  }

  private static boolean isOnce(Job job) {
    return job.extra(KEY).declared().equals(ONCE);
  }

  private static boolean exists(Path root, Ref ref) {
    return ref instanceof Ref.OfGlob glob
        ? Io.or(() -> !GlobWalk.files(root, glob.glob()).isEmpty(), false)
        : Files.exists(root.resolve(ref instanceof Ref.OfFolder in ? in.path() : ref.text()));
  }

  @Override
  public boolean restsOnFiles(Job job) {
    return false;
  }

  @Override
  public Verdict verdict(Subject asked, Verdict known) {
    Job job = asked.job();
    boolean named = asked.wish().forces() && asked.wish().named();
    if (named) {
      return known;
    }
    List<Reason> would = reasons.computeIfAbsent(job.name(), _ -> List.copyOf(known.reasons()));
    JobResult last = asked.last();
    Reason lack;
    try {
      Workflow workflow = asked.graph().workflow();
      ProductRoots grounds = new ProductRoots(workflow.root(), workflow.settings().roots());
      List<RecordedProduct> there = ProductScan.of(grounds, digests, job, false).made();
      lack = lack(job, last, known, there);
      if (lack == null) {
        asked.records().assume(asked.id(), present(last, there));
        return new Verdict.UpToDate(Verdict.Rest.FROZEN, would);
      }
    } catch (IOException e) {
      lack = new Reason(Kind.FROZEN, "", "", Refusal.why(e));
    }
    if (isOnce(job)) {
      return new Verdict.WillRun(known.reasons().isEmpty() ? List.of(lack) : known.reasons());
    }
    List<Reason> missing = List.of(Reason.of(Kind.PRODUCT_MISSING, lack.name()));
    KnownResult good = asked.decider().recall().ofLastRun(asked.id());
    Verdict due =
        good == null
            ? asked.decider().due(asked.id(), missing)
            : new Verdict.WillRestore(missing, good, true);
    return due instanceof Verdict.WillRestore ? due : new Verdict.WillFail(List.of(lack));
  }

  /** Returns why the products do not count; null if they do. */
  private static Reason lack(Job job, JobResult last, Verdict known, List<RecordedProduct> there) {
    boolean ended =
        last == null
            || last.outcome().isGood()
            || last.outcome() == Outcome.UNDONE
            || last.outcome() == Outcome.SKIPPED;
    if (!ended || known.reasons().stream().anyMatch(each -> each.kind() == Kind.INTERRUPTED)) {
      return new Reason(Kind.FROZEN, "", "", "its last run did not end well");
    }
    Set<String> paths = there.stream().map(RecordedProduct::path).collect(Collectors.toSet());
    for (Ref ref : job.productRefs()) {
      boolean is =
          ref instanceof Ref.OfGlob glob
              ? ref.optional() || paths.stream().anyMatch(glob.glob()::matches)
              : paths.contains(ref instanceof Ref.OfFolder folder ? folder.path() : ref.text());
      if (!is) {
        return Reason.of(Kind.FROZEN, ref.text());
      }
    }
    for (RecordedProduct made : last == null ? List.<RecordedProduct>of() : last.products()) {
      if (!paths.contains(made.path())) {
        return Reason.of(Kind.FROZEN, made.path());
      }
    }
    return null;
  }

  private static JobResult present(JobResult last, List<RecordedProduct> there) {
    return last == null
        ? new JobResult(Outcome.OK, "", Decider.UNKNOWN, there, new RunNeeds(List.of()), 0, true)
        : new JobResult(
            Outcome.OK, last.build(), last.manifest(), there, last.needs(), last.wall(), true);
  }
}
