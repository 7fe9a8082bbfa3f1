package dev.torc.plan;

import dev.torc.graph.Downstream;
import dev.torc.graph.Graph;
import dev.torc.plan.Reason.Kind;
import dev.torc.plan.Temporaries.MissingRead;
import dev.torc.records.JobResult;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The verdicts on all selected jobs before anything runs: a dry run prints them, a build begins
 * with them, and {@code why} asks for them. A group that is not expanded yet has a verdict too: it
 * <em>may run</em>.
 */
public final class Plan {

  private final PlanContext context;
  private final Verdict[] verdicts;
  private final BitSet decided;
  private final Map<Integer, Reason> maybe;

  private Plan(PlanContext given, BitSet jobs, BitSet decided, boolean amid) {
    PlanPasses passes = new PlanPasses(given, jobs, decided, amid);
    passes.decide();
    this.context = passes.context;
    this.verdicts = passes.verdicts;
    this.decided = decided;
    this.maybe = passes.maybe;
    context.selection().open().stream()
        .forEach(
            group -> {
              int after = context.records().unsettledBefore(group);
              verdicts[group] = new Verdict.MayRun(after < 0 ? group : after);
            });
  }

  /** Decides all selected jobs. The records settle those that are up to date. */
  public static Plan of(PlanContext context) {
    return of(context, context.selection().jobs());
  }

  /**
   * Decides some of the selected jobs, and those that wait for a job that is not up to date; the
   * others are known to be up to date, and the records settle all that are. What was settled before
   * groups were expanded stays so.
   */
  public static Plan of(PlanContext context, BitSet dirty) {
    BitSet decided = (BitSet) dirty.clone();
    decided.or(unread(context, dirty));
    return new Plan(context, context.selection().jobs(), decided, false);
  }

  /**
   * Returns the fresh jobs that have to be decided after all: jobs that may run read their
   * products, and their records, which fresh jobs do not need, cannot be read.
   */
  static BitSet unread(PlanContext context, BitSet dirty) {
    BitSet found = new BitSet();
    BitSet asked = (BitSet) dirty.clone();
    asked.and(context.selection().jobs());
    if (asked.equals(context.selection().jobs())) {
      return found;
    }
    for (int before = -1; before < found.cardinality(); asked.or(found)) {
      before = found.cardinality();
      BitSet readers = Downstream.with(context.graph(), asked);
      BitSet read = new BitSet();
      for (int node = readers.nextSetBit(0); node >= 0; node = readers.nextSetBit(node + 1)) {
        Downstream.addBefore(context.graph(), node, read);
      }
      read.andNot(asked);
      read.and(context.selection().jobs());
      for (int j = read.nextSetBit(0); j >= 0; j = read.nextSetBit(j + 1)) {
        found.set(j, context.records().result(j) == null);
      }
    }
    return found;
  }

  /** Decides jobs that wait in the middle of a build, without changing the build's context. */
  public static Plan amid(PlanContext context, BitSet waiting) {
    return new Plan(context, waiting, waiting, true);
  }

  /** Returns why a temporary job may run: its missing product and a possible reader; else null. */
  public Reason maybe(int job) {
    return maybe.get(job);
  }

  /** Returns the verdict on a selected job or open group; null for others. */
  public Verdict verdict(int node) {
    return verdicts[node];
  }

  /** Returns the context of the verdicts, whose graph numbers the jobs. */
  public PlanContext context() {
    return context;
  }

  public BitSet selected() {
    return context.selection().jobs();
  }

  public BitSet selected(Predicate<Verdict> such) {
    BitSet found = new BitSet();
    selected().stream().filter(job -> such.test(verdicts[job])).forEach(found::set);
    return found;
  }

  /** Returns the nodes that were decided one by one, or wait for one that is not up to date. */
  public BitSet decided() {
    return decided;
  }

  public BitSet newCommands() {
    return selected(
        verdict ->
            verdict instanceof Verdict.WillRun will
                && Reason.anyNewCommand(will.reasons())
                && Reason.out(will.reasons()) == null);
  }

  /** Returns the nodes with a verdict. The unknown part of a group counts as one job. */
  public BitSet withVerdict() {
    BitSet all = new BitSet();
    for (int node = 0; node < verdicts.length; node++) {
      all.set(node, verdicts[node] != null);
    }
    return all;
  }

