package dev.torc.features.fastpath;

import dev.torc.core.model.Graph;
import dev.torc.core.model.NeedList;
import dev.torc.core.model.PackedJobs;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/**
 * Finds the jobs that a graph has in common with an earlier graph: jobs with equal declarations
 * that need and make the same files and wait for jobs that are also the same. A verdict on such a
 * job is the same in both graphs. A temporary job is never the same, since its readers decide
 * whether it runs. This class looks at no files.
 */
final class SameJobs {

  private final Graph before;
  private final Graph now;
  private final BiPredicate<Integer, Integer> sayTheSame;
  private final int[] files; // by file of the earlier graph; -1 if the new one lacks it
  private final Map<String, Integer> joins = new HashMap<>(); // joins of the earlier graph
  private final int[] same;
  private final boolean ordered; // whether the order of rows counts anywhere

  private SameJobs(Graph before, Graph now) {
    this.before = before;
    this.now = now;
    PackedJobs jobs = (PackedJobs) now.workflow().jobs();
    this.sayTheSame = jobs.same((PackedJobs) before.workflow().jobs());
    this.files = new int[before.files()];
    Arrays.setAll(files, file -> now.fileId(before.path(file)));
    for (int node = 0; node < before.nodes(); node++) {
      if (!before.isJob(node)) {
        joins.put(before.name(node), node);
      }
    }
    this.same = new int[now.nodes()];
    Arrays.fill(same, -1);
    this.ordered = IntStream.range(0, now.lists()).mapToObj(now::list).anyMatch(NeedList::rows);
  }

  /**
   * Returns, for each node of the new graph, the same node of the earlier graph, or -1. Both graphs
   * must have packed jobs and no open groups.
   */
  static int[] of(Graph before, Graph now) {
    SameJobs found = new SameJobs(before, now);
    for (int place = 0; place < now.nodes(); place++) {
      int node = now.inOrder(place);
      int earlier = found.earlier(node);
      if (earlier >= 0 && found.isSame(node, earlier)) {
        found.same[node] = earlier;
      }
    }
    return found.same;
  }

  private int earlier(int node) {
    return now.isJob(node) ? before.jobId(now.name(node)) : joins.getOrDefault(now.name(node), -1);
  }

  private boolean isSame(int node, int earlier) {
    if (now.isLenient(node) != before.isLenient(earlier) || !waitsForTheSame(node, earlier)) {
      return false;
    }
    return !now.isJob(node)
        || !now.isTemporary(node)
            && (!ordered || hasTheSameRows(node, earlier))
            && sayTheSame.test(now.index(node), before.index(earlier))
            && areSame(now.needs().row(node), before.needs().row(earlier))
            && areSame(now.products().row(node), before.products().row(earlier));
  }

  /** Returns whether the products that a job needs in the order of their rows still have it. */
  private boolean hasTheSameRows(int node, int earlier) {
    return rows(now, node, maker -> same[maker]).equals(rows(before, earlier, maker -> maker));
  }

  private static List<Integer> rows(Graph graph, int node, IntUnaryOperator number) {
    return Arrays.stream(graph.listNeeds().row(node))
        .mapToObj(graph::list)
        .filter(NeedList::rows)
        .flatMapToInt(list -> list.inOrder(graph::index).stream().mapToInt(maker -> maker))
        .map(number)
        .boxed()
        .toList();
  }

  private boolean waitsForTheSame(int node, int earlier) {
    int[] those = before.before().row(earlier);
    int[] these = now.before().row(node);
    Arrays.setAll(these, i -> same[these[i]]);
    Arrays.sort(these);
    Arrays.sort(those);
    return Arrays.equals(these, those);
  }

  private boolean areSame(int[] these, int[] those) {
    Arrays.setAll(those, i -> files[those[i]]);
    return Arrays.equals(these, those);
  }
}
