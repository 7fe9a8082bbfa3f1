package dev.torc.front.page;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torc.core.model.Adjacency;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jgrapht.alg.TransitiveReduction;
import org.jgrapht.alg.connectivity.KosarajuStrongConnectivityInspector;
import org.jgrapht.graph.SimpleDirectedGraph;
import org.jgrapht.traverse.BreadthFirstIterator;
import org.junit.jupiter.api.Test;

class StagesTest {

  /** A graph of the vertices that each vertex waits for. */
  private static Adjacency rows(List<List<Integer>> before) {
    Adjacency.RowCollector rows = new Adjacency.RowCollector();
    for (List<Integer> row : before) {
      row.forEach(rows::add);
      rows.endRow(true);
    }
    return rows.build();
  }

  private static SimpleDirectedGraph<Integer, Integer> jgrapht(Adjacency before) {
    SimpleDirectedGraph<Integer, Integer> graph = new SimpleDirectedGraph<>(null, null, false);
    for (int v = 0; v < before.rows(); v++) {
      graph.addVertex(v);
    }
    for (int v = 0; v < before.rows(); v++) {
      for (int e = before.from(v); e < before.to(v); e++) {
        graph.addEdge(before.at(e), v, e);
      }
    }
    return graph;
  }

  private static Set<Integer> kept(Adjacency before, Stages stages) {
    Set<Integer> kept = new HashSet<>();
    for (int e = 0; e < before.to(before.rows() - 1); e++) {
      if (!stages.isImplied(e)) {
        kept.add(e);
      }
    }
    return kept;
  }

  @Test
  void eachIsBehindTheLastThatItWaitsFor() {
    Stages stages = Stages.of(rows(List.of(List.of(), List.of(0), List.of(0, 1), List.of())));
    assertEquals(3, stages.count());
    assertEquals(
        List.of(0, 1, 2, 0), List.of(stages.of(0), stages.of(1), stages.of(2), stages.of(3)));
    assertEquals(true, stages.isImplied(1)); // 0 → 2
    assertEquals(false, stages.isImplied(0));
    assertEquals(false, stages.isImplied(2));
    assertEquals(0, Stages.of(rows(List.of())).count());
  }

  /** Groups may feed each other by turns; then none of the edges between them is implied. */
  @Test
  void thoseThatWaitForEachOtherAreInOneStage() {
    Adjacency before = rows(List.of(List.of(), List.of(0, 2), List.of(0, 1), List.of(0, 1, 2)));
    Stages stages = Stages.of(before);
    assertEquals(
        List.of(0, 1, 1, 2), List.of(stages.of(0), stages.of(1), stages.of(2), stages.of(3)));
    Set<Integer> all = new HashSet<>(List.of(0, 1, 2, 3, 5, 6)); // all but 0 → 3
    assertEquals(all, kept(before, stages));
  }

  @Test
  void atRandomTheEdgesLeftAreThoseOfJgrapht() {
    Random random = new Random(4711);
    for (int round = 0; round < 60; round++) {
      int size = 1 + random.nextInt(200); // more than three words of bits
      List<Integer> names = new ArrayList<>();
      for (int v = 0; v < size; v++) {
        names.add(v);
      }
      Collections.shuffle(names, random); // so the order of numbers says nothing
      List<List<Integer>> before = new ArrayList<>();
      for (int v = 0; v < size; v++) {
        before.add(new ArrayList<>());
      }
      int most = random.nextInt(6);
      for (int later = 1; later < size; later++) {
        for (int k = random.nextInt(most + 1); k > 0; k--) {
          before.get(names.get(later)).add(names.get(random.nextInt(later)));
        }
      }
      Adjacency rows = rows(before);
      Stages stages = Stages.of(rows);
      SimpleDirectedGraph<Integer, Integer> reduced = jgrapht(rows);
      TransitiveReduction.INSTANCE.reduce(reduced);
      assertEquals(reduced.edgeSet(), kept(rows, stages));
      for (int v = 0; v < size; v++) {
        int stage = 0;
        for (int other : rows.row(v)) {
          stage = Math.max(stage, stages.of(other) + 1);
        }
        assertEquals(stage, stages.of(v));
      }
    }
  }

  /** With cycles: vertices that lead to each other are in one stage, and no way is lost. */
  @Test
  void atRandomWithCyclesNoWayIsLost() {
    Random random = new Random(4712);
    for (int round = 0; round < 60; round++) {
      int size = 1 + random.nextInt(100);
      List<List<Integer>> before = new ArrayList<>();
      for (int v = 0; v < size; v++) {
        List<Integer> row = new ArrayList<>();
        for (int k = random.nextInt(3); k > 0; k--) {
          int other = random.nextInt(size);
          if (other != v) {
            row.add(other);
          }
        }
        before.add(row);
      }
      Adjacency rows = rows(before);
      Stages stages = Stages.of(rows);
      SimpleDirectedGraph<Integer, Integer> whole = jgrapht(rows);
      for (Set<Integer> knot :
          new KosarajuStrongConnectivityInspector<>(whole).stronglyConnectedSets()) {
        Set<Integer> levels = new HashSet<>();
        knot.forEach(v -> levels.add(stages.of(v)));
        assertEquals(1, levels.size());
      }
      SimpleDirectedGraph<Integer, Integer> left = jgrapht(rows);
      for (int e : Set.copyOf(left.edgeSet())) {
        if (stages.isImplied(e)) {
          left.removeEdge(e);
        }
      }
      assertEquals(ways(whole), ways(left), "round " + round);
    }
  }

  private static Set<List<Integer>> ways(SimpleDirectedGraph<Integer, Integer> graph) {
    Set<List<Integer>> ways = new HashSet<>();
    for (int from : graph.vertexSet()) {
      Iterator<Integer> each = new BreadthFirstIterator<>(graph, from);
      while (each.hasNext()) {
        ways.add(List.of(from, each.next()));
      }
    }
    return ways;
  }
}
