package dev.torc.build;

import dev.torc.cache.Result;
import dev.torc.graph.Adjacency;
import dev.torc.graph.Graph;
import dev.torc.plan.Plan;
import dev.torc.plan.Records;
import dev.torc.plan.Verdict;
import java.util.BitSet;

/**
 * How long the longest path of jobs is that begins with each job, by the durations of their last
 * runs (the critical path method, as in list scheduling by Graham, 1966). Jobs that are up to date
 * take no time; those that never ran count as long as the average of the others.
 */
final class Ranks {

  private Ranks() {}

  /** Nanoseconds by job; 0 for those that are not selected. */
  static long[] of(Graph graph, Records records, Plan plan) {
    BitSet selected = plan.selected();
    long[] rank = new long[graph.jobs()];
    long known = 0;
    int count = 0;
    for (int j = selected.nextSetBit(0); j >= 0; j = selected.nextSetBit(j + 1)) {
      Result result = records.result(j);
      rank[j] = result == null ? -1 : result.wall();
      if (rank[j] > 0) {
        known += rank[j];
        count++;
      }
    }
    long average = count == 0 ? 1_000_000_000 : Math.max(1, known / count);
    Adjacency after = graph.after();
    for (int j = selected.length() - 1; j >= 0; j = selected.previousSetBit(j - 1)) {
      long longest = 0;
      for (int i = after.from(j); i < after.to(j); i++) {
        if (selected.get(after.at(i))) {
          longest = Math.max(longest, rank[after.at(i)]);
        }
      }
      long own = plan.verdict(j) instanceof Verdict.UpToDate ? 0 : rank[j] < 0 ? average : rank[j];
      rank[j] = longest + own;
    }
    return rank;
  }
}
