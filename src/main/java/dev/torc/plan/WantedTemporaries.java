package dev.torc.plan;

import dev.torc.cache.JobResult;
import dev.torc.cache.RecordedProduct;
import dev.torc.graph.Downstream;
import dev.torc.hash.Stamp;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The verdicts where products of temporary jobs are missing: such a job runs if a job that reads
 * what is missing runs, and until then its readers are decided by what the records say of it. So
 * verdicts follow from makers and from readers. They are found by going through the jobs in order,
 * and back again for what is wanted, until nothing changes; a verdict that is not <em>up to
 * date</em> stays, so this ends, and what a job may run after was found before it.
 */
final class WantedTemporaries {

  private final PlanContext given;
  private final MissingTemporaries absent;
  private final BitSet jobs;
  private final BitSet decided;
  private final boolean amid;
  private final Verdict[] verdicts;
  private final Map<String, String> wanted;
  private final Map<Integer, Reason> maybe = new HashMap<>();
  private PlanContext context;

  /**
   * @param jobs those whose verdicts are wanted
   * @param decided those of them that may not be up to date; such that wait for one that turns out
   *     not to be come to them
   * @param amid whether a build is under way: what is settled in the context stays so
   * @param verdicts by job; null for those to be decided, changed here
   */
  WantedTemporaries(
      PlanContext given,
      MissingTemporaries absent,
      BitSet jobs,
      BitSet decided,
      boolean amid,
      Verdict[] verdicts) {
    this.given = given;
    this.absent = absent;
    this.jobs = jobs;
    this.decided = decided;
    this.amid = amid;
    this.verdicts = verdicts;
    this.wanted = new TreeMap<>(given.wanted());
  }

  /** Decides all jobs; those that are up to date are settled in {@link #context}. */
  WantedTemporaries decide() {
    untold();
    do {
      context = given.anew(amid, wanted);
      forward();
    } while (back());
    return this;
  }

  /** The context that the verdicts are about. */
  PlanContext context() {
    return context;
  }

  /** Of temporary jobs that may run, which product is missing and who may need it. */
  Map<Integer, Reason> maybe() {
    return maybe;
  }

  /** Who reads what the records cannot tell needs it whether it runs or not. */
  private void untold() {
    for (int j : given.graph().inOrder(jobs)) {
      for (MissingTemporaries.Read read :
          decided.get(j) ? absent.reads(j) : List.<MissingTemporaries.Read>of()) {
        if (!read.told()) {
          wanted.putIfAbsent(read.path(), given.graph().name(j));
        }
      }
    }
    BitSet open = given.selection().open();
    for (int group : given.graph().inOrder(open)) {
      if (given.graph().open().get(group).problems().isEmpty()) {
        for (int maker : absent.awaited(group)) {
          for (RecordedProduct made : absent.of(maker)) {
            // The names of files are recorded; a table is awaited to be read.
            if (amid
                || made.kind() != Stamp.Kind.FILE
                || given.graph().open().get(group).tables().contains(made.path())) {
              wanted.putIfAbsent(made.path(), given.graph().name(group));
            }
          }
        }
      }
    }
  }

  private void forward() {
    for (int j : given.graph().inOrder(jobs)) {
      if (!decided.get(j)) {
        verdicts[j] = Plan.UP_TO_DATE;
      } else if (verdicts[j] == null || verdicts[j] instanceof Verdict.UpToDate && mayChange(j)) {
        verdicts[j] = context.decide(j);
      }
      if (verdicts[j] instanceof Verdict.UpToDate) {
        context.records().settle(j);
      } else {
        Downstream.addReaders(given.graph(), j, decided);
        Plan.foresee(context, j, verdicts[j]);
      }
    }
  }

  private boolean mayChange(int job) {
    JobResult result = context.records().result(job);
    return context.records().unsettledBefore(job) >= 0
        || result == null
        || !result.found().isEmpty();
  }

  private boolean back() {
    boolean changed = false;
    int[] order = given.graph().inOrder(jobs);
    for (int i = order.length - 1; i >= 0; i--) {
      int j = order[i];
      Verdict verdict = verdicts[j];
      if (verdict != null && !(verdict instanceof Verdict.UpToDate)) {
        for (MissingTemporaries.Read read : absent.reads(j)) {
          changed |= want(read, given.graph().name(j), verdict);
        }
      }
    }
    return changed;
  }

  /** A reader with a verdict needs what is missing, for sure or perhaps. */
  private boolean want(MissingTemporaries.Read read, String reader, Verdict verdict) {
    int maker = read.maker();
    Verdict now = verdicts[maker];
    Reason reason = new Reason(Reason.Kind.PRODUCT_WANTED, read.path(), "", reader);
    if (verdict instanceof Verdict.MayRun && now instanceof Verdict.UpToDate) {
      verdicts[maker] = verdict;
      maybe.put(maker, reason);
      return true;
    }
    boolean sure =
        now instanceof Verdict.WillRun
            || now instanceof Verdict.WillRestore
            || now instanceof Verdict.WillFail;
    if (verdict instanceof Verdict.WillRun && now != null && !sure) {
      verdicts[maker] = context.decider().due(maker, List.of(reason));
      wanted.put(read.path(), reader);
      return true;
    }
    return false;
  }
}
