package dev.torc.plan;

import dev.torc.graph.Downstream;
import dev.torc.graph.Graph;
import java.util.BitSet;
import java.util.List;
import java.util.Map;

/**
 * The verdicts on all selected jobs before anything runs, in one pass in topological order: what a
 * dry run prints, what a build begins with and what {@code why} asks. A group that is not expanded
 * yet has a verdict too: it <em>may run</em>.
 */
public final class Plan {

  static final Verdict UP_TO_DATE = new Verdict.UpToDate();

  private final PlanContext context;
  private final Verdict[] verdicts;
  private final BitSet decided;
  private final Map<Integer, Reason> maybe;

  private Plan(
      PlanContext context, Verdict[] verdicts, BitSet decided, Map<Integer, Reason> maybe) {
    this.context = context;
    this.verdicts = verdicts;
    this.decided = decided;
    this.maybe = maybe;
    context.selection().open().stream()
        .forEach(
            group -> {
              int after = context.records().unsettledBefore(group);
              verdicts[group] = new Verdict.MayRun(after < 0 ? group : after);
            });
  }

  /** Decides every selected job; those that are up to date are settled in the records. */
  public static Plan of(PlanContext context) {
    return of(context, context.selection().jobs());
  }

  /**
   * Decides some of the selected jobs, and those that wait for any that is not up to date. The
   * others are known to be up to date unless one of these makes them run; all up-to-date ones are
   * settled in the records. What is settled there already, before groups were expanded, stays so.
   */
  public static Plan of(PlanContext context, BitSet restless) {
    Verdict[] verdicts = new Verdict[context.graph().nodes()];
    BitSet selected = context.selection().jobs();
    BitSet both = (BitSet) restless.clone();
    both.and(selected);
    both.or(needed(context, both));
    BitSet decided = (BitSet) restless.clone();
    decided.or(both);
    MissingTemporaries absent = new MissingTemporaries(context, both);
    if (!absent.isEmpty()) {
      WantedTemporaries wants =
          new WantedTemporaries(context, absent, selected, decided, false, verdicts).decide();
      return new Plan(wants.context(), verdicts, decided, wants.maybe());
    }
    for (int j : context.graph().inOrder(selected)) {
      boolean settled = context.records().isSettled(j);
      Verdict foreseen = context.records().foreseen(j);
      verdicts[j] =
          foreseen != null ? foreseen : settled || !decided.get(j) ? UP_TO_DATE : context.decide(j);
      if (!(verdicts[j] instanceof Verdict.UpToDate)) {
        Downstream.addReaders(context.graph(), j, decided);
        foresee(context, j, verdicts[j]);
      } else if (!settled) {
        context.records().settle(j);
      }
    }
    return new Plan(context, verdicts, decided, Map.of());
  }

  /** Readers of a job that will be restored are decided by what it will be. */
  static void foresee(PlanContext context, int job, Verdict verdict) {
    if (verdict instanceof Verdict.WillRestore will) {
      context.records().foresee(job, will);
    }
  }

  /**
   * Jobs at rest that have to be decided because jobs that may run read them: those whose records
   * cannot be read, which a job at rest does not need, and temporary ones that lack a product.
   */
  private static BitSet needed(PlanContext context, BitSet restless) {
    BitSet found = new BitSet();
    if (restless.equals(context.selection().jobs())) {
      return found;
    }
    BitSet asked = (BitSet) restless.clone();
    BitSet seen = new BitSet();
    for (int before = -1; before < found.cardinality(); asked.or(found)) {
      before = found.cardinality();
      BitSet readers = Downstream.with(context.graph(), asked);
      readers.or(context.selection().open());
      BitSet read = new BitSet();
      for (int node = readers.nextSetBit(0); node >= 0; node = readers.nextSetBit(node + 1)) {
        addBefore(context.graph(), node, read);
        addFound(context, node, read);
      }
      read.andNot(asked);
      read.andNot(seen);
      read.and(context.selection().jobs());
      for (int j = read.nextSetBit(0); j >= 0; j = read.nextSetBit(j + 1)) {
        found.set(j, context.records().result(j) == null || context.lacks(j));
      }
      seen.or(read);
    }
    return found;
  }

