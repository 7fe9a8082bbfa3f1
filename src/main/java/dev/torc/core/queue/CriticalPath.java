package dev.torc.core.queue;

import dev.torc.core.decide.PlanContext;
import dev.torc.core.memory.JobResult;
import dev.torc.core.model.Adjacency;
import dev.torc.core.model.Graph;
import java.util.Arrays;
import java.util.BitSet;
import java.util.concurrent.TimeUnit;

/**
 * The length of the longest path of jobs that begins with each job, by the durations of their last
 * runs (the critical path method, as in list scheduling by Graham, 1966). Jobs that are up to date
 * take no time. For a job that never ran, the average of the others at the start of the build is
 * used.
 */
public final class CriticalPath {

  private static final long NOTHING_KNOWN = TimeUnit.SECONDS.toNanos(1);

  private final long average;
  private Graph graph;
  private long[] nanos;
  private long looked;

  public CriticalPath(PlanContext context) {
    this.graph = context.graph();
    BitSet selected = context.selection().jobs();
    long known = 0;
    int count = 0;
    for (int j = selected.nextSetBit(0); j >= 0; j = selected.nextSetBit(j + 1)) {
      JobResult result = context.records().isSettled(j) ? null : context.records().result(j);
      if (result != null && result.wall() > 0) {
        known += result.wall();
        count++;
      }
    }
    this.average = count == 0 ? NOTHING_KNOWN : Math.max(1, known / count);
    this.nanos = new long[graph.nodes()];
    for (int place = nanos.length - 1; place >= 0; place--) {
      int node = graph.inOrder(place);
      nanos[node] = path(context, node);
    }
  }

  /** Returns the length of a job's path in nanoseconds; 0 if the job is not selected. */
  public long of(int job) {
    return nanos[job];
  }

  /**
   * Continues with a graph that grew; new jobs can only lengthen paths. The {@code renewed} nodes
   * are new or wait for other nodes now. Jobs with longer paths move in the queue.
   */
  public void grow(PlanContext next, BitSet renewed, ReadyQueue ready) {
    graph = next.graph();
    nanos = Arrays.copyOf(nanos, graph.nodes());
    BitSet places = graph.places(renewed);
    for (int p = places.length() - 1; p >= 0; p = places.previousSetBit(p - 1)) {
      int node = graph.inOrder(p);
      long path = path(next, node);
      boolean changed = path != nanos[node];
      if (changed && graph.isJob(node)) {
        ready.move(node, () -> nanos[node] = path);
      }
      nanos[node] = path;
      Adjacency before = graph.before();
      for (int i = before.from(node); i < before.to(node); i++) {
        if ((changed || renewed.get(node)) && !next.records().isSettled(before.at(i))) {
          places.set(graph.place(before.at(i)));
        }
      }
    }
  }

  /** Returns how many nodes were looked at, for tests of cost. */
  public long looked() {
    return looked;
  }

  private long path(PlanContext context, int node) {
    looked++;
    boolean job = graph.isJob(node);
    if (job && !context.selection().jobs().get(node)) {
      return 0;
    }
    long longest = 0;
    Adjacency after = graph.after();
    for (int i = after.from(node); i < after.to(node); i++) {
      longest = Math.max(longest, nanos[after.at(i)]);
    }
    if (!job || context.records().isSettled(node)) {
      return longest;
    }
    JobResult result = context.records().result(node);
    return longest + (result == null ? average : result.wall());
  }
}
