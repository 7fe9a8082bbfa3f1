package dev.torc.ask;

import dev.torc.graph.DisplayGraph;
import dev.torc.plan.Plan;
import dev.torc.plan.Reason;
import dev.torc.plan.Verdict;
import dev.torc.records.JobResult;
import dev.torc.text.Amount;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.StringJoiner;
import java.util.function.IntFunction;

/**
 * How it stands with the jobs of a vertex, in numbers: one job, or the instances of a group.
 *
 * @param willRun those that are out among them
 * @param submitted how many an earlier build handed out, and are out
 * @param willRestore how many are to be put back as an earlier run made them
 * @param failed how many jobs that will or may run failed the last time
 * @param open whether it is a group that is not expanded yet
 */
record JobCounts(
    int jobs,
    int upToDate,
    int willRun,
    int submitted,
    int willRestore,
    int willFail,
    int mayRun,
    int failed,
    boolean open) {

  /** Counts those of a vertex; {@code results} has the last result of each job, or null. */
  static JobCounts of(DisplayGraph.Fold fold, Plan plan, IntFunction<JobResult> results) {
    BitSet jobs = new BitSet();
    fold.jobs().forEach(jobs::set);
    int failed =
        (int)
            jobs.stream()
                .mapToObj(results)
                .filter(last -> last != null && last.outcome().isFailure())
                .count();
    return of(plan, jobs, failed, fold.open() >= 0);
  }

  /** Those of all that a plan is about. */
  static JobCounts of(Plan of) {
    return of(of, of.told());
  }

  /** Counts some jobs, and groups that are not expanded yet. */
  static JobCounts of(Plan plan, BitSet nodes) {
    return of(plan, nodes, 0, false);
  }

  private static JobCounts of(Plan plan, BitSet nodes, int failed, boolean open) {
    Map<Class<?>, Integer> counts = new HashMap<>();
    nodes.stream().forEach(n -> counts.merge(plan.verdict(n).getClass(), 1, Integer::sum));
    return new JobCounts(
        nodes.cardinality(),
        counts.getOrDefault(Verdict.UpToDate.class, 0),
        counts.getOrDefault(Verdict.WillRun.class, 0),
        submitted(plan, nodes),
        counts.getOrDefault(Verdict.WillRestore.class, 0),
        counts.getOrDefault(Verdict.WillFail.class, 0),
        counts.getOrDefault(Verdict.MayRun.class, 0) + (open ? 1 : 0),
        failed,
        open);
  }

  private static int submitted(Plan plan, BitSet nodes) {
    return (int)
        nodes.stream().filter(node -> Reason.out(plan.verdict(node).reasons()) != null).count();
  }

  /**
   * The verdict of the whole as JSON has it: the first that any job has of fail, will run, will be
   * restored, may and not.
   */
  String verdict() {
    return willFail > 0
        ? "will_fail"
        : willRun > 0
            ? "will_run"
            : willRestore > 0 ? "will_restore" : mayRun > 0 ? "may_run" : "up_to_date";
  }

  /** The numbers in words: {@code 18 of 20 up to date, 2 will run}. */
  String words() {
    if (open && jobs == 0) {
      return "may run, instances not known yet";
    }
    StringJoiner out = new StringJoiner(", ");
    out.add("%d of %d up to date".formatted(upToDate, jobs));
    add(out, submitted, " submitted");
    add(out, willRun - submitted, " will run");
    add(out, willRestore, " will be restored");
    add(out, willFail, " will fail");
    add(out, mayRun, " may run");
    add(out, failed, " failed");
    return out.toString();
  }

  /** The line that counts jobs: {@code 4 jobs: 1 will run, 2 may run, 1 up to date}. */
  String line() {
    String fail = willFail == 0 ? "" : willFail + " will fail, ";
    String restored = willRestore == 0 ? "" : willRestore + " will be restored, ";
    String out = submitted == 0 ? "" : submitted + " submitted, ";
    int run = willRun - submitted;
    return "%s: %s%s%d will run, %s%d may run, %d up to date"
        .formatted(Amount.count(jobs, "job"), fail, out, run, restored, mayRun, upToDate);
  }

  private static void add(StringJoiner out, int count, String what) {
    if (count > 0) {
      out.add(count + what);
    }
  }
}
