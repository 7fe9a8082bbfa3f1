package dev.torc.core.decide;

import dev.torc.core.decide.Reason.Kind;
import dev.torc.core.decide.Temporaries.MissingRead;
import dev.torc.core.manifest.ManifestWriter.Content;
import dev.torc.core.memory.JobResult;
import dev.torc.core.model.Downstream;
import dev.torc.core.model.Graph;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The verdicts on all selected jobs before anything runs. A dry run and {@code why} print them, and
 * a build starts from them. An <em>open</em> group, which is not expanded yet, also has a verdict:
 * it <em>may run</em>.
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
    for (int group : context.selection().open().stream().toArray()) {
      int after = context.records().unsettledBefore(group);
      verdicts[group] = new Verdict.MayRun(after < 0 ? group : after);
    }
  }

  /** Decides all selected jobs, and marks those that are up to date as settled in the records. */
  public static Plan of(PlanContext context) {
    return of(context, context.selection().jobs());
  }

  /**
   * Decides the {@code dirty} jobs, which may be out of date, and every job that waits for a job
   * that is not up to date. The other selected jobs are known to be up to date. All jobs that are
   * up to date become settled in the records.
   */
  public static Plan of(PlanContext context, BitSet dirty) {
    BitSet decided = (BitSet) dirty.clone();
    decided.or(unread(context, dirty));
    return new Plan(context, context.selection().jobs(), decided, false);
  }

  /**
   * Returns the fresh jobs that must be decided after all: a job that may run reads their products,
   * but the cache has no readable record of them.
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

  /** Decides waiting jobs in the middle of a build, in a copy of the build's context. */
  public static Plan amid(PlanContext context, BitSet waiting) {
    return new Plan(context, waiting, waiting, true);
  }

  /** Returns why a temporary job may run: a missing product and its possible reader; else null. */
  public Reason maybe(int job) {
    return maybe.get(job);
  }

  /** Returns the verdict on a selected job or open group; null for other nodes. */
  public Verdict verdict(int node) {
    return verdicts[node];
  }

  /** Returns the context in which the jobs were decided. Its graph gives the jobs their numbers. */
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

  /** Returns the dirty jobs and the nodes that wait for a job that is not up to date. */
  public BitSet decided() {
    return decided;
  }

  /** Returns the nodes with a verdict. An open group is one node. */
  public BitSet withVerdict() {
    BitSet all = new BitSet();
    for (int node = 0; node < verdicts.length; node++) {
      all.set(node, verdicts[node] != null);
    }
    return all;
  }

  public int idle() {
    return (int) Arrays.stream(verdicts).filter(v -> v != null && v.isIdle()).count();
  }

  public boolean isQuiet() {
    return idle() == withVerdict().cardinality();
  }

  /**
   * Decides all jobs of a plan. Without temporary jobs, one forward pass in topological order is
   * enough. With temporary jobs, a backward pass follows: a reader that runs wants the missing
   * products that it reads, so their makers run; if the reader only may run, the makers may run.
   * The two passes repeat until the backward pass changes nothing. They end because no verdict ever
   * goes back to <em>up to date</em>.
   */
  private static final class PlanPasses {

    private static final Verdict UP_TO_DATE = new Verdict.UpToDate();

    private final PlanContext given;
    private final Graph graph;
    private final int[] order;
    private final BitSet decided;
    private final BitSet conditional; // decided again each time
    private final boolean amid;
    private final Verdict[] verdicts; // by node; null if not decided
    private final Map<String, String> wanted;
    private final Map<Integer, Reason> maybe = new HashMap<>();
    private final Temporaries missing;
    private PlanContext context; // the context of the last forward pass

    /**
     * @param decided the jobs that may be out of date; the passes add readers of jobs that are
     * @param amid whether a build is running, whose context must not change
     */
    PlanPasses(PlanContext given, BitSet jobs, BitSet decided, boolean amid) {
      this.given = given;
      this.graph = given.graph();
      this.order = graph.inOrder(jobs);
      this.decided = decided;
      this.conditional = graph.having(null);
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

    /**
     * Wants each missing product with contents that the records lack, whether or not its reader
     * runs.
     */
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
        boolean settled = records.isSettled(j) && !records.isSkipped(j) && !conditional.get(j);
        if (verdicts[j] == null || verdicts[j] instanceof Verdict.UpToDate && mayChange(j)) {
          Verdict known = settled || !decided.get(j) ? UP_TO_DATE : context.decide(j);
          verdicts[j] = records.isForeseen(j) ? records.foreseen(j) : doubted(j, known);
        }
        if (!(verdicts[j] instanceof Verdict.UpToDate)) {
          Downstream.addReaders(graph, j, decided);
          if (verdicts[j] instanceof Verdict.Skips) {
            records.skip(j);
          }
        } else if (!settled) {
          records.settle(j);
        }
        if (verdicts[j] instanceof Verdict.WillRestore will) {
          records.foresee(j, will); // readers are decided by the known result
        }
      }
    }

    /**
     * Returns the verdict; <em>may run</em> if all its causes are jobs that count as restored, or
     * if its result may be known once it is known what they put in a folder.
     */
    private Verdict doubted(int job, Verdict verdict) {
      int after = -1;
      if (verdict instanceof Verdict.WillRun will) {
        boolean may =
            graph.job(job).mayStore()
                && context.records().result(job) != null
                && Decider.mayRestore(will.reasons());
        int unlisted = may ? unlisted(job) : -1;
        if (unlisted >= 0) {
          return new Verdict.MayRun(unlisted);
        }
        for (Reason reason : will.reasons()) {
          after = reason.maker(graph);
          if (after < 0 || !context.records().isForeseen(after)) {
            return verdict;
          }
        }
      }
      return after < 0 ? verdict : new Verdict.MayRun(after);
    }

    /** Returns a job that counts as restored, in whose folder the needed files are; -1 for none. */
    private int unlisted(int job) {
      for (int file : graph.needs().row(job)) {
        int maker = graph.maker(file);
        if (maker >= 0
            && context.records().isForeseen(maker)
            && context.contents().of(graph.path(file), maker) instanceof Content.Pending) {
          return maker;
        }
      }
      for (int list : graph.listNeeds().row(job)) {
        int maker = context.contents().pending(list);
        if (maker >= 0 && context.records().isForeseen(maker)) {
          return maker;
        }
      }
      return -1;
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
          Verdict unsure = reads.isEmpty() ? null : unsure(reader); // one verdict for all reads
          for (MissingRead read : reads) {
            changed |= ask(read, reader, unsure);
          }
        }
      }
      return changed;
    }

    /**
     * Changes the verdict on the maker of a missing product because a reader runs, or may run
     * ({@code unsure} is not null). Returns whether the verdict changed.
     */
    private boolean ask(MissingRead read, int reader, Verdict unsure) {
      int maker = read.maker();
      boolean idle = verdicts[maker] instanceof Verdict.UpToDate;
      Reason why = new Reason(Kind.PRODUCT_WANTED, read.path(), "", graph.name(reader));
      if (unsure == null && isLate(read, reader)) {
        if (amid) {
          return false; // it is wanted once no result has come
        }
        unsure = new Verdict.MayRun(reader);
      }
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
      want(read, reader);
      verdicts[maker] = conditional.get(maker) ? null : context.decider().due(maker, List.of(why));
      return true;
    }

    /**
     * Returns whether what a job makes on demand can be made after its reader has been asked for.
     */
    private boolean isLate(MissingRead read, int reader) {
      return context.decider().recall().mayCome(reader)
          && read.path().equals(context.decider().lacks(read.maker()))
          && verdicts[reader] instanceof Verdict.WillRun will
          && Decider.mayRestore(will.reasons());
    }

    /**
     * Returns the verdict <em>may run</em> if it is uncertain whether a reader runs; else null. A
     * reader that waits for a restored job has unknown inputs, so it may be restored too.
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
