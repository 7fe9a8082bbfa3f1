package dev.torc.engine;

import dev.torc.graph.Adjacency;
import dev.torc.graph.Graph;
import dev.torc.plan.JobRecords;
import dev.torc.records.JobResult;
import java.util.BitSet;

/**
 * How long the longest path of jobs is that begins with each job, by the durations of their last
 * runs (the critical path method, as in list scheduling by Graham, 1966). Jobs that are up to date
 * take no time; those that never ran count as long as the average of the others.
 */
final class CriticalPath {

  private CriticalPath() {}

  /** Nanoseconds by node; 0 for jobs that are not selected. */
  static long[] of(Graph graph, JobRecords records, BitSet selected) {
    long[] rank = new long[graph.nodes()];
    long known = 0;
    int count = 0;
    for (int j = selected.nextSetBit(0); j >= 0; j = selected.nextSetBit(j + 1)) {
      if (records.isSettled(j)) {
        continue;
      }
      JobResult result = records.result(j);
      rank[j] = result == null ? -1 : result.wall();
      if (rank[j] > 0) {
        known += rank[j];
        count++;
      }
    }
    long average = count == 0 ? 1_000_000_000 : Math.max(1, known / count);
    Adjacency after = graph.after();
    for (int place = graph.nodes() - 1; place >= 0; place--) {
      int node = graph.inOrder(place);
      boolean job = graph.isJob(node);
      if (job && !selected.get(node)) {
        continue; // its rank stays 0
      }
      long longest = 0;
      for (int i = after.from(node); i < after.to(node); i++) {
        longest = Math.max(longest, rank[after.at(i)]);
      }
      long own = !job || records.isSettled(node) ? 0 : rank[node] < 0 ? average : rank[node];
      rank[node] = longest + own;
    }
    return rank;
  }
}
