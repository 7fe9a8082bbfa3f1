package dev.torc.plan;

import dev.torc.graph.Downstream;
import dev.torc.graph.Graph;
import dev.torc.records.JobResult;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Decides all jobs of a plan. Forward: each job in order; the readers of jobs that run are looked
 * at. Back: a reader that runs, or may run, asks for the missing temporary products that it reads,
 * so their makers run, or may. Both repeat until the way back finds nothing new. That ends, since a
 * verdict other than <em>up to date</em> never becomes that again. Without temporary jobs there is
 * one pass forward.
 */
final class PlanPasses {

  private static final Verdict UP_TO_DATE = new Verdict.UpToDate();

  private final PlanContext given;
  private final Graph graph;
  private final int[] order;
  private final BitSet decided;
  private final boolean amid;
  private final Verdict[] verdicts;
  private final Map<String, String> wanted;
  private final Map<Integer, Reason> maybe = new HashMap<>();
  private final MissingTemporaries missing;
  private PlanContext context;

  /**
   * @param jobs those whose verdicts are wanted
   * @param decided those of them that may not be up to date; such that wait for one that turns out
   *     not to be come to them
   * @param amid whether a build is under way: nothing is settled in its context
   */
  PlanPasses(PlanContext given, BitSet jobs, BitSet decided, boolean amid) {
    this.given = given;
    this.graph = given.graph();
    this.order = graph.inOrder(jobs);
    this.decided = decided;
    this.amid = amid;
    this.verdicts = new Verdict[graph.nodes()];
    this.wanted = new TreeMap<>(given.wanted());
    this.missing = new MissingTemporaries(given);
  }

  /**
   * Decides all jobs.
   *
   * @return the context that the verdicts are about: those that are up to date are settled there
   */
  PlanContext decide() {
    if (graph.hasTemporary()) {
      untold(order);
      untold(graph.inOrder(given.selection().open()));
    }
    boolean same = !amid && wanted.equals(given.wanted());
    context = same ? given : given.anew(true, wanted);
    forward();
    while (graph.hasTemporary() && back()) {
      for (int j : Plan.unread(given, decided).stream().toArray()) {
        decided.set(j);
        verdicts[j] = null;
      }
      context = given.anew(amid, wanted);
      forward();
    }
    return context;
  }

  /** The verdicts by job; null for others. */
  Verdict[] verdicts() {
    return verdicts;
  }

  /**
   * For temporary jobs that may run for a reader, the missing product and the job that may need it.
   */
  Map<Integer, Reason> maybe() {
    return maybe;
  }

  /** What the records cannot tell is needed by its readers whether they run or not. */
  private void untold(int[] nodes) {
    for (int node : nodes) {
      for (MissingTemporaries.Read read : missing.reads(node)) {
        if (graph.isOpen(node) ? amid || !read.told() : decided.get(node) && !read.told()) {
          want(read, node);
        }
      }
    }
  }

  private void want(MissingTemporaries.Read read, int reader) {
    wanted.putIfAbsent(read.path(), graph.name(reader));
    decided.set(read.maker());
  }

  private void forward() {
    JobRecords records = context.records();
    for (int j : order) {
      boolean settled = records.isSettled(j);
      if (verdicts[j] == null || verdicts[j] instanceof Verdict.UpToDate && mayChange(j)) {
        Verdict known = settled || !decided.get(j) ? UP_TO_DATE : context.decide(j);
        verdicts[j] = records.isForeseen(j) ? records.foreseen(j) : doubted(known);
      }
      if (!(verdicts[j] instanceof Verdict.UpToDate)) {
        Downstream.addReaders(graph, j, decided);
      } else if (!settled) {
        records.settle(j);
      }
      if (verdicts[j] instanceof Verdict.WillRestore will) {
        records.foresee(j, will); // its readers are decided by what it will be
      }
    }
  }

  /** That a job runs is sure only where it has a reason beside what others are restored to. */
  private Verdict doubted(Verdict verdict) {
    int after = -1;
    if (verdict instanceof Verdict.WillRun will) {
      for (Reason reason : will.reasons()) {
        after = Causes.maker(graph, reason);
        if (after < 0 || !context.records().isForeseen(after)) {
          return verdict;
        }
      }
    }
    return after < 0 ? verdict : new Verdict.MayRun(after);
  }

  private boolean mayChange(int job) {
    JobResult result = context.records().result(job);
    return context.records().unsettledBefore(job) >= 0
        || result == null
        || !result.found().isEmpty();
  }

  private boolean back() {
    boolean changed = false;
    for (int i = order.length - 1; i >= 0; i--) {
      Verdict verdict = verdicts[order[i]];
      if (verdict instanceof Verdict.WillRun || verdict instanceof Verdict.MayRun) {
        for (MissingTemporaries.Read read : missing.reads(order[i])) {
          changed |= ask(read, order[i]);
        }
      }
    }
    return changed;
  }

  /** A reader runs, or may: its maker is asked for. Returns whether that is new. */
  private boolean ask(MissingTemporaries.Read read, int reader) {
    int maker = read.maker();
    boolean idle = verdicts[maker] instanceof Verdict.UpToDate;
    Reason why = new Reason(Reason.Kind.PRODUCT_WANTED, read.path(), "", graph.name(reader));
    if (verdicts[reader] instanceof Verdict.MayRun) {
      if (idle) {
        verdicts[maker] = verdicts[reader];
        maybe.put(maker, why);
        decided.set(maker);
      }
      return idle;
    }
    if (!idle && !(verdicts[maker] instanceof Verdict.MayRun)) {
      return false;
    }
    verdicts[maker] = context.decider().due(maker, List.of(why));
    want(read, reader);
    return true;
  }
}
