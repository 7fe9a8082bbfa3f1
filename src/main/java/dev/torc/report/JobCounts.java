package dev.torc.report;

import dev.torc.cache.JobResult;
import dev.torc.graph.DisplayGraph;
import dev.torc.plan.Plan;
import dev.torc.plan.Verdict;
import java.util.StringJoiner;
import java.util.function.IntFunction;

/**
 * How it stands with the jobs of a vertex, in numbers: one job, or the instances of a group.
 *
 * @param willRestore how many are to be put back as an earlier run made them
 * @param failed how many of those that will or may run failed the last time
 * @param open whether it is a group that is not expanded yet
 */
public record JobCounts(
    int jobs,
    int upToDate,
    int willRun,
    int willRestore,
    int willFail,
    int mayRun,
    int failed,
    boolean open) {

  /** Counts them; {@code results} has the last result of each job, or null. */
  public static JobCounts of(DisplayGraph.Fold fold, Plan plan, IntFunction<JobResult> results) {
    int[] counts = new int[5];
    int failed = 0;
    for (int job : fold.jobs()) {
      switch (plan.verdict(job)) {
        case Verdict.UpToDate _ -> counts[0]++;
        case Verdict.WillRun _ -> counts[1]++;
        case Verdict.MayRun _ -> counts[2]++;
        case Verdict.WillFail _ -> counts[3]++;
        case Verdict.WillRestore _ -> counts[4]++;
      }
      failed += failed(results.apply(job)) ? 1 : 0;
    }
    int may = counts[2] + (fold.open() >= 0 ? 1 : 0);
    return new JobCounts(
        fold.jobs().size(),
        counts[0],
        counts[1],
        counts[4],
        counts[3],
        may,
        failed,
        fold.open() >= 0);
  }

  private static boolean failed(JobResult result) {
    return result != null
        && !result.outcome().isGood()
        && result.outcome() != JobResult.Outcome.INTERRUPTED;
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
    if (willRun > 0) {
      out.add(willRun + " will run");
    }
    if (willRestore > 0) {
      out.add(willRestore + " will be restored");
    }
    if (willFail > 0) {
      out.add(willFail + " will fail");
    }
    if (mayRun > 0) {
      out.add(mayRun + " may run");
    }
    if (failed > 0) {
      out.add(failed + " failed");
    }
    return out.toString();
  }
}