  /** Adds the jobs that made what the depfile of one named: these may be temporary. */
  private static void addFound(PlanContext context, int node, BitSet into) {
    Graph graph = context.graph();
    if (graph.hasTemporary() && graph.isJob(node) && context.records().result(node) != null) {
      for (String path : context.records().result(node).found()) {
        int maker = graph.makerOf(path);
        if (maker >= 0) {
          into.set(maker);
        }
      }
    }
  }

  /** Adds the nodes that one waits for, join nodes and what these wait for included. */
  private static void addBefore(Graph graph, int node, BitSet into) {
    for (int before : graph.before().row(node)) {
      if (!into.get(before)) {
        into.set(before);
        if (!graph.isJob(before)) {
          addBefore(graph, before, into);
        }
      }
    }
  }

  /**
   * The verdicts in the middle of a build. The context that they are about is a copy: in that of
   * the build nothing is settled.
   *
   * @param waiting the jobs to be decided
   * @param working jobs that run or are about to
   */
  public static Plan amid(PlanContext context, BitSet waiting, BitSet working) {
    Verdict[] verdicts = new Verdict[context.graph().nodes()];
    working.stream().forEach(j -> verdicts[j] = new Verdict.WillRun(List.of()));
    MissingTemporaries absent = new MissingTemporaries(context, waiting);
    BitSet decided = (BitSet) waiting.clone();
    WantedTemporaries wants =
        new WantedTemporaries(context, absent, waiting, decided, true, verdicts).decide();
    return new Plan(wants.context(), verdicts, decided, wants.maybe());
  }

  /**
   * Of a temporary job that may run because of a reader: what is missing, and who may need it. Null
   * for others.
   */
  public Reason maybe(int job) {
    return maybe.get(job);
  }

  /** The verdict on a selected job or a group that is not expanded yet, null for others. */
  public Verdict verdict(int node) {
    return verdicts[node];
  }

  /** What the verdicts are about: the numbers of jobs are those of its graph. */
  public PlanContext context() {
    return context;
  }

  /** The selected jobs. */
  public BitSet selected() {
    return context.selection().jobs();
  }

  /**
   * The nodes that were looked at one by one, and all that waits for one that is not up to date.
   */
  public BitSet decided() {
    return decided;
  }

  /** The selected jobs that will run a command that never ran: it is new in this build. */
  public BitSet newCommands() {
    BitSet found = new BitSet();
    for (int j = selected().nextSetBit(0); j >= 0; j = selected().nextSetBit(j + 1)) {
      if (verdicts[j] instanceof Verdict.WillRun will && Reason.anyNewCommand(will.reasons())) {
        found.set(j);
      }
    }
    return found;
  }

  /** How many verdicts there are: what of a group is not known yet counts as one job. */
  public int all() {
    return count(Verdict.class);
  }

  /** How many selected jobs are up to date. */
  public int upToDate() {
    return count(Verdict.UpToDate.class);
  }

  /** How many selected jobs will run. */
  public int willRun() {
    return count(Verdict.WillRun.class);
  }

  /** How many selected jobs will be put back as an earlier run made them. */
  public int willRestore() {
    return count(Verdict.WillRestore.class);
  }

  /** How many selected jobs will fail at once. */
  public int willFail() {
    return count(Verdict.WillFail.class);
  }

  private int count(Class<? extends Verdict> kind) {
    int count = 0;
    for (Verdict verdict : verdicts) {
      count += kind.isInstance(verdict) ? 1 : 0;
    }
    return count;
  }

  /** Whether all selected jobs are up to date. */
  public boolean isQuiet() {
    return upToDate() == all();
  }

  /** How many selected jobs and groups that are not known whole may run. */
  public int mayRun() {
    return count(Verdict.MayRun.class);
  }
}
