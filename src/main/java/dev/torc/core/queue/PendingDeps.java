package dev.torc.core.queue;

import dev.torc.core.decide.JobRecords;
import dev.torc.core.model.Adjacency;
import dev.torc.core.model.Graph;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.function.IntPredicate;

/**
 * Counts how many unsettled nodes each node still waits for. Settles a join node once all nodes
 * before it are settled, so that the loop only handles jobs. The loop decides what to do with a job
 * that waits for nothing anymore.
 */
public final class PendingDeps {

  private Graph graph;
  private JobRecords records;
  private int[] count = {};
  private final Map<Integer, List<Integer>> further = new HashMap<>();
  private final ArrayDeque<Integer> settled = new ArrayDeque<>();
  private final BitSet makers = new BitSet(); // nodes that give instances to a group that grows
  private boolean expandable;
  private long looked;

  public PendingDeps(Graph graph, JobRecords records) {
    BitSet all = new BitSet(graph.nodes());
    all.set(0, graph.nodes());
    grow(graph, records, all);
  }

  /**
   * Continues with a graph that grew, and counts {@code nodes} again. If they contain a join node,
   * they also contain its readers.
   */
  public void grow(Graph next, JobRecords known, BitSet nodes) {
    graph = next;
    records = known;
    count = Arrays.copyOf(count, graph.nodes());
    further.values().forEach(waiting -> waiting.removeIf(nodes::get));
    BitSet places = graph.places(nodes);
    for (int place = places.nextSetBit(0); place >= 0; place = places.nextSetBit(place + 1)) {
      count(graph.inOrder(place));
    }
  }

  private void count(int node) {
    looked++;
    records.forget(node);
    Adjacency before = graph.before();
    count[node] = 0;
    for (int i = before.from(node); i < before.to(node); i++) {
      if (!records.isSettled(before.at(i))) {
        count[node]++;
      }
    }
    if (graph.grows(node)) {
      Arrays.stream(before.row(node)).forEach(makers::set);
    }
    if (count[node] == 0 && !graph.isJob(node)) {
      if (graph.isOpen(node)) {
        expandable = true; // it waits for nothing anymore
      } else {
        records.settle(node);
      }
    }
  }

  /** Returns how many nodes were looked at, for tests of cost. */
  public long looked() {
    return looked;
  }

  /** Returns whether a job waits for no other. */
  public boolean isFree(int job) {
    return count[job] == 0;
  }

  /** Makes a job wait for an earlier one without an edge in the graph. */
  public void add(int job, int earlier) {
    count[job]++;
    further.computeIfAbsent(earlier, _ -> new ArrayList<>()).add(job);
  }

  /** Marks a job as settled; {@link #eachFreed} then finds the jobs that this frees. */
  public void settle(int job) {
    records.settle(job);
    settled.add(job);
    expandable |= makers.get(job);
  }

  /**
   * Passes each job that waits for nothing anymore to {@code free}. It is not recursive, since
   * chains of jobs may be long.
   */
  public void eachFreed(IntConsumer free) {
    while (!settled.isEmpty()) {
      followers(
          settled.poll(),
          node -> {
            if (--count[node] > 0) {
              return;
            }
            if (graph.isJob(node)) {
              free.accept(node);
            } else if (graph.isOpen(node)) {
              expandable = true;
            } else {
              settle(node);
            }
          });
    }
  }

  /** Returns whether a group may have become expandable since it was taken. */
  public boolean isExpandable() {
    return expandable;
  }

  /** Returns whether a group may have become expandable since the last call. */
  public boolean takeExpandable() {
    boolean was = expandable;
    expandable = false;
    return was;
  }

  /**
   * Visits the jobs that depend on a failed one, directly or through other jobs.
   *
   * @param enter receives each job; returns whether to visit the jobs that depend on it, too
   * @param group receives each group that cannot be expanded because of the failure
   */
  public void visitBehind(int failed, IntPredicate enter, IntConsumer group) {
    records.drop(failed);
    BitSet joins = new BitSet();
    ArrayDeque<Integer> from = new ArrayDeque<>(List.of(failed));
    while (!from.isEmpty()) {
      followers(
          from.poll(),
          node -> {
            if (graph.isLenient(node) && !isBarren(node)
                || graph.grows(node) && (--count[node] > 0 || isAnySettled(node))) {
              return; // some jobs before it succeeded; an expansion repeats the visit
            }
            boolean on = graph.isJob(node) ? enter.test(node) : !joins.get(node);
            if (on && graph.isOpen(node)) {
              group.accept(node);
            }
            joins.set(node, !graph.isJob(node));
            if (on) {
              records.drop(node);
              from.add(node);
            }
          });
    }
  }

  /**
   * Notes that a lenient node no longer waits for a failed job. Once all jobs before the node have
   * ended, settles it if one of them succeeded; else returns true: the node is blocked.
   */
  private boolean isBarren(int node) {
    if (--count[node] > 0) {
      return false;
    }
    boolean some = isAnySettled(node);
    if (some) {
      settle(node);
    }
    return !some;
  }

  private boolean isAnySettled(int node) {
    return Arrays.stream(graph.before().row(node)).anyMatch(records::isSettled);
  }

  private void followers(int node, IntConsumer each) {
    Adjacency after = graph.after();
    for (int i = after.from(node); i < after.to(node); i++) {
      each.accept(after.at(i));
    }
    further.getOrDefault(node, List.of()).forEach(each::accept);
  }
}