  public int upToDate() {
    return (int) Arrays.stream(verdicts).filter(Verdict.UpToDate.class::isInstance).count();
  }

  public boolean isQuiet() {
    return upToDate() == withVerdict().cardinality();
  }

  /**
   * Decides all jobs of a plan, without temporary jobs in one pass forward, in topological order.
   * With temporary jobs a pass back follows: each reader that runs, or may run, asks for the
   * missing products that it reads, so their makers run, or may. Both passes repeat until the one
   * back finds nothing new. That ends, because no verdict ever becomes <em>up to date</em> again.
   */
  private static final class PlanPasses {

    private static final Verdict UP_TO_DATE = new Verdict.UpToDate();

    private final PlanContext given;
    private final Graph graph;
    private final int[] order;
    private final BitSet decided;
    private final boolean amid;
    private final Verdict[] verdicts; // by job; null for others
    private final Map<String, String> wanted;
    private final Map<Integer, Reason> maybe = new HashMap<>();
    private final Temporaries missing;
    private PlanContext context; // the context of the verdicts

    /**
     * @param decided the jobs that may not be up to date; their readers are added
     * @param amid whether a build is under way, whose context must not change
     */
    PlanPasses(PlanContext given, BitSet jobs, BitSet decided, boolean amid) {
      this.given = given;
      this.graph = given.graph();
      this.order = graph.inOrder(jobs);
      this.decided = decided;
      this.amid = amid;
      this.verdicts = new Verdict[graph.nodes()];
      this.wanted = new TreeMap<>(given.wanted().products());
      this.missing = given.temporaries();
    }

    void decide() {
      if (graph.hasTemporary()) {
        wantUntold(order);
        wantUntold(graph.inOrder(given.selection().open()));
      }
      boolean same = !amid && wanted.equals(given.wanted().products());
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
    }

    /** Wants products of which the records do not tell enough, even for readers that do not run. */
    private void wantUntold(int[] nodes) {
      for (int node : nodes) {
        for (MissingRead read : missing.reads(node)) {
          if (graph.isOpen(node) ? amid || !read.told() : decided.get(node) && !read.told()) {
            want(read, node);
          }
        }
      }
    }

    private void want(MissingRead read, int reader) {
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
          records.foresee(j, will); // its readers are decided by the result to come
        }
      }
    }

    /** Returns <em>may run</em> if all reasons come from jobs that count as restored. */
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
          || !result.needs().found().isEmpty();
    }

    private boolean back() {
      boolean changed = false;
      for (int i = order.length - 1; i >= 0; i--) {
        int reader = order[i];
        if (verdicts[reader] instanceof Verdict.WillRun
            || verdicts[reader] instanceof Verdict.MayRun) {
          List<MissingRead> reads = missing.reads(reader);
          Verdict unsure = reads.isEmpty() ? null : unsure(reader); // once, however many they are
          for (MissingRead read : reads) {
            changed |= ask(read, reader, unsure);
          }
        }
      }
      return changed;
    }

    /**
     * Asks for a missing product since a reader runs, or may ({@link #unsure}); returns whether the
     * verdict on its maker changed.
     */
    private boolean ask(MissingRead read, int reader, Verdict unsure) {
      int maker = read.maker();
      boolean idle = verdicts[maker] instanceof Verdict.UpToDate;
      Reason why = new Reason(Kind.PRODUCT_WANTED, read.path(), "", graph.name(reader));
      if (unsure != null) {
        if (idle) {
          verdicts[maker] = unsure;
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

    /**
     * Returns the verdict that a reader may run; null if it certainly runs. If it waits for a
     * restored job, its inputs are not known yet, so it may be restored too.
     */
    private Verdict unsure(int reader) {
      if (!(verdicts[reader] instanceof Verdict.WillRun will)) {
        return verdicts[reader];
      }
      int first = context.records().unsettledBefore(reader);
      while (first >= 0 && verdicts[first] instanceof Verdict.MayRun may && may.after() != first) {
        first = may.after();
      }
      boolean restored = first >= 0 && verdicts[first] instanceof Verdict.WillRestore;
      return restored && Decider.mayRestore(will.reasons()) ? new Verdict.MayRun(first) : null;
    }
  }
}
